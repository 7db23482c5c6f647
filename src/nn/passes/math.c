/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include <math.h>

/* Whether a value is one fixed float, about this large. */
static bool is_number(const davy_edit *edit, davy_value value, double wanted)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, value);

    return tensor && tensor->type == DAVY_TYPE_F32 && davy_tensor_count(tensor) == 1 &&
           fabs((double) *davy_f32(tensor) - wanted) <= 1e-4 * fabs(wanted);
}

/* The other input of a commutative node, when one is this number; else NONE. */
static davy_value beside_number(const davy_edit *edit, const davy_node *node, double number)
{
    for (size_t i = 0; node && i < 2; i++)
        if (is_number(edit, davy_edit_in(edit, node, i), number))
            return davy_edit_in(edit, node, 1 - i);
    return DAVY_VALUE_NONE;
}

static void put(davy_edit *edit, const davy_node *node, const char *op, davy_value x)
{
    const davy_node copy = *node;
    const davy_value out = davy_edit_add(edit, op, &x, 1);

    if (out == DAVY_VALUE_NONE)
        return;
    davy_edit_newest(edit)->name = copy.name;
    (void) davy_edit_replace(edit, copy.out[0], out);
}

/* x sigmoid(x) */
static bool find_silu(davy_edit *edit, const davy_node *mul)
{
    for (size_t i = 0; i < 2; i++) {
        const davy_value x = davy_edit_in(edit, mul, 1 - i);
        const davy_node *gate = davy_edit_made_by(edit, davy_edit_in(edit, mul, i), "sigmoid");

        if (gate && davy_edit_in(edit, gate, 0) == x) {
            put(edit, mul, "silu", x);
            return true;
        }
    }
    return false;
}

/* The x of 1 + erf(x / sqrt 2), or NONE. */
static davy_value erf_of(const davy_edit *edit, davy_value value)
{
    const davy_value inner = beside_number(edit, davy_edit_made_by(edit, value, "add"), 1.0);
    const davy_node *erf = davy_edit_made_by(edit, inner, "erf"), *scaled;

    if (!erf)
        return DAVY_VALUE_NONE;
    scaled = davy_edit_made_by(edit, davy_edit_in(edit, erf, 0), "div");
    if (scaled && is_number(edit, davy_edit_in(edit, scaled, 1), sqrt(2.0)))
        return davy_edit_in(edit, scaled, 0);
    return beside_number(edit, davy_edit_made_by(edit, davy_edit_in(edit, erf, 0), "mul"),
                         sqrt(0.5));
}

/*
 * GELU is the product of x, 1/2 and 1 + erf(x / sqrt 2), in any order: the three factors of two
 * products.
 */
static bool find_gelu(davy_edit *edit, const davy_node *mul)
{
    davy_value factors[3], x = DAVY_VALUE_NONE;
    bool has_half = false, has_x = false;

    for (size_t side = 0; side < 2; side++) {
        const davy_node *inner = davy_edit_made_by(edit, davy_edit_in(edit, mul, side), "mul");

        if (!inner)
            continue;
        factors[0] = davy_edit_in(edit, mul, 1 - side);
        factors[1] = davy_edit_in(edit, inner, 0);
        factors[2] = davy_edit_in(edit, inner, 1);
        x = DAVY_VALUE_NONE;
        has_half = has_x = false;
        for (size_t i = 0; i < 3 && x == DAVY_VALUE_NONE; i++)
            x = erf_of(edit, factors[i]);
        for (size_t i = 0; i < 3; i++) {
            has_half |= is_number(edit, factors[i], 0.5);
            has_x |= factors[i] == x;
        }
        if (x != DAVY_VALUE_NONE && has_half && has_x) {
            put(edit, mul, "gelu", x);
            return true;
        }
    }
    return false;
}

/* A mean over the last axis that keeps it. */
static bool is_last_mean(const davy_node *node)
{
    size_t count;
    const int64_t *axes = davy_node_ints(node, "axes", &count);

    return davy_node_is(node, "reduce_mean") && axes && count == 1 && axes[0] == -1 &&
           davy_node_int(node, "keepdims", 1) == 1;
}

/* The x of x - mean(x), or NONE. */
static davy_value centred_of(const davy_edit *edit, davy_value value)
{
    const davy_node *sub = davy_edit_made_by(edit, value, "sub");
    const davy_node *mean = sub ? davy_edit_maker(edit, davy_edit_in(edit, sub, 1)) : NULL;

    if (!mean || !is_last_mean(mean) || davy_edit_in(edit, mean, 0) != davy_edit_in(edit, sub, 0))
        return DAVY_VALUE_NONE;
    return davy_edit_in(edit, sub, 0);
}

