/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"

#include <string.h>

/* [kernel..., a, b] as [b, a, kernel...], an initializer. */
static const char *weights_first(davy_exporter *exporter, const davy_node *node)
{
    const davy_tensor *from = davy_export_fixed(exporter, node, 1);
    davy_tensor to;
    int64_t kernel, a, b;
    float *numbers;

    if (!from)
        return "";
    to = *from;
    kernel = davy_tensor_span(from, 0, from->rank - 2);
    a = from->dims[from->rank - 2];
    b = from->dims[from->rank - 1];
    to.dims[0] = b;
    to.dims[1] = a;
    for (int i = 2; i < from->rank; i++)
        to.dims[i] = from->dims[i - 2];
    numbers = davy_export_take(exporter, (size_t) davy_tensor_count(from), sizeof *numbers);
    if (!numbers)
        return "";
    for (int64_t k = 0; k < kernel; k++)
        for (int64_t i = 0; i < a; i++)
            for (int64_t j = 0; j < b; j++)
                numbers[(j * a + i) * kernel + k] = davy_f32(from)[(k * a + i) * b + j];
    to.data = numbers;
    return davy_export_tensor(exporter, exporter->names[node->in[1]], &to);
}

static int64_t at(const davy_node *node, const char *name, int axis)
{
    size_t count;
    const int64_t *values = davy_node_ints(node, name, &count);

    return (size_t) axis < count ? values[axis] : 1;
}

/*
 * Padding that keeps the size. With steps of 1 it does not depend on the size, so it is written in
 * numbers: some runtimes refuse the words together with a dilation.
 */
static bool set_same_pads(davy_exporter *exporter, const davy_node *node)
{
    const char *mode = davy_node_text(node, "auto_pad", "");
    const davy_tensor *weights = davy_export_fixed(exporter, node, 1);
    const int axes = weights ? weights->rank - 2 : 0;
    int64_t pads[2 * DAVY_RANK_MAX];

    if (strcmp(node->op->name, "conv") != 0 || strncmp(mode, "SAME_", 5) != 0)
        return false;
    for (int i = 0; i < axes; i++) {
        const int64_t all = (weights->dims[i] - 1) * at(node, "dilations", i);

        if (at(node, "strides", i) != 1)
            return false;
        pads[i] = strcmp(mode, "SAME_LOWER") == 0 ? all - all / 2 : all / 2;
        pads[axes + i] = all - pads[i];
    }
    davy_export_set_ints(exporter, "pads", pads, 2 * (size_t) axes);
    return true;
}

static const char *export_product(davy_exporter *exporter, const davy_node *node, const char *type)
{
    static const char *const attributes[] = {"dilations", "group", "strides", "output_shape",
                                             "output_padding"};
    const char *in[] = {
        davy_export_first(exporter, node->in[0]), weights_first(exporter, node),
        davy_export_last(exporter, node->in_count > 2 ? node->in[2] : DAVY_VALUE_NONE)};
    const char *y = davy_export_op(exporter, type, in, 3);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(attributes); i++)
        davy_export_copy(exporter, node, attributes[i]);
    if (!set_same_pads(exporter, node)) {
        davy_export_copy(exporter, node, "auto_pad");
        davy_export_copy(exporter, node, "pads");
    }
    return davy_export_activation(exporter, node, y);
}

void davy_export_conv(davy_exporter *exporter, const davy_node *node)
{
    static const int64_t two[] = {2, 2};
    const char *y = export_product(exporter, node, "Conv");

    if (davy_node_int(node, "pool", 0) == 2) {
        y = davy_export_op1(exporter, "MaxPool", y);
        davy_export_set_ints(exporter, "kernel_shape", two, 2);
        davy_export_set_ints(exporter, "strides", two, 2);
    }
    davy_export_made_first(exporter, node->out[0], y);
}

void davy_export_conv_transpose(davy_exporter *exporter, const davy_node *node)
{
    davy_export_made_first(exporter, node->out[0], export_product(exporter, node, "ConvTranspose"));
}

