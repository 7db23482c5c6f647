/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/plan.h"

#include "nn/plan_private.h"
#include "nn/simd/amx.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

davy_status davy_plan_fail_memory(const davy_plan *plan)
{
    return davy_fail(DAVY_ERR_NOMEM, "a plan of '%s', which may take %zu bytes", plan->graph->name,
                     plan->options.env.memory_max);
}

/* An input against what the graph declares. */
static davy_status check_input(const davy_graph *graph, size_t i, const davy_tensor *shape)
{
    const davy_edge *edge = &graph->values[graph->inputs[i]];
    char given[DAVY_TENSOR_TEXT_MAX], wanted[DAVY_TENSOR_TEXT_MAX];
    bool fits = shape->type == edge->tensor.type && shape->rank == edge->tensor.rank;

    if (edge->tensor.type == DAVY_TYPE_NONE)
        return DAVY_OK;
    for (int d = 0; fits && d < shape->rank; d++)
        fits = edge->tensor.dims[d] < 0 || edge->tensor.dims[d] == shape->dims[d];
    if (fits)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID, "input '%s' of '%s' is %s; wanted is %s (-1: any size)",
                     edge->name, graph->name, davy_tensor_text(shape, given),
                     davy_tensor_text(&edge->tensor, wanted));
}

static davy_status place_inputs(davy_plan *plan, const davy_tensor *shapes)
{
    for (size_t i = 0; i < plan->graph->input_count; i++) {
        davy_planned *value = &plan->values[plan->graph->inputs[i]];
        davy_status status = check_input(plan->graph, i, &shapes[i]);

        if (status == DAVY_OK)
            status =
                davy_tensor_shape(&value->tensor, shapes[i].type, shapes[i].rank, shapes[i].dims);
        if (status != DAVY_OK)
            return status;
        value->place = DAVY_PLACE_INPUT;
        value->varies = plan->options.input_diff && shapes[i].type == DAVY_TYPE_F32;
    }
    return DAVY_OK;
}

static void place_kept(davy_plan *plan)
{
    const bool changing = plan->options.env.training || plan->options.changing;

    for (size_t i = 0; i < plan->graph->value_count; i++) {
        const davy_edge *edge = &plan->graph->values[i];
        davy_planned *value = &plan->values[i];

        value->home = value->diff_home = (davy_value) i;
        if (edge->role == DAVY_ROLE_MADE || edge->role == DAVY_ROLE_INPUT)
            continue;
        value->tensor = edge->tensor;
        value->place = DAVY_PLACE_FIXED;
        if (changing && edge->role != DAVY_ROLE_CONSTANT) {
            value->tensor.data = NULL; /* it changes: nothing may be computed from it here */
            value->place = DAVY_PLACE_GRAPH;
            value->varies = edge->role == DAVY_ROLE_PARAMETER;
        }
    }
}

/* Nodes whose outputs somebody wants, counted back from the outputs and the loss. */
static bool *find_wanted(const davy_plan *plan, bool *node_wanted)
{
    const davy_graph *graph = plan->graph;
    bool *wanted = calloc(graph->value_count + 1, sizeof *wanted);

    if (!wanted)
        return NULL;
    for (size_t i = 0; i < graph->output_count; i++)
        wanted[graph->outputs[i]] = true;
    if (plan->options.loss != DAVY_VALUE_NONE)
        wanted[plan->options.loss] = true;
    for (size_t n = graph->node_count; n-- > 0;) {
        const davy_node *node = &graph->nodes[n];

        for (size_t i = 0; i < node->out_count; i++)
            node_wanted[n] |= node->out[i] != DAVY_VALUE_NONE && wanted[node->out[i]];
        for (size_t i = 0; node_wanted[n] && i < node->in_count; i++)
            if (node->in[i] != DAVY_VALUE_NONE)
                wanted[node->in[i]] = true;
    }
    return wanted;
}

/* What planning one node works with. */
struct drawing {
    davy_plan *plan;
    const bool *wanted; /* [value_count] */
    bool *bf16;         /* [value_count] all users take it in bf16 */
    davy_tensor **pointers;
};

