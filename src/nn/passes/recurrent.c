/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include <string.h>

/*
 * What stands around a recurrent node of an ONNX model. ONNX has the batch in the middle,
 * [T, D, N, H]; who trains with the batch first turns the series before and after, and the importer
 * turns it back. What PyTorch writes for a whole series, its last step and a state of zeros becomes
 * an output or an absent input of the engine's node.
 */
enum { OUT_Y, OUT_LAST, IN_H = 4, IN_C };

static bool is_recurrent(const davy_node *node)
{
    return davy_node_is(node, "lstm") || davy_node_is(node, "gru") || davy_node_is(node, "rnn");
}

static int64_t directions(const davy_node *node)
{
    return strcmp(davy_node_text(node, "direction", "forward"), "bidirectional") == 0 ? 2 : 1;
}

/* What was turned with this order to give the value, or DAVY_VALUE_NONE. */
static davy_value before_transpose(const davy_edit *edit, davy_value value, const int64_t *order,
                                   size_t rank)
{
    const davy_node *node = davy_edit_made_by(edit, value, "transpose");
    size_t count = 0;
    const int64_t *perm = node ? davy_node_ints(node, "perm", &count) : NULL;

    if (!perm || count != rank || memcmp(perm, order, rank * sizeof *order) != 0)
        return DAVY_VALUE_NONE;
    return davy_edit_in(edit, node, 0);
}

/* What a node with a fixed list as its second input made the value of, or DAVY_VALUE_NONE. */
static davy_value before_listed(const davy_edit *edit, davy_value value, const char *op,
                                const int64_t *list, size_t count)
{
    const davy_node *node = davy_edit_made_by(edit, value, op);
    const davy_tensor *given = node ? davy_edit_fixed(edit, davy_edit_in(edit, node, 1)) : NULL;

    if (!given || given->type != DAVY_TYPE_I64 || davy_tensor_count(given) != (int64_t) count ||
        memcmp(given->data, list, count * sizeof *list) != 0)
        return DAVY_VALUE_NONE;
    return davy_edit_in(edit, node, 0);
}

/* The recurrent node that makes the value as its output `out`, or NULL. */
static const davy_node *maker(const davy_edit *edit, davy_value value, uint32_t out)
{
    const davy_node *node = davy_edit_maker(edit, value);

    return node && is_recurrent(node) && out < node->out_count && node->out[out] == value ? node
                                                                                          : NULL;
}

/* [T, N, D H] with the directions side by side, from the importer's [N, T, D H]. */
static const davy_node *series_maker(const davy_edit *edit, davy_value value)
{
    static const int64_t both[] = {1, 0, 2, 3}, one[] = {1, 2, 0, 3}, axis[] = {1};
    static const int64_t joined[] = {0, 0, -1};
    const davy_value squeezed = before_listed(edit, value, "squeeze", axis, 1);
    const int64_t count = squeezed == DAVY_VALUE_NONE ? 2 : 1;
    const int64_t split[] = {0, 0, count, -1};
    const davy_node *node;

    value = count == 1
                ? before_transpose(edit, squeezed, one, 4)
                : before_transpose(edit, before_listed(edit, value, "reshape", joined, 3), both, 4);
    node = maker(edit, before_listed(edit, value, "reshape", split, 4), OUT_Y);
    return node && directions(node) == count ? node : NULL;
}

/* A series with the batch first again is y. */
static void take_series(davy_edit *edit, const davy_node *node)
{
    static const int64_t order[] = {1, 0, 2};
    const davy_node *found = series_maker(edit, before_transpose(edit, node->out[0], order, 3));

    if (found)
        (void) davy_edit_replace(edit, node->out[0], found->out[OUT_Y]);
}

/* Whether a gather takes one element, number `index`, of an axis. */
static bool takes_one(const davy_edit *edit, const davy_node *node, int64_t axis, int64_t index)
{
    const davy_tensor *at = davy_edit_fixed(edit, davy_edit_in(edit, node, 1));

    return davy_node_is(node, "gather") && davy_node_int(node, "axis", 0) == axis && at &&
           at->type == DAVY_TYPE_I64 && at->rank == 0 && *(const int64_t *) at->data == index;
}

/* The last step of a series that runs forward is its last state. */
static void take_last(davy_edit *edit, const davy_node *node)
{
    const davy_node *found = maker(edit, davy_edit_in(edit, node, 0), OUT_Y);

    if (found && strcmp(davy_node_text(found, "direction", "forward"), "forward") == 0 &&
        takes_one(edit, node, 1, -1))
        (void) davy_edit_replace(edit, node->out[0], found->out[OUT_LAST]);
}

/* The only one of [D, N, H] states is the engine's [N, H]. */
static void take_state(davy_edit *edit, const davy_node *node)
{
    static const int64_t order[] = {1, 0, 2}, split[] = {0, 1, -1}, axis[] = {0};
    const davy_value in = davy_edit_in(edit, node, 0);
    const bool first = takes_one(edit, node, 0, 0) || takes_one(edit, node, 0, -1) ||
                       before_listed(edit, node->out[0], "squeeze", axis, 1) != DAVY_VALUE_NONE;
    const davy_value state =
        first ? before_listed(edit, before_transpose(edit, in, order, 3), "reshape", split, 3)
              : DAVY_VALUE_NONE;
    const davy_node *made = state == DAVY_VALUE_NONE ? NULL : davy_edit_maker(edit, state);

    if (made && is_recurrent(made) && directions(made) == 1)
        (void) davy_edit_replace(edit, node->out[0], state);
}

static bool is_zero(const davy_tensor *tensor)
{
    if (!tensor || tensor->type != DAVY_TYPE_F32)
        return false;
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        if (davy_f32(tensor)[i] != 0.0F)
            return false;
    return true;
}

/* Whether the numbers of a node's output are those of its first input, in another place. */
static bool moves_numbers(const davy_node *node)
{
    static const char *const movers[] = {"expand",  "identity",  "reshape",
                                         "squeeze", "transpose", "unsqueeze"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(movers); i++)
        if (davy_node_is(node, movers[i]))
            return true;
    return false;
}

/* Whether a value is zeros, whatever its shape. */
static bool is_zeros(const davy_edit *edit, davy_value value)
{
    const davy_node *node = davy_edit_maker(edit, value);
    const davy_attribute *fill;

    while (node && moves_numbers(node)) {
        value = davy_edit_in(edit, node, 0);
        node = davy_edit_maker(edit, value);
    }
    if (!node)
        return is_zero(davy_edit_fixed(edit, value));
    fill = davy_node_attribute(node, "value");
    return davy_node_is(node, "constant_of_shape") &&
           (!fill || (fill->kind == DAVY_ATTRIBUTE_TENSOR && is_zero(fill->tensor)));
}

/* A state of zeros is what an absent one is. */
static void drop_zero_states(davy_edit *edit, davy_node *node)
{
    for (uint32_t i = IN_H; i <= IN_C && i < node->in_count; i++) {
        const davy_value state = davy_edit_in(edit, node, i);

        if (state != DAVY_VALUE_NONE && is_zeros(edit, state)) {
            node->in[i] = DAVY_VALUE_NONE;
            edit->changed = true;
        }
    }
}

davy_status davy_pass_recurrent(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count; i++) {
        davy_node *node = &edit->graph->nodes[i];

        if (is_recurrent(node))
            drop_zero_states(edit, node);
        take_series(edit, node);
        take_last(edit, node);
        take_state(edit, node);
    }
    return DAVY_OK;
}
