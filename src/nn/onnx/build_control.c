/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"

#include "nn/op.h"

#include <stdlib.h>
#include <string.h>

/*
 * If, Loop and Scan: their graphs become attributes. An inner graph may use values of the outer one
 * by name; here they become explicit: all graphs of a node get the same extra inputs, last, and the
 * node gets them after its own.
 */

/* Names in the order in which they were found. */
struct list {
    davy_name_table set;
    const char **items;
    size_t count, capacity;
};

static davy_status list_add(struct list *list, const char *name)
{
    if (davy_name_table_find(&list->set, name, NULL))
        return DAVY_OK;
    if (list->count == list->capacity) {
        const size_t larger = list->capacity ? 2 * list->capacity : 16;
        const char **moved = realloc(list->items, larger * sizeof *moved);

        if (!moved)
            return davy_fail(DAVY_ERR_NOMEM, "names");
        list->items = moved;
        list->capacity = larger;
    }
    list->items[list->count++] = name;
    return davy_name_table_add(&list->set, name, 0);
}

static void list_clear(struct list *list)
{
    davy_name_table_clear(&list->set);
    free(list->items);
}

static davy_status define(davy_name_table *own, const char *name)
{
    return davy_name_table_find(own, name, NULL) ? DAVY_OK : davy_name_table_add(own, name, 0);
}

static davy_status find_defined(const Onnx__GraphProto *graph, davy_name_table *own)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < graph->n_input && status == DAVY_OK; i++)
        status = define(own, davy_onnx_text(graph->input[i]->name));
    for (size_t i = 0; i < graph->n_initializer && status == DAVY_OK; i++)
        status = define(own, davy_onnx_text(graph->initializer[i]->name));
    for (size_t i = 0; i < graph->n_node; i++)
        for (size_t k = 0; k < graph->node[i]->n_output && status == DAVY_OK; k++)
            status = define(own, graph->node[i]->output[k]);
    return status;
}

static davy_status use(struct list *free_names, const davy_name_table *own, const char *name)
{
    return *name && !davy_name_table_find(own, name, NULL) ? list_add(free_names, name) : DAVY_OK;
}

static davy_status find_free(const Onnx__GraphProto *graph, struct list *out);

static davy_status find_free_of_node(const Onnx__NodeProto *node, const davy_name_table *own,
                                     struct list *out)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < node->n_input && status == DAVY_OK; i++)
        status = use(out, own, node->input[i]);
    for (size_t i = 0; i < node->n_attribute && status == DAVY_OK; i++) {
        struct list inner = {0};

        if (node->attribute[i]->g)
            status = find_free(node->attribute[i]->g, &inner);
        for (size_t k = 0; k < inner.count && status == DAVY_OK; k++)
            status = use(out, own, inner.items[k]);
        list_clear(&inner);
    }
    return status;
}

/* Names that a graph uses and does not define. */
static davy_status find_free(const Onnx__GraphProto *graph, struct list *out)
{
    davy_name_table own = {0};
    davy_status status = find_defined(graph, &own);

    for (size_t i = 0; i < graph->n_node && status == DAVY_OK; i++)
        status = find_free_of_node(graph->node[i], &own, out);
    for (size_t i = 0; i < graph->n_output && status == DAVY_OK; i++)
        status = use(out, &own, davy_onnx_text(graph->output[i]->name));
    davy_name_table_clear(&own);
    return status;
}

/* Add the extra values to the node's own inputs. */
static davy_status add_inputs(davy_draft *draft, size_t own, const struct list *extra)
{
    davy_value *in =
        davy_arena_array(&draft->scope->import->scratch, own + extra->count + 1, sizeof *in);

    if (!in)
        return davy_fail(DAVY_ERR_NOMEM, "node '%s'", draft->name);
    if (own + extra->count > DAVY_NODE_INPUTS_MAX)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED,
                               "%zu values of the outer graph are used", extra->count);
    for (size_t i = 0; i < own; i++)
        in[i] = davy_draft_in(draft, i);
    for (size_t i = 0; i < extra->count; i++)
        if (!davy_name_table_find(&draft->scope->names, extra->items[i], &in[own + i]))
            return davy_draft_fail(draft, DAVY_ERR_CORRUPT,
                                   "its graph uses '%s', which nobody makes before",
                                   extra->items[i]);
    draft->in = in;
    draft->in_count = own + extra->count;
    return DAVY_OK;
}