static void describe(struct drawing *drawing, const davy_node *node, davy_call *call)
{
    davy_planned *values = drawing->plan->values;

    call->in = drawing->pointers;
    call->out = drawing->pointers + node->in_count;
    for (size_t i = 0; i < node->in_count; i++)
        call->in[i] = node->in[i] == DAVY_VALUE_NONE ? NULL : &values[node->in[i]].tensor;
    for (size_t i = 0; i < node->out_count; i++) {
        const davy_value out = node->out[i];

        call->out[i] = NULL;
        if (out == DAVY_VALUE_NONE || !drawing->wanted[out])
            continue;
        call->out[i] = &values[out].tensor;
        *call->out[i] = (davy_tensor){.type = drawing->bf16[out] ? DAVY_TYPE_BF16 : DAVY_TYPE_NONE};
    }
}

static bool any_late(const davy_plan *plan, const davy_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] != DAVY_VALUE_NONE && plan->values[node->in[i]].place == DAVY_PLACE_LATE)
            return true;
    return false;
}

static bool can_fold(const davy_call *call)
{
    const unsigned flags = call->node->op->flags;

    if (flags & (DAVY_OP_RANDOM | DAVY_OP_LOSS))
        return false;
    for (size_t i = 0; i < call->in_count; i++)
        if (call->in[i] && !call->in[i]->data && !(flags & DAVY_OP_SHAPE_ONLY))
            return false;
    return true;
}

/* Compute the node now, into memory of the plan. */
static davy_status fold(davy_plan *plan, davy_call *call)
{
    davy_status status;

    for (size_t i = 0; i < call->out_count; i++) {
        if (!call->out[i])
            continue;
        call->out[i]->data = i == 0 && (call->node->op->flags & DAVY_OP_VIEW)
                                 ? call->in[0]->data
                                 : davy_call_keep(call, davy_tensor_bytes(call->out[i]));
        if (!call->out[i]->data)
            return davy_plan_fail_memory(plan);
        plan->values[call->node->out[i]].place = DAVY_PLACE_FIXED;
    }
    if (call->node->op->flags & DAVY_OP_VIEW)
        return DAVY_OK;
    call->scratch = calloc(1, call->scratch_size + call->saved_size + 1);
    if (!call->scratch)
        return davy_plan_fail_memory(plan);
    call->saved = (char *) call->scratch + call->scratch_size;
    status = call->node->op->forward(call);
    free(call->scratch);
    return status;
}

/* A step that runs, and where its outputs lie. */
static void take_step(davy_plan *plan, const davy_call *call, bool late)
{
    davy_step *step = &plan->steps[plan->step_count++];
    const davy_node *node = call->node;
    const bool view = (node->op->flags & DAVY_OP_VIEW) != 0;

    *step = (davy_step){.node = node,
                        .index = call->index,
                        .state = call->state,
                        .late = late,
                        .saved_size = plan->options.env.training ? call->saved_size : 0,
                        .scratch_size = call->scratch_size};
    plan->has_late |= late;
    for (size_t i = 0; i < node->out_count; i++) {
        davy_planned *value;

        if (!call->out[i])
            continue;
        value = &plan->values[node->out[i]];
        value->place = late ? DAVY_PLACE_LATE : DAVY_PLACE_ARENA;
        if (late)
            value->tensor.type = DAVY_TYPE_NONE;
        if (!late && view && i == 0) {
            value->home = plan->values[node->in[0]].home;
            value->place = plan->values[node->in[0]].place;
        }
    }
}

