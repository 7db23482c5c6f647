/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/upgrade.h"

#include <stdlib.h>
#include <string.h>

/*
 * What operators of older operator sets say in other words, brought to operator set 17.
 * Source: ONNX 1.12, docs/Changelog.md.
 */

/* An attribute of integers becomes input i. */
static void ints_to_input(davy_draft *draft, const char *name, size_t i)
{
    size_t count;
    const int64_t *values = davy_node_ints(&draft->node, name, &count);

    if (values || davy_node_attribute(&draft->node, name))
        davy_draft_set_in(draft, i, davy_draft_ints(draft, values, count));
    davy_draft_remove(draft, name);
}

davy_status davy_upgrade_axes(davy_draft *draft)
{
    ints_to_input(draft, "axes", 1);
    return DAVY_OK;
}

davy_status davy_upgrade_split(davy_draft *draft)
{
    ints_to_input(draft, "split", 1);
    return DAVY_OK;
}

davy_status davy_upgrade_slice(davy_draft *draft)
{
    ints_to_input(draft, "starts", 1);
    ints_to_input(draft, "ends", 2);
    ints_to_input(draft, "axes", 3);
    return DAVY_OK;
}

davy_status davy_upgrade_reshape(davy_draft *draft)
{
    ints_to_input(draft, "shape", 1);
    return DAVY_OK;
}

davy_status davy_upgrade_pad(davy_draft *draft)
{
    if (davy_node_attribute(&draft->node, "paddings"))
        ints_to_input(draft, "paddings", 1);
    ints_to_input(draft, "pads", 1);
    if (strcmp(davy_node_text(&draft->node, "mode", "constant"), "constant") == 0)
        davy_draft_set_in(draft, 2,
                          davy_draft_float(draft, davy_node_float(&draft->node, "value", 0.0f)));
    davy_draft_remove(draft, "value");
    return DAVY_OK;
}

davy_status davy_upgrade_clip(davy_draft *draft)
{
    if (davy_node_attribute(&draft->node, "min"))
        davy_draft_set_in(draft, 1,
                          davy_draft_float(draft, davy_node_float(&draft->node, "min", 0.0f)));
    if (davy_node_attribute(&draft->node, "max"))
        davy_draft_set_in(draft, 2,
                          davy_draft_float(draft, davy_node_float(&draft->node, "max", 0.0f)));
    davy_draft_remove(draft, "min");
    davy_draft_remove(draft, "max");
    return DAVY_OK;
}

davy_status davy_upgrade_top_k(davy_draft *draft)
{
    davy_draft_set_in(draft, 1, davy_draft_int(draft, davy_node_int(&draft->node, "k", 1)));
    davy_draft_remove(draft, "k");
    return DAVY_OK;
}

davy_status davy_upgrade_concat(davy_draft *draft)
{
    if (!davy_node_attribute(&draft->node, "axis"))
        davy_node_set_int(draft->graph, &draft->node, "axis", 1);
    return DAVY_OK;
}

davy_status davy_upgrade_scatter(davy_draft *draft)
{
    draft->type = "ScatterElements";
    return DAVY_OK;
}

/* Tile had one axis and one count. */
davy_status davy_upgrade_tile(davy_draft *draft)
{
    const davy_tensor *tiles = davy_draft_constant(draft, 1), *axis = davy_draft_constant(draft, 2);
    const int rank = davy_draft_rank(draft, davy_draft_in(draft, 0));
    int64_t repeats[DAVY_RANK_MAX];

    if (draft->in_count != 3)
        return DAVY_OK;
    if (!tiles || !axis || rank < 0 || tiles->type != DAVY_TYPE_I64 ||
        axis->type != DAVY_TYPE_I64 || davy_tensor_count(tiles) != 1 ||
        davy_tensor_count(axis) != 1 || *(const int64_t *) axis->data < 0 ||
        *(const int64_t *) axis->data >= rank)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "tiles and axis are no constants");
    for (int i = 0; i < rank; i++)
        repeats[i] = i == *(const int64_t *) axis->data ? *(const int64_t *) tiles->data : 1;
    draft->in_count = 2;
    draft->in[1] = davy_draft_ints(draft, repeats, (size_t) rank);
    return DAVY_OK;
}

/* Cast named the type in words. */
davy_status davy_upgrade_cast(davy_draft *draft)
{
    static const struct {
        const char *word;
        davy_type type;
    } words[] = {
        {"BOOL", DAVY_TYPE_BOOL},   {"DOUBLE", DAVY_TYPE_F64}, {"FLOAT", DAVY_TYPE_F32},
        {"FLOAT16", DAVY_TYPE_F16}, {"INT16", DAVY_TYPE_I16},  {"INT32", DAVY_TYPE_I32},
        {"INT64", DAVY_TYPE_I64},   {"INT8", DAVY_TYPE_I8},    {"STRING", DAVY_TYPE_TEXT},
        {"UINT16", DAVY_TYPE_U16},  {"UINT32", DAVY_TYPE_U32}, {"UINT64", DAVY_TYPE_U64},
        {"UINT8", DAVY_TYPE_U8},
    };
    const char *to = davy_node_text(&draft->node, "to", "");

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strcmp(words[i].word, to) == 0) {
            davy_node_set_int(draft->graph, &draft->node, "to", (int64_t) words[i].type);
            return DAVY_OK;
        }
    return DAVY_OK;
}

