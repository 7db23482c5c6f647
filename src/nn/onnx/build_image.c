/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"

#include "nn/op.h"

#include <string.h>

/* ONNX has [M, C / groups, kernel...], the engine [kernel..., C / groups, M]. */
static davy_value weights_last(davy_draft *draft, davy_value weights, int rank)
{
    int64_t order[DAVY_RANK_MAX];

    for (int i = 0; i < rank - 2; i++)
        order[i] = i + 2;
    order[rank - 2] = 1;
    order[rank - 1] = 0;
    return davy_draft_transpose(draft, weights, order, (size_t) rank);
}

/* [N, C, ...] to [N, ..., C] where the number of dimensions is known. */
static davy_value channels_last(davy_draft *draft, davy_value x, int rank)
{
    int64_t order[DAVY_RANK_MAX] = {0};

    for (int i = 1; i < rank - 1; i++)
        order[i] = i + 1;
    order[rank - 1] = 1;
    return davy_draft_transpose(draft, x, order, (size_t) rank);
}

static davy_value channels_first(davy_draft *draft, davy_value x, int rank)
{
    int64_t order[DAVY_RANK_MAX] = {0, rank - 1};

    for (int i = 2; i < rank; i++)
        order[i] = i - 1;
    return davy_draft_transpose(draft, x, order, (size_t) rank);
}

/* Dimensions of the image: those of the weights, or two more than the kernel's. */
static int image_rank(const davy_draft *draft, davy_value weights)
{
    size_t kernel;

    (void) davy_node_ints(&draft->node, "kernel_shape", &kernel);
    if (kernel)
        return (int) kernel + 2;
    return davy_draft_rank(draft, weights);
}

/* Build `op` between two transposes. */
static davy_status build_between(davy_draft *draft, const char *op, int rank)
{
    davy_node *node;

    if (rank < 3 || rank > 5)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED,
                               rank < 0 ? "the number of dimensions of its weights is not known"
                                        : "images of %d dimensions",
                               rank);
    draft->in[0] = channels_last(draft, davy_draft_in(draft, 0), rank);
    node = davy_draft_node(draft, op, draft->in, draft->in_count, 1);
    if (!node)
        return davy_graph_status(draft->graph);
    node->attributes = draft->node.attributes;
    node->attribute_count = draft->node.attribute_count;
    draft->out[0] = channels_first(draft, node->out[0], rank);
    return DAVY_OK;
}

static davy_status build_conv(davy_draft *draft, const char *op)
{
    const int rank = image_rank(draft, davy_draft_in(draft, 1));

    if (rank >= 3 && rank <= 5)
        davy_draft_set_in(draft, 1, weights_last(draft, davy_draft_in(draft, 1), rank));
    return build_between(draft, op, rank);
}

davy_status davy_build_conv(davy_draft *draft)
{
    return build_conv(draft, "conv");
}

davy_status davy_build_conv_transpose(davy_draft *draft)
{
    return build_conv(draft, "conv_transpose");
}

davy_status davy_build_average_pool(davy_draft *draft)
{
    return build_between(draft, "average_pool", image_rank(draft, DAVY_VALUE_NONE));
}

/* Whether the input is certainly no float: the fast pool takes nothing else. */
static bool is_other_type(const davy_draft *draft, davy_value x)
{
    const davy_edge *edge = x == DAVY_VALUE_NONE ? NULL : &draft->graph->values[x];
    const char *maker;

    if (!edge)
        return false;
    if (edge->role != DAVY_ROLE_MADE)
        return edge->tensor.type != DAVY_TYPE_NONE && edge->tensor.type != DAVY_TYPE_F32;
    maker = draft->graph->nodes[edge->maker].op->name;
    return strncmp(maker, "qlinear_", strlen("qlinear_")) == 0 ||
           strcmp(maker, "quantize_linear") == 0 || strcmp(maker, "max_pool_indices") == 0;
}

davy_status davy_build_max_pool(davy_draft *draft)
{
    if (davy_draft_wants(draft, 1) || is_other_type(draft, davy_draft_in(draft, 0)))
        return davy_draft_build(draft, "max_pool_indices");
    return build_between(draft, "max_pool", image_rank(draft, DAVY_VALUE_NONE));
}

/* The engine drops the spatial dimensions unless told to keep them as 1. */
static davy_status build_global_pool(davy_draft *draft, const char *op)
{
    const davy_value last = davy_draft_channels_last(draft, davy_draft_in(draft, 0));
    davy_node *node = davy_draft_node(draft, op, &last, 1, 1);

    davy_node_set_int(draft->graph, node, "keepdims", 1);
    if (node)
        draft->out[0] = davy_draft_channels_first(draft, node->out[0]);
    return DAVY_OK;
}

davy_status davy_build_global_average_pool(davy_draft *draft)
{
    return build_global_pool(draft, "global_average_pool");
}

davy_status davy_build_global_max_pool(davy_draft *draft)
{
    return build_global_pool(draft, "global_max_pool");
}
