/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scan: a graph run for each slice of some inputs.
 *
 *     node:  carried..., scanned..., captured...  ->  carried..., stacked...
 *     body:  carried..., slices..., captured...   ->  carried..., slices...
 *
 * Every scanned input has its axis and direction, and every stacked output too.
 */
#include "nn/op/arguments.h"
#include "nn/op/inner.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

#include <string.h>

typedef struct scan {
    davy_inner *inner;
    davy_kept *kept;   /* [results] carried values and stacks */
    davy_kept *before; /* [carried] */
    davy_kept *slices; /* [scanned] */
    size_t carried, scanned, captured, results;
    int64_t length;
} scan;

static int64_t listed(const davy_call *call, const char *name, size_t i)
{
    size_t count;
    const int64_t *values = davy_node_ints(call->node, name, &count);

    return i < count ? values[i] : 0;
}

static davy_status read_counts(davy_call *call, scan *state)
{
    const int64_t scanned = davy_node_int(call->node, "num_scan_inputs", 0);
    const int64_t captured = davy_node_int(call->node, "captured", 0);
    const int64_t given = (int64_t) call->in_count;

    if (scanned < 1 || captured < 0 || scanned > given || captured > given - scanned ||
        given - scanned - captured > (int64_t) call->out_count)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%lld of %lld inputs scanned",
                              (long long) scanned, (long long) given);
    for (size_t i = 0; i < call->in_count; i++)
        if (!call->in[i])
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is missing", i);
    state->scanned = (size_t) scanned;
    state->captured = (size_t) captured;
    state->carried = call->in_count - state->scanned - state->captured;
    return DAVY_OK;
}

/* The axis of a scanned input; all have one length. */
static davy_status scanned_axis(const davy_call *call, scan *state, size_t i, int *axis)
{
    const davy_tensor *in = call->in[state->carried + i];
    const davy_status status =
        davy_argument_axis(call, listed(call, "scan_input_axes", i), in->rank, axis);

    if (status != DAVY_OK)
        return status;
    if (i == 0)
        state->length = in->dims[*axis];
    if (in->dims[*axis] != state->length)
        return davy_call_fail(call, DAVY_ERR_INVALID, "scanned inputs of different lengths");
    return DAVY_OK;
}

/* Put slice `step` of a scanned input together. */
static davy_status cut_slice(const davy_call *call, scan *state, size_t i, int64_t step)
{
    const davy_tensor *in = call->in[state->carried + i];
    davy_kept *slice = &state->slices[i];
    davy_tensor shape = *in;
    davy_walk walk;
    int axis = 0;
    davy_status status = scanned_axis(call, state, i, &axis);

    if (status != DAVY_OK)
        return status;
    if (listed(call, "scan_input_directions", i) == 1)
        step = state->length - 1 - step;
    davy_walk_of(&walk, in);
    walk.origin = step * walk.strides[axis];
    walk.dims[axis] = 1;
    davy_walk_merge(&walk);
    shape.rank--;
    memmove(shape.dims + axis, shape.dims + axis + 1,
            (size_t) (shape.rank - axis) * sizeof *shape.dims);
    if (slice->count == 0) /* room: the input has as many numbers as its slice, and more */
        status = davy_kept_set(call, slice, &shape);
    if (status == DAVY_OK)
        davy_walk_copy(&walk, call->env, davy_type_size(in->type), in->data, slice->tensor.data);
    return status;
}

static davy_status one_step(const davy_call *call, scan *state, int64_t step, davy_tensor *inputs,
                            davy_tensor *outputs)
{
    davy_status status = davy_inner_iterate(call);

    for (size_t i = 0; i < state->carried; i++)
        inputs[i] = state->kept[i].tensor;
    for (size_t i = 0; status == DAVY_OK && i < state->scanned; i++) {
        status = cut_slice(call, state, i, step);
        inputs[state->carried + i] = state->slices[i].tensor;
    }
    if (status == DAVY_OK)
        status = davy_inner_run(call, state->inner, inputs, outputs);
    if (status == DAVY_OK)
        status = davy_kept_take(call, state->kept, state->before, state->carried, outputs,
                                state->results);
    return status;
}

