/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"

#include <string.h>

/*
 * How a node of the engine is written. An operator with an ONNX name that stands in no table has
 * the same inputs and attributes there.
 */

static void export_dense(davy_exporter *exporter, const davy_node *node)
{
    const char *in[] = {
        davy_export_last(exporter, node->in[0]), davy_export_last(exporter, node->in[1]),
        davy_export_last(exporter, node->in_count > 2 ? node->in[2] : DAVY_VALUE_NONE)};
    const char *y;

    if (davy_export_rank(exporter, node->in[0]) == 2) {
        y = davy_export_op(exporter, "Gemm", in, 3);
    } else {
        y = davy_export_op(exporter, "MatMul", in, 2);
        if (*in[2])
            y = davy_export_op2(exporter, "Add", y, in[2]);
    }
    davy_export_made_last(exporter, node->out[0], davy_export_activation(exporter, node, y));
}

static void export_layer_norm(davy_exporter *exporter, const davy_node *node)
{
    const char *in[] = {davy_export_last(exporter, node->in[0]),
                        davy_export_last(exporter, node->in[1]),
                        davy_export_last(exporter, node->in[2])};
    const char *y = davy_export_op(exporter, "LayerNormalization", in, 3);

    davy_export_set_int(exporter, "axis", -1);
    davy_export_copy(exporter, node, "epsilon");
    exporter->opset = 17;
    davy_export_made_last(exporter, node->out[0], y);
}

/* Serving never drops. */
static void export_dropout(davy_exporter *exporter, const davy_node *node)
{
    if (exporter->first[node->in[0]])
        exporter->first[node->out[0]] = exporter->first[node->in[0]];
    exporter->last[node->out[0]] = exporter->first[node->in[0]]
                                       ? exporter->last[node->in[0]]
                                       : davy_export_last(exporter, node->in[0]);
}

/* The share of steps above thresholds: passes/share.c finds it again. */
static void export_share(davy_exporter *exporter, const davy_node *node)
{
    const int64_t steps = 1, apart = 2;
    const char *y = davy_export_op2(exporter, "Unsqueeze", davy_export_last(exporter, node->in[0]),
                                    davy_export_ints(exporter, &apart, 1));

    y = davy_export_op2(exporter, "Greater", y, davy_export_last(exporter, node->in[1]));
    y = davy_export_op1(exporter, "Cast", y);
    davy_export_set_int(exporter, "to", DAVY_TYPE_F32);
    y = davy_export_op1(exporter, "ReduceMean", y);
    davy_export_set_ints(exporter, "axes", &steps, 1);
    davy_export_set_int(exporter, "keepdims", 0);
    davy_export_made_last(exporter, node->out[0], y);
}

/* One element after the other: the order of dimensions does not matter. */
static void export_map(davy_exporter *exporter, const davy_node *node,
                       const char *(*write)(davy_exporter *exporter, const char *x))
{
    if (exporter->first[node->in[0]])
        davy_export_made_first(exporter, node->out[0],
                               write(exporter, exporter->first[node->in[0]]));
    else
        davy_export_made_last(exporter, node->out[0],
                              write(exporter, davy_export_last(exporter, node->in[0])));
}

static void export_gelu(davy_exporter *exporter, const davy_node *node)
{
    export_map(exporter, node, davy_export_gelu);
}

static void export_silu(davy_exporter *exporter, const davy_node *node)
{
    export_map(exporter, node, davy_export_silu);
}

/* Same operator for every element; inputs of one shape, so that no broadcasting shifts axes. */
static bool is_elementwise(davy_exporter *exporter, const davy_node *node)
{
    static const char *const ops[] = {"abs",  "add",     "leaky_relu", "mul", "neg",
                                      "relu", "sigmoid", "sub",        "tanh"};
    bool is_one = false;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ops); i++)
        is_one |= strcmp(node->op->name, ops[i]) == 0;
    for (size_t i = 0; i < node->in_count && is_one; i++)
        is_one = node->in[i] != DAVY_VALUE_NONE && exporter->first[node->in[i]] &&
                 davy_export_rank(exporter, node->in[i]) == davy_export_rank(exporter, node->in[0]);
    return is_one && node->in_count;
}

/* Operators that the lowest operator set has not got, and what some learnt to say later. */
static void raise_opset(davy_exporter *exporter, const davy_node *node)
{
    static const struct {
        const char *op, *attribute; /* NULL: whatever it says */
        int64_t since;
    } newer[] = {
        {"bernoulli", NULL, 15},
        {"blackman_window", NULL, 17},
        {"cast_like", NULL, 15},
        {"dft", NULL, 17},
        {"grid_sample", NULL, 16},
        {"hamming_window", NULL, 17},
        {"hann_window", NULL, 17},
        {"hard_swish", NULL, 14},
        {"mel_weight_matrix", NULL, 17},
        {"reshape", "allowzero", 14},
        {"scatter_elements", "reduction", 16},
        {"scatter_nd", "reduction", 16},
        {"shape", "start", 15},
        {"shape", "end", 15},
        {"stft", NULL, 17},
        {"trilu", NULL, 14},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(newer); i++)
        if (strcmp(newer[i].op, node->op->name) == 0 && newer[i].since > exporter->opset &&
            (!newer[i].attribute || davy_node_attribute(node, newer[i].attribute)))
            exporter->opset = newer[i].since;
}

static void export_same(davy_exporter *exporter, const davy_node *node)
{
    const bool first = is_elementwise(exporter, node);
    const char **in = davy_export_take(exporter, node->in_count, sizeof *in);
    const char *y;

    if (!in)
        return;
    for (size_t i = 0; i < node->in_count; i++)
        in[i] = first ? davy_export_first(exporter, node->in[i])
                      : davy_export_last(exporter, node->in[i]);
    y = davy_export_op(exporter, node->op->onnx, in, node->in_count);
    raise_opset(exporter, node);
    davy_export_copy_all(exporter, node);
    for (size_t i = 1; i < node->out_count; i++)
        davy_export_made_last(exporter, node->out[i], davy_export_more(exporter));
    if (first)
        davy_export_made_first(exporter, node->out[0], y);
    else
        davy_export_made_last(exporter, node->out[0], y);
}

/* Sorted by name. */
static const struct {
    const char *op;
    davy_export_step *step;
} rows[] = {
    {"attention", davy_export_attention},
    {"average_pool", davy_export_pool},
    {"batch_norm", davy_export_batch_norm},
    {"conv", davy_export_conv},
    {"conv_transpose", davy_export_conv_transpose},
    {"dense", export_dense},
    {"dropout", export_dropout},
    {"gelu", export_gelu},
    {"global_average_pool", davy_export_global_pool},
    {"global_max_pool", davy_export_global_pool},
    {"group_norm", davy_export_group_norm},
    {"gru", davy_export_recurrent},
    {"layer_norm", export_layer_norm},
    {"linear_recurrence", davy_export_linear_recurrence},
    {"lstm", davy_export_recurrent},
    {"max_pool", davy_export_pool},
    {"rnn", davy_export_recurrent},
    {"share_above", export_share},
    {"silu", export_silu},
    {"tree_ensemble_classifier", davy_export_trees},
    {"tree_ensemble_regressor", davy_export_trees},
};

void davy_export_node(davy_exporter *exporter, const davy_node *node)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].op, node->op->name) == 0) {
            rows[i].step(exporter, node);
            return;
        }
    if (node->op->onnx)
        export_same(exporter, node);
    else
        davy_export_refuse(exporter, node, "ONNX has no such operator");
}
