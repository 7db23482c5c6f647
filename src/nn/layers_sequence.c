/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/layers.h"

#include "nn/layers_private.h"

#include <stdio.h>

#define NAME_MAX_BYTES 256

/* -------------------------------------------------------------------------- joining and cutting */

/* A constant list of whole numbers: shapes, axes and positions are inputs in ONNX. */
static davy_value constant_list(davy_graph *graph, int64_t *numbers, size_t count)
{
    davy_tensor tensor = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {(int64_t) count}};

    tensor.data = numbers;
    return davy_graph_constant(graph, "", &tensor);
}

davy_value davy_layer_add(davy_graph *graph, davy_value a, davy_value b)
{
    return davy_layer_out(davy_graph_node(graph, "add", (davy_value[]){a, b}, 2, 1));
}

davy_value davy_layer_concat(davy_graph *graph, const davy_value *values, size_t count,
                             int64_t axis)
{
    davy_node *node = davy_graph_node(graph, "concat", values, count, 1);

    davy_node_set_int(graph, node, "axis", axis);
    return davy_layer_out(node);
}

davy_value davy_layer_reshape(davy_graph *graph, davy_value x, int rank, const int64_t *dims)
{
    int64_t copy[DAVY_RANK_MAX];

    if (rank < 0 || rank > DAVY_RANK_MAX) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_INVALID, "a shape of %d dimensions", rank));
        return DAVY_VALUE_NONE;
    }
    for (int i = 0; i < rank; i++)
        copy[i] = dims[i];
    return davy_layer_out(davy_graph_node(
        graph, "reshape", (davy_value[]){x, constant_list(graph, copy, (size_t) rank)}, 2, 1));
}

davy_value davy_layer_slice(davy_graph *graph, davy_value x, int64_t axis, int64_t from, int64_t to)
{
    const davy_value in[] = {x, constant_list(graph, &from, 1), constant_list(graph, &to, 1),
                             constant_list(graph, &axis, 1)};

    return davy_layer_out(davy_graph_node(graph, "slice", in, 4, 1));
}

davy_value davy_layer_transpose(davy_graph *graph, davy_value x, const int64_t *order)
{
    const size_t rank = (size_t) davy_graph_tensor(graph, x)->rank;
    davy_node *node = davy_graph_node(graph, "transpose", &x, 1, 1);

    davy_node_set_ints(graph, node, "perm", order, rank);
    return davy_layer_out(node);
}

davy_value davy_layer_mean(davy_graph *graph, davy_value x, int64_t axis)
{
    davy_node *node = davy_graph_node(graph, "reduce_mean", &x, 1, 1);

    davy_node_set_ints(graph, node, "axes", &axis, 1);
    davy_node_set_int(graph, node, "keepdims", 0);
    return davy_layer_out(node);
}

/* ------------------------------------------------------------------------------------ recurrent */

static const struct {
    const char *op;
    int64_t gates, biases; /* biases: how often the bias has `gates` gates */
    bool memory, product;  /* has a state c; multiplies its state with weights */
} cells[] = {
    [DAVY_RNN] = {"rnn", 1, 1, false, true},
    [DAVY_GRU] = {"gru", 3, 2, false, true},
    [DAVY_LSTM] = {"lstm", 4, 1, true, true},
    [DAVY_LINEAR_RECURRENCE] = {"linear_recurrence", 2, 1, false, false},
};

davy_value davy_layer_recurrent(davy_graph *graph, const char *name, davy_value x,
                                davy_recurrent kind, int64_t units, bool bidirectional,
                                bool last_only)
{
    const int64_t channels = davy_layer_channels(graph, x), directions = bidirectional ? 2 : 1;
    const int64_t wide = cells[kind].gates * units;
    davy_value in[] = {x, DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    davy_node *node;

    in[1] = davy_layer_parameter(graph, name, "weights", DAVY_ROLE_PARAMETER, 3,
                                 (int64_t[]){directions, channels, wide});
    if (cells[kind].product)
        in[2] = davy_layer_parameter(graph, name, "recurrent", DAVY_ROLE_PARAMETER, 3,
                                     (int64_t[]){directions, units, wide});
    in[3] = davy_layer_parameter(graph, name, "bias", DAVY_ROLE_PARAMETER, 2,
                                 (int64_t[]){directions, cells[kind].biases * wide});
    node = davy_graph_node(graph, cells[kind].op, in, 4, cells[kind].memory ? 3 : 2);
    if (bidirectional)
        davy_node_set_text(graph, node, "direction", "bidirectional");
    if (kind == DAVY_GRU) /* as PyTorch and cuDNN have it: one product a step */
        davy_node_set_int(graph, node, "linear_before_reset", 1);
    return node ? node->out[last_only ? 1 : 0] : DAVY_VALUE_NONE;
}

/* ------------------------------------------------------------------------------------ attention */

/* A dense layer that is a part of another layer. */
static davy_value dense_part(davy_graph *graph, const char *name, const char *part, davy_value x,
                             int64_t units)
{
    char text[NAME_MAX_BYTES];

    (void) snprintf(text, sizeof text, "%s/%s", name, part);
    return davy_layer_dense(graph, text, x, units, DAVY_ACTIVATION_NONE);
}

davy_value davy_layer_attention(davy_graph *graph, const char *name, davy_value x,
                                const davy_attention_options *options)
{
    const int64_t width = davy_layer_channels(graph, x);
    const davy_value in[] = {dense_part(graph, name, "qkv", x, 3 * width), DAVY_VALUE_NONE,
                             DAVY_VALUE_NONE, options->mask};
    davy_node *node =
        davy_graph_node(graph, "attention", in, options->mask == DAVY_VALUE_NONE ? 1 : 4, 1);

    davy_node_set_int(graph, node, "packed", 1);
    davy_node_set_int(graph, node, "heads", options->heads);
    davy_node_set_int(graph, node, "causal", options->causal);
    davy_node_set_int(graph, node, "window", options->window);
    return dense_part(graph, name, "out", davy_layer_out(node), width);
}

davy_value davy_layer_embedding(davy_graph *graph, const char *name, davy_value x, int64_t words,
                                int64_t units)
{
    const davy_value weights = davy_layer_parameter(graph, name, "weights", DAVY_ROLE_PARAMETER, 2,
                                                    (int64_t[]){words, units});

    return davy_layer_out(davy_graph_node(graph, "gather", (davy_value[]){weights, x}, 2, 1));
}

davy_value davy_layer_position(davy_graph *graph, const char *name, davy_value x)
{
    const davy_tensor *tensor = davy_graph_tensor(graph, x);
    int64_t dims[2];

    if (tensor->rank != 3) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_INVALID, "layer '%s' needs [N, T, D]", name));
        return DAVY_VALUE_NONE;
    }
    dims[0] = tensor->dims[1];
    dims[1] = tensor->dims[2];
    return davy_layer_add(
        graph, x, davy_layer_parameter(graph, name, "weights", DAVY_ROLE_PARAMETER, 2, dims));
}
