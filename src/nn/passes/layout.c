/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include "nn/op.h"

#include <string.h>

/*
 * Models from elsewhere have images as N C H W, the engine has channels last, so the importer puts
 * every convolution between two transposes. Here the second, "to first", sinks: what comes after it
 * and does not care works on the image as it lies, and the transpose follows. When it meets the
 * "to last" of the next convolution, both vanish.
 */

/* An image that a node sees through a "to first". */
struct image {
    davy_value last; /* channels last; NONE: the value is no such image */
    int rank;        /* 0: not known */
};

static struct image image_of(const davy_edit *edit, davy_value value)
{
    const davy_node *node = davy_edit_maker(edit, value);
    struct image image = {.last = DAVY_VALUE_NONE};

    if (node && davy_node_is_to_first(node, &image.rank))
        image.last = davy_edit_in(edit, node, 0);
    return image;
}

/* The "to first" of a new image, in the place of what the old node made. */
static void put_first(davy_edit *edit, davy_value old, davy_value last, int rank)
{
    int64_t order[DAVY_RANK_MAX] = {0, rank - 1};
    davy_value first;

    for (int i = 2; i < rank; i++)
        order[i] = i - 1;
    first = rank ? davy_edit_transpose(edit, last, order, (size_t) rank)
                 : davy_edit_add(edit, "channels_first", &last, 1);
    (void) davy_edit_replace(edit, old, first);
}

/* The same node on other inputs; attributes come along. */
static davy_value again(davy_edit *edit, const davy_node *node, const davy_value *in)
{
    const davy_value out = davy_edit_add(edit, node->op->name, in, node->in_count);
    davy_node *newest;

    if (out == DAVY_VALUE_NONE)
        return out;
    newest = davy_edit_newest(edit);
    newest->name = node->name;
    newest->attributes = node->attributes;
    newest->attribute_count = node->attribute_count;
    return out;
}

/* -------------------------------------------------------------------- what sinks, and how */

/* A constant beside an image, broadcast as ONNX does, brought to channels last; NONE: cannot. */
static davy_value constant_last(davy_edit *edit, davy_value value, int rank)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, value);
    int64_t dims[DAVY_RANK_MAX], last = rank - 1;

    if (!tensor)
        return DAVY_VALUE_NONE;
    if (davy_tensor_count(tensor) == 1 && tensor->rank <= 1)
        return value;
    if (rank < 2 || tensor->rank > rank)
        return DAVY_VALUE_NONE;
    for (int i = 0; i < rank; i++)
        dims[i] = i < rank - tensor->rank ? 1 : tensor->dims[i - (rank - tensor->rank)];
    if (davy_tensor_count(tensor) == dims[1]) { /* one number a channel, mostly */
        dims[last] = dims[1];
        dims[1] = 1;
        return davy_edit_reshape(edit, value, dims, (size_t) rank);
    }
    value = davy_edit_reshape(edit, value, dims, (size_t) rank);
    for (int i = 1; i < last; i++)
        dims[i] = i + 1;
    dims[0] = 0;
    dims[last] = 1;
    return davy_edit_transpose(edit, value, dims, (size_t) rank);
}

/* Images of one rank, as many as are there; broadcasting across ranks would shift the axes. */
static bool find_images(const davy_edit *edit, const davy_node *node, int *rank)
{
    size_t found = 0;

    *rank = 0;
    for (size_t i = 0; i < node->in_count; i++) {
        const struct image image = image_of(edit, davy_edit_in(edit, node, i));

        if (image.last == DAVY_VALUE_NONE)
            continue;
        if (found++ && (image.rank == 0 || image.rank != *rank))
            return false;
        *rank = image.rank;
    }
    return found > 0;
}

/* All inputs are images, or constants that can follow; the node is the same for all elements. */
static bool sink_elementwise(davy_edit *edit, const davy_node *node)
{
    const davy_node copy = *node;
    davy_value in[8];
    int rank;

    if (copy.in_count > DAVY_ARRAY_LENGTH(in) || !find_images(edit, &copy, &rank))
        return false;
    for (size_t i = 0; i < copy.in_count; i++) {
        const davy_value given = davy_edit_in(edit, &copy, i);

        in[i] = image_of(edit, given).last;
        if (given != DAVY_VALUE_NONE && in[i] == DAVY_VALUE_NONE)
            in[i] = constant_last(edit, given, rank);
        if (given != DAVY_VALUE_NONE && in[i] == DAVY_VALUE_NONE)
            return false;
    }
    put_first(edit, copy.out[0], again(edit, &copy, in), rank);
    return true;
}