static davy_status run_scan(davy_call *call, scan *state)
{
    davy_tensor *inputs = davy_call_keep(call, call->in_count * sizeof *inputs);
    davy_tensor *outputs;
    davy_status status =
        davy_inner_open(call, "body", call->in_count, call->out_count, &state->inner);

    if (status != DAVY_OK)
        return status;
    state->results = state->inner->graph->output_count;
    outputs = davy_call_keep(call, state->results * sizeof *outputs);
    state->kept = davy_call_keep(call, state->results * sizeof *state->kept);
    state->slices = davy_call_keep(call, state->scanned * sizeof *state->slices);
    state->before = davy_call_keep(call, state->carried * sizeof *state->before);
    if (!inputs || !outputs || !state->kept || !state->before || !state->slices)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "its values");
    for (size_t i = 0; i < state->captured; i++)
        inputs[call->in_count - 1 - i] = *call->in[call->in_count - 1 - i];
    for (size_t i = 0; status == DAVY_OK && i < state->carried; i++)
        status = davy_kept_set(call, &state->kept[i], call->in[i]);
    for (size_t i = 0; status == DAVY_OK && i < state->scanned; i++) {
        int axis;

        status = scanned_axis(call, state, i, &axis);
    }
    if (status != DAVY_OK)
        return status;
    davy_inner_enter();
    for (int64_t step = 0; status == DAVY_OK && step < state->length; step++)
        status = one_step(call, state, step, inputs, outputs);
    davy_inner_leave();
    return status;
}

/* Where the stack's axis goes in a result of this rank. */
static davy_status stack_axis(const davy_call *call, const scan *state, size_t i, int rank,
                              int *axis)
{
    return davy_argument_axis(call, listed(call, "scan_output_axes", i - state->carried), rank,
                              axis);
}

static davy_status stack_result(const davy_call *call, const scan *state, size_t i)
{
    const davy_tensor *one = &state->kept[i].tensor;
    int64_t dims[DAVY_RANK_MAX + 1];
    int axis = 0;
    const davy_status status = stack_axis(call, state, i, one->rank + 1, &axis);

    for (int d = 0; status == DAVY_OK && d <= one->rank; d++)
        dims[d] = d < axis ? one->dims[d] : d == axis ? state->length : one->dims[d - 1];
    return status == DAVY_OK ? davy_result(call, i, one->type, one->rank + 1, dims) : status;
}

static davy_status scan_prepare(davy_call *call)
{
    scan *state = call->state;
    davy_status status;

    if (!davy_inner_ready(call))
        return DAVY_OK;
    status = read_counts(call, state);
    if (status == DAVY_OK)
        status = run_scan(call, state);
    if (status == DAVY_OK && state->length == 0 && call->out_count > state->carried)
        status = davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "nothing to scan");
    for (size_t i = 0; status == DAVY_OK && i < call->out_count; i++)
        status = i < state->carried
                     ? davy_result_like(call, i, state->kept[i].tensor.type, &state->kept[i].tensor)
                     : stack_result(call, state, i);
    return status;
}

/* The stack as it was made, [length, ...], to its axis and direction. */
static void unstack(const davy_call *call, const scan *state, size_t i)
{
    const davy_tensor *out = call->out[i];
    davy_walk all, walk;
    int axis = 0;

    (void) stack_axis(call, state, i, out->rank, &axis); /* it fitted before */
    davy_walk_of(&all, out);
    walk = all; /* over the result, the stack's axis first */
    memmove(walk.dims + 1, all.dims, (size_t) axis * sizeof *walk.dims);
    memmove(walk.strides + 1, all.strides, (size_t) axis * sizeof *walk.strides);
    walk.dims[0] = all.dims[axis];
    walk.strides[0] = all.strides[axis];
    if (listed(call, "scan_output_directions", i - state->carried) == 1) {
        walk.origin = (walk.dims[0] - 1) * walk.strides[0];
        walk.strides[0] = -walk.strides[0];
    }
    davy_walk_merge(&walk);
    davy_walk_paste(&walk, call->env, davy_type_size(out->type), state->kept[i].tensor.data,
                    out->data);
}

static davy_status scan_forward(const davy_call *call)
{
    const scan *state = call->state;

    for (size_t i = 0; i < call->out_count; i++) {
        if (call->out[i] && i < state->carried)
            memcpy(call->out[i]->data, state->kept[i].tensor.data, davy_tensor_bytes(call->out[i]));
        else if (call->out[i])
            unstack(call, state, i);
    }
    return DAVY_OK;
}

static void scan_clear(void *context)
{
    scan *state = context;

    for (size_t i = 0; state->kept && i < state->results; i++)
        davy_kept_clear(&state->kept[i]);
    for (size_t i = 0; state->before && i < state->carried; i++)
        davy_kept_clear(&state->before[i]);
    for (size_t i = 0; state->slices && i < state->scanned; i++)
        davy_kept_clear(&state->slices[i]);
    davy_inner_close(state->inner);
}

const davy_op davy_op_scan = {.name = "scan",
                              .in_min = 1,
                              .in_max = DAVY_NODE_INPUTS_MAX,
                              .out_max = DAVY_NODE_INPUTS_MAX,
                              .state_size = sizeof(scan),
                              .prepare = scan_prepare,
                              .forward = scan_forward,
                              .clear = scan_clear,
                              .release = davy_inner_release};
