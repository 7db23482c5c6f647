/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural_backbone.h"

#include "data/image_resize.h"
#include "nn/onnx/onnx.h"
#include "nn/op.h"
#include "nn/passes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLOURS 3

/* A graph on its way into another one. */
typedef struct grafting {
    const davy_graph *from;
    davy_graph *to;
    davy_value *map; /* [from->value_count] the value there, or DAVY_VALUE_NONE */
    bool channels_first;
} grafting;

static bool is_dense(const davy_node *node)
{
    static const char *const names[] = {"dense", "gemm", "matmul"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(node->op->name, names[i]) == 0)
            return true;
    return false;
}

/* Nodes before the last dense one; all of them when there is none. */
static size_t body_of(const davy_graph *graph)
{
    for (size_t n = graph->node_count; n-- > 0;)
        if (is_dense(&graph->nodes[n]))
            return n;
    return graph->node_count;
}

static davy_value features_of(const davy_graph *graph)
{
    const size_t body = body_of(graph);

    return body < graph->node_count ? graph->nodes[body].in[0] : graph->outputs[0];
}

/* @return false when its input is no batch of pictures */
static bool takes_pictures(const davy_graph *graph, bool *channels_first)
{
    const davy_tensor *in =
        graph->input_count == 1 ? &graph->values[graph->inputs[0]].tensor : NULL;

    if (!in || in->type != DAVY_TYPE_F32 || in->rank != 4 || graph->output_count < 1)
        return false;
    *channels_first = in->dims[1] == COLOURS;
    return *channels_first || in->dims[3] == COLOURS;
}

static davy_status load(const davy_backbone *backbone, davy_graph **graph, bool *channels_first)
{
    davy_status status = davy_onnx_load(backbone->path, 0, graph);

    if (status == DAVY_OK)
        status =
            davy_passes_run(*graph); /* weights that the file has in another order are folded */
    if (status == DAVY_OK && !takes_pictures(*graph, channels_first)) {
        davy_graph_destroy(*graph);
        status = davy_fail(DAVY_ERR_UNSUPPORTED,
                           "it does not take pictures: one input [N, 3, H, W] or [N, H, W, 3]");
    }
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "backbone '%s'", backbone->path);
}

davy_status davy_backbone_side(const davy_backbone *backbone, size_t *side)
{
    davy_graph *graph = NULL;
    bool channels_first;
    davy_status status = load(backbone, &graph, &channels_first);

    if (status != DAVY_OK)
        return status;
    {
        const int64_t height = graph->values[graph->inputs[0]].tensor.dims[channels_first ? 2 : 1];

        *side = height > 0 ? (size_t) height : 0;
    }
    davy_graph_destroy(graph);
    return DAVY_OK;
}

/* -1 .. 1 becomes what the backbone was trained with. */
static davy_value build_norm(const davy_backbone *backbone, davy_graph *graph, davy_value x)
{
    const bool imagenet = strcmp(backbone->pixels, "imagenet") == 0;
    const float white = strcmp(backbone->pixels, "bytes") == 0 ? 255.0F : 1.0F;
    float gain[COLOURS], offset[COLOURS];

    for (size_t c = 0; c < COLOURS; c++) {
        const float mean = imagenet ? davy_image_norm_imagenet.mean[c] : 0;
        const float deviation = imagenet ? davy_image_norm_imagenet.deviation[c] : 1.0F / white;

        gain[c] = 0.5F / deviation;
        offset[c] = (0.5F - mean) / deviation;
    }
    x = davy_neural_binary(graph, "mul", x, davy_neural_numbers(graph, "", gain, COLOURS));
    return davy_neural_binary(graph, "add", x, davy_neural_numbers(graph, "", offset, COLOURS));
}

static davy_status copy_attribute(grafting *g, davy_node *node, const davy_attribute *attribute)
{
    if (attribute->kind == DAVY_ATTRIBUTE_TEXTS || attribute->kind == DAVY_ATTRIBUTE_TENSOR ||
        attribute->kind == DAVY_ATTRIBUTE_GRAPH)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "node '%s' (%s) cannot stand in a backbone",
                         node->name, node->op->name);
    return davy_node_set(g->to, node, attribute);
}