/* Dilated averages came to ONNX with operator set 19. */
static bool is_dilated(const davy_node *node)
{
    size_t count;
    const int64_t *dilations = davy_node_ints(node, "dilations", &count);

    for (size_t i = 0; i < count; i++)
        if (dilations[i] != 1)
            return true;
    return false;
}

void davy_export_pool(davy_exporter *exporter, const davy_node *node)
{
    static const char *const attributes[] = {"auto_pad", "ceil_mode", "kernel_shape", "pads",
                                             "strides"};
    const bool is_max = strcmp(node->op->name, "max_pool") == 0;
    const char *y = davy_export_op1(exporter, is_max ? "MaxPool" : "AveragePool",
                                    davy_export_first(exporter, node->in[0]));

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(attributes); i++)
        davy_export_copy(exporter, node, attributes[i]);
    davy_export_copy(exporter, node, is_max ? "dilations" : "count_include_pad");
    if (!is_max && is_dilated(node))
        davy_export_refuse(exporter, node, "dilations");
    davy_export_made_first(exporter, node->out[0], y);
}

void davy_export_global_pool(davy_exporter *exporter, const davy_node *node)
{
    const bool is_max = strcmp(node->op->name, "global_max_pool") == 0;
    const char *y = davy_export_op1(exporter, is_max ? "GlobalMaxPool" : "GlobalAveragePool",
                                    davy_export_first(exporter, node->in[0]));

    if (davy_node_int(node, "keepdims", 0))
        davy_export_made_first(exporter, node->out[0], y);
    else
        davy_export_made_last(exporter, node->out[0], davy_export_op1(exporter, "Flatten", y));
}

void davy_export_batch_norm(davy_exporter *exporter, const davy_node *node)
{
    const char *in[5], *y;

    in[0] = davy_export_first(exporter, node->in[0]);
    for (size_t i = 1; i < 5; i++)
        in[i] = davy_export_last(exporter, node->in[i]);
    y = davy_export_op(exporter, "BatchNormalization", in, 5);
    davy_export_copy(exporter, node, "epsilon");
    davy_export_made_first(exporter, node->out[0], y);
}

/* A row of this many numbers, all the same. */
static const char *row_of(davy_exporter *exporter, int64_t count, float value)
{
    float *numbers = davy_export_take(exporter, (size_t) count, sizeof *numbers);
    const davy_tensor tensor = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {count}, .data = numbers};

    for (int64_t i = 0; numbers && i < count; i++)
        numbers[i] = value;
    return numbers ? davy_export_tensor(exporter, "", &tensor) : "";
}

/* Numbers by channel, to be broadcast over an image with its channels first. */
static const char *by_channel(davy_exporter *exporter, davy_value row, int rank)
{
    int64_t dims[DAVY_RANK_MAX] = {-1};

    for (int i = 1; i < rank - 1; i++)
        dims[i] = 1;
    return davy_export_reshape(exporter, davy_export_last(exporter, row), dims, (size_t) rank - 1);
}

/* Groups are what instance norm takes for channels of [N, groups, rest]. */
void davy_export_group_norm(davy_exporter *exporter, const davy_node *node)
{
    const int rank = davy_export_rank(exporter, node->in[0]);
    const int64_t groups = davy_node_int(node, "groups", 1), dims[] = {0, groups, -1};
    const char *x = davy_export_first(exporter, node->in[0]);
    const char *in[] = {davy_export_reshape(exporter, x, dims, 3), row_of(exporter, groups, 1.0F),
                        row_of(exporter, groups, 0.0F)};
    const char *y = davy_export_op(exporter, "InstanceNormalization", in, 3);

    davy_export_copy(exporter, node, "epsilon");
    y = davy_export_op2(exporter, "Reshape", y, davy_export_op1(exporter, "Shape", x));
    y = davy_export_op2(exporter, "Mul", y, by_channel(exporter, node->in[1], rank));
    y = davy_export_op2(exporter, "Add", y, by_channel(exporter, node->in[2], rank));
    davy_export_made_first(exporter, node->out[0], y);
}
