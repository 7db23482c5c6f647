/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"

#include <string.h>
#include <strings.h>

/*
 * ONNX has x [T, N, C], weights [D, G H, C] and states [D, N, H]; the engine x [N, T, C], weights
 * [D, C, G H] and states [N, D H]; `layout` 1 of ONNX is nearer to it. The gates stand in another
 * order: ONNX has i o f c and z r h, the engine i f g o and r z n.
 */
enum { X, W, R, B, LENGTHS, H, C, PEEPHOLES };

struct cell {
    const char *op, *general; /* the fast operator, and ONNX's own */
    size_t gates;
    unsigned char order[4];     /* gate i of the engine is gate order[i] of ONNX */
    const char *activations[3]; /* that the engine has */
};

static bool is_batchwise(const davy_draft *draft)
{
    return davy_node_int(&draft->node, "layout", 0) != 0;
}

static int64_t directions(const davy_draft *draft)
{
    const char *direction = davy_node_text(&draft->node, "direction", "forward");

    return strcmp(direction, "bidirectional") == 0 ? 2 : 1;
}

static davy_value concat(davy_draft *draft, const davy_value *parts, size_t count)
{
    davy_node *node = davy_draft_node(draft, "concat", parts, count, 1);

    davy_node_set_int(draft->graph, node, "axis", 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Cut axis 1 into equal parts. @return false when the graph has failed */
static bool split(davy_draft *draft, davy_value x, size_t count, davy_value *parts)
{
    davy_node *node = davy_draft_node(draft, "split", &x, 1, count);

    davy_node_set_int(draft->graph, node, "axis", 1);
    if (node)
        memcpy(parts, node->out, count * sizeof *parts);
    return node != NULL;
}

/* Put the gates along axis 1 into the engine's order. */
static davy_value reorder(davy_draft *draft, const struct cell *cell, davy_value x)
{
    davy_value parts[4], sorted[4];

    if (cell->gates == 1)
        return x;
    if (!split(draft, x, cell->gates, parts))
        return DAVY_VALUE_NONE;
    for (size_t i = 0; i < cell->gates; i++)
        sorted[i] = parts[cell->order[i]];
    return concat(draft, sorted, cell->gates);
}

static davy_value weights(davy_draft *draft, const struct cell *cell, davy_value x)
{
    static const int64_t order[] = {0, 2, 1};

    return davy_draft_transpose(draft, reorder(draft, cell, x), order, 3);
}

/* The bias of x and that of the state: their sum, or both where the cell needs them apart. */
static davy_value bias(davy_draft *draft, const struct cell *cell)
{
    davy_value parts[2];

    if (davy_draft_in(draft, B) == DAVY_VALUE_NONE)
        return DAVY_VALUE_NONE;
    if (!split(draft, draft->in[B], 2, parts))
        return DAVY_VALUE_NONE;
    for (int i = 0; i < 2; i++)
        parts[i] = reorder(draft, cell, parts[i]);
    if (davy_node_int(&draft->node, "linear_before_reset", 0))
        return concat(draft, parts, 2);
    return davy_draft_op2(draft, "add", parts[0], parts[1]);
}

/* [D, N, H] to [N, D H] */
static davy_value state_in(davy_draft *draft, davy_value x)
{
    static const int64_t order[] = {1, 0, 2}, flat[] = {0, -1};

    if (x == DAVY_VALUE_NONE)
        return x;
    if (!is_batchwise(draft))
        x = davy_draft_transpose(draft, x, order, 3);
    return davy_draft_reshape(draft, x, flat, 2);
}

/* [N, D H] to [D, N, H] */
static davy_value state_out(davy_draft *draft, davy_value x)
{
    static const int64_t order[] = {1, 0, 2};
    const int64_t dims[] = {0, directions(draft), -1};

    x = davy_draft_reshape(draft, x, dims, 3);
    return is_batchwise(draft) ? x : davy_draft_transpose(draft, x, order, 3);
}

/* [N, T, D H] to [T, D, N, H] */
static davy_value steps_out(davy_draft *draft, davy_value y)
{
    static const int64_t order[] = {1, 2, 0, 3};
    const int64_t dims[] = {0, 0, directions(draft), -1};

    y = davy_draft_reshape(draft, y, dims, 4);
    return is_batchwise(draft) ? y : davy_draft_transpose(draft, y, order, 4);
}

static bool has_usual_activations(const davy_draft *draft, const struct cell *cell)
{
    const davy_attribute *given = davy_node_attribute(&draft->node, "activations");
    const size_t each = cell->activations[1] ? (cell->activations[2] ? 3 : 2) : 1;

    if (!given || given->kind != DAVY_ATTRIBUTE_TEXTS)
        return true;
    for (size_t i = 0; i < given->count; i++)
        if (strcasecmp(given->texts[i], cell->activations[i % each]) != 0)
            return false;
    return given->count == each * (size_t) directions(draft);
}

/* What the fast operator can do; the general one has all of ONNX. */
static bool is_usual(const davy_draft *draft, const struct cell *cell)
{
    return davy_draft_in(draft, LENGTHS) == DAVY_VALUE_NONE &&
           davy_draft_in(draft, PEEPHOLES) == DAVY_VALUE_NONE &&
           !davy_node_attribute(&draft->node, "clip") &&
           !davy_node_int(&draft->node, "input_forget", 0) && has_usual_activations(draft, cell);
}

static davy_node *add_node(davy_draft *draft, const struct cell *cell)
{
    static const int64_t order[] = {1, 0, 2};
    davy_value in[] = {draft->in[X],
                       weights(draft, cell, draft->in[W]),
                       weights(draft, cell, draft->in[R]),
                       bias(draft, cell),
                       state_in(draft, davy_draft_in(draft, H)),
                       state_in(draft, davy_draft_in(draft, C))};
    size_t in_count = DAVY_ARRAY_LENGTH(in);

    if (!is_batchwise(draft))
        in[X] = davy_draft_transpose(draft, in[X], order, 3);
    while (in[in_count - 1] == DAVY_VALUE_NONE)
        in_count--;
    return davy_draft_node(draft, cell->op, in, in_count, cell->gates == 4 ? 3 : 2);
}

static davy_status build(davy_draft *draft, const struct cell *cell)
{
    davy_value out[3] = {DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    davy_node *node;

    if (davy_draft_in(draft, X) == DAVY_VALUE_NONE || davy_draft_in(draft, W) == DAVY_VALUE_NONE ||
        davy_draft_in(draft, R) == DAVY_VALUE_NONE)
        return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "input X, W or R is missing");
    if (!is_usual(draft, cell))
        return davy_draft_build(draft, cell->general);
    node = add_node(draft, cell);
    if (!node)
        return davy_graph_status(draft->graph);
    davy_node_set_text(draft->graph, node, "direction",
                       davy_node_text(&draft->node, "direction", "forward"));
    if (cell->gates == 3)
        davy_node_set_int(draft->graph, node, "linear_before_reset",
                          davy_node_int(&draft->node, "linear_before_reset", 0));
    if (strcmp(cell->activations[0], "Relu") == 0)
        davy_node_set_text(draft->graph, node, "activation", "relu");
    memcpy(out, node->out, node->out_count * sizeof *out);
    if (davy_draft_wants(draft, 0))
        draft->out[0] = steps_out(draft, out[0]);
    for (size_t i = 1; i < 3; i++)
        if (davy_draft_wants(draft, i) && out[i] != DAVY_VALUE_NONE)
            draft->out[i] = state_out(draft, out[i]);
    return DAVY_OK;
}

davy_status davy_build_rnn(davy_draft *draft)
{
    static const struct cell tanh = {"rnn", "onnx_rnn", 1, {0}, {"Tanh"}},
                             relu = {"rnn", "onnx_rnn", 1, {0}, {"Relu"}};
    const davy_attribute *given = davy_node_attribute(&draft->node, "activations");
    const bool is_relu = given && given->kind == DAVY_ATTRIBUTE_TEXTS && given->count &&
                         strcasecmp(given->texts[0], "Relu") == 0;

    return build(draft, is_relu ? &relu : &tanh);
}

davy_status davy_build_gru(davy_draft *draft)
{
    static const struct cell gru = {"gru", "onnx_gru", 3, {1, 0, 2}, {"Sigmoid", "Tanh"}};

    return build(draft, &gru);
}

davy_status davy_build_lstm(davy_draft *draft)
{
    static const struct cell lstm = {
        "lstm", "onnx_lstm", 4, {0, 2, 3, 1}, {"Sigmoid", "Tanh", "Tanh"}};

    return build(draft, &lstm);
}
