/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural.h"

davy_value davy_neural_numbers(davy_graph *graph, const char *name, const float *values,
                               size_t count)
{
    davy_tensor tensor;

    if (davy_tensor_shape(&tensor, DAVY_TYPE_F32, 1, (const int64_t[]){(int64_t) count}) != DAVY_OK)
        return DAVY_VALUE_NONE;
    tensor.data = (void *) (uintptr_t) values;
    return davy_graph_constant(graph, name, &tensor);
}

davy_value davy_neural_binary(davy_graph *graph, const char *op, davy_value a, davy_value b)
{
    const davy_node *node = davy_graph_node(graph, op, (const davy_value[]){a, b}, 2, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_neural_head(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    if (design->dropout > 0)
        x = davy_layer_dropout(graph, x, design->dropout);
    return davy_layer_dense(graph, "head", x, design->outputs, DAVY_ACTIVATION_NONE);
}
