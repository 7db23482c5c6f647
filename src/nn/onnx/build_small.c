/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"

#include <string.h>

/* One of Constant's attributes as a tensor; type NONE when there is none that davy reads. */
static davy_tensor constant_of(const davy_attribute *attribute)
{
    static const davy_type types[] = {
        [DAVY_ATTRIBUTE_INT] = DAVY_TYPE_I64,     [DAVY_ATTRIBUTE_FLOAT] = DAVY_TYPE_F32,
        [DAVY_ATTRIBUTE_TEXT] = DAVY_TYPE_TEXT,   [DAVY_ATTRIBUTE_INTS] = DAVY_TYPE_I64,
        [DAVY_ATTRIBUTE_FLOATS] = DAVY_TYPE_F32,  [DAVY_ATTRIBUTE_TEXTS] = DAVY_TYPE_TEXT,
        [DAVY_ATTRIBUTE_TENSOR] = DAVY_TYPE_NONE, [DAVY_ATTRIBUTE_GRAPH] = DAVY_TYPE_NONE};
    davy_tensor tensor = {.type = types[attribute->kind]};

    if (attribute->kind == DAVY_ATTRIBUTE_TENSOR)
        return *attribute->tensor;
    tensor.rank = attribute->kind == DAVY_ATTRIBUTE_INTS ||
                  attribute->kind == DAVY_ATTRIBUTE_FLOATS ||
                  attribute->kind == DAVY_ATTRIBUTE_TEXTS;
    tensor.dims[0] = (int64_t) attribute->count;
    tensor.data = (void *) (uintptr_t) attribute->ints;
    return tensor;
}

davy_status davy_build_constant(davy_draft *draft)
{
    davy_tensor tensor = {.type = DAVY_TYPE_NONE};

    if (draft->node.attribute_count == 1 &&
        strncmp(draft->node.attributes[0].name, "value", strlen("value")) == 0)
        tensor = constant_of(&draft->node.attributes[0]);
    if (tensor.type == DAVY_TYPE_NONE || draft->out_count != 1)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "it holds no value that davy reads");
    draft->out[0] = davy_graph_constant(draft->graph, "", &tensor);
    return DAVY_OK;
}

/* Serving never drops: the data as they are, and a mask of ones. */
davy_status davy_build_dropout(davy_draft *draft)
{
    const davy_value x = davy_draft_in(draft, 0);
    const davy_tensor *training = davy_draft_constant(draft, 2);
    const uint8_t yes = 1;
    const davy_tensor one = {
        .type = DAVY_TYPE_BOOL, .rank = 1, .dims = {1}, .data = (void *) (uintptr_t) &yes};

    if (davy_draft_in(draft, 2) != DAVY_VALUE_NONE &&
        (!training || training->type != DAVY_TYPE_BOOL || *(const uint8_t *) training->data))
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "it is there for training");
    draft->out[0] = davy_draft_op1(draft, "identity", x);
    if (davy_draft_wants(draft, 1)) {
        davy_node *mask =
            davy_draft_node(draft, "constant_of_shape",
                            (const davy_value[]){davy_draft_op1(draft, "shape", x)}, 1, 1);

        davy_node_set_tensor(draft->graph, mask, "value", &one);
        draft->out[1] = mask ? mask->out[0] : DAVY_VALUE_NONE;
    }
    return DAVY_OK;
}
