/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "core/random.h"
#include "nn/trainer.h"

#include <math.h>

/**
 * @file
 * A little network to train in tests: y = tanh(x W1 + b1) W2 + b2, squared error.
 *
 * Named "one/..." and "two/..."; x is [N, 3], t is [N, 2]. Weights and batches are drawn from fixed
 * seeds; t is a smooth function of x that the network can learn.
 */
struct little {
    davy_graph *graph;
    davy_value y, loss;
};

static inline davy_value little_parameter(davy_graph *graph, const char *name, int rank,
                                          const int64_t *dims, float range)
{
    const davy_value value = davy_graph_parameter(graph, name, DAVY_ROLE_PARAMETER, rank, dims);
    const davy_tensor *tensor = &graph->values[value].tensor;

    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = range * (2.0F * davy_random_uniform(7, value, (uint64_t) i) - 1.0F);
    return value;
}

static inline davy_value little_node(davy_graph *graph, const char *op, davy_value a, davy_value b)
{
    const davy_value in[] = {a, b};
    const davy_node *node = davy_graph_node(graph, op, in, b == DAVY_VALUE_NONE ? 1 : 2, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* x W + b */
static inline davy_value little_layer(davy_graph *graph, const char *name, davy_value x, int64_t in,
                                      int64_t out)
{
    char text[64];
    davy_value weights, bias;
    const davy_node *node;

    (void) snprintf(text, sizeof text, "%s/weights", name);
    weights = little_parameter(graph, text, 2, (int64_t[]){in, out}, 0.7F);
    (void) snprintf(text, sizeof text, "%s/bias", name);
    bias = little_parameter(graph, text, 1, &out, 0.1F);
    node = davy_graph_node(graph, "dense", (const davy_value[]){x, weights, bias}, 3, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* @param extra  put between the layers; NULL: nothing */
static inline struct little little_build(davy_value (*extra)(davy_graph *graph, davy_value x))
{
    struct little little;
    davy_value x, t;

    assert_ok(davy_graph_create("little", 0, &little.graph));
    x = davy_graph_input(little.graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 3});
    t = davy_graph_input(little.graph, "t", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    x = little_node(little.graph, "tanh", little_layer(little.graph, "one", x, 3, 16),
                    DAVY_VALUE_NONE);
    if (extra)
        x = extra(little.graph, x);
    little.y = little_layer(little.graph, "two", x, 16, 2);
    little.loss = little_node(little.graph, "mse", little.y, t);
    davy_graph_output(little.graph, little.y);
    assert_ok(davy_graph_status(little.graph));
    return little;
}

#define LITTLE_ROWS_MAX 64

/* Samples from .. from+rows-1 of an endless set. */
struct little_batch {
    float x[LITTLE_ROWS_MAX * 3], t[LITTLE_ROWS_MAX * 2];
    davy_tensor inputs[2];
};

static inline void little_sample(uint32_t index, float x[3], float t[2])
{
    for (uint64_t k = 0; k < 3; k++)
        x[k] = 2.0F * davy_random_uniform(11, index, k) - 1.0F;
    t[0] = 0.5F * sinf(2.0F * x[0]) + 0.25F * x[1];
    t[1] = 0.5F * x[1] * x[2] - 0.25F;
}

static inline const davy_tensor *little_fill(struct little_batch *batch, uint32_t from,
                                             int64_t rows)
{
    batch->inputs[0] =
        (davy_tensor){.type = DAVY_TYPE_F32, .rank = 2, .dims = {rows, 3}, .data = batch->x};
    batch->inputs[1] =
        (davy_tensor){.type = DAVY_TYPE_F32, .rank = 2, .dims = {rows, 2}, .data = batch->t};
    for (uint32_t i = 0; i < (uint32_t) rows; i++)
        little_sample(from + i, batch->x + (size_t) i * 3, batch->t + (size_t) i * 2);
    return batch->inputs;
}

/* Put between the layers by tests of what draws random numbers. */
static inline davy_value little_dropout(davy_graph *graph, davy_value x)
{
    davy_node *node = davy_graph_node(graph, "dropout", &x, 1, 1);

    if (!node)
        return DAVY_VALUE_NONE;
    davy_node_set_float(graph, node, "rate", 0.25F);
    return node->out[0];
}

#define LITTLE_WEIGHTS (3 * 16 + 16 + 16 * 2 + 2)

/* All weights, one after the other. */
static inline void little_weights(const davy_graph *graph, float weights[LITTLE_WEIGHTS])
{
    size_t at = 0;

    for (size_t i = 0; i < graph->value_count; i++) {
        const davy_edge *edge = &graph->values[i];

        if (edge->role != DAVY_ROLE_PARAMETER)
            continue;
        memcpy(weights + at, edge->tensor.data, davy_tensor_bytes(&edge->tensor));
        at += (size_t) davy_tensor_count(&edge->tensor);
    }
    assert_int_equal(at, LITTLE_WEIGHTS);
}