/*
 * Before operator set 7 the second input was broadcast only when asked for, and `axis` said where
 * its first dimension belongs: shape [3] at axis 1 of four dimensions is [3, 1, 1].
 */
davy_status davy_upgrade_broadcast(davy_draft *draft)
{
    const int64_t axis = davy_node_int(&draft->node, "axis", -1);
    const davy_value b = davy_draft_in(draft, 1);
    const int rank_a = davy_draft_rank(draft, davy_draft_in(draft, 0));
    const int rank_b = davy_draft_rank(draft, b);
    int64_t axes[DAVY_RANK_MAX];
    int count = 0;

    davy_draft_remove(draft, "broadcast");
    davy_draft_remove(draft, "axis");
    if (axis < 0)
        return DAVY_OK;
    if (rank_a < 0 || rank_b < 0 || axis + rank_b > rank_a)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED,
                               "axis %lld of inputs with an unknown number of dimensions",
                               (long long) axis);
    for (int i = (int) axis + rank_b; i < rank_a; i++, count++)
        axes[count] = i - (int) axis;
    if (count)
        davy_draft_set_in(
            draft, 1,
            davy_draft_op2(draft, "unsqueeze", b, davy_draft_ints(draft, axes, (size_t) count)));
    return DAVY_OK;
}

/* A slope for each channel was a plain row: it meets the channels where they come last. */
davy_status davy_upgrade_prelu(davy_draft *draft)
{
    if (davy_draft_rank(draft, davy_draft_in(draft, 1)) != 1 || draft->in_count != 2)
        return DAVY_OK;
    draft->in[0] = davy_draft_channels_last(draft, draft->in[0]);
    draft->first_after = true;
    return DAVY_OK;
}

davy_status davy_upgrade_gemm(davy_draft *draft)
{
    davy_draft_remove(draft, "broadcast");
    return DAVY_OK;
}

/* The ratio of dropout does nothing unless the model trains. */
davy_status davy_upgrade_dropout(davy_draft *draft)
{
    davy_draft_remove(draft, "ratio");
    draft->in_count = 1;
    return DAVY_OK;
}

/* Upsample, and Resize of operator set 10, as Resize of later ones. */
static void as_resize(davy_draft *draft, davy_value scales)
{
    draft->type = "Resize";
    davy_draft_set_in(draft, 2, scales);
    draft->in[1] = DAVY_VALUE_NONE;
    davy_node_set_text(draft->graph, &draft->node, "coordinate_transformation_mode", "asymmetric");
    davy_node_set_text(draft->graph, &draft->node, "nearest_mode", "floor");
    if (strcmp(davy_node_text(&draft->node, "mode", "nearest"), "bilinear") == 0)
        davy_node_set_text(draft->graph, &draft->node, "mode", "linear");
}

davy_status davy_upgrade_resize(davy_draft *draft)
{
    as_resize(draft, davy_draft_in(draft, 1));
    return DAVY_OK;
}

davy_status davy_upgrade_upsample(davy_draft *draft)
{
    davy_tensor scales = {.type = DAVY_TYPE_F32, .rank = 1};
    size_t count = 0;
    const float *values = davy_node_floats(&draft->node, "scales", &count);
    const float old[4] = {1.0f, 1.0f, davy_node_float(&draft->node, "height_scale", 1.0f),
                          davy_node_float(&draft->node, "width_scale", 1.0f)};

    if (draft->in_count > 1)
        return davy_upgrade_resize(draft);
    scales.dims[0] = values ? (int64_t) count : 4;
    scales.data = (void *) (uintptr_t) (values ? values : old);
    as_resize(draft, davy_graph_constant(draft->graph, "", &scales));
    davy_draft_remove(draft, "scales");
    return DAVY_OK;
}

/* Softmax, LogSoftmax and Hardmax worked on the input as a matrix cut before `axis`. */
davy_status davy_upgrade_softmax(davy_draft *draft)
{
    const davy_value x = davy_draft_in(draft, 0);
    const int64_t axis = davy_node_int(&draft->node, "axis", 1);
    const int rank = davy_draft_rank(draft, x);
    davy_node *flat;

    davy_node_set_int(draft->graph, &draft->node, "axis", -1);
    if (axis == -1 || (rank > 0 && axis == rank - 1))
        return DAVY_OK;
    flat = davy_draft_node(draft, "flatten", &x, 1, 1);
    davy_node_set_int(draft->graph, flat, "axis", axis);
    draft->in[0] = flat ? flat->out[0] : DAVY_VALUE_NONE;
    draft->shape_like = x;
    return DAVY_OK;
}

/* Statistics per position were never used outside of the first operator sets. */
davy_status davy_upgrade_batch_norm(davy_draft *draft)
{
    if (davy_node_int(&draft->node, "spatial", 1) != 1)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "spatial = 0");
    if (draft->out_count > 1)
        for (size_t i = 1; i < draft->out_count; i++)
            if (davy_draft_wants(draft, i))
                return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "it is there for training");
    return DAVY_OK;
}
