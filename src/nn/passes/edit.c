/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/edit.h"

#include "nn/op.h"

#include <stdlib.h>
#include <string.h>

static davy_status fail_memory(const davy_edit *edit)
{
    return davy_fail(DAVY_ERR_NOMEM, "passes over '%s'", edit->graph->name);
}

static void free_arrays(davy_edit *edit)
{
    free(edit->alias);
    free(edit->uses);
    free(edit->is_output);
}

static void count_uses(davy_edit *edit)
{
    const davy_graph *graph = edit->graph;

    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].in_count; i++)
            if (graph->nodes[n].in[i] != DAVY_VALUE_NONE)
                edit->uses[graph->nodes[n].in[i]]++;
    for (size_t i = 0; i < graph->output_count; i++) {
        edit->uses[graph->outputs[i]]++;
        edit->is_output[graph->outputs[i]] = true;
    }
}

davy_status davy_edit_begin(davy_edit *edit, davy_graph *graph)
{
    const size_t count = graph->value_count;

    *edit = (davy_edit){.graph = graph,
                        .value_count = count,
                        .node_count = graph->node_count,
                        .alias = calloc(count + 1, sizeof *edit->alias),
                        .uses = calloc(count + 1, sizeof *edit->uses),
                        .is_output = calloc(count + 1, sizeof *edit->is_output)};
    if (!edit->alias || !edit->uses || !edit->is_output) {
        free_arrays(edit);
        return fail_memory(edit);
    }
    for (size_t i = 0; i < count; i++)
        edit->alias[i] = (davy_value) i;
    count_uses(edit);
    return DAVY_OK;
}

static davy_value resolve(const davy_edit *edit, davy_value value)
{
    while (value < edit->value_count && edit->alias[value] != value)
        value = edit->alias[value];
    return value;
}

davy_value davy_edit_in(const davy_edit *edit, const davy_node *node, size_t i)
{
    return i < node->in_count ? resolve(edit, node->in[i]) : DAVY_VALUE_NONE;
}

davy_node *davy_edit_maker(const davy_edit *edit, davy_value value)
{
    const davy_edge *edge = value == DAVY_VALUE_NONE ? NULL : &edit->graph->values[value];

    return edge && edge->role == DAVY_ROLE_MADE ? &edit->graph->nodes[edge->maker] : NULL;
}

bool davy_node_is(const davy_node *node, const char *op)
{
    return strcmp(node->op->name, op) == 0;
}

davy_node *davy_edit_made_by(const davy_edit *edit, davy_value value, const char *op)
{
    davy_node *node = davy_edit_maker(edit, value);

    return node && davy_node_is(node, op) && node->out[0] == value ? node : NULL;
}

static bool is_order(const davy_node *node, bool to_last, int *rank)
{
    size_t count;
    const int64_t *order = davy_node_ints(node, "perm", &count);

    if (!order || count < 3 || count > DAVY_RANK_MAX || order[0] != 0)
        return false;
    for (size_t i = 1; i < count; i++) {
        const size_t wanted = to_last ? i % (count - 1) + 1 : (i == 1 ? count - 1 : i - 1);

        if (order[i] != (int64_t) wanted)
            return false;
    }
    *rank = (int) count;
    return true;
}

bool davy_node_is_to_first(const davy_node *node, int *rank)
{
    *rank = 0;
    return davy_node_is(node, "channels_first") ||
           (davy_node_is(node, "transpose") && is_order(node, false, rank));
}

bool davy_node_is_to_last(const davy_node *node, int *rank)
{
    *rank = 0;
    return davy_node_is(node, "channels_last") ||
           (davy_node_is(node, "transpose") && is_order(node, true, rank));
}

bool davy_edit_used_once(const davy_edit *edit, davy_value value)
{
    return value < edit->value_count && edit->uses[value] == 1 && !edit->is_output[value];
}

const davy_tensor *davy_edit_fixed(const davy_edit *edit, davy_value value)
{
    const davy_edge *edge = value == DAVY_VALUE_NONE ? NULL : &edit->graph->values[value];

    if (!edge || edge->role == DAVY_ROLE_MADE || edge->role == DAVY_ROLE_INPUT)
        return NULL;
    return &edge->tensor;
}

davy_node *davy_edit_newest(const davy_edit *edit)
{
    return &edit->graph->nodes[edit->graph->node_count - 1];
}

davy_value davy_edit_add(davy_edit *edit, const char *op, const davy_value *in, size_t in_count)
{
    const davy_node *node = davy_graph_node(edit->graph, op, in, in_count, 1);

    edit->changed = true;
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_edit_transpose(davy_edit *edit, davy_value x, const int64_t *order, size_t rank)
{
    const davy_value out = davy_edit_add(edit, "transpose", &x, 1);

    if (out != DAVY_VALUE_NONE)
        davy_node_set_ints(edit->graph, davy_edit_newest(edit), "perm", order, rank);
    return out;
}

davy_value davy_edit_reshape(davy_edit *edit, davy_value x, const int64_t *dims, size_t rank)
{
    const davy_tensor shape = {.type = DAVY_TYPE_I64,
                               .rank = 1,
                               .dims = {(int64_t) rank},
                               .data = (void *) (uintptr_t) dims};
    const davy_value in[] = {x, davy_graph_constant(edit->graph, "", &shape)};

    return davy_edit_add(edit, "reshape", in, 2);
}

bool davy_edit_replace(davy_edit *edit, davy_value from, davy_value to)
{
    davy_graph *graph = edit->graph;

    if (graph->status != DAVY_OK || to == DAVY_VALUE_NONE)
        return false;
    if (from < edit->value_count && edit->is_output[from]) {
        if (graph->values[to].role != DAVY_ROLE_MADE ||
            (to < edit->value_count && edit->is_output[to]))
            return false;
        davy_graph_name(graph, to, graph->values[from].name);
    }
    if (from < edit->value_count) {
        edit->alias[from] = to;
        if (to < edit->value_count) {
            edit->uses[to] += edit->uses[from]; /* too many is safe: fewer fusions in this pass */
            edit->is_output[to] |= edit->is_output[from];
        }
    }
    edit->changed = true;
    return true;
}

/* ------------------------------------------------------------------------------------- the end */

static void resolve_all(davy_edit *edit)
{
    davy_graph *graph = edit->graph;

    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].in_count; i++)
            graph->nodes[n].in[i] = resolve(edit, graph->nodes[n].in[i]);
    for (size_t i = 0; i < graph->output_count; i++)
        graph->outputs[i] = resolve(edit, graph->outputs[i]);
}

