/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"
#include "nn/onnx/tensor_proto.h"
#include "nn/op.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void davy_export_fail(davy_exporter *exporter, davy_status status)
{
    if (exporter->status == DAVY_OK)
        exporter->status = status;
}

void davy_export_refuse(davy_exporter *exporter, const davy_node *node, const char *why)
{
    if (exporter->status == DAVY_OK)
        exporter->status = davy_fail(DAVY_ERR_UNSUPPORTED, "cannot write %s '%s' as ONNX: %s",
                                     node->op->name, node->name, why);
}

void *davy_export_take(davy_exporter *exporter, size_t count, size_t size)
{
    void *piece = davy_arena_array(&exporter->arena, count ? count : 1, size);

    if (!piece)
        davy_export_fail(exporter, davy_fail(DAVY_ERR_NOMEM, "an ONNX model"));
    return piece;
}

char *davy_export_text(davy_exporter *exporter, const char *text)
{
    char *copy = davy_arena_text(&exporter->arena, text, strlen(text));

    if (!copy)
        davy_export_fail(exporter, davy_fail(DAVY_ERR_NOMEM, "an ONNX model"));
    return copy;
}

/* A name that nothing has. */
static const char *fresh_name(davy_exporter *exporter)
{
    char text[32];
    const char *copy;

    do
        (void) snprintf(text, sizeof text, "t%u", exporter->fresh++);
    while (davy_name_table_find(&exporter->taken, text, NULL));
    copy = davy_export_text(exporter, text);
    return copy ? copy : "";
}

/* Room for one more pointer. @return false after a failure */
static bool grow(davy_exporter *exporter, void **array, size_t count, size_t *capacity)
{
    const size_t larger = *capacity ? 2 * *capacity : 64;
    void *moved;

    if (count < *capacity)
        return true;
    moved = realloc(*array, larger * sizeof(void *));
    if (!moved) {
        davy_export_fail(exporter, davy_fail(DAVY_ERR_NOMEM, "an ONNX model"));
        return false;
    }
    *array = moved;
    *capacity = larger;
    return true;
}

/* ------------------------------------------------------------------------------------- nodes */

Onnx__NodeProto *davy_export_newest(const davy_exporter *exporter)
{
    return exporter->node_count ? exporter->nodes[exporter->node_count - 1] : NULL;
}

const char *davy_export_more(davy_exporter *exporter)
{
    Onnx__NodeProto *node = davy_export_newest(exporter);
    const char *name = fresh_name(exporter);
    char **outputs = node ? davy_export_take(exporter, node->n_output + 1, sizeof *outputs) : NULL;

    if (!outputs)
        return "";
    if (node->n_output)
        memcpy(outputs, node->output, node->n_output * sizeof *outputs);
    outputs[node->n_output++] = (char *) (uintptr_t) name;
    node->output = outputs;
    return name;
}

/* A type with a domain in front, which ends at the last dot. */
static void set_type(davy_exporter *exporter, Onnx__NodeProto *node, const char *type)
{
    char *copy = davy_export_text(exporter, type);
    char *dot = copy ? strrchr(copy, '.') : NULL;

    node->op_type = dot ? dot + 1 : copy;
    if (dot) {
        *dot = '\0';
        node->domain = copy;
        exporter->has_ml = true;
    }
}

const char *davy_export_op(davy_exporter *exporter, const char *type, const char *const *in,
                           size_t in_count)
{
    Onnx__NodeProto *node = davy_export_take(exporter, 1, sizeof *node);
    char **inputs = davy_export_take(exporter, in_count, sizeof *inputs);
    const char *out;

    if (!node || !inputs ||
        !grow(exporter, (void **) &exporter->nodes, exporter->node_count, &exporter->node_capacity))
        return "";
    while (in_count && !*in[in_count - 1])
        in_count--;
    onnx__node_proto__init(node);
    set_type(exporter, node, type);
    node->n_input = in_count;
    node->input = inputs;
    for (size_t i = 0; i < in_count; i++)
        inputs[i] = (char *) (uintptr_t) in[i];
    exporter->nodes[exporter->node_count++] = node;
    out = davy_export_more(exporter);
    node->name = (char *) (uintptr_t) out;
    return out;
}

