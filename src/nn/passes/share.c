/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

/* Whether an operator's list of axes, an attribute or an input, is this one axis. */
static bool is_axis(const davy_edit *edit, const davy_node *node, int64_t axis)
{
    const davy_tensor *given = davy_edit_fixed(edit, davy_edit_in(edit, node, 1));
    size_t count;
    const int64_t *axes = davy_node_ints(node, "axes", &count);

    if (axes)
        return count == 1 && axes[0] == axis;
    return given && given->type == DAVY_TYPE_I64 && davy_tensor_count(given) == 1 &&
           *(const int64_t *) given->data == axis;
}

/* The input of a node that nobody else reads, if `op` makes it. */
static const davy_node *maker_of(const davy_edit *edit, const davy_node *node, const char *op)
{
    const davy_value value = node ? davy_edit_in(edit, node, 0) : DAVY_VALUE_NONE;

    return value != DAVY_VALUE_NONE && davy_edit_used_once(edit, value)
               ? davy_edit_made_by(edit, value, op)
               : NULL;
}

/* mean over the steps of (x [N, T, 1, C] > thresholds [F, C]) is the share of the steps. */
static void find_share(davy_edit *edit, const davy_node *mean)
{
    const davy_node copy = *mean, *cast = maker_of(edit, mean, "cast");
    const davy_node *greater = maker_of(edit, cast, "greater");
    const davy_node *apart = maker_of(edit, greater, "unsqueeze");
    const davy_tensor *thresholds =
        apart ? davy_edit_fixed(edit, davy_edit_in(edit, greater, 1)) : NULL;
    davy_value in[2], out;

    if (!thresholds || thresholds->type != DAVY_TYPE_F32 || thresholds->rank != 2 ||
        davy_node_int(cast, "to", 0) != DAVY_TYPE_F32 || !is_axis(edit, apart, 2))
        return;
    in[0] = davy_edit_in(edit, apart, 0);
    in[1] = davy_edit_in(edit, greater, 1);
    if (davy_graph_tensor(edit->graph, in[0])->rank != 3 ||
        davy_graph_tensor(edit->graph, in[0])->type != DAVY_TYPE_F32 ||
        davy_graph_tensor(edit->graph, in[0])->dims[2] != thresholds->dims[1])
        return;
    out = davy_edit_add(edit, "share_above", in, 2);
    if (out == DAVY_VALUE_NONE)
        return;
    davy_edit_newest(edit)->name = copy.name;
    (void) davy_edit_replace(edit, copy.out[0], out);
}

davy_status davy_pass_share(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *node = &edit->graph->nodes[i];

        if (davy_node_is(node, "reduce_mean") && is_axis(edit, node, 1) &&
            davy_node_int(node, "keepdims", 1) == 0)
            find_share(edit, node);
    }
    return DAVY_OK;
}