/* Where an axis of N C H W stands in channels last; -1 without. */
static int64_t axis_last(int64_t axis, int rank)
{
    if (axis < 0 && rank)
        axis += rank;
    if (axis < 0 || (rank && axis >= rank))
        return -1;
    if (axis == 0)
        return 0;
    if (axis == 1)
        return rank ? rank - 1 : -1;
    return axis - 1;
}

static bool all_images(const davy_edit *edit, const davy_node *node, davy_value *in, int *rank)
{
    *rank = 0;
    for (size_t i = 0; i < node->in_count; i++) {
        const struct image image = image_of(edit, davy_edit_in(edit, node, i));

        if (image.last == DAVY_VALUE_NONE || (*rank && image.rank && image.rank != *rank))
            return false;
        in[i] = image.last;
        *rank = image.rank ? image.rank : *rank;
    }
    return *rank > 0;
}

/* concat and softmax: an axis as attribute, and images alone. */
static bool sink_with_axis(davy_edit *edit, const davy_node *node)
{
    const davy_node copy = *node;
    davy_value in[DAVY_NODE_INPUTS_MAX], out;
    int64_t axis;
    int rank;

    if (copy.in_count > DAVY_NODE_INPUTS_MAX || !all_images(edit, &copy, in, &rank))
        return false;
    axis = axis_last(davy_node_int(&copy, "axis", -1), rank);
    if (axis < 0)
        return false;
    out = again(edit, &copy, in);
    if (out != DAVY_VALUE_NONE) {
        davy_node *newest = davy_edit_newest(edit);

        newest->attribute_count = 0;
        davy_node_set_int(edit->graph, newest, "axis", axis);
    }
    put_first(edit, copy.out[0], out, rank);
    return true;
}

/* A fixed vector with an element for each axis (or two), in the order of channels last. */
static davy_value vector_last(davy_edit *edit, davy_value value, int rank, int parts)
{
    const davy_tensor *from = davy_edit_fixed(edit, value);
    uint8_t moved[sizeof(int64_t) * 2 * DAVY_RANK_MAX];
    davy_tensor to;
    size_t size;

    if (!from || from->rank != 1 || from->dims[0] != (int64_t) parts * rank)
        return DAVY_VALUE_NONE;
    size = davy_type_size(from->type);
    for (int64_t part = 0; part < parts; part++)
        for (int i = 0; i < rank; i++)
            memcpy(moved + (size_t) (part * rank + axis_last(i, rank)) * size,
                   (const uint8_t *) from->data + (size_t) (part * rank + i) * size, size);
    to = *from;
    to.data = moved;
    return davy_graph_constant(edit->graph, "", &to);
}

/* pad and resize: the image, and vectors of all axes. */
static bool sink_with_vectors(davy_edit *edit, const davy_node *node)
{
    const davy_node copy = *node;
    const bool pads = davy_node_is(node, "pad");
    const struct image image = image_of(edit, davy_edit_in(edit, node, 0));
    davy_value in[4] = {image.last, DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};

    if (image.last == DAVY_VALUE_NONE || !image.rank || copy.in_count > 4)
        return false;
    for (size_t i = 1; i < copy.in_count; i++) {
        const davy_value given = davy_edit_in(edit, &copy, i);

        if (given == DAVY_VALUE_NONE || (pads && i == 2)) {
            in[i] = given;
            continue;
        }
        if (!pads && i == 1)
            return false; /* a region of interest */
        in[i] = vector_last(edit, given, image.rank, pads ? 2 : 1);
        if (in[i] == DAVY_VALUE_NONE)
            return false;
    }
    put_first(edit, copy.out[0], again(edit, &copy, in), image.rank);
    return true;
}