const char *davy_export_op1(davy_exporter *exporter, const char *type, const char *a)
{
    return davy_export_op(exporter, type, &a, 1);
}

const char *davy_export_op2(davy_exporter *exporter, const char *type, const char *a, const char *b)
{
    return davy_export_op(exporter, type, (const char *const[]){a, b}, 2);
}

/* ---------------------------------------------------------------------------------- constants */

const char *davy_export_tensor(davy_exporter *exporter, const char *name, const davy_tensor *tensor)
{
    Onnx__TensorProto *proto = davy_export_take(exporter, 1, sizeof *proto);
    const size_t bytes = davy_tensor_bytes(tensor);
    davy_tensor *own = davy_export_take(exporter, 1, sizeof *own);
    void *numbers = davy_export_take(exporter, bytes, 1);

    if (!proto || !own || !numbers ||
        !grow(exporter, (void **) &exporter->tensors, exporter->tensor_count,
              &exporter->tensor_capacity))
        return "";
    *own = *tensor;
    own->data = numbers;
    if (bytes)
        memcpy(numbers, tensor->data, bytes);
    if (!*name || davy_name_table_find(&exporter->written, name, NULL))
        name = fresh_name(exporter);
    davy_export_fail(exporter, davy_name_table_add(&exporter->written, name, 0));
    davy_tensor_pack(own, name, NULL, proto);
    exporter->tensors[exporter->tensor_count++] = proto;
    return name;
}

const char *davy_export_ints(davy_exporter *exporter, const int64_t *values, size_t count)
{
    const davy_tensor tensor = {.type = DAVY_TYPE_I64,
                                .rank = 1,
                                .dims = {(int64_t) count},
                                .data = (void *) (uintptr_t) values};

    return davy_export_tensor(exporter, "", &tensor);
}

const char *davy_export_number(davy_exporter *exporter, float value)
{
    const davy_tensor tensor = {.type = DAVY_TYPE_F32, .data = &value};

    return davy_export_tensor(exporter, "", &tensor);
}

/* ------------------------------------------------------------------------------- small formulas */

const char *davy_export_reshape(davy_exporter *exporter, const char *x, const int64_t *dims,
                                size_t rank)
{
    return davy_export_op2(exporter, "Reshape", x, davy_export_ints(exporter, dims, rank));
}

const char *davy_export_transpose(davy_exporter *exporter, const char *x, const int64_t *order,
                                  size_t rank)
{
    const char *out = davy_export_op1(exporter, "Transpose", x);

    davy_export_set_ints(exporter, "perm", order, rank);
    return out;
}

/* x / 2 (1 + erf(x / sqrt 2)) */
const char *davy_export_gelu(davy_exporter *exporter, const char *x)
{
    const char *inner =
        davy_export_op2(exporter, "Div", x, davy_export_number(exporter, (float) sqrt(2.0)));
    const char *sum = davy_export_op2(exporter, "Add", davy_export_op1(exporter, "Erf", inner),
                                      davy_export_number(exporter, 1.0F));

    return davy_export_op2(exporter, "Mul", davy_export_op2(exporter, "Mul", x, sum),
                           davy_export_number(exporter, 0.5F));
}

const char *davy_export_silu(davy_exporter *exporter, const char *x)
{
    return davy_export_op2(exporter, "Mul", x, davy_export_op1(exporter, "Sigmoid", x));
}

