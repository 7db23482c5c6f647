/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/graph.h"

#include "nn/op.h"
#include "nn/shapes.h"

#include <stdlib.h>
#include <string.h>

static const davy_tensor unknown = {.type = DAVY_TYPE_NONE};

davy_status davy_graph_create(const char *name, size_t memory_max, davy_graph **out)
{
    davy_graph *graph = calloc(1, sizeof *graph);

    if (!graph)
        return davy_fail(DAVY_ERR_NOMEM, "graph '%s'", name);
    davy_arena_init(&graph->arena, memory_max);
    graph->complaint = "";
    graph->name = davy_arena_text(&graph->arena, name, strlen(name));
    if (!graph->name) {
        davy_graph_destroy(graph);
        return davy_fail(DAVY_ERR_NOMEM, "graph '%s'", name);
    }
    *out = graph;
    return DAVY_OK;
}

static void destroy_inner(davy_node *node)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (node->attributes[i].kind == DAVY_ATTRIBUTE_GRAPH)
            davy_graph_destroy(node->attributes[i].graph);
}

void davy_graph_destroy(davy_graph *graph)
{
    if (!graph)
        return;
    for (size_t i = 0; i < graph->node_count; i++)
        destroy_inner(&graph->nodes[i]);
    davy_arena_clear(&graph->arena);
    free(graph->values);
    free(graph->nodes);
    free(graph->inputs);
    free(graph->outputs);
    free(graph);
}

void davy_graph_fail(davy_graph *graph, davy_status status)
{
    if (graph->status != DAVY_OK)
        return;
    graph->status = status;
    graph->complaint = davy_arena_text(&graph->arena, davy_error(), strlen(davy_error()));
    if (!graph->complaint)
        graph->complaint = "no memory for the reason";
}

davy_status davy_graph_status(const davy_graph *graph)
{
    if (graph->status == DAVY_OK)
        return DAVY_OK;
    return davy_fail(graph->status, "%s", graph->complaint);
}

static void fail_memory(davy_graph *graph)
{
    davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "graph '%s'", graph->name));
}

/* Room for one more element of an array that doubles. */
static bool grow(davy_graph *graph, void **array, size_t count, size_t *capacity, size_t size,
                 size_t most)
{
    const size_t larger = *capacity ? 2 * *capacity : 32;
    void *moved;

    if (graph->status != DAVY_OK)
        return false;
    if (count < *capacity)
        return true;
    if (count >= most) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_FULL, "graph '%s' has more than %zu parts",
                                         graph->name, most));
        return false;
    }
    moved = realloc(*array, larger * size);
    if (!moved) {
        fail_memory(graph);
        return false;
    }
    *array = moved;
    *capacity = larger;
    return true;
}

static davy_value add_value(davy_graph *graph, const char *name, davy_role role)
{
    const char *copy;

    if (!grow(graph, (void **) &graph->values, graph->value_count, &graph->value_capacity,
              sizeof *graph->values, DAVY_GRAPH_VALUES_MAX))
        return DAVY_VALUE_NONE;
    copy = *name ? davy_arena_text(&graph->arena, name, strlen(name)) : "";
    if (!copy) {
        fail_memory(graph);
        return DAVY_VALUE_NONE;
    }
    graph->values[graph->value_count] = (davy_edge){.name = copy, .role = role, .tensor = unknown};
    return (davy_value) graph->value_count++;
}

/* Inputs and outputs are few: their arrays grow by one. */
static void append(davy_graph *graph, davy_value **list, size_t *count, davy_value value)
{
    davy_value *moved;

    if (graph->status != DAVY_OK)
        return;
    moved = realloc(*list, (*count + 1) * sizeof **list);
    if (!moved) {
        fail_memory(graph);
        return;
    }
    *list = moved;
    moved[(*count)++] = value;
}

davy_value davy_graph_input(davy_graph *graph, const char *name, davy_type type, int rank,
                            const int64_t *dims)
{
    const davy_value value = add_value(graph, name, DAVY_ROLE_INPUT);
    davy_tensor *tensor;

    if (value == DAVY_VALUE_NONE)
        return value;
    tensor = &graph->values[value].tensor;
    tensor->type = type;
    tensor->rank = rank < DAVY_RANK_MAX ? rank : DAVY_RANK_MAX;
    for (int i = 0; i < tensor->rank; i++)
        tensor->dims[i] = dims[i];
    append(graph, &graph->inputs, &graph->input_count, value);
    return value;
}

