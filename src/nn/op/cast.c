/* SPDX-License-Identifier: Apache-2.0 */
/* Cast to another type (convert.h has the rules), and the shape of a tensor as numbers. */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#define BLOCK ((int64_t) 512)
#define CHUNK ((int64_t) 16384)

static davy_status cast_to(const davy_call *call, davy_type to)
{
    const davy_type from = call->in[0]->type;

    if (davy_type_wide(from) == DAVY_TYPE_NONE || davy_type_wide(to) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%s to %s", davy_type_name(from),
                              davy_type_name(to));
    return davy_result_like(call, 0, to, call->in[0]);
}

static davy_status cast_prepare(davy_call *call)
{
    const int64_t to = davy_node_int(call->node, "to", 0);

    return cast_to(call, to > 0 && to <= DAVY_TYPE_BF16 ? (davy_type) to : DAVY_TYPE_NONE);
}

static davy_status cast_like_prepare(davy_call *call)
{
    return cast_to(call, call->in[1]->type);
}

static void cast_chunk(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_tensor *in = call->in[0], *out = call->out[0];
    const davy_type wide = davy_type_wide(in->type);
    const int64_t total = davy_tensor_count(in), end = ((int64_t) chunk + 1) * CHUNK;
    uint64_t block[BLOCK];

    (void) worker;
    for (int64_t from = end - CHUNK; from < end && from < total; from += BLOCK) {
        const size_t count = (size_t) (total - from < BLOCK ? total - from : BLOCK);
        const char *src = (const char *) in->data + (size_t) from * davy_type_size(in->type);
        char *dst = (char *) out->data + (size_t) from * davy_type_size(out->type);

        if (in->type == out->type || davy_type_wide(out->type) == out->type) {
            davy_convert(in->type, out->type, count, src, dst);
            continue;
        }
        davy_convert(in->type, wide, count, src, block);
        davy_convert(wide, out->type, count, block, dst);
    }
}

static davy_status cast_forward(const davy_call *call)
{
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) ((davy_tensor_count(call->in[0]) + CHUNK - 1) / CHUNK),
                  cast_chunk, &copy);
    return DAVY_OK;
}

/* Dims from .. to-1 of the input. */
typedef struct range {
    int from, to;
} range;

static int clamped(int64_t index, int rank)
{
    index += index < 0 ? rank : 0;
    return index < 0 ? 0 : index > rank ? rank : (int) index;
}

static davy_status shape_prepare(davy_call *call)
{
    const int rank = call->in[0]->rank;
    range *state = call->state;

    state->from = clamped(davy_node_int(call->node, "start", 0), rank);
    state->to = clamped(davy_node_int(call->node, "end", rank), rank);
    return davy_result(call, 0, DAVY_TYPE_I64, 1,
                       (int64_t[]){state->to > state->from ? state->to - state->from : 0});
}

static davy_status shape_forward(const davy_call *call)
{
    const range *state = call->state;
    int64_t *out = call->out[0]->data;

    for (int i = state->from; i < state->to; i++)
        *out++ = call->in[0]->dims[i];
    return DAVY_OK;
}

static davy_status size_prepare(davy_call *call)
{
    return davy_result(call, 0, DAVY_TYPE_I64, 0, NULL);
}

static davy_status size_forward(const davy_call *call)
{
    *(int64_t *) call->out[0]->data = davy_tensor_count(call->in[0]);
    return DAVY_OK;
}

const davy_op davy_op_cast = {.name = "cast",
                              .onnx = "Cast",
                              .in_min = 1,
                              .in_max = 1,
                              .out_max = 1,
                              .prepare = cast_prepare,
                              .forward = cast_forward};
const davy_op davy_op_cast_like = {.name = "cast_like",
                                   .onnx = "CastLike",
                                   .in_min = 2,
                                   .in_max = 2,
                                   .out_max = 1,
                                   .prepare = cast_like_prepare,
                                   .forward = cast_forward};
const davy_op davy_op_shape = {.name = "shape",
                               .onnx = "Shape",
                               .in_min = 1,
                               .in_max = 1,
                               .out_max = 1,
                               .flags = DAVY_OP_SHAPE_ONLY,
                               .state_size = sizeof(range),
                               .prepare = shape_prepare,
                               .forward = shape_forward};
const davy_op davy_op_size = {.name = "size",
                              .onnx = "Size",
                              .in_min = 1,
                              .in_max = 1,
                              .out_max = 1,
                              .flags = DAVY_OP_SHAPE_ONLY,
                              .prepare = size_prepare,
                              .forward = size_forward};