/* The order that comes out: a walk over what outputs need, first the makers of what a node uses. */
struct order {
    const davy_graph *graph;
    uint32_t *nodes; /* [count] in their new order */
    size_t count;
    uint32_t *stack; /* nodes that wait for what they use */
    bool *entered, *done;
};

/* The first input of a node whose maker is not done, or -1. */
static int64_t waits_for(const struct order *order, const davy_node *node)
{
    for (size_t i = 0; i < node->in_count; i++) {
        const davy_value in = node->in[i];

        if (in != DAVY_VALUE_NONE && order->graph->values[in].role == DAVY_ROLE_MADE &&
            !order->done[order->graph->values[in].maker])
            return order->graph->values[in].maker;
    }
    return -1;
}

static void visit(struct order *order, uint32_t first)
{
    size_t depth = 0;

    if (order->done[first])
        return;
    order->stack[depth++] = first;
    while (depth) {
        const uint32_t at = order->stack[depth - 1];
        const int64_t next = waits_for(order, &order->graph->nodes[at]);

        if (next < 0 || order->entered[next]) {
            order->done[at] = true;
            order->nodes[order->count++] = at;
            depth--;
        } else {
            order->entered[next] = true;
            order->stack[depth++] = (uint32_t) next;
        }
    }
}

/* Mark what outputs need. The stack holds nodes whose inputs were not looked at. */
static void mark_live(const struct order *order, bool *live)
{
    const davy_graph *graph = order->graph;
    size_t depth = 0;

    for (size_t i = 0; i < graph->output_count; i++) {
        const davy_edge *edge = &graph->values[graph->outputs[i]];

        if (edge->role == DAVY_ROLE_MADE && !live[edge->maker]) {
            live[edge->maker] = true;
            order->stack[depth++] = edge->maker;
        }
    }
    while (depth) {
        const davy_node *node = &graph->nodes[order->stack[--depth]];

        for (size_t i = 0; i < node->in_count; i++) {
            const davy_edge *edge =
                node->in[i] == DAVY_VALUE_NONE ? NULL : &graph->values[node->in[i]];

            if (edge && edge->role == DAVY_ROLE_MADE && !live[edge->maker]) {
                live[edge->maker] = true;
                order->stack[depth++] = edge->maker;
            }
        }
    }
}

static void destroy_inner(davy_node *node)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (node->attributes[i].kind == DAVY_ATTRIBUTE_GRAPH)
            davy_graph_destroy(node->attributes[i].graph);
}

/* Write the nodes in their new order, and what they make with them. */
static void rearrange(davy_graph *graph, const struct order *order, const bool *live,
                      davy_node *sorted)
{
    for (size_t i = 0; i < order->count; i++) {
        sorted[i] = graph->nodes[order->nodes[i]];
        for (size_t k = 0; k < sorted[i].out_count; k++)
            if (sorted[i].out[k] != DAVY_VALUE_NONE)
                graph->values[sorted[i].out[k]].maker = (uint32_t) i;
    }
    for (size_t i = 0; i < graph->node_count; i++)
        if (!live[i])
            destroy_inner(&graph->nodes[i]);
    free(graph->nodes);
    graph->nodes = sorted;
    graph->node_capacity = graph->node_count;
    graph->node_count = order->count;
    graph->shaped = 0;
}

static davy_status put_in_order(davy_graph *graph)
{
    const size_t count = graph->node_count + 1;
    struct order order = {.graph = graph,
                          .nodes = calloc(count, sizeof *order.nodes),
                          .stack = calloc(count, sizeof *order.stack),
                          .entered = calloc(count, sizeof *order.entered),
                          .done = calloc(count, sizeof *order.done)};
    bool *live = calloc(count, sizeof *live);
    davy_node *sorted = calloc(count, sizeof *sorted);
    davy_status status = DAVY_OK;

    if (order.nodes && order.stack && order.entered && order.done && live && sorted) {
        mark_live(&order, live);
        for (uint32_t i = 0; i < graph->node_count; i++)
            if (live[i])
                visit(&order, i);
        rearrange(graph, &order, live, sorted);
    } else {
        free(sorted);
        status = davy_fail(DAVY_ERR_NOMEM, "passes over '%s'", graph->name);
    }
    free(order.nodes);
    free(order.stack);
    free(order.entered);
    free(order.done);
    free(live);
    return status;
}

davy_status davy_edit_end(davy_edit *edit)
{
    davy_status status = davy_graph_status(edit->graph);

    if (status == DAVY_OK && edit->changed) {
        resolve_all(edit);
        status = put_in_order(edit->graph);
    }
    free_arrays(edit);
    return status;
}
