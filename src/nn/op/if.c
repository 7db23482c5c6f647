/* SPDX-License-Identifier: Apache-2.0 */
/* If: one of two graphs, by a condition. Both take the captured values alone. */
#include "nn/op/arguments.h"
#include "nn/op/inner.h"
#include "nn/op/rows.h"

#include <string.h>

typedef struct branch {
    davy_inner *inner;
    davy_tensor *outputs; /* [out_count] of the session's last run */
} branch;

static davy_status run_branch(davy_call *call, branch *state, bool yes)
{
    davy_tensor *inputs = davy_call_keep(call, call->in_count * sizeof *inputs);
    const davy_status status = davy_inner_open(call, yes ? "then_branch" : "else_branch",
                                               call->in_count - 1, call->out_count, &state->inner);

    if (status != DAVY_OK)
        return status;
    state->outputs =
        davy_call_keep(call, state->inner->graph->output_count * sizeof *state->outputs);
    if (!inputs || !state->outputs)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "its values");
    for (size_t i = 1; i < call->in_count; i++)
        if (call->in[i])
            inputs[i - 1] = *call->in[i];
    return davy_inner_run(call, state->inner, inputs, state->outputs);
}

static davy_status if_prepare(davy_call *call)
{
    branch *state = call->state;
    bool yes = false;
    davy_status status;

    if (!davy_inner_ready(call))
        return DAVY_OK;
    status = davy_inner_truth(call, call->in[0], &yes);
    if (status == DAVY_OK)
        status = run_branch(call, state, yes);
    for (size_t i = 0; status == DAVY_OK && i < call->out_count; i++)
        status = davy_result_like(call, i, state->outputs[i].type, &state->outputs[i]);
    return status;
}

static davy_status if_forward(const davy_call *call)
{
    const branch *state = call->state;

    for (size_t i = 0; i < call->out_count; i++)
        if (call->out[i])
            memcpy(call->out[i]->data, state->outputs[i].data,
                   davy_tensor_bytes(&state->outputs[i]));
    return DAVY_OK;
}

static void if_clear(void *state)
{
    davy_inner_close(((branch *) state)->inner);
}

const davy_op davy_op_if = {.name = "if",
                            .in_min = 1,
                            .in_max = DAVY_NODE_INPUTS_MAX,
                            .out_max = DAVY_NODE_INPUTS_MAX,
                            .state_size = sizeof(branch),
                            .prepare = if_prepare,
                            .forward = if_forward,
                            .clear = if_clear,
                            .release = davy_inner_release};
