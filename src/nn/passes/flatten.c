/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

/*
 * An image that is flattened for a dense layer: the layer's weights [C S, N] expect the channels
 * first, S positions each. With their rows in the order of channels last, [S C, N], the image is
 * flattened as it lies, and the last transpose of a network is gone.
 */

/* Operators that keep the channels of their first input, which come last. */
static const char *const keepers[] = {"add",        "average_pool", "batch_norm", "clip",
                                      "leaky_relu", "gelu",         "max_pool",   "relu",
                                      "sigmoid",    "silu",         "tanh",       "lrn"};

/* Channels of an image, found at the convolution that made it; 0: not known. */
static int64_t channels_of(const davy_edit *edit, davy_value image)
{
    for (;;) {
        const davy_node *node = davy_edit_maker(edit, image);
        const davy_tensor *weights =
            node && node->in_count > 1 ? davy_edit_fixed(edit, davy_edit_in(edit, node, 1)) : NULL;
        bool keeps = false;

        if (!node)
            return 0;
        if (davy_node_is(node, "conv"))
            return weights && weights->rank > 2 ? weights->dims[weights->rank - 1] : 0;
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keepers); i++)
            keeps |= davy_node_is(node, keepers[i]);
        if (!keeps || node->out[0] != image)
            return 0;
        if (davy_node_is(node, "add") && weights)
            return 0; /* a constant may broadcast */
        image = davy_edit_in(edit, node, 0);
    }
}

/* The image behind the "to first" that makes `value`, or NONE. */
static davy_value image_behind(const davy_edit *edit, davy_value value)
{
    const davy_node *node = davy_edit_maker(edit, value);
    int rank;

    return node && davy_node_is_to_first(node, &rank) ? davy_edit_in(edit, node, 0)
                                                      : DAVY_VALUE_NONE;
}

/* Whether the node makes [N, rest] of its input. */
static bool is_flatten(const davy_edit *edit, const davy_node *node)
{
    const davy_tensor *shape;
    const int64_t *dims;

    if (davy_node_is(node, "flatten"))
        return davy_node_int(node, "axis", 1) == 1;
    if (!davy_node_is(node, "reshape"))
        return false;
    shape = davy_edit_fixed(edit, davy_edit_in(edit, node, 1));
    if (!shape || shape->type != DAVY_TYPE_I64 || davy_tensor_count(shape) != 2)
        return false;
    dims = shape->data;
    return dims[0] == 0 || (dims[0] == -1 && dims[1] > 0);
}

/* Rows of the weights in the order of channels last. */
static davy_value reorder(davy_edit *edit, davy_value weights, int64_t channels)
{
    static const int64_t order[] = {1, 0, 2};
    const davy_tensor *tensor = davy_edit_fixed(edit, weights);
    const int64_t rows = tensor->dims[0], units = tensor->dims[1];
    const int64_t apart[] = {channels, rows / channels, units}, together[] = {rows, units};

    weights = davy_edit_reshape(edit, weights, apart, 3);
    weights = davy_edit_transpose(edit, weights, order, 3);
    return davy_edit_reshape(edit, weights, together, 2);
}

static void absorb(davy_edit *edit, size_t index)
{
    const davy_node *dense = &edit->graph->nodes[index];
    const davy_value flat = davy_edit_in(edit, dense, 0);
    davy_node *flatten = davy_edit_maker(edit, flat);
    const davy_tensor *weights = davy_edit_fixed(edit, davy_edit_in(edit, dense, 1));
    davy_value image, moved;
    int64_t channels;

    if (!flatten || !weights || weights->rank != 2 || !davy_edit_used_once(edit, flat) ||
        !is_flatten(edit, flatten))
        return;
    image = image_behind(edit, davy_edit_in(edit, flatten, 0));
    channels = image == DAVY_VALUE_NONE ? 0 : channels_of(edit, image);
    if (channels <= 0 || weights->dims[0] % channels != 0)
        return;
    moved = reorder(edit, davy_edit_in(edit, dense, 1), channels);
    if (moved == DAVY_VALUE_NONE)
        return;
    edit->graph->nodes[index].in[1] = moved;
    davy_edit_maker(edit, flat)->in[0] = image;
}

davy_status davy_pass_flatten(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++)
        if (davy_node_is(&edit->graph->nodes[i], "dense"))
            absorb(edit, i);
    return DAVY_OK;
}
