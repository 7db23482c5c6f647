/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gather: rows of a tensor chosen by indices; the embedding of a word is a row of a parameter.
 *
 * Indices are data: each is checked in every run before anything is read.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

/* in [outer, length, inner], indices [rows] -> out [outer, rows, inner] */
typedef struct gather {
    int64_t outer, length, inner, rows;
} gather;

/* Bytes that one task of the pool copies, about. */
#define CHUNK_BYTES ((int64_t) 65536)

static davy_status gather_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0], *indices = call->in[1];
    gather *shape = call->state;
    int64_t dims[2 * DAVY_RANK_MAX];
    int axis = 0, rank = 0;
    davy_status status = davy_argument_indices(call, 1);

    if (status == DAVY_OK)
        status = davy_argument_axis(call, davy_node_int(call->node, "axis", 0), in->rank, &axis);
    if (status != DAVY_OK)
        return status;
    for (int i = 0; i < axis; i++)
        dims[rank++] = in->dims[i];
    for (int i = 0; i < indices->rank; i++)
        dims[rank++] = indices->dims[i];
    for (int i = axis + 1; i < in->rank; i++)
        dims[rank++] = in->dims[i];
    *shape = (gather){.outer = davy_tensor_span(in, 0, axis),
                      .length = in->dims[axis],
                      .inner = davy_tensor_span(in, axis + 1, in->rank),
                      .rows = davy_tensor_count(indices)};
    return davy_result(call, 0, in->type, rank, dims);
}

static davy_status check_indices(const davy_call *call, int64_t length, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        const int64_t index = davy_tensor_int(call->in[1], i);

        if (davy_index(index, length) < 0)
            return davy_call_fail(call, DAVY_ERR_INVALID, "index %" PRId64 " of %" PRId64, index,
                                  length);
    }
    return DAVY_OK;
}

/* Row `row` of the result comes from here, in rows of the input. */
static int64_t source_row(const davy_call *call, const gather *shape, int64_t row)
{
    return row / shape->rows * shape->length +
           davy_index(davy_tensor_int(call->in[1], row % shape->rows), shape->length);
}

static int64_t rows_of_chunk(size_t row_bytes)
{
    return (int64_t) row_bytes < CHUNK_BYTES ? CHUNK_BYTES / (int64_t) (row_bytes + 1) + 1 : 1;
}

static void gather_chunk(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const gather *shape = call->state;
    const size_t bytes = (size_t) shape->inner * davy_type_size(call->in[0]->type);
    const int64_t step = rows_of_chunk(bytes), total = shape->outer * shape->rows;

    (void) worker;
    for (int64_t row = (int64_t) chunk * step; row < ((int64_t) chunk + 1) * step && row < total;
         row++)
        memcpy((char *) call->out[0]->data + (size_t) row * bytes,
               (const char *) call->in[0]->data + (size_t) source_row(call, shape, row) * bytes,
               bytes);
}

static davy_status gather_forward(const davy_call *call)
{
    const gather *shape = call->state;
    const int64_t step = rows_of_chunk((size_t) shape->inner * davy_type_size(call->in[0]->type));
    const davy_status status = check_indices(call, shape->length, shape->rows);
    davy_call copy = *call; /* the pool's context is not const */

    if (status == DAVY_OK)
        davy_pool_run(call->env->pool, (size_t) ((shape->outer * shape->rows + step - 1) / step),
                      gather_chunk, &copy);
    return status;
}

/* Rows that were read several times take a sum, in the order of the result. */
static void gather_backward(const davy_call *call)
{
    const gather *shape = call->state;
    const int64_t inner = shape->inner;

    if (!call->diff_in[0])
        return;
    if (!call->diff_add[0])
        memset(call->diff_in[0]->data, 0, davy_tensor_bytes(call->diff_in[0]));
    for (int64_t row = 0; row < shape->outer * shape->rows; row++) {
        float *to = davy_f32(call->diff_in[0]) + source_row(call, shape, row) * inner;

        call->env->kernels->add((size_t) inner, to, davy_f32(call->diff_out[0]) + row * inner, to);
    }
}

const davy_op davy_op_gather = {.name = "gather",
                                .onnx = "Gather",
                                .in_min = 2,
                                .in_max = 2,
                                .out_max = 1,
                                .needs = DAVY_NEEDS_IN(1),
                                .state_size = sizeof(gather),
                                .prepare = gather_prepare,
                                .forward = gather_forward,
                                .backward = gather_backward};
