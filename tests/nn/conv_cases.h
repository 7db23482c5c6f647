/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alone.h"

/**
 * @file
 * Convolutions of every sort, for tests: strides, pads, dilations, groups, one to three dimensions.
 */
struct conv_case {
    const char *name;
    int rank; /* spatial */
    int64_t batch, size[3], channels, outputs, groups;
    int64_t kernel[3], stride[3], dilation[3], pads[6];
    const char *activation;
    bool no_bias, pool;
};

#define ONES    \
    {           \
        1, 1, 1 \
    }
static const struct conv_case cases[] = {
    {"plain 3x3", 2, 3, {9, 11}, 4, 20, 1, {3, 3}, ONES, ONES, {0}, "none", false, false},
    {"3x3 padded", 2, 2, {7, 8}, 3, 5, 1, {3, 3}, ONES, ONES, {1, 1, 1, 1}, "tanh", false, false},
    {"uneven pads", 2, 2, {6, 5}, 3, 4, 1, {3, 2}, ONES, ONES, {2, 0, 1, 3}, "none", true, false},
    {"stride 2",
     2,
     2,
     {11, 10},
     3,
     17,
     1,
     {3, 3},
     {2, 2},
     ONES,
     {1, 1, 1, 1},
     "none",
     false,
     false},
    {"stride 3, 2",
     2,
     2,
     {11, 10},
     2,
     3,
     1,
     {2, 5},
     {3, 2},
     ONES,
     {0, 1, 1, 2},
     "gelu",
     false,
     false},
    {"stride above kernel", 2, 2, {9, 9}, 3, 4, 1, {1, 2}, {3, 4}, ONES, {0}, "none", false, false},
    {"dilated", 2, 2, {9, 12}, 3, 4, 1, {3, 3}, ONES, {2, 3}, {2, 3, 2, 3}, "none", false, false},
    {"dilated with strides",
     2,
     2,
     {13, 12},
     2,
     4,
     1,
     {3, 3},
     {2, 4},
     {3, 2},
     {1, 2, 3, 4},
     "none",
     false,
     false},
    {"dilated by its stride",
     2,
     1,
     {12, 12},
     2,
     3,
     1,
     {2, 3},
     {2, 2},
     {2, 2},
     {1, 1, 1, 1},
     "none",
     false,
     false},
    {"tiles, odd", 2, 2, {15, 14}, 16, 18, 1, {3, 3}, ONES, ONES, {0}, "none", false, false},
    {"tiles, padded",
     2,
     1,
     {12, 13},
     17,
     16,
     1,
     {3, 3},
     ONES,
     ONES,
     {1, 1, 1, 1},
     "silu",
     false,
     false},
    {"tiles, uneven pads",
     2,
     2,
     {14, 11},
     20,
     33,
     1,
     {3, 3},
     ONES,
     ONES,
     {0, 2, 1, 1},
     "tanh",
     true,
     false},
    {"tiles, pads above kernel",
     2,
     1,
     {7, 6},
     16,
     16,
     1,
     {3, 3},
     ONES,
     ONES,
     {4, 5, 3, 4},
     "none",
     false,
     false},
    {"wide", 2, 2, {4, 35}, 5, 6, 1, {3, 3}, ONES, ONES, {0}, "sigmoid", false, false},
    {"wide, strided, padded",
     2,
     1,
     {4, 67},
     12,
     6,
     1,
     {3, 3},
     {2, 2},
     ONES,
     {1, 1, 1, 1},
     "tanh",
     false,
     false},
    {"narrow, strided",
     2,
     2,
     {9, 7},
     12,
     5,
     1,
     {3, 3},
     {2, 2},
     ONES,
     {1, 1, 1, 1},
     "silu",
     false,
     false},
    {"groups", 2, 2, {6, 7}, 6, 9, 3, {3, 3}, ONES, ONES, {1, 1, 1, 1}, "sigmoid", false, false},
    {"groups, strided, dilated",
     2,
     2,
     {9, 9},
     4,
     6,
     2,
     {3, 2},
     {2, 2},
     {2, 3},
     {1, 2, 1, 2},
     "none",
     false,
     false},
    {"depthwise", 2, 2, {8, 7}, 19, 19, 19, {3, 3}, ONES, ONES, {1, 1, 1, 1}, "silu", false, false},
    {"depthwise, strided",
     2,
     2,
     {8, 9},
     5,
     5,
     5,
     {3, 3},
     {2, 2},
     ONES,
     {1, 1, 1, 1},
     "none",
     true,
     false},
    {"depthwise by 2",
     2,
     2,
     {5, 6},
     3,
     6,
     3,
     {3, 3},
     ONES,
     ONES,
     {1, 1, 1, 1},
     "none",
     false,
     false},
    {"1x1", 2, 2, {4, 5}, 6, 7, 1, {1, 1}, ONES, ONES, {0}, "gelu", false, false},
    {"1x1 strided", 2, 2, {5, 6}, 6, 7, 1, {1, 1}, {2, 2}, ONES, {0}, "none", false, false},
    {"1x1 padded", 2, 1, {3, 3}, 2, 3, 1, {1, 1}, ONES, ONES, {1, 2, 0, 1}, "none", false, false},
    {"pads above kernel",
     2,
     1,
     {3, 4},
     2,
     3,
     1,
     {2, 2},
     {2, 1},
     ONES,
     {4, 0, 5, 3},
     "none",
     false,
     false},
    {"series", 1, 3, {20}, 4, 6, 1, {5}, ONES, ONES, {2, 2}, "leaky", false, false},
    {"series, strided, dilated", 1, 2, {23}, 3, 6, 3, {4}, {3}, {2}, {1, 4}, "none", false, false},
    {"volume", 3, 2, {5, 4, 6}, 3, 4, 1, {3, 2, 3}, ONES, ONES, {0}, "none", false, false},
    {"volume, everything",
     3,
     2,
     {6, 7, 5},
     4,
     6,
     2,
     {2, 3, 2},
     {2, 1, 2},
     {2, 2, 1},
     {1, 2, 0, 1, 0, 1},
     "tanh",
     false,
     false},
};

static inline void set_conv(davy_graph *graph, davy_node *node, const void *context)
{
    const struct conv_case *c = context;
    const size_t rank = (size_t) c->rank;

    davy_node_set_ints(graph, node, "strides", c->stride, rank);
    davy_node_set_ints(graph, node, "dilations", c->dilation, rank);
    davy_node_set_ints(graph, node, "pads", c->pads, 2 * rank);
    davy_node_set_int(graph, node, "group", c->groups);
    davy_node_set_text(graph, node, "activation", c->activation);
    if (c->pool)
        davy_node_set_int(graph, node, "pool", 2);
}

static inline void make_inputs(const struct conv_case *c, davy_tensor inputs[3])
{
    int64_t x[5] = {c->batch}, weights[5];

    for (int i = 0; i < c->rank; i++) {
        x[1 + i] = c->size[i];
        weights[i] = c->kernel[i];
    }
    x[1 + c->rank] = c->channels;
    weights[c->rank] = c->channels / c->groups;
    weights[c->rank + 1] = c->outputs;
    inputs[0] = gradient_input(c->rank + 2, x, 1, 1);
    inputs[1] = gradient_input(c->rank + 2, weights, 2, 1);
    inputs[2] = (davy_tensor){0};
    if (!c->no_bias)
        inputs[2] = gradient_input(1, &c->outputs, 3, 1);
}

static inline void free_inputs(davy_tensor inputs[3])
{
    for (int i = 0; i < 3; i++)
        free(inputs[i].data);
}