static davy_status plan_node(struct drawing *drawing, size_t index)
{
    davy_plan *plan = drawing->plan;
    const davy_node *node = &plan->graph->nodes[index];
    davy_call call = {.node = node,
                      .env = &plan->options.env,
                      .in_count = node->in_count,
                      .out_count = node->out_count,
                      .index = index,
                      .memory = &plan->memory,
                      .packs = plan->options.packs};
    davy_status status;
    bool runs;

    describe(drawing, node, &call);
    if (any_late(plan, node)) {
        take_step(plan, &call, true);
        return DAVY_OK;
    }
    call.state = davy_call_keep(&call, node->op->state_size);
    if (!call.state)
        return davy_plan_fail_memory(plan);
    status = davy_call_prepare(&call);
    runs = status == DAVY_OK && !call.late && !can_fold(&call);
    if (status == DAVY_OK && (runs || call.late))
        take_step(plan, &call, call.late);
    else if (status == DAVY_OK)
        status = fold(plan, &call);
    if (!runs && node->op->clear) /* a late step makes its state anew in every run */
        node->op->clear(call.state);
    return status;
}

/* Inputs of a node that may be bf16. */
static size_t bf16_inputs(const davy_plan *plan, const davy_node *node)
{
    unsigned takes = DAVY_OP_BF16;

    if (!plan->options.env.training)
        takes |= DAVY_OP_BF16_SERVED | DAVY_OP_BF16_MOVED | DAVY_OP_VIEW;
    if (!(node->op->flags & takes))
        return 0;
    return node->op->flags & DAVY_OP_BF16_ALL ? node->in_count : 1;
}

static bool all_bf16(const davy_value *values, size_t count, const bool *bf16)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != DAVY_VALUE_NONE && !bf16[values[i]])
            return false;
    return true;
}

static bool clear_bf16(const davy_value *values, size_t count, bool *bf16)
{
    bool changed = false;

    for (size_t i = 0; i < count; i++)
        if (values[i] != DAVY_VALUE_NONE && bf16[values[i]]) {
            bf16[values[i]] = false;
            changed = true;
        }
    return changed;
}

/* What is added to the output of a node may be bf16 where nobody goes back. */
static bool adds_bf16(const davy_plan *plan, const davy_node *node, size_t i)
{
    return i == DAVY_ADDED_INPUT && node->op->flags & DAVY_OP_ADDS && !plan->options.env.training;
}

/* What one node says about its values. @return whether one that could be bf16 cannot */
static bool narrow_bf16(const davy_plan *plan, const davy_node *node, bool *bf16)
{
    size_t takes = bf16_inputs(plan, node);
    bool changed = false;

    if (takes && node->op->flags & (DAVY_OP_VIEW | DAVY_OP_BF16_MOVED) &&
        !(all_bf16(node->in, takes, bf16) && all_bf16(node->out, node->out_count, bf16))) {
        changed = clear_bf16(node->out, node->out_count, bf16);
        takes = 0;
    }
    for (size_t i = takes; i < node->in_count; i++)
        if (!adds_bf16(plan, node, i))
            changed |= clear_bf16(&node->in[i], 1, bf16);
    return changed;
}

/* Values that can be bf16: their maker gives it and all their users take it. */
static void find_bf16(const davy_plan *plan, bool *bf16)
{
    const davy_graph *graph = plan->graph;
    bool changed = plan->options.env.bf16;

    /* By the nodes and not by the values' makers: passes leave values behind that nothing makes. */
    for (size_t n = 0; changed && n < graph->node_count; n++) {
        const davy_node *node = &graph->nodes[n];

        for (size_t i = 0; i < node->out_count; i++)
            if (node->out[i] != DAVY_VALUE_NONE)
                bf16[node->out[i]] = bf16_inputs(plan, node) > 0;
    }
    (void) clear_bf16(graph->outputs, graph->output_count, bf16);
    while (changed) { /* a node that moves numbers may say no to both sides */
        changed = false;
        for (size_t n = graph->node_count; n-- > 0;)
            changed |= narrow_bf16(plan, &graph->nodes[n], bf16);
    }
}

