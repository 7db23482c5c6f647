/* SPDX-License-Identifier: Apache-2.0 */
/* Concat and split: each part is a walk over the whole. */
#include "nn/op/arguments.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

#include <inttypes.h>

/* The part of `whole` that starts at `from` on an axis and has the dims of `part`. */
static void part_walk(davy_walk *walk, const davy_tensor *whole, int axis, int64_t from,
                      int64_t length)
{
    davy_walk_of(walk, whole);
    walk->dims[axis] = length;
    walk->origin = from * walk->strides[axis];
    davy_walk_merge(walk);
}

static davy_status concat_shape(davy_call *call, int axis, davy_tensor *whole)
{
    char text[DAVY_TENSOR_TEXT_MAX];

    *whole = *call->in[0];
    whole->dims[axis] = 0;
    for (size_t i = 0; i < call->in_count; i++) {
        const davy_tensor *in = call->in[i];
        bool fits = in->rank == whole->rank;

        for (int d = 0; fits && d < in->rank; d++)
            fits = d == axis || in->dims[d] == whole->dims[d];
        if (!fits)
            return davy_call_fail(call, DAVY_ERR_INVALID, "%s does not fit what stands before it",
                                  davy_tensor_text(in, text));
        whole->dims[axis] += in->dims[axis];
    }
    return davy_result_like(call, 0, whole->type, whole);
}

static davy_status concat_prepare(davy_call *call)
{
    davy_walk **walks = call->state;
    davy_tensor whole;
    int64_t from = 0;
    int axis = 0;
    davy_status status = davy_arguments_alike(call, 0, call->in_count);

    if (status == DAVY_OK)
        status = davy_argument_axis(call, davy_node_int(call->node, "axis", 0), call->in[0]->rank,
                                    &axis);
    if (status == DAVY_OK)
        status = concat_shape(call, axis, &whole);
    if (status != DAVY_OK)
        return status;
    *walks = davy_call_keep(call, call->in_count * sizeof **walks);
    if (!*walks)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "walks");
    for (size_t i = 0; i < call->in_count; i++) {
        part_walk(&(*walks)[i], &whole, axis, from, call->in[i]->dims[axis]);
        from += call->in[i]->dims[axis];
    }
    return DAVY_OK;
}

static davy_status concat_forward(const davy_call *call)
{
    const davy_walk *walks = *(davy_walk **) call->state;

    for (size_t i = 0; i < call->in_count; i++)
        davy_walk_paste(&walks[i], call->env, davy_type_size(call->in[i]->type), call->in[i]->data,
                        call->out[0]->data);
    return DAVY_OK;
}

static void concat_backward(const davy_call *call)
{
    const davy_walk *walks = *(davy_walk **) call->state;

    for (size_t i = 0; i < call->in_count; i++)
        if (call->diff_in[i])
            davy_walk_copy_back(&walks[i], call->env, call->diff_out[0], call->diff_add[i],
                                call->diff_in[i]);
}

/* Equal parts of an axis, or those that input 1 lists. */
static davy_status split_lengths(davy_call *call, int64_t length, int64_t *lengths)
{
    const size_t parts = call->out_count;
    int64_t total = 0;
    size_t count = parts;
    davy_status status = DAVY_OK;

    if (davy_argument(call, 1)) {
        status = davy_argument_list(call, 1, parts, lengths, &count);
    } else {
        for (size_t i = 0; i < parts; i++)
            lengths[i] = length / (int64_t) parts;
    }
    for (size_t i = 0; status == DAVY_OK && i < count; i++) {
        if (lengths[i] < 0 || lengths[i] > length - total)
            break;
        total += lengths[i];
    }
    if (status == DAVY_OK && (count != parts || total != length))
        status = davy_call_fail(call, DAVY_ERR_INVALID,
                                "%zu parts do not make up a length of %" PRId64, parts, length);
    return status;
}

static davy_status split_prepare(davy_call *call)
{
    davy_walk **walks = call->state;
    davy_tensor part = *call->in[0];
    int64_t *lengths = davy_call_keep(call, call->out_count * sizeof *lengths), from = 0;
    int axis = 0;
    davy_status status;

    if (davy_argument(call, 1) && !davy_call_constant(call, 1))
        return DAVY_OK;
    *walks = davy_call_keep(call, call->out_count * sizeof **walks);
    if (!lengths || !*walks)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "walks");
    status = davy_argument_axis(call, davy_node_int(call->node, "axis", 0), part.rank, &axis);
    if (status == DAVY_OK)
        status = split_lengths(call, part.dims[axis], lengths);
    for (size_t i = 0; status == DAVY_OK && i < call->out_count; i++) {
        part_walk(&(*walks)[i], call->in[0], axis, from, lengths[i]);
        from += lengths[i];
        part.dims[axis] = lengths[i];
        status = davy_result_like(call, i, part.type, &part);
    }
    return status;
}

static davy_status split_forward(const davy_call *call)
{
    const davy_walk *walks = *(davy_walk **) call->state;

    for (size_t i = 0; i < call->out_count; i++)
        if (call->out[i])
            davy_walk_copy(&walks[i], call->env, davy_type_size(call->in[0]->type),
                           call->in[0]->data, call->out[i]->data);
    return DAVY_OK;
}

static void split_backward(const davy_call *call)
{
    const davy_walk *walks = *(davy_walk **) call->state;
    bool add = call->diff_add[0];

    if (!call->diff_in[0])
        return;
    for (size_t i = 0; i < call->out_count; i++) {
        if (!call->diff_out[i])
            continue;
        davy_walk_paste_back(&walks[i], call->env, call->diff_out[i], add, call->diff_in[0]);
        add = true;
    }
}

const davy_op davy_op_concat = {.name = "concat",
                                .onnx = "Concat",
                                .in_min = 1,
                                .in_max = DAVY_NODE_INPUTS_MAX,
                                .out_max = 1,
                                .flags = DAVY_OP_BF16_MOVED | DAVY_OP_BF16_ALL,
                                .state_size = sizeof(davy_walk *),
                                .prepare = concat_prepare,
                                .forward = concat_forward,
                                .backward = concat_backward};
const davy_op davy_op_split = {.name = "split",
                               .onnx = "Split",
                               .in_min = 1,
                               .in_max = 2,
                               .out_max = DAVY_NODE_INPUTS_MAX,
                               .flags = DAVY_OP_BF16_MOVED,
                               .state_size = sizeof(davy_walk *),
                               .prepare = split_prepare,
                               .forward = split_forward,
                               .backward = split_backward};
