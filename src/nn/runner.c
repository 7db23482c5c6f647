/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/runner.h"

#include <stdlib.h>
#include <string.h>

struct davy_runner {
    const davy_plan *plan;
    davy_env env;
    davy_arena memory;    /* what is made at creation */
    davy_arena late;      /* what a run with late steps makes; taken back before the next */
    davy_tensor *tensors; /* [value_count] */
    davy_tensor *diffs;   /* [value_count] */
    davy_call *calls;     /* [step_count] */
    void **held;          /* [step_count] what late steps leave for the next run */
    davy_value *views;    /* [view_count] that lie in the caller's inputs */
    size_t view_count;
    char *arena;
    size_t cleared; /* late steps before this one have a state to clear */
};

/* Pointers of one step to the tensors that it works on. */
static bool make_call(davy_runner *runner, size_t s)
{
    const davy_step *step = &runner->plan->steps[s];
    const davy_node *node = step->node;
    davy_call *call = &runner->calls[s];
    davy_tensor **pointers = davy_arena_array(
        &runner->memory, 2 * ((size_t) node->in_count + node->out_count) + 1, sizeof *pointers);

    if (!pointers)
        return false;
    *call = (davy_call){.node = node,
                        .env = &runner->env,
                        .in = pointers,
                        .out = pointers + node->in_count,
                        .diff_in = pointers + node->in_count + node->out_count,
                        .diff_out = pointers + 2 * (size_t) node->in_count + node->out_count,
                        .in_count = node->in_count,
                        .out_count = node->out_count,
                        .index = step->index,
                        .state = step->state,
                        .saved_size = step->saved_size,
                        .scratch_size = step->scratch_size,
                        .diff_add = step->diff_add,
                        .held = &runner->held[s]};
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] != DAVY_VALUE_NONE) {
            const davy_planned *value = &runner->plan->values[node->in[i]];

            call->in[i] = &runner->tensors[node->in[i]];
            call->diff_in[i] = value->diff_place != DAVY_PLACE_NONE && value->varies
                                   ? &runner->diffs[node->in[i]]
                                   : NULL;
        }
    for (size_t i = 0; i < node->out_count; i++)
        if (node->out[i] != DAVY_VALUE_NONE) {
            const davy_planned *value = &runner->plan->values[node->out[i]];

            call->out[i] = value->place == DAVY_PLACE_NONE ? NULL : &runner->tensors[node->out[i]];
            call->diff_out[i] =
                value->diff_place == DAVY_PLACE_NONE ? NULL : &runner->diffs[node->out[i]];
        }
    return true;
}

static bool list_views(davy_runner *runner)
{
    const davy_planned *values = runner->plan->values;
    const size_t count = runner->plan->graph->value_count;

    runner->views = davy_arena_array(&runner->memory, count + 1, sizeof *runner->views);
    for (size_t i = 0; runner->views && i < count; i++)
        if (values[i].place == DAVY_PLACE_INPUT && values[i].home != i)
            runner->views[runner->view_count++] = (davy_value) i;
    return runner->views != NULL;
}

davy_status davy_runner_create(const davy_plan *plan, davy_pool *pool, davy_runner **out)
{
    davy_runner *runner = calloc(1, sizeof *runner);
    bool made;

    if (!runner)
        return davy_plan_fail_memory(plan);
    runner->plan = plan;
    runner->env = plan->options.env;
    runner->env.pool = pool;
    davy_arena_init(&runner->late, plan->options.env.memory_max);
    runner->tensors =
        davy_arena_array(&runner->memory, plan->graph->value_count + 1, sizeof *runner->tensors);
    runner->diffs =
        davy_arena_array(&runner->memory, plan->graph->value_count + 1, sizeof *runner->diffs);
    runner->calls = davy_arena_array(&runner->memory, plan->step_count + 1, sizeof *runner->calls);
    runner->held = davy_arena_array(&runner->memory, plan->step_count + 1, sizeof *runner->held);
    made = runner->tensors && runner->diffs && runner->calls && runner->held && list_views(runner);
    for (size_t s = 0; made && s < plan->step_count; s++)
        made = make_call(runner, s);
    if (!made) {
        davy_runner_destroy(runner);
        return davy_plan_fail_memory(plan);
    }
    for (size_t i = 0; i < plan->graph->value_count; i++)
        runner->tensors[i] = runner->diffs[i] = plan->values[i].tensor;
    *out = runner;
    return DAVY_OK;
}

/* States that late steps made in the last run. */
static void clear_late(davy_runner *runner)
{
    for (size_t s = 0; s < runner->cleared; s++)
        if (runner->plan->steps[s].late && runner->calls[s].state &&
            runner->calls[s].node->op->clear)
            runner->calls[s].node->op->clear(runner->calls[s].state);
    for (size_t s = 0; s < runner->cleared; s++)
        if (runner->plan->steps[s].late)
            runner->calls[s].state = NULL;
    runner->cleared = 0;
    davy_arena_reset(&runner->late);
}

void davy_runner_destroy(davy_runner *runner)
{
    if (!runner)
        return;
    clear_late(runner);
    for (size_t s = 0; runner->held && s < runner->plan->step_count; s++)
        if (runner->held[s])
            runner->plan->steps[s].node->op->release(runner->held[s]);
    davy_arena_clear(&runner->late);
    davy_arena_clear(&runner->memory);
    free(runner);
}

