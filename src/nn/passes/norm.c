/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include <math.h>
#include <string.h>

/*
 * Batch norm after a convolution or a dense layer, served: y = (x W + b - mean) s + shift with
 * s = scale / sqrt(variance + epsilon) is a convolution with weights W s and bias
 * (b - mean) s + shift. Channels come last in the weights.
 */
static const float *numbers(const davy_edit *edit, const davy_node *node, size_t i, int64_t count)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, davy_edit_in(edit, node, i));

    return tensor && tensor->type == DAVY_TYPE_F32 && davy_tensor_count(tensor) == count
               ? tensor->data
               : NULL;
}

/* A copy of the tensor as a new constant, to be changed. @return its numbers */
static float *new_constant(davy_edit *edit, const davy_tensor *like, davy_value *value)
{
    davy_tensor tensor = *like;

    tensor.data = NULL;
    *value = davy_graph_constant(edit->graph, "", &tensor);
    return *value == DAVY_VALUE_NONE ? NULL : edit->graph->values[*value].tensor.data;
}

static bool can_take(const davy_edit *edit, const davy_node *before)
{
    return before && (davy_node_is(before, "conv") || davy_node_is(before, "dense")) &&
           davy_edit_used_once(edit, before->out[0]) &&
           *davy_node_text(before, "activation", "") == '\0' &&
           davy_node_int(before, "pool", 0) == 0;
}

static void take(davy_edit *edit, davy_node *before, const davy_node *norm)
{
    const davy_tensor *fixed = davy_edit_fixed(edit, davy_edit_in(edit, before, 1));
    /* A copy: the values of the graph move when it gets new ones. */
    const davy_tensor weights = fixed ? *fixed : (davy_tensor){.type = DAVY_TYPE_NONE};
    const int64_t channels = weights.type == DAVY_TYPE_F32 ? weights.dims[weights.rank - 1] : -1;
    const double epsilon = (double) davy_node_float(norm, "epsilon", 1e-5F);
    const float *bias = numbers(edit, before, 2, channels), *in[4];
    const davy_tensor row = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {channels}};
    davy_value values[3] = {davy_edit_in(edit, before, 0), DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    float *new_weights, *new_bias;

    for (size_t i = 0; i < 4; i++) {
        in[i] = channels > 0 ? numbers(edit, norm, i + 1, channels) : NULL;
        if (!in[i])
            return;
    }
    if (davy_edit_in(edit, before, 2) != DAVY_VALUE_NONE && !bias)
        return;
    new_weights = new_constant(edit, &weights, &values[1]);
    new_bias = new_constant(edit, &row, &values[2]);
    if (!new_weights || !new_bias)
        return;
    for (int64_t c = 0; c < channels; c++) {
        const double factor = (double) in[0][c] / sqrt((double) in[3][c] + epsilon);

        for (int64_t i = c; i < davy_tensor_count(&weights); i += channels)
            new_weights[i] = (float) ((double) ((const float *) weights.data)[i] * factor);
        new_bias[c] = (float) (((bias ? (double) bias[c] : 0.0) - (double) in[2][c]) * factor +
                               (double) in[1][c]);
    }
    before->in = davy_arena_array(&edit->graph->arena, 3, sizeof *before->in);
    before->in_count = before->in ? 3 : 0;
    if (before->in)
        memcpy(before->in, values, sizeof values);
    (void) davy_edit_replace(edit, norm->out[0], before->out[0]);
}

davy_status davy_pass_norm(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *norm = &edit->graph->nodes[i];
        davy_node *before;

        if (!davy_node_is(norm, "batch_norm"))
            continue;
        before = davy_edit_maker(edit, davy_edit_in(edit, norm, 0));
        if (can_take(edit, before))
            take(edit, before, norm);
    }
    return DAVY_OK;
}