/* The axes of a reduction, as attribute or as fixed input. */
static const int64_t *axes_of(const davy_edit *edit, const davy_node *node, size_t *count)
{
    const davy_tensor *input = davy_edit_fixed(edit, davy_edit_in(edit, node, 1));

    if (!input)
        return davy_node_ints(node, "axes", count);
    *count = (size_t) davy_tensor_count(input);
    return input->type == DAVY_TYPE_I64 ? input->data : NULL;
}

/* Reductions that keep their axes, and those over all but N and C, where the order is the same. */
static bool sink_reduction(davy_edit *edit, const davy_node *node)
{
    const davy_node copy = *node;
    const struct image image = image_of(edit, davy_edit_in(edit, node, 0));
    const bool keeps = davy_node_int(node, "keepdims", 1) != 0;
    size_t count = 0;
    const int64_t *axes = axes_of(edit, node, &count);
    int64_t moved[DAVY_RANK_MAX];
    davy_value in[2] = {image.last, DAVY_VALUE_NONE}, out;

    if (image.last == DAVY_VALUE_NONE || !image.rank || !axes || count > DAVY_RANK_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        moved[i] = axis_last(axes[i], image.rank);
        if (moved[i] < 0 || (!keeps && (moved[i] == 0 || moved[i] == image.rank - 1)))
            return false;
    }
    if (!keeps && count != (size_t) image.rank - 2)
        return false;
    if (copy.in_count > 1) {
        const davy_tensor vector = {
            .type = DAVY_TYPE_I64, .rank = 1, .dims = {(int64_t) count}, .data = moved};

        in[1] = davy_graph_constant(edit->graph, "", &vector);
    }
    out = again(edit, &copy, in);
    if (out != DAVY_VALUE_NONE && copy.in_count == 1) {
        davy_node *newest = davy_edit_newest(edit);

        newest->attributes = NULL;
        newest->attribute_count = 0;
        davy_node_set_int(edit->graph, newest, "keepdims", keeps);
        davy_node_set_ints(edit->graph, newest, "axes", moved, count);
    }
    if (keeps)
        put_first(edit, copy.out[0], out, image.rank);
    else
        (void) davy_edit_replace(edit, copy.out[0], out);
    return true;
}

/* Sorted by name. */
static const struct {
    const char *op;
    bool (*sink)(davy_edit *edit, const davy_node *node);
} rules[] = {
    {"abs", sink_elementwise},          {"add", sink_elementwise},
    {"celu", sink_elementwise},         {"clip", sink_elementwise},
    {"concat", sink_with_axis},         {"div", sink_elementwise},
    {"elu", sink_elementwise},          {"erf", sink_elementwise},
    {"exp", sink_elementwise},          {"gelu", sink_elementwise},
    {"hard_sigmoid", sink_elementwise}, {"hard_swish", sink_elementwise},
    {"leaky_relu", sink_elementwise},   {"log", sink_elementwise},
    {"max", sink_elementwise},          {"min", sink_elementwise},
    {"mul", sink_elementwise},          {"neg", sink_elementwise},
    {"pad", sink_with_vectors},         {"pow", sink_elementwise},
    {"prelu", sink_elementwise},        {"reduce_l2", sink_reduction},
    {"reduce_max", sink_reduction},     {"reduce_mean", sink_reduction},
    {"reduce_min", sink_reduction},     {"reduce_sum", sink_reduction},
    {"relu", sink_elementwise},         {"resize", sink_with_vectors},
    {"selu", sink_elementwise},         {"sigmoid", sink_elementwise},
    {"silu", sink_elementwise},         {"softmax", sink_with_axis},
    {"softplus", sink_elementwise},     {"softsign", sink_elementwise},
    {"sqrt", sink_elementwise},         {"sub", sink_elementwise},
    {"tanh", sink_elementwise},
};

static void sink(davy_edit *edit, const davy_node *node)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rules); i++)
        if (davy_node_is(node, rules[i].op)) {
            (void) rules[i].sink(edit, node);
            return;
        }
}

davy_status davy_pass_layout(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *node = &edit->graph->nodes[i];
        struct image image;
        int rank;

        if (!davy_node_is_to_last(node, &rank)) {
            sink(edit, node);
            continue;
        }
        image = image_of(edit, davy_edit_in(edit, node, 0));
        if (image.last != DAVY_VALUE_NONE)
            (void) davy_edit_replace(edit, node->out[0], image.last);
    }
    return DAVY_OK;
}
