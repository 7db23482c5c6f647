/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/arguments.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

/*
 * [N, C, ...] to [N, ..., C] and back, whatever the number of dimensions: what the ONNX importer
 * writes where a file does not say it. Fewer than three dimensions are left as they are.
 */

/* Move dim `from` to place `to`; those between close up. */
static void move_dim(davy_walk *walk, int from, int to)
{
    const int step = from < to ? 1 : -1;
    const int64_t dim = walk->dims[from], stride = walk->strides[from];

    for (int i = from; i != to; i += step) {
        walk->dims[i] = walk->dims[i + step];
        walk->strides[i] = walk->strides[i + step];
    }
    walk->dims[to] = dim;
    walk->strides[to] = stride;
}

static davy_status prepare(davy_call *call, bool last)
{
    const davy_tensor *x = call->in[0];
    davy_walk *walk = call->state;
    davy_status status;

    davy_walk_of(walk, x);
    if (x->rank > 2)
        move_dim(walk, last ? 1 : x->rank - 1, last ? x->rank - 1 : 1);
    status = davy_result(call, 0, x->type, x->rank, walk->dims);
    davy_walk_merge(walk);
    return status;
}

static davy_status prepare_last(davy_call *call)
{
    return prepare(call, true);
}

static davy_status prepare_first(davy_call *call)
{
    return prepare(call, false);
}

const davy_op davy_op_channels_first = {
    .name = "channels_first",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .state_size = sizeof(davy_walk),
    .prepare = prepare_first,
    .forward = davy_walk_forward,
    .backward = davy_walk_backward,
};

const davy_op davy_op_channels_last = {
    .name = "channels_last",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .state_size = sizeof(davy_walk),
    .prepare = prepare_last,
    .forward = davy_walk_forward,
    .backward = davy_walk_backward,
};
