/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include <string.h>

/* Activations that convolutions and dense layers apply while their sums are in registers. */
static const struct {
    const char *op, *activation;
} activations[] = {
    {"gelu", "gelu"},       {"leaky_relu", "leaky"}, {"relu", "relu"},
    {"sigmoid", "sigmoid"}, {"silu", "silu"},        {"tanh", "tanh"},
};

static const char *activation_of(const davy_node *node)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(activations); i++)
        if (davy_node_is(node, activations[i].op))
            return activations[i].activation;
    return NULL;
}

static bool takes_activation(const davy_node *node)
{
    return (davy_node_is(node, "conv") || davy_node_is(node, "conv_transpose") ||
            davy_node_is(node, "dense")) &&
           *davy_node_text(node, "activation", "") == '\0' && davy_node_int(node, "pool", 0) == 0;
}

static void activate(davy_edit *edit, const davy_node *node, const char *activation)
{
    const davy_value x = davy_edit_in(edit, node, 0);
    davy_node *before = davy_edit_maker(edit, x);

    if (!before || !takes_activation(before) || !davy_edit_used_once(edit, x) ||
        !davy_edit_replace(edit, node->out[0], x))
        return;
    davy_node_set_text(edit->graph, before, "activation", activation);
    if (strcmp(activation, "leaky") == 0)
        davy_node_set_float(edit->graph, before, "slope", davy_node_float(node, "alpha", 0.01F));
}

/* Whether all of the attribute's numbers are this one; an absent one is. */
static bool all_are(const davy_node *node, const char *name, int64_t wanted)
{
    size_t count;
    const int64_t *values = davy_node_ints(node, name, &count);

    for (size_t i = 0; i < count; i++)
        if (values[i] != wanted)
            return false;
    return true;
}

static bool has_two(const davy_node *node, const char *name)
{
    size_t count;
    const int64_t *values = davy_node_ints(node, name, &count);

    return values && count == 2 && values[0] == 2 && values[1] == 2;
}

static bool is_small_pool(const davy_node *node)
{
    const char *auto_pad = davy_node_text(node, "auto_pad", "NOTSET");

    return davy_node_is(node, "max_pool") && has_two(node, "kernel_shape") &&
           has_two(node, "strides") && all_are(node, "pads", 0) && all_are(node, "dilations", 1) &&
           davy_node_int(node, "ceil_mode", 0) == 0 && strcmp(auto_pad, "NOTSET") == 0;
}

/* Max pool and activation may change places when the activation never falls. */
static bool is_monotone(const davy_node *node)
{
    const char *activation = davy_node_text(node, "activation", "");

    return strcmp(activation, "gelu") != 0 && strcmp(activation, "silu") != 0 &&
           davy_node_float(node, "slope", 0.0F) >= 0.0F;
}

static void pool(davy_edit *edit, const davy_node *node)
{
    const davy_value x = davy_edit_in(edit, node, 0);
    davy_node *before = davy_edit_made_by(edit, x, "conv");
    const davy_tensor *weights =
        before ? davy_edit_fixed(edit, davy_edit_in(edit, before, 1)) : NULL;

    if (!weights || weights->rank != 4 || !is_monotone(before) ||
        davy_node_int(before, "pool", 0) != 0 || !davy_edit_used_once(edit, x) ||
        (node->out_count > 1 && node->out[1] != DAVY_VALUE_NONE))
        return;
    if (davy_edit_replace(edit, node->out[0], x))
        davy_node_set_int(edit->graph, before, "pool", 2);
}

davy_status davy_pass_activate(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *node = &edit->graph->nodes[i];
        const char *activation = activation_of(node);

        if (activation)
            activate(edit, node, activation);
        else if (is_small_pool(node))
            pool(edit, node);
    }
    return DAVY_OK;
}
