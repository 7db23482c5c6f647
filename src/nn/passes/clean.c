/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include "nn/op.h"

#include <string.h>

static bool is_identity_order(const int64_t *order, size_t rank)
{
    for (size_t i = 0; i < rank; i++)
        if (order[i] != (int64_t) i)
            return false;
    return true;
}

/* Whether the node gives what it got. */
static bool does_nothing(const davy_node *node)
{
    size_t rank;
    const int64_t *order;

    if (davy_node_is(node, "identity") || davy_node_is(node, "dropout"))
        return true;
    if (!davy_node_is(node, "transpose"))
        return false;
    order = davy_node_ints(node, "perm", &rank);
    return order && is_identity_order(order, rank);
}

/* transpose(transpose(x)) is one transpose, perhaps none. */
static void join_transposes(davy_edit *edit, const davy_node *node)
{
    const davy_value out = node->out[0];
    const davy_node *before = davy_edit_made_by(edit, davy_edit_in(edit, node, 0), "transpose");
    size_t rank, rank_before;
    const int64_t *order = davy_node_ints(node, "perm", &rank), *first;
    int64_t joined[DAVY_RANK_MAX];
    davy_value x;

    if (!before || !order)
        return;
    first = davy_node_ints(before, "perm", &rank_before);
    x = davy_edit_in(edit, before, 0);
    if (!first || rank != rank_before || rank > DAVY_RANK_MAX)
        return;
    for (size_t i = 0; i < rank; i++) {
        if (order[i] < 0 || order[i] >= (int64_t) rank)
            return;
        joined[i] = first[order[i]];
    }
    if (!is_identity_order(joined, rank) || !davy_edit_replace(edit, out, x))
        (void) davy_edit_replace(edit, out, davy_edit_transpose(edit, x, joined, rank));
}

/* Of reshape(reshape(x)) the last counts, unless a 0 in its shape asks for the size before. */
static void join_reshapes(davy_edit *edit, davy_node *node)
{
    const davy_value between = davy_edit_in(edit, node, 0);
    const davy_node *before = davy_edit_made_by(edit, between, "reshape");
    const davy_tensor *shape = davy_edit_fixed(edit, davy_edit_in(edit, node, 1));

    if (!before || !shape || !davy_edit_used_once(edit, between))
        return;
    for (int64_t i = 0; i < davy_tensor_count(shape); i++)
        if (((const int64_t *) shape->data)[i] == 0)
            return;
    node->in[0] = davy_edit_in(edit, before, 0);
    edit->changed = true;
}

davy_status davy_pass_clean(davy_edit *edit)
{
    edit->changed = true; /* nodes that nobody uses are left out */
    for (size_t i = 0; i < edit->node_count; i++) {
        davy_node *node = &edit->graph->nodes[i];

        if (does_nothing(node))
            (void) davy_edit_replace(edit, node->out[0], davy_edit_in(edit, node, 0));
        else if (davy_node_is(node, "transpose"))
            join_transposes(edit, node);
        else if (davy_node_is(node, "reshape"))
            join_reshapes(edit, node);
    }
    return DAVY_OK;
}