static davy_status plan_nodes(davy_plan *plan)
{
    const davy_graph *graph = plan->graph;
    bool *nodes = calloc(graph->node_count + 1, sizeof *nodes);
    bool *wanted = nodes ? find_wanted(plan, nodes) : NULL;
    bool *bf16 = calloc(graph->value_count + 1, sizeof *bf16);
    size_t most = 1;
    davy_status status = DAVY_OK;
    struct drawing drawing = {.plan = plan, .wanted = wanted, .bf16 = bf16};

    for (size_t i = 0; i < graph->node_count; i++)
        if ((size_t) graph->nodes[i].in_count + graph->nodes[i].out_count > most)
            most = (size_t) graph->nodes[i].in_count + graph->nodes[i].out_count;
    drawing.pointers = calloc(most, sizeof(davy_tensor *));
    if (!wanted || !bf16 || !drawing.pointers)
        status = davy_plan_fail_memory(plan);
    else
        find_bf16(plan, bf16);
    for (size_t i = 0; status == DAVY_OK && i < graph->node_count; i++)
        if (nodes[i])
            status = plan_node(&drawing, i);
    free(nodes);
    free(wanted);
    free(bf16);
    free(drawing.pointers);
    return status;
}

/* Steps whose outputs were only wanted by nodes that are computed already are left out. */
static davy_status drop_unused(davy_plan *plan)
{
    bool *used = calloc(plan->graph->value_count + 1, sizeof *used);
    size_t kept = plan->step_count;

    if (!used)
        return davy_plan_fail_memory(plan);
    for (size_t i = 0; i < plan->graph->output_count; i++)
        used[plan->graph->outputs[i]] = true;
    if (plan->options.loss != DAVY_VALUE_NONE)
        used[plan->options.loss] = true;
    for (size_t s = plan->step_count; s-- > 0;) {
        const davy_step step = plan->steps[s];
        bool wanted = false;

        for (size_t i = 0; i < step.node->out_count; i++)
            wanted |= step.node->out[i] != DAVY_VALUE_NONE && used[step.node->out[i]];
        if (!wanted) {
            if (!step.late && step.node->op->clear)
                step.node->op->clear(step.state);
            continue;
        }
        for (size_t i = 0; i < step.node->in_count; i++)
            if (step.node->in[i] != DAVY_VALUE_NONE)
                used[step.node->in[i]] = true;
        plan->steps[--kept] = step;
    }
    plan->step_count -= kept;
    memmove(plan->steps, plan->steps + kept, plan->step_count * sizeof *plan->steps);
    free(used);
    return DAVY_OK;
}

davy_status davy_plan_create(const davy_graph *graph, const davy_tensor *shapes,
                             const davy_plan_options *options, davy_plan **out)
{
    davy_plan *plan = calloc(1, sizeof *plan);
    davy_status status;

    if (!plan)
        return davy_fail(DAVY_ERR_NOMEM, "a plan of '%s'", graph->name);
    plan->graph = graph;
    plan->options = *options;
    plan->options.env.bf16 = options->env.bf16 && davy_bf16_available();
    davy_arena_init(&plan->memory, options->env.memory_max);
    plan->values = davy_arena_array(&plan->memory, graph->value_count + 1, sizeof *plan->values);
    plan->steps = davy_arena_array(&plan->memory, graph->node_count + 1, sizeof *plan->steps);
    if (!plan->values || !plan->steps) {
        status = davy_plan_fail_memory(plan);
        goto fail;
    }
    place_kept(plan);
    status = place_inputs(plan, shapes);
    if (status == DAVY_OK)
        status = plan_nodes(plan);
    if (status == DAVY_OK)
        status = drop_unused(plan);
    if (status == DAVY_OK && options->env.training)
        status = davy_plan_back(plan);
    if (status == DAVY_OK)
        status = davy_plan_arena(plan);
    if (status != DAVY_OK)
        goto fail;
    *out = plan;
    return DAVY_OK;

fail:
    davy_plan_destroy(plan);
    return status;
}

void davy_plan_destroy(davy_plan *plan)
{
    if (!plan)
        return;
    for (size_t s = 0; plan->steps && s < plan->step_count; s++)
        if (!plan->steps[s].late && plan->steps[s].node->op->clear)
            plan->steps[s].node->op->clear(plan->steps[s].state);
    davy_arena_clear(&plan->memory);
    free(plan);
}
