/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/cut.h"

#include <stdlib.h>

/* Mark what the outputs are made of. */
static void mark(const davy_graph *graph, bool *wanted, bool *nodes)
{
    for (size_t n = graph->node_count; n-- > 0;) {
        const davy_node *node = &graph->nodes[n];

        for (size_t i = 0; i < node->out_count; i++)
            nodes[n] |= node->out[i] != DAVY_VALUE_NONE && wanted[node->out[i]];
        for (size_t i = 0; nodes[n] && i < node->in_count; i++)
            if (node->in[i] != DAVY_VALUE_NONE)
                wanted[node->in[i]] = true;
    }
}

static void destroy_inner(const davy_node *node)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (node->attributes[i].kind == DAVY_ATTRIBUTE_GRAPH)
            davy_graph_destroy(node->attributes[i].graph);
}

static void drop_nodes(davy_graph *graph, const bool *nodes)
{
    size_t kept = 0, shaped = 0;

    for (size_t n = 0; n < graph->node_count; n++) {
        const davy_node *node = &graph->nodes[n];

        if (!nodes[n]) {
            destroy_inner(node);
            continue;
        }
        for (size_t i = 0; i < node->out_count; i++)
            if (node->out[i] != DAVY_VALUE_NONE)
                graph->values[node->out[i]].maker = (uint32_t) kept;
        shaped += n < graph->shaped;
        graph->nodes[kept++] = *node;
    }
    graph->node_count = kept;
    graph->shaped = shaped;
}

static void drop_inputs(davy_graph *graph, const bool *wanted)
{
    size_t kept = 0;

    for (size_t i = 0; i < graph->input_count; i++)
        if (wanted[graph->inputs[i]])
            graph->inputs[kept++] = graph->inputs[i];
    graph->input_count = kept;
}

static davy_status check(const davy_graph *graph, const davy_value *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (outputs[i] >= graph->value_count || graph->values[outputs[i]].role != DAVY_ROLE_MADE)
            return davy_fail(DAVY_ERR_INVALID, "output %zu of '%s' is made by no node", i,
                             graph->name);
    return davy_graph_status(graph);
}

davy_status davy_graph_cut(davy_graph *graph, const davy_value *outputs, size_t count)
{
    bool *wanted = calloc(graph->value_count + 1, sizeof *wanted);
    bool *nodes = calloc(graph->node_count + 1, sizeof *nodes);
    davy_status status = wanted && nodes ? check(graph, outputs, count)
                                         : davy_fail(DAVY_ERR_NOMEM, "graph '%s'", graph->name);

    if (status == DAVY_OK) {
        for (size_t i = 0; i < count; i++)
            wanted[outputs[i]] = true;
        mark(graph, wanted, nodes);
        drop_nodes(graph, nodes);
        drop_inputs(graph, wanted);
        graph->output_count = 0;
        for (size_t i = 0; i < count; i++)
            davy_graph_output(graph, outputs[i]);
        status = davy_graph_status(graph);
    }
    free(wanted);
    free(nodes);
    return status;
}
