/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes.h"

#include "nn/passes/list.h"

/* Later passes find what earlier ones made. */
static davy_pass *const passes[] = {
    davy_pass_fold,      davy_pass_clean,    davy_pass_recurrent, davy_pass_math,  davy_pass_layout,
    davy_pass_clean,     davy_pass_fold,     davy_pass_dense,     davy_pass_dense, davy_pass_fold,
    davy_pass_attention, davy_pass_share,    davy_pass_flatten,   davy_pass_fold,  davy_pass_norm,
    davy_pass_clean,     davy_pass_activate, davy_pass_activate,
};

/* Without a way back. */
static davy_pass *const service[] = {davy_pass_sum, davy_pass_activate};

static davy_status run_pass(davy_graph *graph, davy_pass *pass)
{
    davy_edit edit;
    davy_status status = davy_edit_begin(&edit, graph), end;

    if (status != DAVY_OK)
        return status;
    status = pass(&edit);
    end = davy_edit_end(&edit);
    return status == DAVY_OK ? end : status;
}

typedef davy_status graph_passes(davy_graph *graph);

static davy_status run_inner(davy_graph *graph, graph_passes *run)
{
    davy_status status = DAVY_OK;

    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].attribute_count && status == DAVY_OK; i++)
            if (graph->nodes[n].attributes[i].kind == DAVY_ATTRIBUTE_GRAPH)
                status = run(graph->nodes[n].attributes[i].graph);
    return status;
}

davy_status davy_passes_run(davy_graph *graph)
{
    davy_status status = davy_graph_status(graph);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(passes) && status == DAVY_OK; i++)
        status = run_pass(graph, passes[i]);
    return status == DAVY_OK ? run_inner(graph, davy_passes_run) : status;
}

davy_status davy_passes_serve(davy_graph *graph)
{
    davy_status status = davy_graph_status(graph);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(service) && status == DAVY_OK; i++)
        status = run_pass(graph, service[i]);
    return status == DAVY_OK ? run_inner(graph, davy_passes_serve) : status;
}
