/* SPDX-License-Identifier: Apache-2.0 */
/* Dims in another order, or repeated: transpose, expand, tile, depth_to_space, space_to_depth. */
#include "nn/op/arguments.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

#include <inttypes.h>
#include <string.h>

/* Put the walk's dims into another order; `order` holds each of 0 .. rank-1 once. */
static void reorder(davy_walk *walk, const int *order)
{
    const davy_walk old = *walk;

    for (int i = 0; i < walk->rank; i++) {
        walk->dims[i] = old.dims[order[i]];
        walk->strides[i] = old.strides[order[i]];
    }
}

static davy_status transpose_prepare(davy_call *call)
{
    davy_walk *walk = call->state;
    const int rank = call->in[0]->rank;
    int order[DAVY_RANK_MAX];
    bool seen[DAVY_RANK_MAX] = {false};
    size_t count;
    const int64_t *perm = davy_node_ints(call->node, "perm", &count);
    davy_status status;

    if (perm && count != (size_t) rank)
        return davy_call_fail(call, DAVY_ERR_INVALID, "perm has %zu numbers for %d dimensions",
                              count, rank);
    for (int i = 0; i < rank; i++) {
        const int64_t from = perm ? perm[i] : rank - 1 - i;

        if (from < 0 || from >= rank || seen[from])
            return davy_call_fail(call, DAVY_ERR_INVALID, "perm is no order of %d dimensions",
                                  rank);
        order[i] = (int) from;
        seen[from] = true;
    }
    davy_walk_of(walk, call->in[0]);
    reorder(walk, order);
    status = davy_result(call, 0, call->in[0]->type, rank, walk->dims);
    davy_walk_merge(walk);
    return status;
}

static davy_status expand_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    davy_tensor like = {.rank = 0};
    size_t count = 0;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_list(call, 1, DAVY_RANK_MAX, like.dims, &count);
    if (status != DAVY_OK)
        return status;
    like.rank = (int) count;
    if (like.rank < in->rank) { /* the shape asked for gets ones in front */
        memmove(like.dims + in->rank - like.rank, like.dims, count * sizeof *like.dims);
        for (int i = 0; i < in->rank - like.rank; i++)
            like.dims[i] = 1;
        like.rank = in->rank;
    }
    for (int i = 1; i <= in->rank; i++) {
        const int64_t own = in->dims[in->rank - i];
        int64_t *dim = &like.dims[like.rank - i];

        if (*dim == 1)
            *dim = own;
        else if (own != 1 && own != *dim)
            return davy_call_fail(call, DAVY_ERR_INVALID,
                                  "a dimension of %" PRId64 " does not become %" PRId64, own, *dim);
    }
    status = davy_result_like(call, 0, in->type, &like);
    if (status == DAVY_OK)
        davy_walk_broadcast(call->state, in, &like);
    return status;
}

/* Each dim becomes two: which repetition, and which element of it. */
static davy_status tile_prepare(davy_call *call)
{
    davy_walk *walk = call->state, own;
    const davy_tensor *in = call->in[0];
    int64_t repeats[DAVY_RANK_MAX], dims[DAVY_RANK_MAX];
    size_t count = 0;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_list(call, 1, DAVY_RANK_MAX, repeats, &count);
    if (status == DAVY_OK && (int) count != in->rank)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "%zu repetitions for %d dimensions", count,
                                in->rank);
    for (int i = 0; status == DAVY_OK && i < in->rank; i++) {
        if (repeats[i] < 0 || repeats[i] > DAVY_ELEMENTS_MAX ||
            (in->dims[i] > 0 && repeats[i] > DAVY_ELEMENTS_MAX / in->dims[i]))
            status = davy_call_fail(call, DAVY_ERR_FULL, "%" PRId64 " repetitions", repeats[i]);
        else
            dims[i] = repeats[i] * in->dims[i];
    }
    if (status == DAVY_OK)
        status = davy_result(call, 0, in->type, in->rank, dims);
    if (status != DAVY_OK)
        return status;
    davy_walk_of(&own, in);
    *walk = (davy_walk){.rank = 2 * in->rank};
    for (size_t i = 0; i < (size_t) in->rank; i++) {
        walk->dims[2 * i] = repeats[i];
        walk->dims[2 * i + 1] = own.dims[i];
        walk->strides[2 * i + 1] = own.strides[i];
    }
    davy_walk_merge(walk);
    return DAVY_OK;
}

