/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/join.h"

#include <stdlib.h>
#include <string.h>

/* Where the values of the tail stand in the graph. */
typedef struct joining {
    davy_graph *graph;
    const davy_graph *tail;
    davy_value *map; /* [tail->value_count] DAVY_VALUE_NONE: not there yet */
} joining;

/* Constants, parameters and statistics, with their numbers. */
static void copy_numbers(const joining *j)
{
    for (size_t i = 0; i < j->tail->value_count; i++) {
        const davy_edge *edge = &j->tail->values[i];
        const davy_tensor *from = &edge->tensor;

        if (edge->role == DAVY_ROLE_CONSTANT) {
            j->map[i] = davy_graph_constant(j->graph, edge->name, from);
        } else if (edge->role == DAVY_ROLE_PARAMETER || edge->role == DAVY_ROLE_STATISTIC) {
            j->map[i] =
                davy_graph_parameter(j->graph, edge->name, edge->role, from->rank, from->dims);
            if (j->map[i] != DAVY_VALUE_NONE)
                memcpy(j->graph->values[j->map[i]].tensor.data, from->data,
                       davy_tensor_bytes(from));
        }
    }
}

static davy_status copy_node(const joining *j, const davy_node *node)
{
    davy_value *in = malloc((node->in_count + 1) * sizeof *in);
    davy_status status = DAVY_OK;
    davy_node *copy;

    if (!in)
        return davy_fail(DAVY_ERR_NOMEM, "graph '%s'", j->tail->name);
    for (size_t i = 0; i < node->in_count; i++)
        in[i] = node->in[i] == DAVY_VALUE_NONE ? DAVY_VALUE_NONE : j->map[node->in[i]];
    copy = davy_graph_node_of(j->graph, node->op, in, node->in_count, node->out_count);
    free(in);
    for (size_t i = 0; copy && i < node->attribute_count && status == DAVY_OK; i++)
        status = davy_node_set(j->graph, copy, &node->attributes[i]);
    for (size_t i = 0; copy && i < node->out_count; i++) {
        const davy_value out = copy->out[i];

        if (node->out[i] == DAVY_VALUE_NONE) {
            copy->out[i] = DAVY_VALUE_NONE;
            continue;
        }
        j->map[node->out[i]] = out;
        davy_graph_name(j->graph, out, j->tail->values[node->out[i]].name);
    }
    return status;
}

davy_status davy_graph_join(davy_graph *graph, davy_value at, const davy_graph *tail,
                            davy_value *wanted)
{
    joining j = {graph, tail, malloc((tail->value_count + 1) * sizeof *j.map)};
    davy_status status = DAVY_OK;

    if (!j.map)
        return davy_fail(DAVY_ERR_NOMEM, "graph '%s'", tail->name);
    if (tail->input_count != 1 || *wanted >= tail->value_count)
        status = davy_fail(DAVY_ERR_INVALID, "graph '%s' has %zu inputs, not one", tail->name,
                           tail->input_count);
    memset(j.map, 0xff, (tail->value_count + 1) * sizeof *j.map);
    if (status == DAVY_OK) {
        j.map[tail->inputs[0]] = at;
        copy_numbers(&j);
    }
    for (size_t n = 0; n < tail->node_count && status == DAVY_OK; n++)
        status = copy_node(&j, &tail->nodes[n]);
    if (status == DAVY_OK) {
        *wanted = j.map[*wanted];
        status = davy_graph_status(graph);
    }
    free(j.map);
    return status;
}