/* Own copy of the numbers, or zeros. */
static bool copy_numbers(davy_graph *graph, const davy_tensor *from, davy_tensor *to)
{
    const size_t bytes = davy_tensor_bytes(from);

    *to = *from;
    to->data = davy_arena_alloc(&graph->arena, bytes ? bytes : 1);
    if (!to->data) {
        fail_memory(graph);
        return false;
    }
    if (from->data)
        memcpy(to->data, from->data, bytes);
    return true;
}

davy_value davy_graph_constant(davy_graph *graph, const char *name, const davy_tensor *tensor)
{
    const davy_value value = add_value(graph, name, DAVY_ROLE_CONSTANT);

    if (value == DAVY_VALUE_NONE || !copy_numbers(graph, tensor, &graph->values[value].tensor))
        return DAVY_VALUE_NONE;
    return value;
}

davy_value davy_graph_parameter(davy_graph *graph, const char *name, davy_role role, int rank,
                                const int64_t *dims)
{
    davy_tensor tensor;
    davy_status status = davy_tensor_shape(&tensor, DAVY_TYPE_F32, rank, dims);
    davy_value value;

    if (status != DAVY_OK)
        davy_graph_fail(graph, davy_fail_in(status, "parameter '%s'", name));
    value = add_value(graph, name, role);
    if (value == DAVY_VALUE_NONE || !copy_numbers(graph, &tensor, &graph->values[value].tensor))
        return DAVY_VALUE_NONE;
    return value;
}

void davy_graph_output(davy_graph *graph, davy_value value)
{
    append(graph, &graph->outputs, &graph->output_count, value);
}

void davy_graph_name(davy_graph *graph, davy_value value, const char *name)
{
    const char *copy;

    if (graph->status != DAVY_OK)
        return;
    copy = davy_arena_text(&graph->arena, name, strlen(name));
    if (copy)
        graph->values[value].name = copy;
    else
        fail_memory(graph);
}

/* The inputs of a new node are values that exist. */
static bool check_inputs(davy_graph *graph, const char *op, const davy_value *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (in[i] != DAVY_VALUE_NONE && in[i] >= graph->value_count) {
            davy_graph_fail(graph,
                            davy_fail(DAVY_ERR_INVALID, "%s: input %zu does not exist", op, i));
            return false;
        }
    return graph->status == DAVY_OK;
}

davy_node *davy_graph_node(davy_graph *graph, const char *op, const davy_value *in, size_t in_count,
                           size_t out_count)
{
    const davy_op *found = davy_op_find(op);

    if (!found) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_UNSUPPORTED, "no operator '%s'", op));
        return NULL;
    }
    return davy_graph_node_of(graph, found, in, in_count, out_count);
}

davy_node *davy_graph_node_of(davy_graph *graph, const davy_op *op, const davy_value *in,
                              size_t in_count, size_t out_count)
{
    davy_node *node;
    davy_value *values;

    if (!check_inputs(graph, op->name, in, in_count) ||
        !grow(graph, (void **) &graph->nodes, graph->node_count, &graph->node_capacity,
              sizeof *graph->nodes, DAVY_GRAPH_NODES_MAX))
        return NULL;
    values = davy_arena_array(&graph->arena, in_count + out_count + 1, sizeof *values);
    if (!values) {
        fail_memory(graph);
        return NULL;
    }
    if (in_count)
        memcpy(values, in, in_count * sizeof *in);
    for (size_t i = 0; i < out_count; i++) {
        values[in_count + i] = add_value(graph, "", DAVY_ROLE_MADE);
        if (values[in_count + i] == DAVY_VALUE_NONE)
            return NULL;
        graph->values[values[in_count + i]].maker = (uint32_t) graph->node_count;
    }
    node = &graph->nodes[graph->node_count++];
    *node = (davy_node){.op = op,
                        .name = "",
                        .in = values,
                        .out = values + in_count,
                        .in_count = (uint32_t) in_count,
                        .out_count = (uint32_t) out_count};
    return node;
}

davy_value davy_graph_find(const davy_graph *graph, const char *name)
{
    for (size_t i = 0; i < graph->value_count; i++)
        if (strcmp(graph->values[i].name, name) == 0)
            return (davy_value) i;
    return DAVY_VALUE_NONE;
}

const davy_tensor *davy_graph_tensor(davy_graph *graph, davy_value value)
{
    if (graph->status != DAVY_OK || value == DAVY_VALUE_NONE)
        return &unknown;
    if (graph->values[value].role == DAVY_ROLE_MADE &&
        graph->values[value].tensor.type == DAVY_TYPE_NONE)
        davy_shapes_find(graph, graph->values[value].maker);
    return graph->status == DAVY_OK ? &graph->values[value].tensor : &unknown;
}
