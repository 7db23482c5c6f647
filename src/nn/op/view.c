/* SPDX-License-Identifier: Apache-2.0 */
/* Another shape for the same numbers: reshape, flatten, squeeze, unsqueeze, identity. */
#include "nn/op/arguments.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

static void view_backward(const davy_call *call)
{
    const davy_tensor *diff_out = call->diff_out[0];
    davy_tensor *diff_in = call->diff_in[0];

    if (!diff_in)
        return;
    if (call->diff_add[0])
        call->env->kernels->add((size_t) davy_tensor_count(diff_out), davy_f32(diff_in),
                                davy_f32(diff_out), davy_f32(diff_in));
    else
        memmove(diff_in->data, diff_out->data, davy_tensor_bytes(diff_out));
}

static davy_status identity_prepare(davy_call *call)
{
    return davy_result_like(call, 0, call->in[0]->type, call->in[0]);
}

/* Put the size in that makes the counts equal, in place of the one -1. */
static davy_status infer_dim(const davy_call *call, int64_t *dims, size_t rank)
{
    const int64_t total = davy_tensor_count(call->in[0]);
    int64_t known = 1, *free_dim = NULL;

    for (size_t i = 0; i < rank; i++) {
        if (dims[i] >= 0 && dims[i] <= DAVY_ELEMENTS_MAX && known <= DAVY_ELEMENTS_MAX) {
            known = dims[i] && known > DAVY_ELEMENTS_MAX / dims[i] ? INT64_MAX : known * dims[i];
        } else if (dims[i] == -1 && !free_dim) {
            free_dim = &dims[i];
        } else {
            return davy_call_fail(call, DAVY_ERR_INVALID, "size %" PRId64 " in a shape", dims[i]);
        }
    }
    if (free_dim && (known == 0 || total % known != 0))
        known = -1;
    else if (free_dim)
        *free_dim = total / known;
    if (!free_dim ? known != total : known < 0)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "%" PRId64 " numbers do not fit the shape asked for", total);
    return DAVY_OK;
}

static davy_status reshape_prepare(davy_call *call)
{
    const bool zero_is_size = davy_node_int(call->node, "allowzero", 0) != 0;
    const davy_tensor *in = call->in[0];
    int64_t dims[DAVY_RANK_MAX] = {0};
    size_t rank = 0;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_list(call, 1, DAVY_RANK_MAX, dims, &rank);
    for (size_t i = 0; status == DAVY_OK && !zero_is_size && i < rank; i++) {
        if (dims[i] == 0 && (int) i < in->rank)
            dims[i] = in->dims[i];
        else if (dims[i] == 0)
            status = davy_call_fail(call, DAVY_ERR_INVALID, "no dimension %zu to keep", i);
    }
    if (status == DAVY_OK)
        status = infer_dim(call, dims, rank);
    return status == DAVY_OK ? davy_result(call, 0, in->type, (int) rank, dims) : status;
}

static davy_status flatten_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    int64_t axis = davy_node_int(call->node, "axis", 1);

    if (axis < -in->rank || axis > in->rank)
        return davy_call_fail(call, DAVY_ERR_INVALID, "axis %" PRId64 " of %d dimensions", axis,
                              in->rank);
    axis += axis < 0 ? in->rank : 0;
    return davy_result(call, 0, in->type, 2,
                       (int64_t[]){davy_tensor_span(in, 0, (int) axis),
                                   davy_tensor_span(in, (int) axis, in->rank)});
}

/* Mark the axes that input 1 names; all below `rank`. */
static davy_status marked_axes(const davy_call *call, int rank, bool marked[DAVY_RANK_MAX],
                               size_t *count)
{
    int64_t axes[DAVY_RANK_MAX];
    davy_status status = davy_argument_list(call, 1, DAVY_RANK_MAX, axes, count);

    for (size_t i = 0; status == DAVY_OK && i < *count; i++) {
        int axis = 0;

        status = davy_argument_axis(call, axes[i], rank, &axis);
        if (status == DAVY_OK && marked[axis])
            status = davy_call_fail(call, DAVY_ERR_INVALID, "axis %d stands twice", axis);
        else if (status == DAVY_OK)
            marked[axis] = true;
    }
    return status;
}

static davy_status squeeze_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    bool gone[DAVY_RANK_MAX] = {false};
    int64_t dims[DAVY_RANK_MAX];
    size_t count = 0;
    int rank = 0;
    davy_status status = DAVY_OK;

    if (davy_argument(call, 1)) {
        if (!davy_call_constant(call, 1))
            return DAVY_OK;
        status = marked_axes(call, in->rank, gone, &count);
    }
    for (int i = 0; status == DAVY_OK && i < in->rank; i++) {
        if (count == 0)
            gone[i] = !davy_argument(call, 1) && in->dims[i] == 1;
        if (gone[i] && in->dims[i] != 1)
            status = davy_call_fail(call, DAVY_ERR_INVALID, "dimension %d is %" PRId64 ", not 1", i,
                                    in->dims[i]);
        else if (!gone[i])
            dims[rank++] = in->dims[i];
    }
    return status == DAVY_OK ? davy_result(call, 0, in->type, rank, dims) : status;
}

static davy_status unsqueeze_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    bool made[DAVY_RANK_MAX] = {false};
    int64_t dims[DAVY_RANK_MAX], axes[DAVY_RANK_MAX];
    size_t count = 0;
    int rank;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_list(call, 1, DAVY_RANK_MAX, axes, &count);
    rank = in->rank + (int) count;
    if (status == DAVY_OK && rank > DAVY_RANK_MAX)
        status = davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%d dimensions", rank);
    if (status == DAVY_OK)
        status = marked_axes(call, rank, made, &count);
    for (int i = 0, from = 0; status == DAVY_OK && i < rank; i++)
        dims[i] = made[i] ? 1 : in->dims[from++];
    return status == DAVY_OK ? davy_result(call, 0, in->type, rank, dims) : status;
}

#define VIEW(name_, onnx_, in_min_, in_max_, prepare_)                                            \
    {                                                                                             \
        .name = (name_), .onnx = (onnx_), .in_min = (in_min_), .in_max = (in_max_), .out_max = 1, \
        .flags = DAVY_OP_VIEW, .prepare = (prepare_), .backward = view_backward                   \
    }

const davy_op davy_op_identity = VIEW("identity", "Identity", 1, 1, identity_prepare);
const davy_op davy_op_reshape = VIEW("reshape", "Reshape", 2, 2, reshape_prepare);
const davy_op davy_op_flatten = VIEW("flatten", "Flatten", 1, 1, flatten_prepare);
const davy_op davy_op_squeeze = VIEW("squeeze", "Squeeze", 1, 2, squeeze_prepare);
const davy_op davy_op_unsqueeze = VIEW("unsqueeze", "Unsqueeze", 2, 2, unsqueeze_prepare);