/* The value in the new graph; constants come along when they are first asked for. */
static davy_value graft_value(grafting *g, davy_value value)
{
    const davy_edge *edge;

    if (value == DAVY_VALUE_NONE)
        return DAVY_VALUE_NONE;
    edge = &g->from->values[value];
    if (g->map[value] == DAVY_VALUE_NONE && edge->tensor.data) {
        char name[160];

        (void) snprintf(name, sizeof name, "backbone/%.140s", edge->name);
        g->map[value] = davy_graph_constant(g->to, name, &edge->tensor);
    }
    return g->map[value];
}

/* The passes' own operators of layout are transpositions, which a file can say. */
static bool graft_layout(grafting *g, const davy_node *node)
{
    const bool first = strcmp(node->op->name, "channels_first") == 0;
    int64_t order[DAVY_RANK_MAX] = {0};
    davy_value x;
    int rank;

    if (!first && strcmp(node->op->name, "channels_last") != 0)
        return false;
    x = graft_value(g, node->in[0]);
    rank = davy_graph_tensor(g->to, x)->rank;
    for (int i = 1; i < rank; i++)
        order[i] = first ? (i == 1 ? rank - 1 : i - 1) : (i == rank - 1 ? 1 : i + 1);
    g->map[node->out[0]] = davy_layer_transpose(g->to, x, order);
    return true;
}

static davy_status graft_node(grafting *g, const davy_node *node)
{
    davy_value *in = calloc((size_t) node->in_count + 1, sizeof *in);
    davy_node *copy;
    davy_status status = in ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "backbone");

    for (size_t i = 0; i < node->in_count && status == DAVY_OK; i++)
        in[i] = graft_value(g, node->in[i]);
    copy = status == DAVY_OK
               ? davy_graph_node(g->to, node->op->name, in, node->in_count, node->out_count)
               : NULL;
    free(in);
    if (!copy)
        return status == DAVY_OK ? davy_graph_status(g->to) : status;
    for (size_t i = 0; i < node->out_count; i++)
        if (node->out[i] != DAVY_VALUE_NONE)
            g->map[node->out[i]] = copy->out[i];
    for (size_t i = 0; i < node->attribute_count && status == DAVY_OK; i++)
        status = copy_attribute(g, copy, &node->attributes[i]);
    if (strcmp(node->op->name, "batch_norm") == 0)
        davy_node_set_int(g->to, copy, "frozen", 1);
    return status;
}

/* Maps become their means: [N, C, H, W] or [N, H, W, C] to [N, C]. */
static davy_value flatten(grafting *g, davy_value x)
{
    const davy_tensor *tensor = davy_graph_tensor(g->to, x);

    if (tensor->rank != 4)
        return tensor->rank == 2 ? x : davy_layer_flatten(g->to, x);
    if (g->channels_first)
        x = davy_layer_transpose(g->to, x, (const int64_t[]){0, 2, 3, 1});
    return davy_layer_global_average_pool(g->to, x);
}

davy_status davy_backbone_build(const davy_backbone *backbone, davy_graph *graph, davy_value x,
                                davy_value *features)
{
    davy_graph *from = NULL;
    grafting g = {.to = graph};
    davy_status status = load(backbone, &from, &g.channels_first);

    if (status != DAVY_OK)
        return status;
    g.from = from;
    g.map = calloc(from->value_count + 1, sizeof *g.map);
    if (!g.map)
        status = davy_fail(DAVY_ERR_NOMEM, "backbone '%s'", backbone->path);
    for (size_t i = 0; g.map && i < from->value_count; i++)
        g.map[i] = DAVY_VALUE_NONE;
    if (status == DAVY_OK) {
        x = build_norm(backbone, graph, x);
        if (g.channels_first)
            x = davy_layer_transpose(graph, x, (const int64_t[]){0, 3, 1, 2});
        g.map[from->inputs[0]] = x;
    }
    for (size_t n = 0; n < body_of(from) && status == DAVY_OK; n++)
        if (!graft_layout(&g, &from->nodes[n]))
            status = graft_node(&g, &from->nodes[n]);
    if (status == DAVY_OK)
        *features = flatten(&g, graft_value(&g, features_of(from)));
    free(g.map);
    davy_graph_destroy(from);
    return status;
}
