/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/layers.h"

#include "nn/layers_private.h"
#include "nn/op/activation.h"

#include <stdio.h>

#define NAME_MAX_BYTES 256

davy_value davy_layer_parameter(davy_graph *graph, const char *layer, const char *part,
                                davy_role role, int rank, const int64_t *dims)
{
    char name[NAME_MAX_BYTES];

    (void) snprintf(name, sizeof name, "%s/%s", layer, part);
    return davy_graph_parameter(graph, name, role, rank, dims);
}

int64_t davy_layer_channels(davy_graph *graph, davy_value x)
{
    const davy_tensor *tensor = davy_graph_tensor(graph, x);

    if (tensor->rank > 0)
        return tensor->dims[tensor->rank - 1];
    davy_graph_fail(graph, davy_fail(DAVY_ERR_INVALID, "a layer needs an input with dimensions"));
    return 0;
}

static void set_activation(davy_graph *graph, davy_node *node, davy_activation activation)
{
    if (node && activation != DAVY_ACTIVATION_NONE)
        davy_node_set_text(graph, node, "activation", davy_activation_name(activation));
}

davy_value davy_layer_dense(davy_graph *graph, const char *name, davy_value x, int64_t units,
                            davy_activation activation)
{
    int64_t channels = davy_layer_channels(graph, x);
    davy_value in[3] = {x};
    davy_node *node;

    in[1] = davy_layer_parameter(graph, name, "weights", DAVY_ROLE_PARAMETER, 2,
                                 (int64_t[]){channels, units});
    in[2] = davy_layer_parameter(graph, name, "bias", DAVY_ROLE_PARAMETER, 1, (int64_t[]){units});
    node = davy_graph_node(graph, "dense", in, 3, 1);
    set_activation(graph, node, activation);
    return davy_layer_out(node);
}

/* Windows. */

/** Spatial dimensions of [N, spatial..., C]; 0, and the graph fails, unless 1 or 2. */
static int spatial_rank(davy_graph *graph, davy_value x)
{
    int rank = davy_graph_tensor(graph, x)->rank - 2;

    if (rank == 1 || rank == 2)
        return rank;
    davy_graph_fail(graph,
                    davy_fail(DAVY_ERR_INVALID, "a window needs a series [N, T, C] or an image"));
    return 0;
}

static int64_t or_one(int64_t value)
{
    return value ? value : 1;
}

static void set_window(davy_graph *graph, davy_node *node, int rank, const davy_window2 *window)
{
    int64_t stride[2], dilation[2], pads[4];

    if (!node)
        return;
    for (int i = 0; i < rank; i++) {
        stride[i] = or_one(window->stride[i]);
        dilation[i] = or_one(window->dilation[i]);
        pads[i] = window->pad_begin[i];
        pads[rank + i] = window->pad_end[i];
    }
    davy_node_set_ints(graph, node, "strides", stride, (size_t) rank);
    davy_node_set_ints(graph, node, "dilations", dilation, (size_t) rank);
    if (window->same)
        davy_node_set_text(graph, node, "auto_pad", "SAME_UPPER");
    else
        davy_node_set_ints(graph, node, "pads", pads, 2 * (size_t) rank);
}

/** Weights [kernel..., inputs, outputs]. */
static davy_value window_weights(davy_graph *graph, const char *name, int rank,
                                 const davy_window2 *window, int64_t inputs, int64_t outputs)
{
    int64_t dims[4];

    for (int i = 0; i < rank; i++)
        dims[i] = or_one(window->kernel[i]);
    dims[rank] = inputs;
    dims[rank + 1] = outputs;
    return davy_layer_parameter(graph, name, "weights", DAVY_ROLE_PARAMETER, rank + 2, dims);
}

static davy_value add_conv(davy_graph *graph, const char *op, const char *name, davy_value x,
                           const davy_conv_options *options)
{
    bool transposed = op[sizeof "conv" - 1] != '\0';
    int64_t channels = davy_layer_channels(graph, x), groups = or_one(options->groups);
    int rank = spatial_rank(graph, x);
    davy_value in[3] = {x};
    davy_node *node;

    in[1] = transposed ? window_weights(graph, name, rank, &options->window,
                                        options->channels / groups, channels)
                       : window_weights(graph, name, rank, &options->window, channels / groups,
                                        options->channels);
    if (!options->no_bias)
        in[2] =
            davy_layer_parameter(graph, name, "bias", DAVY_ROLE_PARAMETER, 1, &options->channels);
    node = davy_graph_node(graph, op, in, options->no_bias ? 2 : 3, 1);
    set_window(graph, node, rank, &options->window);
    if (node && groups != 1)
        davy_node_set_int(graph, node, "group", groups);
    if (node && options->pool && !transposed)
        davy_node_set_int(graph, node, "pool", 2);
    set_activation(graph, node, options->activation);
    return davy_layer_out(node);
}