/* Split dim `axis` into (dims / inner, inner). */
static void split_dim(davy_walk *walk, int axis, int64_t inner)
{
    for (int i = walk->rank++; i > axis; i--) {
        walk->dims[i] = walk->dims[i - 1];
        walk->strides[i] = walk->strides[i - 1];
    }
    walk->dims[axis] /= inner;
    walk->strides[axis] *= inner;
    walk->dims[axis + 1] = inner;
}

#define BLOCK_MAX 1024 /* so that no product of a dimension and a block overflows */

static davy_status block_size(const davy_call *call, int64_t *size)
{
    *size = davy_node_int(call->node, "blocksize", 0);
    if (call->in[0]->rank != 4)
        return davy_call_fail(call, DAVY_ERR_INVALID, "an input of %d dimensions instead of 4",
                              call->in[0]->rank);
    if (*size < 1 || *size > BLOCK_MAX)
        return davy_call_fail(call, DAVY_ERR_INVALID, "blocksize %" PRId64, *size);
    return DAVY_OK;
}

/* [N, C, H, W] -> [N, C / b^2, H b, W b]; DCR: depth is (b, b, C'), CRD: (C', b, b). */
static davy_status depth_to_space_prepare(davy_call *call)
{
    static const int dcr[] = {0, 3, 4, 1, 5, 2}, crd[] = {0, 1, 4, 2, 5, 3};
    const bool last = strcmp(davy_node_text(call->node, "mode", "DCR"), "CRD") == 0;
    const davy_tensor *in = call->in[0];
    davy_walk *walk = call->state;
    int64_t b = 1;
    davy_status status = block_size(call, &b);

    if (status == DAVY_OK && in->dims[1] % (b * b) != 0)
        status = davy_call_fail(call, DAVY_ERR_INVALID,
                                "%" PRId64 " channels for blocks of %" PRId64, in->dims[1], b);
    if (status == DAVY_OK)
        status = davy_result(
            call, 0, in->type, 4,
            (int64_t[]){in->dims[0], in->dims[1] / (b * b), in->dims[2] * b, in->dims[3] * b});
    if (status != DAVY_OK)
        return status;
    davy_walk_of(walk, in);
    split_dim(walk, 1, last ? b * b : in->dims[1] / (b * b) > 0 ? in->dims[1] / (b * b) : 1);
    split_dim(walk, last ? 2 : 1, b); /* now N b b C' H W, or N C' b b H W */
    reorder(walk, last ? crd : dcr);
    davy_walk_merge(walk);
    return DAVY_OK;
}

/* [N, C, H, W] -> [N, b b C, H / b, W / b] */
static davy_status space_to_depth_prepare(davy_call *call)
{
    static const int order[] = {0, 3, 5, 1, 2, 4};
    const davy_tensor *in = call->in[0];
    davy_walk *walk = call->state;
    int64_t b = 1;
    davy_status status = block_size(call, &b);

    if (status == DAVY_OK && (in->dims[2] % b != 0 || in->dims[3] % b != 0))
        status = davy_call_fail(call, DAVY_ERR_INVALID,
                                "a size that blocks of %" PRId64 " do not divide", b);
    if (status == DAVY_OK)
        status = davy_result(
            call, 0, in->type, 4,
            (int64_t[]){in->dims[0], in->dims[1] * b * b, in->dims[2] / b, in->dims[3] / b});
    if (status != DAVY_OK)
        return status;
    davy_walk_of(walk, in);
    split_dim(walk, 3, b);
    split_dim(walk, 2, b); /* N C H b W b */
    reorder(walk, order);
    davy_walk_merge(walk);
    return DAVY_OK;
}

#define WALKED(name_, onnx_, inputs_, prepare_)                                                   \
    {                                                                                             \
        .name = (name_), .onnx = (onnx_), .in_min = (inputs_), .in_max = (inputs_), .out_max = 1, \
        .state_size = sizeof(davy_walk), .prepare = (prepare_), .forward = davy_walk_forward,     \
        .backward = davy_walk_backward                                                            \
    }

const davy_op davy_op_transpose = WALKED("transpose", "Transpose", 1, transpose_prepare);
const davy_op davy_op_expand = WALKED("expand", "Expand", 2, expand_prepare);
const davy_op davy_op_tile = WALKED("tile", "Tile", 2, tile_prepare);
const davy_op davy_op_depth_to_space =
    WALKED("depth_to_space", "DepthToSpace", 1, depth_to_space_prepare);
const davy_op davy_op_space_to_depth =
    WALKED("space_to_depth", "SpaceToDepth", 1, space_to_depth_prepare);
