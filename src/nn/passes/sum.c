/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op.h"
#include "nn/passes/list.h"

#include <string.h>

/*
 * A residual sum moves into a convolution before it, which adds to its products what else comes in.
 *
 * An addition may broadcast; the convolution does not. Sizes are not known here, so both sides must
 * come from one value, by windows that make the same of every size: along an axis a window makes
 * floor((size + offset) / stride) of it, and one that changes nothing does not count.
 */
#define AXES_MAX    3
#define WINDOWS_MAX 32

struct window {
    int64_t offset[AXES_MAX], stride[AXES_MAX];
};

/* How the shape of an image came about. */
struct origin {
    davy_value root;
    int64_t channels; /* 0: the root's */
    size_t count;
    struct window windows[WINDOWS_MAX]; /* the last one first */
};

static int64_t at_axis(const davy_node *node, const char *name, size_t axis, int64_t fallback)
{
    size_t count;
    const int64_t *values = davy_node_ints(node, name, &count);

    return values && axis < count ? values[axis] : fallback;
}

/* @return false when a window is not known, or there are too many */
static bool take_window(const davy_node *node, const davy_tensor *weights, struct origin *origin)
{
    const size_t axes = (size_t) weights->rank - 2;
    struct window window = {.stride = {1, 1, 1}};
    bool changes = false;

    if (axes > AXES_MAX || strcmp(davy_node_text(node, "auto_pad", "NOTSET"), "NOTSET") != 0 ||
        davy_node_int(node, "pool", 0) != 0)
        return false;
    for (size_t i = 0; i < axes; i++) {
        const int64_t pads = at_axis(node, "pads", i, 0) + at_axis(node, "pads", axes + i, 0);
        const int64_t extent = (weights->dims[i] - 1) * at_axis(node, "dilations", i, 1) + 1;

        window.stride[i] = at_axis(node, "strides", i, 1);
        window.offset[i] = pads - extent + window.stride[i];
        changes |= window.stride[i] != 1 || window.offset[i] != 0;
    }
    if (changes && origin->count == WINDOWS_MAX)
        return false;
    if (changes)
        origin->windows[origin->count++] = window;
    if (origin->channels == 0)
        origin->channels = weights->dims[weights->rank - 1];
    return true;
}

/* Go from a value up through convolutions and what gives the shape that it takes. */
static void find_origin(const davy_edit *edit, davy_value value, struct origin *origin)
{
    *origin = (struct origin){.root = value};
    for (;;) {
        const davy_node *node = davy_edit_maker(edit, origin->root);
        const davy_tensor *weights;

        if (!node)
            return;
        weights =
            davy_node_is(node, "conv") ? davy_edit_fixed(edit, davy_edit_in(edit, node, 1)) : NULL;
        if (!(weights && take_window(node, weights, origin)) &&
            !(node->op->flags & DAVY_OP_IN_PLACE && node->in_count == 1))
            return;
        origin->root = davy_edit_in(edit, node, 0);
    }
}

static bool same_shape(const davy_edit *edit, davy_value a, davy_value b)
{
    struct origin x, y;

    find_origin(edit, a, &x);
    find_origin(edit, b, &y);
    return x.root == y.root && x.channels == y.channels && x.count == y.count &&
           memcmp(x.windows, y.windows, x.count * sizeof *x.windows) == 0;
}

static bool takes_sum(const davy_edit *edit, const davy_node *node)
{
    return davy_edit_used_once(edit, node->out[0]) && node->in_count <= 3 &&
           *davy_node_text(node, "activation", "") == '\0' && davy_node_int(node, "pool", 0) == 0;
}

/* @return whether the convolution that makes `sums` now adds `other` */
static bool move(davy_edit *edit, const davy_node *add, davy_value sums, davy_value other)
{
    davy_node *conv = davy_edit_made_by(edit, sums, "conv");
    davy_value *in;

    if (!conv || !takes_sum(edit, conv) || !same_shape(edit, sums, other))
        return false;
    in = davy_arena_array(&edit->graph->arena, 4, sizeof *in);
    if (!in || !davy_edit_replace(edit, add->out[0], sums))
        return false;
    for (size_t i = 0; i < 3; i++)
        in[i] = davy_edit_in(edit, conv, i);
    in[3] = other;
    conv->in = in;
    conv->in_count = 4;
    return true;
}

davy_status davy_pass_sum(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *node = &edit->graph->nodes[i];
        const davy_value a = davy_edit_in(edit, node, 0), b = davy_edit_in(edit, node, 1);

        if (davy_node_is(node, "add") && !move(edit, node, a, b))
            (void) move(edit, node, b, a);
    }
    return DAVY_OK;
}
