/* SPDX-License-Identifier: Apache-2.0 */
#include "networks.h"

#include <stdio.h>

#define NAME_MAX_LENGTH 64

/* Names are numbered in the order of the layers. */
struct build {
    davy_graph *graph;
    unsigned count;
    char name[NAME_MAX_LENGTH];
};

static const char *next_name(struct build *build)
{
    (void) snprintf(build->name, sizeof build->name, "layer%u", build->count++);
    return build->name;
}

static davy_value conv(struct build *build, davy_value x, int64_t channels, int64_t kernel,
                       int64_t stride, davy_activation activation)
{
    const int64_t pad = kernel / 2;
    const davy_conv_options options = {.channels = channels,
                                       .window = {.kernel = {kernel, kernel},
                                                  .stride = {stride, stride},
                                                  .pad_begin = {pad, pad},
                                                  .pad_end = {pad, pad}},
                                       .activation = activation};

    return davy_layer_conv(build->graph, next_name(build), x, &options);
}

static davy_value relu(struct build *build, davy_value x)
{
    return davy_layer_activation(build->graph, x, DAVY_ACTIVATION_RELU, 0);
}

/* 1x1 down, 3x3, 1x1 up, beside the identity; norms are taken as folded into the convolutions. */
static davy_value bottleneck(struct build *build, davy_value x, int64_t width, int64_t stride,
                             bool project)
{
    davy_value y = conv(build, x, width, 1, 1, DAVY_ACTIVATION_RELU);

    y = conv(build, y, width, 3, stride, DAVY_ACTIVATION_RELU);
    y = conv(build, y, 4 * width, 1, 1, DAVY_ACTIVATION_NONE);
    if (project)
        x = conv(build, x, 4 * width, 1, stride, DAVY_ACTIVATION_NONE);
    return relu(build, davy_layer_add(build->graph, y, x));
}

davy_value bench_resnet50(davy_graph *graph)
{
    static const struct {
        int64_t width;
        int blocks;
    } stages[] = {{64, 3}, {128, 4}, {256, 6}, {512, 3}};
    const davy_window2 pool = {
        .kernel = {3, 3}, .stride = {2, 2}, .pad_begin = {1, 1}, .pad_end = {1, 1}};
    struct build build = {.graph = graph};
    davy_value x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 4, (int64_t[]){-1, 224, 224, 3});

    x = conv(&build, x, 64, 7, 2, DAVY_ACTIVATION_RELU);
    x = davy_layer_max_pool(graph, x, &pool);
    for (size_t s = 0; s < 4; s++)
        for (int b = 0; b < stages[s].blocks; b++)
            x = bottleneck(&build, x, stages[s].width, b == 0 && s > 0 ? 2 : 1, b == 0);
    x = davy_layer_global_average_pool(graph, x);
    return davy_layer_dense(graph, "classes", x, 1000, DAVY_ACTIVATION_NONE);
}

static davy_value silu(struct build *build, davy_value x, int64_t channels, int64_t kernel,
                       int64_t stride)
{
    return conv(build, x, channels, kernel, stride, DAVY_ACTIVATION_SILU);
}

static davy_value join(struct build *build, davy_value a, davy_value b)
{
    return davy_layer_concat(build->graph, (davy_value[]){a, b}, 2, 3);
}

/* Cross stage partial block with n bottlenecks. */
static davy_value csp(struct build *build, davy_value x, int64_t channels, int n, bool shortcut)
{
    davy_value a = silu(build, x, channels / 2, 1, 1);
    const davy_value b = silu(build, x, channels / 2, 1, 1);

    for (int i = 0; i < n; i++) {
        const davy_value y = silu(build, silu(build, a, channels / 2, 1, 1), channels / 2, 3, 1);

        a = shortcut ? davy_layer_add(build->graph, y, a) : y;
    }
    return silu(build, join(build, a, b), channels, 1, 1);
}

/* Spatial pyramid of three 5x5 pools, one after the other. */
static davy_value pyramid(struct build *build, davy_value x, int64_t channels)
{
    const davy_window2 window = {
        .kernel = {5, 5}, .stride = {1, 1}, .pad_begin = {2, 2}, .pad_end = {2, 2}};
    davy_value levels[4];

    levels[0] = silu(build, x, channels / 2, 1, 1);
    for (size_t i = 1; i < 4; i++)
        levels[i] = davy_layer_max_pool(build->graph, levels[i - 1], &window);
    return silu(build, davy_layer_concat(build->graph, levels, 4, 3), channels, 1, 1);
}

/* Twice the height and width, nearest neighbour. */
static davy_value upsample(struct build *build, davy_value x)
{
    float factors[] = {1, 2, 2, 1};
    const davy_tensor scales = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {4}, .data = factors};
    const davy_value in[] = {x, DAVY_VALUE_NONE,
                             davy_graph_constant(build->graph, next_name(build), &scales)};
    davy_node *node = davy_graph_node(build->graph, "resize", in, 3, 1);

    davy_node_set_text(build->graph, node, "mode", "nearest");
    davy_node_set_text(build->graph, node, "coordinate_transformation_mode", "asymmetric");
    davy_node_set_text(build->graph, node, "nearest_mode", "floor");
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value bench_yolo(davy_graph *graph)
{
    struct build build = {.graph = graph};
    davy_value x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 4, (int64_t[]){-1, 640, 640, 3});
    davy_value p3, p4, p5, n4, n5, head;
    const davy_conv_options first = {
        .channels = 32,
        .window = {.kernel = {6, 6}, .stride = {2, 2}, .pad_begin = {2, 2}, .pad_end = {2, 2}},
        .activation = DAVY_ACTIVATION_SILU};

    x = davy_layer_conv(graph, "stem", x, &first);
    x = csp(&build, silu(&build, x, 64, 3, 2), 64, 1, true);
    p3 = csp(&build, silu(&build, x, 128, 3, 2), 128, 2, true);
    p4 = csp(&build, silu(&build, p3, 256, 3, 2), 256, 3, true);
    p5 = csp(&build, silu(&build, p4, 512, 3, 2), 512, 1, true);
    p5 = silu(&build, pyramid(&build, p5, 512), 256, 1, 1);
    p4 = csp(&build, join(&build, upsample(&build, p5), p4), 256, 1, false);
    p4 = silu(&build, p4, 128, 1, 1);
    p3 = csp(&build, join(&build, upsample(&build, p4), p3), 128, 1, false);
    n4 = csp(&build, join(&build, silu(&build, p3, 128, 3, 2), p4), 256, 1, false);
    n5 = csp(&build, join(&build, silu(&build, n4, 256, 3, 2), p5), 512, 1, false);
    head = conv(&build, p3, 255, 1, 1, DAVY_ACTIVATION_NONE);
    davy_graph_output(graph, head);
    davy_graph_output(graph, conv(&build, n4, 255, 1, 1, DAVY_ACTIVATION_NONE));
    davy_graph_output(graph, conv(&build, n5, 255, 1, 1, DAVY_ACTIVATION_NONE));
    return head;
}
