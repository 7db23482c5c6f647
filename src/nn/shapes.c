/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/shapes.h"

#include "nn/network.h"
#include "nn/op.h"

#include <stdlib.h>

/* The input as an operator sees it here: free sizes are 1, and only constants have numbers. */
static davy_tensor seen(const davy_edge *edge)
{
    davy_tensor tensor = edge->tensor;

    for (int i = 0; i < tensor.rank; i++)
        if (tensor.dims[i] < 0)
            tensor.dims[i] = 1;
    if (edge->role != DAVY_ROLE_CONSTANT)
        tensor.data = NULL;
    return tensor;
}

/* Scratch of one preparation: descriptions of a node's inputs and outputs. */
struct trial {
    davy_tensor *tensors;
    davy_tensor **pointers;
};

static bool describe(const davy_graph *graph, const davy_node *node, davy_arena *arena,
                     struct trial *trial)
{
    const size_t count = (size_t) node->in_count + node->out_count;

    trial->tensors = davy_arena_array(arena, count + 1, sizeof *trial->tensors);
    trial->pointers = davy_arena_array(arena, count + 1, sizeof(davy_tensor *));
    if (!trial->tensors || !trial->pointers)
        return false;
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] != DAVY_VALUE_NONE) {
            trial->tensors[i] = seen(&graph->values[node->in[i]]);
            trial->pointers[i] = &trial->tensors[i];
        }
    for (size_t i = node->in_count; i < count; i++)
        trial->pointers[i] = &trial->tensors[i];
    return true;
}

static bool inputs_known(const davy_node *node, davy_tensor **in)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (in[i] && in[i]->type == DAVY_TYPE_NONE)
            return false;
    return true;
}

static void find(davy_graph *graph, size_t index)
{
    const davy_node *node = &graph->nodes[index];
    const davy_env env = {.kernels = davy_kernels_best(),
                          .training = true,
                          .threads = 1,
                          .memory_max = DAVY_RUN_MEMORY_MAX};
    davy_arena arena;
    struct trial trial;

    davy_arena_init(&arena, DAVY_RUN_MEMORY_MAX);
    if (!describe(graph, node, &arena, &trial)) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "shapes of '%s'", graph->name));
    } else if (inputs_known(node, trial.pointers)) {
        davy_call call = {.node = node,
                          .env = &env,
                          .in = trial.pointers,
                          .out = trial.pointers + node->in_count,
                          .in_count = node->in_count,
                          .out_count = node->out_count,
                          .index = index,
                          .memory = &arena,
                          .state = davy_arena_alloc(&arena, node->op->state_size + 1)};
        davy_status status = call.state ? davy_call_prepare(&call)
                                        : davy_fail(DAVY_ERR_NOMEM, "shapes of '%s'", graph->name);

        if (status != DAVY_OK && !graph->foreign)
            davy_graph_fail(graph, status);
        for (size_t i = 0; status == DAVY_OK && !call.late && i < node->out_count; i++) {
            graph->values[node->out[i]].tensor = *call.out[i];
            graph->values[node->out[i]].tensor.data = NULL;
        }
        if (call.state && node->op->clear)
            node->op->clear(call.state);
    }
    davy_arena_clear(&arena);
}

void davy_shapes_find(davy_graph *graph, size_t last)
{
    for (; graph->status == DAVY_OK && graph->shaped <= last; graph->shaped++)
        find(graph, graph->shaped);
}
