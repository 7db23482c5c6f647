/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"

static davy_value shape_of(davy_draft *draft, davy_value x)
{
    return davy_draft_op1(draft, "shape", x);
}

static davy_value flatten(davy_draft *draft, davy_value x, int64_t axis)
{
    davy_node *node = davy_draft_node(draft, "flatten", &x, 1, 1);

    davy_node_set_int(draft->graph, node, "axis", axis);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Mean over one axis, which stays as 1. */
static davy_value mean(davy_draft *draft, davy_value x, int64_t axis)
{
    davy_node *node = davy_draft_node(draft, "reduce_mean", &x, 1, 1);

    davy_node_set_ints(draft->graph, node, "axes", &axis, 1);
    davy_node_set_int(draft->graph, node, "keepdims", 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_value square(davy_draft *draft, davy_value x)
{
    return davy_draft_op2(draft, "mul", x, x);
}

/* 1 / sqrt(variance + epsilon) */
static davy_value inverse_deviation(davy_draft *draft, davy_value variance)
{
    const float epsilon = davy_node_float(&draft->node, "epsilon", 1e-5f);
    const davy_value sum = davy_draft_op2(draft, "add", variance, davy_draft_float(draft, epsilon));

    return davy_draft_op1(draft, "reciprocal", davy_draft_op1(draft, "sqrt", sum));
}

/* momentum * running + (1 - momentum) * now */
static davy_value running(davy_draft *draft, davy_value before, davy_value now)
{
    const float momentum = davy_node_float(&draft->node, "momentum", 0.9f);

    return davy_draft_op2(
        draft, "add", davy_draft_op2(draft, "mul", before, davy_draft_float(draft, momentum)),
        davy_draft_op2(draft, "mul", now, davy_draft_float(draft, 1.0f - momentum)));
}

/* With statistics of the batch itself, by small operators: models are seldom served so. */
static davy_status batch_norm_training(davy_draft *draft)
{
    const davy_value last = davy_draft_channels_last(draft, draft->in[0]);
    const davy_value flat = flatten(draft, last, -1);
    const int64_t first = 0;
    const davy_value average = mean(draft, flat, 0);
    const davy_value centred = davy_draft_op2(draft, "sub", flat, average);
    const davy_value variance = mean(draft, square(draft, centred), 0);
    davy_value y = davy_draft_op2(draft, "mul", centred, inverse_deviation(draft, variance));

    y = davy_draft_op2(draft, "mul", y, draft->in[1]);
    y = davy_draft_op2(draft, "add", y, draft->in[2]);
    y = davy_draft_op2(draft, "reshape", y, shape_of(draft, last));
    draft->out[0] = davy_draft_channels_first(draft, y);
    for (size_t i = 1; i < draft->out_count && i < 3; i++) {
        const davy_value now = davy_draft_op2(draft, "squeeze", i == 1 ? average : variance,
                                              davy_draft_ints(draft, &first, 1));

        draft->out[i] = running(draft, draft->in[i + 2], now);
    }
    return DAVY_OK;
}

davy_status davy_build_batch_norm(davy_draft *draft)
{
    davy_node *node;

    if (draft->in_count != 5)
        return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "%zu inputs instead of 5", draft->in_count);
    if (davy_node_int(&draft->node, "training_mode", 0))
        return batch_norm_training(draft);
    draft->in[0] = davy_draft_channels_last(draft, draft->in[0]);
    node = davy_draft_node(draft, "batch_norm", draft->in, 5, 1);
    davy_node_set_float(draft->graph, node, "epsilon",
                        davy_node_float(&draft->node, "epsilon", 1e-5f));
    if (node)
        draft->out[0] = davy_draft_channels_first(draft, node->out[0]);
    return DAVY_OK;
}

/* Group norm with a group for each channel, whatever their number: [N, C, -1] is normalised over
 * its last axis. */
davy_status davy_build_instance_norm(davy_draft *draft)
{
    static const int64_t dims[] = {0, 0, -1};
    const davy_value x = davy_draft_in(draft, 0), axis = davy_draft_int(draft, 1);
    const davy_value flat = davy_draft_reshape(draft, x, dims, 3);
    const davy_value centred = davy_draft_op2(draft, "sub", flat, mean(draft, flat, 2));
    const davy_value variance = mean(draft, square(draft, centred), 2);
    davy_value y = davy_draft_op2(draft, "mul", centred, inverse_deviation(draft, variance));

    y = davy_draft_op2(draft, "mul", y,
                       davy_draft_op2(draft, "unsqueeze", davy_draft_in(draft, 1), axis));
    y = davy_draft_op2(draft, "add", y,
                       davy_draft_op2(draft, "unsqueeze", davy_draft_in(draft, 2), axis));
    draft->out[0] = davy_draft_op2(draft, "reshape", y, shape_of(draft, x));
    return DAVY_OK;
}

/* The shape of x with ones from `axis` on: that of the statistics. */
static davy_value statistics_shape(davy_draft *draft, davy_value x, int64_t axis)
{
    const int64_t one = 1;
    const davy_tensor ones = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = (void *) (uintptr_t) &one};
    davy_node *before = davy_draft_node(draft, "shape", &x, 1, 1), *after, *fill;
    davy_value parts[2] = {before ? before->out[0] : DAVY_VALUE_NONE, DAVY_VALUE_NONE}, rest;

    davy_node_set_int(draft->graph, before, "end", axis);
    after = davy_draft_node(draft, "shape", &x, 1, 1);
    davy_node_set_int(draft->graph, after, "start", axis);
    rest = shape_of(draft, after ? after->out[0] : DAVY_VALUE_NONE);
    fill = davy_draft_node(draft, "constant_of_shape", &rest, 1, 1);
    davy_node_set_tensor(draft->graph, fill, "value", &ones);
    parts[1] = fill ? fill->out[0] : DAVY_VALUE_NONE;
    before = davy_draft_node(draft, "concat", parts, 2, 1);
    davy_node_set_int(draft->graph, before, "axis", 0);
    return before ? before->out[0] : DAVY_VALUE_NONE;
}

static void add_statistics(davy_draft *draft, davy_value x, davy_value flat, int64_t axis)
{
    const davy_value shape = statistics_shape(draft, x, axis);
    const davy_value average = mean(draft, flat, 1);
    const davy_value centred = davy_draft_op2(draft, "sub", flat, average);
    const davy_value deviation = inverse_deviation(draft, mean(draft, square(draft, centred), 1));

    draft->out[1] = davy_draft_op2(draft, "reshape", average, shape);
    if (draft->out_count > 2)
        draft->out[2] = davy_draft_op2(draft, "reshape", deviation, shape);
}

davy_status davy_build_layer_norm(davy_draft *draft)
{
    static const int64_t all = -1;
    const davy_value x = davy_draft_in(draft, 0);
    const int64_t axis = davy_node_int(&draft->node, "axis", -1);
    const bool last = axis == -1;
    const davy_value flat = last && draft->out_count == 1 ? x : flatten(draft, x, axis);
    davy_value in[3] = {last ? x : flat, davy_draft_in(draft, 1), davy_draft_in(draft, 2)};
    davy_node *node;

    if (in[2] == DAVY_VALUE_NONE)
        in[2] = davy_draft_op2(draft, "sub", in[1], in[1]);
    for (int i = 1; i < 3 && !last; i++)
        in[i] = davy_draft_reshape(draft, in[i], &all, 1);
    node = davy_draft_node(draft, "layer_norm", in, 3, 1);
    davy_node_set_float(draft->graph, node, "epsilon",
                        davy_node_float(&draft->node, "epsilon", 1e-5f));
    if (!node)
        return davy_graph_status(draft->graph);
    draft->out[0] =
        last ? node->out[0] : davy_draft_op2(draft, "reshape", node->out[0], shape_of(draft, x));
    if (draft->out_count > 1)
        add_statistics(draft, x, flat, axis);
    return DAVY_OK;
}
