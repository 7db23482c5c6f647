/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/importer.h"

#include "nn/op.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

davy_status davy_draft_fail(const davy_draft *draft, davy_status status, const char *format, ...)
{
    char text[DAVY_ERROR_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return davy_fail(status, "node '%s' (%s, operator set %" PRId64 "): %s", draft->name,
                     draft->type, draft->opset, text);
}

davy_value davy_draft_in(const davy_draft *draft, size_t i)
{
    return i < draft->in_count ? draft->in[i] : DAVY_VALUE_NONE;
}

bool davy_draft_wants(const davy_draft *draft, size_t i)
{
    return i < draft->out_count && *draft->proto->output[i];
}

void davy_draft_set_in(davy_draft *draft, size_t i, davy_value value)
{
    while (draft->in_count <= i)
        draft->in[draft->in_count++] = DAVY_VALUE_NONE;
    draft->in[i] = value;
}

const davy_tensor *davy_draft_constant(const davy_draft *draft, size_t i)
{
    const davy_value value = davy_draft_in(draft, i);
    const davy_edge *edge = value == DAVY_VALUE_NONE ? NULL : &draft->graph->values[value];

    return edge && edge->role == DAVY_ROLE_CONSTANT ? &edge->tensor : NULL;
}

int davy_draft_rank(const davy_draft *draft, davy_value value)
{
    const davy_edge *edge = value == DAVY_VALUE_NONE ? NULL : &draft->graph->values[value];

    if (!edge || edge->role == DAVY_ROLE_MADE || edge->tensor.type == DAVY_TYPE_NONE)
        return -1;
    return edge->tensor.rank;
}

static davy_value constant(davy_draft *draft, davy_type type, int rank, int64_t count,
                           const void *numbers)
{
    const davy_tensor tensor = {
        .type = type, .rank = rank, .dims = {count}, .data = (void *) (uintptr_t) numbers};

    return davy_graph_constant(draft->graph, "", &tensor);
}

davy_value davy_draft_ints(davy_draft *draft, const int64_t *values, size_t count)
{
    return constant(draft, DAVY_TYPE_I64, 1, (int64_t) count, values);
}

davy_value davy_draft_int(davy_draft *draft, int64_t value)
{
    return constant(draft, DAVY_TYPE_I64, 1, 1, &value);
}

davy_value davy_draft_float(davy_draft *draft, float value)
{
    return constant(draft, DAVY_TYPE_F32, 0, 0, &value);
}

davy_node *davy_draft_node(davy_draft *draft, const char *op, const davy_value *in, size_t in_count,
                           size_t out_count)
{
    davy_node *node;

    if (!davy_op_find(op)) {
        davy_graph_fail(draft->graph,
                        davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "davy has no '%s'", op));
        return NULL;
    }
    node = davy_graph_node(draft->graph, op, in, in_count, out_count);
    if (node)
        node->name = draft->name;
    return node;
}

davy_value davy_draft_op(davy_draft *draft, const char *op, const davy_value *in, size_t in_count)
{
    const davy_node *node = davy_draft_node(draft, op, in, in_count, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_draft_op1(davy_draft *draft, const char *op, davy_value a)
{
    return davy_draft_op(draft, op, &a, 1);
}

davy_value davy_draft_op2(davy_draft *draft, const char *op, davy_value a, davy_value b)
{
    return davy_draft_op(draft, op, (const davy_value[]){a, b}, 2);
}

davy_value davy_draft_op_ints(davy_draft *draft, const char *op, davy_value in, const char *name,
                              const int64_t *values, size_t count)
{
    davy_node *node = davy_draft_node(draft, op, &in, 1, 1);

    davy_node_set_ints(draft->graph, node, name, values, count);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_draft_reshape(davy_draft *draft, davy_value x, const int64_t *dims, size_t rank)
{
    return davy_draft_op2(draft, "reshape", x, davy_draft_ints(draft, dims, rank));
}

davy_value davy_draft_transpose(davy_draft *draft, davy_value x, const int64_t *order, size_t rank)
{
    return davy_draft_op_ints(draft, "transpose", x, "perm", order, rank);
}

davy_value davy_draft_channels_last(davy_draft *draft, davy_value x)
{
    return davy_draft_op1(draft, "channels_last", x);
}

davy_value davy_draft_channels_first(davy_draft *draft, davy_value x)
{
    return davy_draft_op1(draft, "channels_first", x);
}

davy_status davy_draft_build(davy_draft *draft, const char *op)
{
    davy_node *node = davy_draft_node(draft, op, draft->in, draft->in_count, draft->out_count);

    if (!node)
        return davy_graph_status(draft->graph);
    node->attributes = draft->node.attributes;
    node->attribute_count = draft->node.attribute_count;
    for (size_t i = 0; i < draft->out_count; i++) {
        draft->out[i] = node->out[i];
        if (!davy_draft_wants(draft, i))
            node->out[i] = DAVY_VALUE_NONE;
    }
    return DAVY_OK;
}