static davy_status import_inner(davy_draft *draft, const Onnx__GraphProto *proto,
                                const struct list *extra, davy_graph **out)
{
    davy_scope scope = {.import = draft->scope->import,
                        .depth = draft->scope->depth + 1,
                        .opsets = draft->scope->opsets,
                        .opset_count = draft->scope->opset_count,
                        .call = draft->scope->call};
    davy_status status;

    if (scope.depth > DAVY_GRAPH_NESTING_MAX)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "graphs nest deeper than %d",
                               DAVY_GRAPH_NESTING_MAX);
    status =
        davy_graph_create(davy_onnx_text(proto->name), scope.import->memory_left, &scope.graph);
    if (status == DAVY_OK) {
        scope.graph->foreign = true;
        status = davy_import_graph(&scope, proto, draft->scope, extra->items, extra->count);
    }
    davy_name_table_clear(&scope.names);
    if (status != DAVY_OK) {
        davy_graph_destroy(scope.graph);
        return status;
    }
    scope.import->memory_left -= scope.graph->arena.used < scope.import->memory_left
                                     ? scope.graph->arena.used
                                     : scope.import->memory_left;
    *out = scope.graph;
    return DAVY_OK;
}

/* Import the graphs and put them into the node, which is the newest of the graph. */
static davy_status add_graphs(davy_draft *draft, davy_node *node, const struct list *extra,
                              const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        davy_graph *inner = NULL;
        davy_status status =
            import_inner(draft, davy_draft_find(draft, names[i])->g, extra, &inner);

        if (status != DAVY_OK)
            return status;
        davy_node_set_graph(draft->graph, node, names[i], inner);
    }
    return DAVY_OK;
}

static davy_status build_with(davy_draft *draft, const char *op, size_t own,
                              const struct list *extra, const char *const *names, size_t count)
{
    davy_status status = add_inputs(draft, own, extra);

    if (status == DAVY_OK)
        status = davy_draft_build(draft, op);
    if (status != DAVY_OK)
        return status;
    davy_node_set_int(draft->graph, &draft->graph->nodes[draft->graph->node_count - 1], "captured",
                      (int64_t) extra->count);
    return add_graphs(draft, &draft->graph->nodes[draft->graph->node_count - 1], extra, names,
                      count);
}

/* @param own_min  inputs that are there even if all are absent */
static davy_status build(davy_draft *draft, const char *op, size_t own_min,
                         const char *const *names, size_t count)
{
    const size_t given = draft->proto->n_input;
    const size_t own = given > own_min ? given : own_min;
    davy_status status = DAVY_OK;
    struct list extra = {0};

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const Onnx__AttributeProto *attribute = davy_draft_find(draft, names[i]);

        status = attribute && attribute->g
                     ? find_free(attribute->g, &extra)
                     : davy_draft_fail(draft, DAVY_ERR_CORRUPT, "it has no graph '%s'", names[i]);
    }
    if (status == DAVY_OK)
        status = build_with(draft, op, own, &extra, names, count);
    list_clear(&extra);
    return status;
}

davy_status davy_build_if(davy_draft *draft)
{
    static const char *const names[] = {"then_branch", "else_branch"};

    return build(draft, "if", 1, names, 2);
}

davy_status davy_build_loop(davy_draft *draft)
{
    static const char *const names[] = {"body"};

    return build(draft, "loop", 2, names, 1);
}

davy_status davy_build_scan(davy_draft *draft)
{
    static const char *const names[] = {"body"};

    if (draft->opset < 9)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED,
                               "Scan of operator set 8, with a batch of its own");
    return build(draft, "scan", 0, names, 1);
}
