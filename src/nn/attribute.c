/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/graph.h"

#include <string.h>

/* A new attribute at the end of the node's, or the one of this name; NULL without memory. */
static davy_attribute *place(davy_graph *graph, davy_node *node, const char *name)
{
    davy_attribute *moved;

    if (!node || graph->status != DAVY_OK)
        return NULL;
    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            return &node->attributes[i];
    /* Nodes have a handful: the array is copied into the arena for each. */
    moved = davy_arena_array(&graph->arena, node->attribute_count + 1, sizeof *moved);
    if (!moved) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "attribute '%s'", name));
        return NULL;
    }
    if (node->attribute_count)
        memcpy(moved, node->attributes, node->attribute_count * sizeof *moved);
    node->attributes = moved;
    moved[node->attribute_count].name = davy_arena_text(&graph->arena, name, strlen(name));
    return moved[node->attribute_count].name ? &moved[node->attribute_count++] : NULL;
}

/* A copy in the graph's arena. */
static const void *keep(davy_graph *graph, const void *values, size_t count, size_t size)
{
    void *copy = davy_arena_array(&graph->arena, count + 1, size);

    if (!copy)
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "attribute of %zu values", count));
    else if (count)
        memcpy(copy, values, count * size);
    return copy;
}

static void set(davy_graph *graph, davy_node *node, const char *name, davy_attribute value)
{
    davy_attribute *attribute = place(graph, node, name);

    if (!attribute)
        return;
    value.name = attribute->name;
    *attribute = value;
}

void davy_node_set_int(davy_graph *graph, davy_node *node, const char *name, int64_t value)
{
    set(graph, node, name,
        (davy_attribute){
            .kind = DAVY_ATTRIBUTE_INT, .count = 1, .ints = keep(graph, &value, 1, sizeof value)});
}

void davy_node_set_float(davy_graph *graph, davy_node *node, const char *name, float value)
{
    set(graph, node, name,
        (davy_attribute){.kind = DAVY_ATTRIBUTE_FLOAT,
                         .count = 1,
                         .floats = keep(graph, &value, 1, sizeof value)});
}

void davy_node_set_ints(davy_graph *graph, davy_node *node, const char *name, const int64_t *values,
                        size_t count)
{
    set(graph, node, name,
        (davy_attribute){.kind = DAVY_ATTRIBUTE_INTS,
                         .count = count,
                         .ints = keep(graph, values, count, sizeof *values)});
}

void davy_node_set_floats(davy_graph *graph, davy_node *node, const char *name, const float *values,
                          size_t count)
{
    set(graph, node, name,
        (davy_attribute){.kind = DAVY_ATTRIBUTE_FLOATS,
                         .count = count,
                         .floats = keep(graph, values, count, sizeof *values)});
}

static void set_texts(davy_graph *graph, davy_node *node, const char *name,
                      davy_attribute_kind kind, const char *const *values, size_t count)
{
    const char **copies = davy_arena_array(&graph->arena, count + 1, sizeof *copies);

    for (size_t i = 0; copies && i < count; i++) {
        copies[i] = davy_arena_text(&graph->arena, values[i], strlen(values[i]));
        if (!copies[i])
            copies = NULL;
    }
    if (!copies)
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "attribute '%s'", name));
    set(graph, node, name, (davy_attribute){.kind = kind, .count = count, .texts = copies});
}

void davy_node_set_text(davy_graph *graph, davy_node *node, const char *name, const char *value)
{
    set_texts(graph, node, name, DAVY_ATTRIBUTE_TEXT, &value, 1);
}

void davy_node_set_texts(davy_graph *graph, davy_node *node, const char *name,
                         const char *const *values, size_t count)
{
    set_texts(graph, node, name, DAVY_ATTRIBUTE_TEXTS, values, count);
}

void davy_node_set_tensor(davy_graph *graph, davy_node *node, const char *name,
                          const davy_tensor *value)
{
    davy_tensor *copy = davy_arena_alloc(&graph->arena, sizeof *copy);

    if (!copy) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "attribute '%s'", name));
        return;
    }
    *copy = *value;
    copy->data = (void *) (uintptr_t) keep(graph, value->data, davy_tensor_bytes(value), 1);
    set(graph, node, name,
        (davy_attribute){.kind = DAVY_ATTRIBUTE_TENSOR, .count = 1, .tensor = copy});
}

void davy_node_set_graph(davy_graph *graph, davy_node *node, const char *name, davy_graph *value)
{
    davy_attribute *attribute = place(graph, node, name);

    if (!attribute) {
        davy_graph_destroy(value);
        return;
    }
    attribute->kind = DAVY_ATTRIBUTE_GRAPH;
    attribute->count = 1;
    attribute->graph = value;
}

const davy_attribute *davy_node_attribute(const davy_node *node, const char *name)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            return &node->attributes[i];
    return NULL;
}

static const davy_attribute *of_kind(const davy_node *node, const char *name,
                                     davy_attribute_kind kind)
{
    const davy_attribute *found = davy_node_attribute(node, name);

    return found && found->kind == kind ? found : NULL;
}

int64_t davy_node_int(const davy_node *node, const char *name, int64_t fallback)
{
    const davy_attribute *found = of_kind(node, name, DAVY_ATTRIBUTE_INT);

    return found ? found->ints[0] : fallback;
}

float davy_node_float(const davy_node *node, const char *name, float fallback)
{
    const davy_attribute *found = of_kind(node, name, DAVY_ATTRIBUTE_FLOAT);

    return found ? found->floats[0] : fallback;
}

const char *davy_node_text(const davy_node *node, const char *name, const char *fallback)
{
    const davy_attribute *found = of_kind(node, name, DAVY_ATTRIBUTE_TEXT);

    return found ? found->texts[0] : fallback;
}

const int64_t *davy_node_ints(const davy_node *node, const char *name, size_t *count)
{
    const davy_attribute *found = of_kind(node, name, DAVY_ATTRIBUTE_INTS);

    *count = found ? found->count : 0;
    return found ? found->ints : NULL;
}

const float *davy_node_floats(const davy_node *node, const char *name, size_t *count)
{
    const davy_attribute *found = of_kind(node, name, DAVY_ATTRIBUTE_FLOATS);

    *count = found ? found->count : 0;
    return found ? found->floats : NULL;
}

davy_status davy_node_set(davy_graph *graph, davy_node *node, const davy_attribute *a)
{
    switch (a->kind) {
    case DAVY_ATTRIBUTE_INT:
        davy_node_set_int(graph, node, a->name, a->ints[0]);
        break;
    case DAVY_ATTRIBUTE_FLOAT:
        davy_node_set_float(graph, node, a->name, a->floats[0]);
        break;
    case DAVY_ATTRIBUTE_TEXT:
        davy_node_set_text(graph, node, a->name, a->texts[0]);
        break;
    case DAVY_ATTRIBUTE_INTS:
        davy_node_set_ints(graph, node, a->name, a->ints, a->count);
        break;
    case DAVY_ATTRIBUTE_FLOATS:
        davy_node_set_floats(graph, node, a->name, a->floats, a->count);
        break;
    case DAVY_ATTRIBUTE_TEXTS:
        davy_node_set_texts(graph, node, a->name, a->texts, a->count);
        break;
    case DAVY_ATTRIBUTE_TENSOR:
        davy_node_set_tensor(graph, node, a->name, a->tensor);
        break;
    case DAVY_ATTRIBUTE_GRAPH:
        return davy_fail(DAVY_ERR_UNSUPPORTED, "node '%s' holds a graph", node ? node->name : "");
    }
    return DAVY_OK;
}
