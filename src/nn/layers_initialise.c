/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"
#include "nn/layers.h"
#include "nn/op.h"

#include <math.h>
#include <string.h>

/** How a parameter is drawn. */
typedef void draw_rule(const davy_graph *graph, const davy_node *node, davy_tensor *tensor,
                       uint64_t seed, uint32_t stream);

static void draw_uniform(davy_tensor *tensor, uint64_t seed, uint32_t stream, double bound)
{
    float *x = davy_f32(tensor);

    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        x[i] = (float) (bound *
                        (2.0 * (double) davy_random_uniform(seed, stream, (uint64_t) i) - 1.0));
}

static void draw_ones(const davy_graph *graph, const davy_node *node, davy_tensor *tensor,
                      uint64_t seed, uint32_t stream)
{
    (void) graph;
    (void) node;
    (void) seed;
    (void) stream;
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = 1.0F;
}

/** Small and normal: embeddings and positions, which are added to each other. */
static void draw_small(const davy_graph *graph, const davy_node *node, davy_tensor *tensor,
                       uint64_t seed, uint32_t stream)
{
    (void) graph;
    (void) node;
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = 0.02F * davy_random_normal(seed, stream, (uint64_t) i);
}

/** Bias of an LSTM, gates i f g o: it begins by not forgetting. */
static void draw_forget(const davy_graph *graph, const davy_node *node, davy_tensor *tensor,
                        uint64_t seed, uint32_t stream)
{
    int64_t width = tensor->dims[tensor->rank - 1];

    (void) graph;
    (void) node;
    (void) seed;
    (void) stream;
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = i % width / (width / 4) == 1 ? 1.0F : 0.0F;
}

/** The node that uses a value first, or NULL. */
static const davy_node *first_user(const davy_graph *graph, davy_value value)
{
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].in_count; i++)
            if (graph->nodes[n].in[i] == value)
                return &graph->nodes[n];
    return NULL;
}

/** Whether half of what the node gives is cut off: a ReLU or its like follows, after a norm. */
static bool is_rectified(const davy_graph *graph, const davy_node *node)
{
    static const char *const rectifiers[] = {"relu", "leaky", "leaky_relu", "gelu", "silu"};
    const char *name = davy_node_text(node, "activation", "none");

    if (strcmp(name, "none") == 0) {
        const davy_node *user = first_user(graph, node->out[0]);

        if (user && strstr(user->op->name, "_norm"))
            user = first_user(graph, user->out[0]);
        name = user ? user->op->name : "none";
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rectifiers); i++)
        if (strcmp(name, rectifiers[i]) == 0)
            return true;
    return false;
}

/** Weights whose last two dimensions are inputs and outputs, after the kernel's. */
static void draw_weights(const davy_graph *graph, const davy_node *node, davy_tensor *tensor,
                         uint64_t seed, uint32_t stream)
{
    int rank = tensor->rank;
    bool transposed = strcmp(node->op->name, "conv_transpose") == 0;
    double taps = (double) davy_tensor_span(tensor, 0, rank - 2);
    double fan_in = taps * (double) tensor->dims[transposed ? rank - 1 : rank - 2];
    double fan_out = taps * (double) tensor->dims[transposed ? rank - 2 : rank - 1];

    if (is_rectified(graph, node))
        draw_uniform(tensor, seed, stream, sqrt(6.0 / fan_in));
    else
        draw_uniform(tensor, seed, stream, sqrt(6.0 / (fan_in + fan_out)));
}

/** Recurrent weights [D, C, G * H]: every gate is a layer of its own. */
static void draw_gates(const davy_graph *graph, const davy_node *node, davy_tensor *tensor,
                       uint64_t seed, uint32_t stream)
{
    const davy_tensor *recurrent = &graph->values[node->in[2]].tensor;
    double fans = (double) (tensor->dims[1] + recurrent->dims[1]);

    draw_uniform(tensor, seed, stream, sqrt(6.0 / fans));
}

/* Inputs of operators that are not zeros at first. */
static const struct {
    const char *op;
    uint32_t input;
    draw_rule *draw;
} rules[] = {
    {"dense", 1, draw_weights},   {"matmul", 1, draw_weights},
    {"conv", 1, draw_weights},    {"conv_transpose", 1, draw_weights},
    {"batch_norm", 1, draw_ones}, {"batch_norm", 4, draw_ones},
    {"layer_norm", 1, draw_ones}, {"group_norm", 1, draw_ones},
    {"rnn", 1, draw_gates},       {"rnn", 2, draw_gates},
    {"gru", 1, draw_gates},       {"gru", 2, draw_gates},
    {"lstm", 1, draw_gates},      {"lstm", 2, draw_gates},
    {"lstm", 3, draw_forget},     {"linear_recurrence", 1, draw_weights},
    {"gather", 0, draw_small},    {"add", 1, draw_small},
};

static void draw_input(davy_graph *graph, const davy_node *node, uint32_t input, uint64_t seed)
{
    davy_value value = node->in[input];
    davy_tensor *tensor;

    if (value == DAVY_VALUE_NONE || (graph->values[value].role != DAVY_ROLE_PARAMETER &&
                                     graph->values[value].role != DAVY_ROLE_STATISTIC))
        return;
    tensor = &graph->values[value].tensor;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rules); i++)
        if (rules[i].input == input && strcmp(rules[i].op, node->op->name) == 0) {
            rules[i].draw(graph, node, tensor, seed, value);
            return;
        }
    memset(tensor->data, 0, davy_tensor_bytes(tensor));
}

void davy_layers_initialise(davy_graph *graph, uint64_t seed)
{
    if (davy_graph_status(graph) != DAVY_OK)
        return;
    for (size_t n = 0; n < graph->node_count; n++)
        for (uint32_t i = 0; i < graph->nodes[n].in_count; i++)
            draw_input(graph, &graph->nodes[n], i, seed);
}