/* Whether `node` is the square of `value`. */
static bool is_square(const davy_edit *edit, const davy_node *node, davy_value value)
{
    if (!node || davy_edit_in(edit, node, 0) != value)
        return false;
    return (davy_node_is(node, "pow") && is_number(edit, davy_edit_in(edit, node, 1), 2.0)) ||
           (davy_node_is(node, "mul") && davy_edit_in(edit, node, 1) == value);
}

/* Whether `value` is sqrt(mean(centred squared) + epsilon). */
static bool is_deviation(const davy_edit *edit, davy_value value, davy_value x, float *epsilon)
{
    const davy_node *root = davy_edit_made_by(edit, value, "sqrt");
    const davy_node *sum =
        root ? davy_edit_made_by(edit, davy_edit_in(edit, root, 0), "add") : NULL;
    const davy_tensor *small = sum ? davy_edit_fixed(edit, davy_edit_in(edit, sum, 1)) : NULL;
    const davy_node *mean = sum ? davy_edit_maker(edit, davy_edit_in(edit, sum, 0)) : NULL;
    const davy_node *square;
    davy_value centred;

    if (!small || small->type != DAVY_TYPE_F32 || davy_tensor_count(small) != 1 || !mean ||
        !is_last_mean(mean))
        return false;
    square = davy_edit_maker(edit, davy_edit_in(edit, mean, 0));
    centred = square ? davy_edit_in(edit, square, 0) : DAVY_VALUE_NONE;
    *epsilon = *davy_f32(small);
    return is_square(edit, square, centred) && centred_of(edit, centred) == x;
}

/* A fixed row of floats on one side of a node; the other side comes out. */
static davy_value row_beside(const davy_edit *edit, const davy_node *node, davy_value *other)
{
    for (size_t i = 0; i < 2; i++) {
        const davy_value value = davy_edit_in(edit, node, 1 - i);
        const davy_tensor *tensor = davy_edit_fixed(edit, value);

        *other = davy_edit_in(edit, node, i);
        if (tensor && tensor->type == DAVY_TYPE_F32 && tensor->rank == 1)
            return value;
    }
    return DAVY_VALUE_NONE;
}

/* (x - mean) / deviation * scale + shift, over the last axis */
static bool find_layer_norm(davy_edit *edit, const davy_node *add)
{
    const davy_node copy = *add, *mul, *div;
    davy_value scaled, normal, in[3], out;
    float epsilon;

    in[2] = row_beside(edit, add, &scaled);
    mul = in[2] == DAVY_VALUE_NONE ? NULL : davy_edit_made_by(edit, scaled, "mul");
    in[1] = mul ? row_beside(edit, mul, &normal) : DAVY_VALUE_NONE;
    div = in[1] == DAVY_VALUE_NONE ? NULL : davy_edit_made_by(edit, normal, "div");
    in[0] = div ? centred_of(edit, davy_edit_in(edit, div, 0)) : DAVY_VALUE_NONE;
    if (in[0] == DAVY_VALUE_NONE ||
        !is_deviation(edit, davy_edit_in(edit, div, 1), in[0], &epsilon) ||
        davy_edit_fixed(edit, in[1])->dims[0] != davy_edit_fixed(edit, in[2])->dims[0])
        return false;
    out = davy_edit_add(edit, "layer_norm", in, 3);
    if (out == DAVY_VALUE_NONE)
        return false;
    davy_node_set_float(edit->graph, davy_edit_newest(edit), "epsilon", epsilon);
    davy_edit_newest(edit)->name = copy.name;
    return davy_edit_replace(edit, copy.out[0], out);
}

/* Floats of another size may flow here; not every node that this pass makes takes them. */
static bool has_other_floats(const davy_graph *graph)
{
    for (size_t i = 0; i < graph->value_count; i++) {
        const davy_type type = graph->values[i].tensor.type;

        if (type == DAVY_TYPE_F16 || type == DAVY_TYPE_BF16 || type == DAVY_TYPE_F64)
            return true;
    }
    for (size_t i = 0; i < graph->node_count; i++)
        if (davy_node_is(&graph->nodes[i], "cast") &&
            davy_node_int(&graph->nodes[i], "to", 0) >= DAVY_TYPE_F16)
            return true;
    return false;
}

davy_status davy_pass_math(davy_edit *edit)
{
    if (has_other_floats(edit->graph))
        return DAVY_OK;
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *node = &edit->graph->nodes[i];

        if (davy_node_is(node, "mul") && node->in_count == 2) {
            if (!find_silu(edit, node))
                (void) find_gelu(edit, &edit->graph->nodes[i]);
        } else if (davy_node_is(node, "add") && node->in_count == 2) {
            (void) find_layer_norm(edit, node);
        }
    }
    return DAVY_OK;
}