void davy_runner_bind(davy_runner *runner, void *arena, void *diffs)
{
    const davy_plan *plan = runner->plan;

    runner->arena = arena;
    for (size_t i = 0; i < plan->graph->value_count; i++) {
        const davy_planned *value = &plan->values[i];

        if (value->place == DAVY_PLACE_ARENA)
            runner->tensors[i].data = runner->arena + value->offset;
        else if (value->place == DAVY_PLACE_GRAPH)
            runner->tensors[i].data = plan->graph->values[value->home].tensor.data;
        if (value->diff_place == DAVY_PLACE_ARENA)
            runner->diffs[i].data = runner->arena + value->diff_offset;
        else if (value->diff_place == DAVY_PLACE_GRAPH)
            runner->diffs[i].data = (char *) diffs + value->diff_offset;
    }
    for (size_t s = 0; s < plan->step_count; s++) {
        runner->calls[s].saved = runner->arena + plan->steps[s].saved_offset;
        runner->calls[s].scratch = runner->arena + plan->steps[s].scratch_offset;
    }
}

void davy_runner_seed(davy_runner *runner, uint64_t seed, uint64_t step)
{
    runner->env.seed = seed;
    runner->env.step = step;
}

/* The caller's numbers, and the views of them. */
static void bind_inputs(davy_runner *runner, const davy_tensor *inputs)
{
    const davy_graph *graph = runner->plan->graph;

    for (size_t i = 0; i < graph->input_count; i++)
        runner->tensors[graph->inputs[i]].data = inputs[i].data;
    for (size_t i = 0; i < runner->view_count; i++) {
        const davy_value view = runner->views[i];

        runner->tensors[view].data = runner->tensors[runner->plan->values[view].home].data;
    }
}

/* Memory for what a late step makes. */
static davy_status make_late(davy_runner *runner, davy_call *call)
{
    const bool view = call->node->op->flags & DAVY_OP_VIEW;

    for (size_t i = 0; i < call->out_count; i++) {
        if (!call->out[i])
            continue;
        call->out[i]->data =
            view && i == 0 ? call->in[0]->data
                           : davy_arena_alloc(&runner->late, davy_tensor_bytes(call->out[i]) + 1);
        if (!call->out[i]->data)
            return davy_call_fail(call, DAVY_ERR_FULL,
                                  "an output of more than the %zu bytes "
                                  "that a run may take",
                                  runner->env.memory_max);
    }
    call->scratch = davy_arena_alloc(&runner->late, call->scratch_size + call->saved_size + 1);
    if (!call->scratch)
        return davy_call_fail(call, DAVY_ERR_FULL, "no memory to work in");
    call->saved = (char *) call->scratch + call->scratch_size;
    return DAVY_OK;
}

static davy_status run_late(davy_runner *runner, davy_call *call)
{
    davy_status status;

    call->memory = &runner->late;
    call->late = false;
    call->saved_size = call->scratch_size = 0;
    call->state = davy_arena_alloc(&runner->late, call->node->op->state_size + 1);
    if (!call->state)
        return davy_call_fail(call, DAVY_ERR_FULL, "no memory for its state");
    for (size_t i = 0; i < call->out_count; i++)
        if (call->out[i])
            *call->out[i] = (davy_tensor){.type = DAVY_TYPE_NONE};
    status = davy_call_prepare(call);
    if (status == DAVY_OK)
        status = make_late(runner, call);
    if (status == DAVY_OK && !(call->node->op->flags & DAVY_OP_VIEW))
        status = call->node->op->forward(call);
    return status;
}

davy_status davy_runner_forward(davy_runner *runner, const davy_tensor *inputs)
{
    const davy_plan *plan = runner->plan;
    davy_status status = DAVY_OK;

    clear_late(runner);
    bind_inputs(runner, inputs);
    for (size_t s = 0; status == DAVY_OK && s < plan->step_count; s++) {
        davy_call *call = &runner->calls[s];

        if (plan->steps[s].late) {
            runner->cleared = s + 1;
            status = run_late(runner, call);
        } else if (!(call->node->op->flags & DAVY_OP_VIEW)) {
            status = call->node->op->forward(call);
        }
    }
    return status;
}

void davy_runner_backward(davy_runner *runner, float scale)
{
    const davy_plan *plan = runner->plan;

    *davy_f32(&runner->diffs[plan->options.loss]) = scale;
    for (size_t s = plan->step_count; s-- > 0;) {
        const davy_step *step = &plan->steps[s];
        davy_call *call = &runner->calls[s];

        if (!step->back)
            continue;
        call->scratch = runner->arena + step->scratch_back_offset;
        call->node->op->backward(call);
        call->scratch = runner->arena + step->scratch_offset;
    }
}

const davy_tensor *davy_runner_value(const davy_runner *runner, davy_value value)
{
    return &runner->tensors[value];
}

const davy_tensor *davy_runner_diff(const davy_runner *runner, davy_value value)
{
    return runner->plan->values[value].diff_place == DAVY_PLACE_NONE ? NULL : &runner->diffs[value];
}