const char *davy_export_activation(davy_exporter *exporter, const davy_node *node, const char *x)
{
    const char *kind = davy_node_text(node, "activation", "");

    if (!*kind || strcmp(kind, "none") == 0)
        return x;
    if (strcmp(kind, "gelu") == 0)
        return davy_export_gelu(exporter, x);
    if (strcmp(kind, "silu") == 0)
        return davy_export_silu(exporter, x);
    if (strcmp(kind, "leaky") == 0) {
        x = davy_export_op1(exporter, "LeakyRelu", x);
        davy_export_set_float(exporter, "alpha", davy_node_float(node, "slope", 0.01F));
        return x;
    }
    return davy_export_op1(exporter,
                           strcmp(kind, "relu") == 0      ? "Relu"
                           : strcmp(kind, "sigmoid") == 0 ? "Sigmoid"
                                                          : "Tanh",
                           x);
}

/* -------------------------------------------------------------------------------------- values */

int davy_export_rank(davy_exporter *exporter, davy_value value)
{
    const davy_tensor *tensor = davy_graph_tensor(exporter->graph, value);

    if (tensor->type == DAVY_TYPE_NONE)
        davy_export_fail(exporter, davy_fail(DAVY_ERR_UNSUPPORTED,
                                             "cannot write '%s' as ONNX: its shape is not known",
                                             exporter->names[value]));
    return tensor->rank;
}

static const char *turn(davy_exporter *exporter, davy_value value, const char *x, bool to_first)
{
    const int rank = davy_export_rank(exporter, value);
    int64_t order[DAVY_RANK_MAX] = {0};

    if (rank < 3 || rank > DAVY_RANK_MAX)
        return x;
    for (int i = 1; i < rank; i++)
        order[i] = to_first ? i - 1 : i % (rank - 1) + 1;
    if (to_first)
        order[1] = rank - 1;
    return davy_export_transpose(exporter, x, order, (size_t) rank);
}

const char *davy_export_last(davy_exporter *exporter, davy_value value)
{
    const davy_edge *edge;

    if (value == DAVY_VALUE_NONE)
        return "";
    if (exporter->last[value])
        return exporter->last[value];
    edge = &exporter->graph->values[value];
    if (exporter->first[value])
        davy_export_made_last(exporter, value,
                              turn(exporter, value, exporter->first[value], false));
    else if (edge->role == DAVY_ROLE_INPUT)
        exporter->last[value] = exporter->names[value];
    else if (edge->role != DAVY_ROLE_MADE)
        exporter->last[value] = davy_export_tensor(exporter, exporter->names[value], &edge->tensor);
    return exporter->last[value] ? exporter->last[value] : "";
}

const char *davy_export_first(davy_exporter *exporter, davy_value value)
{
    if (!exporter->first[value])
        exporter->first[value] = turn(exporter, value, davy_export_last(exporter, value), true);
    return exporter->first[value];
}

void davy_export_made_last(davy_exporter *exporter, davy_value value, const char *name)
{
    Onnx__NodeProto *node = davy_export_newest(exporter);

    if (value == DAVY_VALUE_NONE)
        return;
    for (size_t i = 0; node && i < node->n_output; i++)
        if (node->output[i] == name) {
            node->output[i] = (char *) (uintptr_t) exporter->names[value];
            name = node->output[i];
        }
    exporter->last[value] = name;
}

void davy_export_made_first(davy_exporter *exporter, davy_value value, const char *name)
{
    if (value == DAVY_VALUE_NONE)
        return;
    if (davy_export_rank(exporter, value) < 3)
        davy_export_made_last(exporter, value, name);
    exporter->first[value] = exporter->last[value] ? exporter->last[value] : name;
}

const davy_tensor *davy_export_fixed(davy_exporter *exporter, const davy_node *node, size_t i)
{
    const davy_edge *edge = i < node->in_count && node->in[i] != DAVY_VALUE_NONE
                                ? &exporter->graph->values[node->in[i]]
                                : NULL;

    if (edge && edge->role != DAVY_ROLE_MADE && edge->role != DAVY_ROLE_INPUT &&
        edge->tensor.type == DAVY_TYPE_F32)
        return &edge->tensor;
    davy_export_refuse(exporter, node, "its weights are computed");
    return NULL;
}
