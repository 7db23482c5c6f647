/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loop: a graph run again and again with what it made before.
 *
 *     node:  trip count?, condition?, carried..., captured...  ->  carried..., stacked...
 *     body:  iteration, condition, carried..., captured...     ->  condition, carried...,
 * stacked...
 *
 * What a body gives beyond the carried values is stacked along a new first axis.
 */
#include "nn/op/arguments.h"
#include "nn/op/inner.h"
#include "nn/op/rows.h"

#include <string.h>

typedef struct loop {
    davy_inner *inner;
    davy_kept *kept;   /* [results] carried values and stacks */
    davy_kept *before; /* [carried] */
    size_t carried, results;
    int64_t trips;
    bool condition;
} loop;

/* What a loop starts from; ONNX: without a trip count or a condition there is no such limit. */
static davy_status read_start(davy_call *call, loop *state)
{
    const davy_tensor *trips = call->in[0], *condition = davy_argument(call, 1);
    const int64_t captured = davy_node_int(call->node, "captured", 0);

    state->trips = INT64_MAX;
    state->condition = true;
    if (captured < 0 || captured > (int64_t) call->in_count - 2 ||
        (int64_t) call->out_count < (int64_t) call->in_count - 2 - captured)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu inputs and %zu outputs, %lld captured",
                              call->in_count, call->out_count, (long long) captured);
    state->carried = call->in_count - 2 - (size_t) captured;
    if (trips) {
        if (trips->type != DAVY_TYPE_I64 || davy_tensor_count(trips) != 1)
            return davy_call_fail(call, DAVY_ERR_INVALID, "the trip count is not one int64");
        state->trips = *(const int64_t *) trips->data;
    }
    return condition ? davy_inner_truth(call, condition, &state->condition) : DAVY_OK;
}

/* Whether a body hands on the condition that it was given, or always says yes: then nothing but the
 * trip count ends the loop. */
static bool never_ends(const loop *state)
{
    const davy_graph *body = state->inner->graph;
    davy_value value = body->outputs[0];
    const davy_edge *edge = &body->values[value];

    while (edge->role == DAVY_ROLE_MADE &&
           strcmp(body->nodes[edge->maker].op->name, "identity") == 0) {
        value = body->nodes[edge->maker].in[0];
        edge = &body->values[value];
    }
    if (edge->role == DAVY_ROLE_CONSTANT && edge->tensor.type == DAVY_TYPE_BOOL &&
        davy_tensor_count(&edge->tensor) == 1)
        return *(const uint8_t *) edge->tensor.data != 0;
    return value == body->inputs[1];
}

static davy_status iterate(const davy_call *call, loop *state, davy_tensor *inputs,
                           davy_tensor *outputs)
{
    uint8_t condition;
    int64_t i = 0;
    davy_status status = DAVY_OK;

    inputs[0] = (davy_tensor){.type = DAVY_TYPE_I64, .data = &i};
    inputs[1] = (davy_tensor){.type = DAVY_TYPE_BOOL, .data = &condition};
    for (; status == DAVY_OK && i < state->trips && state->condition; i++) {
        condition = state->condition;
        for (size_t k = 0; k < state->carried; k++)
            inputs[k + 2] = state->kept[k].tensor;
        status = davy_inner_iterate(call);
        if (status == DAVY_OK)
            status = davy_inner_run(call, state->inner, inputs, outputs);
        if (status == DAVY_OK)
            status = davy_inner_truth(call, &outputs[0], &state->condition);
        if (status == DAVY_OK)
            status = davy_kept_take(call, state->kept, state->before, state->carried, outputs + 1,
                                    state->results);
    }
    return status;
}

static davy_status run_loop(davy_call *call, loop *state)
{
    davy_tensor *inputs = davy_call_keep(call, call->in_count * sizeof *inputs);
    davy_tensor *outputs;
    davy_status status =
        davy_inner_open(call, "body", call->in_count, call->out_count + 1, &state->inner);

    if (status != DAVY_OK)
        return status;
    state->results = state->inner->graph->output_count - 1;
    outputs = davy_call_keep(call, (state->results + 1) * sizeof *outputs);
    state->kept = davy_call_keep(call, state->results * sizeof *state->kept);
    state->before = davy_call_keep(call, state->carried * sizeof *state->before);
    if (!inputs || !outputs || !state->kept || !state->before)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "its values");
    for (size_t i = 0; status == DAVY_OK && i < state->carried; i++) {
        if (!call->in[i + 2])
            status = davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is missing", i + 2);
        else
            status = davy_kept_set(call, &state->kept[i], call->in[i + 2]);
    }
    for (size_t i = state->carried + 2; i < call->in_count; i++)
        if (call->in[i])
            inputs[i] = *call->in[i];
    if (status == DAVY_OK && state->condition && state->trips > DAVY_LOOP_ITERATIONS_MAX &&
        never_ends(state))
        status = davy_call_fail(call, DAVY_ERR_FULL, "it does not end: more than %lld iterations",
                                (long long) DAVY_LOOP_ITERATIONS_MAX);
    if (status != DAVY_OK)
        return status;
    davy_inner_enter();
    status = iterate(call, state, inputs, outputs);
    davy_inner_leave();
    return status;
}

/* The shape of a stack; of one that nothing was put on, as far as the body tells. */
static davy_status stack_result(const davy_call *call, const loop *state, size_t i)
{
    const davy_kept *kept = &state->kept[i];
    const davy_graph *body = state->inner->graph;
    const davy_tensor *one =
        kept->count > 0 ? &kept->tensor : &body->values[body->outputs[i + 1]].tensor;
    const davy_type type = one->type ? one->type : DAVY_TYPE_F32;
    int64_t dims[DAVY_RANK_MAX + 1] = {(int64_t) kept->count};

    memcpy(dims + 1, one->dims, (size_t) one->rank * sizeof *dims);
    return davy_result(call, i, type, one->rank + 1, dims);
}

static davy_status loop_prepare(davy_call *call)
{
    loop *state = call->state;
    davy_status status;

    if (!davy_inner_ready(call))
        return DAVY_OK;
    status = read_start(call, state);
    if (status == DAVY_OK)
        status = run_loop(call, state);
    for (size_t i = 0; status == DAVY_OK && i < state->results; i++)
        status = i < state->carried
                     ? davy_result_like(call, i, state->kept[i].tensor.type, &state->kept[i].tensor)
                     : stack_result(call, state, i);
    return status;
}

static davy_status loop_forward(const davy_call *call)
{
    const loop *state = call->state;

    for (size_t i = 0; i < call->out_count; i++)
        if (call->out[i] && state->kept[i].count > 0)
            memcpy(call->out[i]->data, state->kept[i].tensor.data, davy_tensor_bytes(call->out[i]));
    return DAVY_OK;
}

static void loop_clear(void *context)
{
    loop *state = context;

    davy_inner_close(state->inner);
    for (size_t i = 0; state->kept && i < state->results; i++)
        davy_kept_clear(&state->kept[i]);
    for (size_t i = 0; state->before && i < state->carried; i++)
        davy_kept_clear(&state->before[i]);
}

const davy_op davy_op_loop = {.name = "loop",
                              .in_min = 0,
                              .in_max = DAVY_NODE_INPUTS_MAX,
                              .out_max = DAVY_NODE_INPUTS_MAX,
                              .state_size = sizeof(loop),
                              .prepare = loop_prepare,
                              .forward = loop_forward,
                              .clear = loop_clear,
                              .release = davy_inner_release};
