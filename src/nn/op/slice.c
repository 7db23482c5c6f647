/* SPDX-License-Identifier: Apache-2.0 */
/* Slice: from, to and step of some axes, as Python's slices. */
#include "nn/op/arguments.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

#include <assert.h>
#include <inttypes.h>

/* Inputs 1 .. 4 are lists of one length: starts, ends, axes and steps. */
typedef struct ranges {
    size_t count;
    int64_t start[DAVY_RANK_MAX], end[DAVY_RANK_MAX], axis[DAVY_RANK_MAX], step[DAVY_RANK_MAX];
} ranges;

static davy_status read_list(const davy_call *call, size_t input, size_t count,
                             int64_t values[DAVY_RANK_MAX])
{
    size_t own = 0;
    davy_status status;

    if (!davy_argument(call, input))
        return DAVY_OK;
    status = davy_argument_list(call, input, DAVY_RANK_MAX, values, &own);
    if (status == DAVY_OK && own != count)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "input %zu has %zu numbers, not %zu", input,
                                own, count);
    return status;
}

static davy_status read_ranges(const davy_call *call, ranges *read)
{
    davy_status status = davy_argument_list(call, 1, DAVY_RANK_MAX, read->start, &read->count);

    for (size_t i = 0; i < DAVY_RANK_MAX; i++) {
        read->axis[i] = (int64_t) i;
        read->step[i] = 1;
    }
    if (status == DAVY_OK)
        status = read_list(call, 2, read->count, read->end);
    if (status == DAVY_OK)
        status = read_list(call, 3, read->count, read->axis);
    return status == DAVY_OK ? read_list(call, 4, read->count, read->step) : status;
}

/* A bound of a range: below zero it counts from the end; then it is clamped. */
static int64_t clamped(int64_t bound, int64_t length, int64_t least, int64_t most)
{
    if (bound < 0)
        bound = bound < -length ? least : bound + length;
    return bound < least ? least : bound > most ? most : bound;
}

/* Narrow one axis of the walk; the walk's origin moves to the first element. */
static void narrow(davy_walk *walk, int axis, int64_t start, int64_t end, int64_t step)
{
    const int64_t length = walk->dims[axis], stride = walk->strides[axis];
    const int64_t first = step > 0 ? 0 : -1; /* backwards, -1 lies before the first element */
    /* The least step has no negative, but an unsigned one. */
    const uint64_t size = step > 0 ? (uint64_t) step : 0 - (uint64_t) step;
    int64_t count, way;

    assert(size > 0);
    start = clamped(start, length, first, length + first);
    end = clamped(end, length, first, length + first);
    way = step > 0 ? end - start : start - end;
    count = way > 0 ? (int64_t) ((uint64_t) (way - 1) / size) + 1 : 0;
    walk->dims[axis] = count;
    if (count > 0)
        walk->origin += start * stride;
    walk->strides[axis] = count > 1 ? stride * step : 0;
}

static davy_status slice_prepare(davy_call *call)
{
    davy_walk *walk = call->state;
    ranges read;
    bool seen[DAVY_RANK_MAX] = {false};
    davy_status status;

    for (size_t i = 1; i < call->in_count; i++)
        if (call->in[i] && !davy_call_constant(call, i))
            return DAVY_OK;
    davy_walk_of(walk, call->in[0]);
    status = read_ranges(call, &read);
    for (size_t i = 0; status == DAVY_OK && i < read.count; i++) {
        int axis = 0;

        status = davy_argument_axis(call, read.axis[i], walk->rank, &axis);
        if (status == DAVY_OK && (read.step[i] == 0 || seen[axis]))
            status = davy_call_fail(call, DAVY_ERR_INVALID, "axis %d: step %" PRId64 "%s", axis,
                                    read.step[i], seen[axis] ? ", for the second time" : "");
        if (status == DAVY_OK)
            narrow(walk, axis, read.start[i], read.end[i], read.step[i]);
        seen[axis] = true;
    }
    if (status == DAVY_OK)
        status = davy_result(call, 0, call->in[0]->type, walk->rank, walk->dims);
    davy_walk_merge(walk);
    return status;
}

const davy_op davy_op_slice = {.name = "slice",
                               .onnx = "Slice",
                               .in_min = 3,
                               .in_max = 5,
                               .out_max = 1,
                               .flags = DAVY_OP_BF16_MOVED,
                               .state_size = sizeof(davy_walk),
                               .prepare = slice_prepare,
                               .forward = davy_walk_forward,
                               .backward = davy_walk_backward};
