/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/plan_private.h"

#include <stdlib.h>

/* A value varies when something that it is made of does. */
static void spread_varies(davy_plan *plan)
{
    for (size_t s = 0; s < plan->step_count; s++) {
        const davy_node *node = plan->steps[s].node;
        bool varies = false;

        for (size_t i = 0; i < node->in_count; i++)
            varies |= node->in[i] != DAVY_VALUE_NONE && plan->values[node->in[i]].varies;
        for (size_t i = 0; i < node->out_count; i++)
            if (node->out[i] != DAVY_VALUE_NONE) {
                const davy_type type = plan->values[node->out[i]].tensor.type;

                plan->values[node->out[i]].varies =
                    varies && (type == DAVY_TYPE_F32 || type == DAVY_TYPE_BF16);
            }
    }
}

/* How often each value is an input: a view's gradient is its own only with a single user. */
static void count_users(const davy_plan *plan, uint32_t *users)
{
    for (size_t s = 0; s < plan->step_count; s++) {
        const davy_node *node = plan->steps[s].node;

        for (size_t i = 0; i < node->in_count; i++)
            if (node->in[i] != DAVY_VALUE_NONE)
                users[node->in[i]]++;
    }
}

/* A gradient that lies where another one lies needs no step back. */
static bool shares_diff(davy_plan *plan, const davy_node *node, const uint32_t *users)
{
    davy_planned *in = &plan->values[node->in[0]];

    if (!(node->op->flags & DAVY_OP_VIEW) || users[node->in[0]] != 1 ||
        in->place == DAVY_PLACE_GRAPH || in->place == DAVY_PLACE_INPUT)
        return false;
    in->diff_home = plan->values[node->out[0]].diff_home;
    in->diff_place = plan->values[node->out[0]].diff_place;
    return true;
}

static davy_status back_step(davy_plan *plan, davy_step *step, bool *reached, const uint32_t *users)
{
    const davy_node *node = step->node;
    bool arrives = false, varies = false;

    for (size_t i = 0; i < node->out_count; i++)
        arrives |= node->out[i] != DAVY_VALUE_NONE && reached[node->out[i]];
    for (size_t i = 0; i < node->in_count; i++)
        varies |= node->in[i] != DAVY_VALUE_NONE && plan->values[node->in[i]].varies;
    if (!arrives || !varies)
        return DAVY_OK;
    if (!node->op->backward && !(node->op->flags & DAVY_OP_VIEW))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "%s '%s' cannot be trained through", node->op->name,
                         node->name);
    step->diff_add = davy_arena_array(&plan->memory, node->in_count + 1, sizeof(bool));
    if (!step->diff_add)
        return davy_plan_fail_memory(plan);
    if (shares_diff(plan, node, users)) {
        reached[node->in[0]] = true;
        return DAVY_OK;
    }
    step->back = true;
    for (size_t i = 0; i < node->in_count; i++) {
        const davy_value in = node->in[i];

        if (in == DAVY_VALUE_NONE || !plan->values[in].varies)
            continue;
        step->diff_add[i] = reached[in];
        reached[in] = true;
        plan->values[in].diff_place =
            plan->values[in].place == DAVY_PLACE_GRAPH ? DAVY_PLACE_GRAPH : DAVY_PLACE_ARENA;
    }
    return DAVY_OK;
}

/* Gradients of parameters lie one after the other, in the order of the graph. */
static void place_diffs(davy_plan *plan)
{
    for (size_t i = 0; i < plan->graph->value_count; i++) {
        davy_planned *value = &plan->values[i];

        if (plan->graph->values[i].role != DAVY_ROLE_PARAMETER)
            continue;
        value->diff_offset = plan->diff_bytes;
        plan->diff_bytes += (davy_tensor_bytes(&value->tensor) + DAVY_PLAN_ALIGNMENT - 1) /
                            DAVY_PLAN_ALIGNMENT * DAVY_PLAN_ALIGNMENT;
    }
}

davy_status davy_plan_back(davy_plan *plan)
{
    const davy_value loss = plan->options.loss;
    bool *reached = calloc(plan->graph->value_count + 1, sizeof *reached);
    uint32_t *users = calloc(plan->graph->value_count + 1, sizeof *users);
    davy_status status = DAVY_OK;

    if (!reached || !users) {
        status = davy_plan_fail_memory(plan);
        goto done;
    }
    if (plan->has_late)
        status = davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' has shapes that depend on data",
                           plan->graph->name);
    if (status == DAVY_OK && loss != DAVY_VALUE_NONE) {
        spread_varies(plan);
        count_users(plan, users);
        if (!plan->values[loss].varies)
            status = davy_fail(DAVY_ERR_INVALID, "the loss of '%s' depends on no parameter",
                               plan->graph->name);
        reached[loss] = true;
        plan->values[loss].diff_place = DAVY_PLACE_ARENA;
    }
    for (size_t s = plan->step_count; status == DAVY_OK && s-- > 0;)
        status = back_step(plan, &plan->steps[s], reached, users);
    if (status == DAVY_OK)
        place_diffs(plan);

done:
    free(reached);
    free(users);
    return status;
}
