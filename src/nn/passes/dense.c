/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

/* Weights of a dense layer: fixed floats [K, N]. */
static const davy_tensor *weights_of(const davy_edit *edit, davy_value value)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, value);

    return tensor && tensor->type == DAVY_TYPE_F32 && tensor->rank == 2 ? tensor : NULL;
}

/* A fixed bias of `units` numbers that is added to every row: [N] or [1, N]. */
static bool is_bias(const davy_edit *edit, davy_value value, int64_t units, int rank_max)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, value);

    return tensor && tensor->type == DAVY_TYPE_F32 && tensor->rank >= 1 &&
           tensor->rank <= rank_max && tensor->dims[tensor->rank - 1] == units &&
           davy_tensor_count(tensor) == units;
}

static davy_value as_row(davy_edit *edit, davy_value bias, int64_t units)
{
    return davy_edit_fixed(edit, bias)->rank == 1 ? bias : davy_edit_reshape(edit, bias, &units, 1);
}

/* Take the place of `node`, under its name. */
static void put_dense(davy_edit *edit, const davy_node *node, const davy_value *in, size_t in_count)
{
    const davy_node copy = *node;
    const davy_value out = davy_edit_add(edit, "dense", in, in_count);

    if (out == DAVY_VALUE_NONE)
        return;
    davy_edit_newest(edit)->name = copy.name;
    (void) davy_edit_replace(edit, copy.out[0], out);
}

/* x W */
static void from_matmul(davy_edit *edit, const davy_node *node)
{
    const davy_value in[] = {davy_edit_in(edit, node, 0), davy_edit_in(edit, node, 1)};

    if (weights_of(edit, in[1]) && !davy_edit_fixed(edit, in[0]))
        put_dense(edit, node, in, 2);
}

/* dense(x, W) + b, in either order */
static void from_add(davy_edit *edit, const davy_node *node)
{
    for (size_t i = 0; i < 2; i++) {
        const davy_value product = davy_edit_in(edit, node, i);
        const davy_node *dense = davy_edit_made_by(edit, product, "dense");
        const davy_value bias = davy_edit_in(edit, node, 1 - i);
        const davy_tensor *weights = dense ? weights_of(edit, davy_edit_in(edit, dense, 1)) : NULL;
        davy_value in[3];

        if (!weights || dense->in_count != 2 || dense->attribute_count ||
            !is_bias(edit, bias, weights->dims[1], 1) || node->in_count != 2)
            continue;
        in[0] = davy_edit_in(edit, dense, 0);
        in[1] = davy_edit_in(edit, dense, 1);
        in[2] = bias;
        put_dense(edit, node, in, 3);
        return;
    }
}

/* alpha x W + beta b with both 1, W perhaps transposed */
static void from_gemm(davy_edit *edit, const davy_node *node)
{
    static const int64_t order[] = {1, 0};
    const bool transposed = davy_node_int(node, "transB", 0) != 0;
    const davy_tensor *weights = weights_of(edit, davy_edit_in(edit, node, 1));
    const davy_node copy = *node;
    davy_value in[] = {davy_edit_in(edit, node, 0), davy_edit_in(edit, node, 1),
                       davy_edit_in(edit, node, 2)};
    int64_t units;

    if (!weights || davy_node_int(node, "transA", 0) != 0 || davy_edit_fixed(edit, in[0]) ||
        davy_node_float(node, "alpha", 1.0F) != 1.0F || davy_node_float(node, "beta", 1.0F) != 1.0F)
        return;
    units = weights->dims[transposed ? 0 : 1];
    if (in[2] != DAVY_VALUE_NONE && !is_bias(edit, in[2], units, 2))
        return;
    if (transposed)
        in[1] = davy_edit_transpose(edit, in[1], order, 2);
    if (in[2] != DAVY_VALUE_NONE)
        in[2] = as_row(edit, in[2], units);
    put_dense(edit, &copy, in, in[2] == DAVY_VALUE_NONE ? 2 : 3);
}

davy_status davy_pass_dense(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++) {
        const davy_node *node = &edit->graph->nodes[i];

        if (davy_node_is(node, "matmul"))
            from_matmul(edit, node);
        else if (davy_node_is(node, "gemm"))
            from_gemm(edit, node);
        else if (davy_node_is(node, "add"))
            from_add(edit, node);
    }
    return DAVY_OK;
}
