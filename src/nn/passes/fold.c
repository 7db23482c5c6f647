/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include "nn/op.h"

#include <stdlib.h>
#include <string.h>

/* A small node may make a large constant: bytes that a fold may add to those of its inputs. */
#define GROWTH_MAX ((size_t) 1 << 20)

/* One node being computed: descriptions of its inputs and outputs. */
struct folding {
    davy_edit *edit;
    davy_node node; /* a copy */
    davy_arena arena;
    davy_call call;
    size_t in_bytes;
};

static bool has_fixed_inputs(const davy_edit *edit, const davy_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] != DAVY_VALUE_NONE && !davy_edit_fixed(edit, davy_edit_in(edit, node, i)))
            return false;
    return true;
}

static bool can_fold(const davy_edit *edit, const davy_node *node)
{
    if (node->op->flags & (DAVY_OP_RANDOM | DAVY_OP_LOSS))
        return false;
    if (node->out_count == 0 || node->out[0] == DAVY_VALUE_NONE)
        return false; /* operators with one output count on it */
    for (size_t i = 0; i < node->attribute_count; i++)
        if (node->attributes[i].kind == DAVY_ATTRIBUTE_GRAPH)
            return false;
    for (size_t i = 0; i < node->out_count; i++)
        if (node->out[i] != DAVY_VALUE_NONE && node->out[i] < edit->value_count &&
            edit->is_output[node->out[i]])
            return false;
    return has_fixed_inputs(edit, node);
}

static bool describe(struct folding *folding)
{
    const davy_node *node = &folding->node;
    const size_t count = (size_t) node->in_count + node->out_count;
    davy_tensor *tensors = davy_arena_array(&folding->arena, count + 1, sizeof *tensors);
    davy_tensor **pointers = davy_arena_array(&folding->arena, count + 1, sizeof(davy_tensor *));
    davy_call *call = &folding->call;

    call->state = davy_arena_alloc(&folding->arena, node->op->state_size + 1);
    if (!tensors || !pointers || !call->state)
        return false;
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] != DAVY_VALUE_NONE) {
            tensors[i] = *davy_edit_fixed(folding->edit, davy_edit_in(folding->edit, node, i));
            pointers[i] = &tensors[i];
            folding->in_bytes += davy_tensor_bytes(&tensors[i]);
        }
    for (size_t i = 0; i < node->out_count; i++)
        if (node->out[i] != DAVY_VALUE_NONE)
            pointers[node->in_count + i] = &tensors[node->in_count + i];
    call->node = node;
    call->in = pointers;
    call->out = pointers + node->in_count;
    call->in_count = node->in_count;
    call->out_count = node->out_count;
    call->memory = &folding->arena;
    return true;
}

/* Room for the outputs as constants of the graph. @return false when they are too large */
static bool make_room(struct folding *folding, davy_value *values)
{
    size_t bytes = 0;

    for (size_t i = 0; i < folding->call.out_count; i++)
        bytes += folding->call.out[i] ? davy_tensor_bytes(folding->call.out[i]) : 0;
    if (bytes > folding->in_bytes + GROWTH_MAX)
        return false;
    for (size_t i = 0; i < folding->call.out_count; i++) {
        davy_graph *graph = folding->edit->graph;

        values[i] = DAVY_VALUE_NONE;
        if (!folding->call.out[i])
            continue;
        folding->call.out[i]->data = NULL;
        values[i] = davy_graph_constant(graph, "", folding->call.out[i]);
        if (values[i] == DAVY_VALUE_NONE)
            return false;
        folding->call.out[i]->data = graph->values[values[i]].tensor.data;
    }
    return true;
}

static bool compute(struct folding *folding)
{
    davy_call *call = &folding->call;
    bool done;

    if (folding->node.op->flags & DAVY_OP_VIEW) {
        const size_t bytes = davy_tensor_bytes(call->out[0]);

        if (bytes)
            memcpy(call->out[0]->data, call->in[0]->data, bytes);
        return true;
    }
    call->scratch = calloc(1, call->scratch_size + call->saved_size + 1);
    if (!call->scratch)
        return false;
    call->saved = (char *) call->scratch + call->scratch_size;
    done = folding->node.op->forward(call) == DAVY_OK;
    free(call->scratch);
    return done;
}

/* A node that fails is left for the plan, which will say why. */
static void fold(davy_edit *edit, const davy_node *node)
{
    const davy_env env = {.kernels = davy_kernels_best(), .threads = 1};
    struct folding folding = {.edit = edit, .node = *node, .call = {.env = &env}};
    davy_value *values = davy_arena_array(&folding.arena, node->out_count + 1, sizeof *values);

    if (values && describe(&folding)) {
        if (davy_call_prepare(&folding.call) == DAVY_OK && !folding.call.late &&
            make_room(&folding, values) && compute(&folding))
            for (size_t i = 0; i < folding.node.out_count; i++)
                if (values[i] != DAVY_VALUE_NONE)
                    (void) davy_edit_replace(edit, folding.node.out[i], values[i]);
        if (folding.node.op->clear)
            folding.node.op->clear(folding.call.state);
    }
    davy_arena_clear(&folding.arena);
}

davy_status davy_pass_fold(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++)
        if (can_fold(edit, &edit->graph->nodes[i]))
            fold(edit, &edit->graph->nodes[i]);
    return DAVY_OK;
}