davy_value davy_layer_conv(davy_graph *graph, const char *name, davy_value x,
                           const davy_conv_options *options)
{
    return add_conv(graph, "conv", name, x, options);
}

davy_value davy_layer_conv_transpose(davy_graph *graph, const char *name, davy_value x,
                                     const davy_conv_options *options)
{
    return add_conv(graph, "conv_transpose", name, x, options);
}

static davy_value add_pool(davy_graph *graph, const char *op, davy_value x,
                           const davy_window2 *window)
{
    int rank = spatial_rank(graph, x);
    davy_node *node = davy_graph_node(graph, op, &x, 1, 1);

    set_window(graph, node, rank, window);
    if (node)
        davy_node_set_ints(graph, node, "kernel_shape", window->kernel, (size_t) rank);
    return davy_layer_out(node);
}

davy_value davy_layer_max_pool(davy_graph *graph, davy_value x, const davy_window2 *window)
{
    return add_pool(graph, "max_pool", x, window);
}

davy_value davy_layer_average_pool(davy_graph *graph, davy_value x, const davy_window2 *window)
{
    return add_pool(graph, "average_pool", x, window);
}

davy_value davy_layer_global_average_pool(davy_graph *graph, davy_value x)
{
    return davy_layer_out(davy_graph_node(graph, "global_average_pool", &x, 1, 1));
}

davy_value davy_layer_global_max_pool(davy_graph *graph, davy_value x)
{
    return davy_layer_out(davy_graph_node(graph, "global_max_pool", &x, 1, 1));
}

/* Norms. */

/** Scale and shift behind x in `in`. @return their count with x */
static size_t add_scale(davy_graph *graph, const char *name, davy_value x, davy_value in[5])
{
    int64_t channels = davy_layer_channels(graph, x);

    in[0] = x;
    in[1] = davy_layer_parameter(graph, name, "scale", DAVY_ROLE_PARAMETER, 1, &channels);
    in[2] = davy_layer_parameter(graph, name, "shift", DAVY_ROLE_PARAMETER, 1, &channels);
    return 3;
}

davy_value davy_layer_batch_norm(davy_graph *graph, const char *name, davy_value x)
{
    int64_t channels = davy_layer_channels(graph, x);
    davy_value in[5];

    (void) add_scale(graph, name, x, in);
    in[3] = davy_layer_parameter(graph, name, "mean", DAVY_ROLE_STATISTIC, 1, &channels);
    in[4] = davy_layer_parameter(graph, name, "variance", DAVY_ROLE_STATISTIC, 1, &channels);
    return davy_layer_out(davy_graph_node(graph, "batch_norm", in, 5, 1));
}

davy_value davy_layer_layer_norm(davy_graph *graph, const char *name, davy_value x)
{
    davy_value in[5];
    size_t count = add_scale(graph, name, x, in);

    return davy_layer_out(davy_graph_node(graph, "layer_norm", in, count, 1));
}

davy_value davy_layer_group_norm(davy_graph *graph, const char *name, davy_value x, int64_t groups)
{
    davy_value in[5];
    size_t count = add_scale(graph, name, x, in);
    davy_node *node = davy_graph_node(graph, "group_norm", in, count, 1);

    if (node)
        davy_node_set_int(graph, node, "groups", groups);
    return davy_layer_out(node);
}

/* Element by element. */

davy_value davy_layer_activation(davy_graph *graph, davy_value x, davy_activation activation,
                                 float slope)
{
    bool leaky = activation == DAVY_ACTIVATION_LEAKY;
    davy_node *node;

    if (activation == DAVY_ACTIVATION_NONE)
        return x;
    node =
        davy_graph_node(graph, leaky ? "leaky_relu" : davy_activation_name(activation), &x, 1, 1);
    if (node && leaky)
        davy_node_set_float(graph, node, "alpha", slope);
    return davy_layer_out(node);
}

davy_value davy_layer_softmax(davy_graph *graph, davy_value x)
{
    return davy_layer_out(davy_graph_node(graph, "softmax", &x, 1, 1));
}

davy_value davy_layer_dropout(davy_graph *graph, davy_value x, float rate)
{
    davy_node *node = davy_graph_node(graph, "dropout", &x, 1, 1);

    if (node)
        davy_node_set_float(graph, node, "rate", rate);
    return davy_layer_out(node);
}

davy_value davy_layer_flatten(davy_graph *graph, davy_value x)
{
    return davy_layer_out(davy_graph_node(graph, "flatten", &x, 1, 1));
}
