/* SPDX-License-Identifier: Apache-2.0 */
#include "models/onnx_file.h"

#include "core/arena.h"
#include "onnx.pb-c.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_MAX    64
#define INPUTS_MAX   4
#define OPERATOR_SET 13
#define IR_VERSION   8

struct davy_onnx_writer {
    davy_arena arena;
    bool failed;
    const char *name;
    Onnx__NodeProto *nodes[PARTS_MAX];
    size_t node_count;
    Onnx__TensorProto *tensors[PARTS_MAX];
    size_t tensor_count;
    Onnx__ValueInfoProto *inputs[PARTS_MAX];
    size_t input_count;
    Onnx__ValueInfoProto *outputs[PARTS_MAX];
    size_t output_count;
};

static void *take(davy_onnx_writer *writer, size_t count, size_t size)
{
    void *piece = davy_arena_array(&writer->arena, count, size);

    if (!piece)
        writer->failed = true;
    return piece;
}

static char *take_text(davy_onnx_writer *writer, const char *text)
{
    char *copy = davy_arena_text(&writer->arena, text, strlen(text));

    if (!copy)
        writer->failed = true;
    return copy;
}

davy_status davy_onnx_writer_create(const char *name, davy_onnx_writer **out)
{
    davy_onnx_writer *writer = calloc(1, sizeof *writer);

    if (!writer)
        return davy_fail(DAVY_ERR_NOMEM, "model graph '%s'", name);
    writer->name = take_text(writer, name);
    *out = writer;
    return DAVY_OK;
}

void davy_onnx_writer_destroy(davy_onnx_writer *writer)
{
    if (!writer)
        return;
    davy_arena_clear(&writer->arena);
    free(writer);
}

static Onnx__TensorProto *put_tensor(davy_onnx_writer *writer, const char *name, int32_t type,
                                     const int64_t *dims, size_t rank)
{
    Onnx__TensorProto *tensor = take(writer, 1, sizeof *tensor);

    if (!tensor || writer->tensor_count == PARTS_MAX) {
        writer->failed = true;
        return NULL;
    }
    onnx__tensor_proto__init(tensor);
    tensor->name = take_text(writer, name);
    tensor->has_data_type = 1;
    tensor->data_type = type;
    tensor->n_dims = rank;
    tensor->dims = rank > 0 ? take(writer, rank, sizeof *tensor->dims) : NULL;
    if (tensor->dims)
        memcpy(tensor->dims, dims, rank * sizeof *dims);
    writer->tensors[writer->tensor_count++] = tensor;
    return tensor;
}

/* raw_data is little-endian by definition, and so is every machine davy is built for. */
static void put_bytes(davy_onnx_writer *writer, Onnx__TensorProto *tensor, const void *bytes,
                      size_t length)
{
    uint8_t *copy = tensor ? take(writer, length, 1) : NULL;

    if (!copy)
        return;
    memcpy(copy, bytes, length);
    tensor->has_raw_data = 1;
    tensor->raw_data.data = copy;
    tensor->raw_data.len = length;
}

void davy_onnx_put_numbers(davy_onnx_writer *writer, const char *name, size_t rows, size_t columns,
                           const double *values)
{
    const int64_t dims[] = {(int64_t) rows, (int64_t) columns};
    const size_t rank = columns > 0 ? 2 : 1;

    put_bytes(writer, put_tensor(writer, name, ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, dims, rank),
              values, rows * (columns > 0 ? columns : 1) * sizeof *values);
}

void davy_onnx_put_scalar(davy_onnx_writer *writer, const char *name, double value)
{
    put_bytes(writer, put_tensor(writer, name, ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, NULL, 0),
              &value, sizeof value);
}

void davy_onnx_put_integers(davy_onnx_writer *writer, const char *name, const int64_t *values,
                            size_t count)
{
    const int64_t dims[] = {(int64_t) count};

    put_bytes(writer, put_tensor(writer, name, ONNX__TENSOR_PROTO__DATA_TYPE__INT64, dims, 1),
              values, count * sizeof *values);
}

void davy_onnx_put_node(davy_onnx_writer *writer, const char *operator, const char * const * inputs,
                        const char *output)
{
    Onnx__NodeProto *node = take(writer, 1, sizeof *node);

    if (!node || writer->node_count == PARTS_MAX) {
        writer->failed = true;
        return;
    }
    onnx__node_proto__init(node);
    node->op_type = take_text(writer, operator);
    node->name = take_text(writer, output);
    node->input = take(writer, INPUTS_MAX, sizeof *node->input);
    node->output = take(writer, 1, sizeof *node->output);
    if (!node->input || !node->output)
        return;
    while (node->n_input < INPUTS_MAX && inputs[node->n_input]) {
        node->input[node->n_input] = take_text(writer, inputs[node->n_input]);
        node->n_input++;
    }
    node->output[0] = take_text(writer, output);
    node->n_output = 1;
    writer->nodes[writer->node_count++] = node;
}

void davy_onnx_put_attribute(davy_onnx_writer *writer, const char *name, int64_t value)
{
    Onnx__NodeProto *node = writer->node_count > 0 ? writer->nodes[writer->node_count - 1] : NULL;
    Onnx__AttributeProto *attribute = take(writer, 1, sizeof *attribute);
    Onnx__AttributeProto **list;

    if (!node || !attribute) {
        writer->failed = true;
        return;
    }
    onnx__attribute_proto__init(attribute);
    attribute->name = take_text(writer, name);
    attribute->has_type = 1;
    attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    attribute->has_i = 1;
    attribute->i = value;
    list = take(writer, node->n_attribute + 1, sizeof(void *));
    if (!list)
        return;
    if (node->n_attribute > 0)
        memcpy(list, node->attribute, node->n_attribute * sizeof(void *));
    list[node->n_attribute++] = attribute;
    node->attribute = list;
}

static Onnx__TensorShapeProto__Dimension *dimension(davy_onnx_writer *writer, size_t size)
{
    Onnx__TensorShapeProto__Dimension *dim = take(writer, 1, sizeof *dim);

    if (!dim)
        return NULL;
    onnx__tensor_shape_proto__dimension__init(dim);
    if (size == 0) {
        dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        dim->dim_param = take_text(writer, "N");
    } else {
        dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        dim->dim_value = (int64_t) size;
    }
    return dim;
}

/* A value of type double with the shape [N] or [N, columns]. */
static Onnx__ValueInfoProto *value_info(davy_onnx_writer *writer, const char *name, size_t columns)
{
    Onnx__ValueInfoProto *info = take(writer, 1, sizeof *info);
    Onnx__TypeProto *type = take(writer, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = take(writer, 1, sizeof *tensor);
    Onnx__TensorShapeProto *shape = take(writer, 1, sizeof *shape);
    Onnx__TensorShapeProto__Dimension **dims = take(writer, 2, sizeof(void *));

    if (!info || !type || !tensor || !shape || !dims)
        return NULL;
    onnx__value_info_proto__init(info);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(shape);
    dims[0] = dimension(writer, 0);
    dims[1] = columns > 0 ? dimension(writer, columns) : NULL;
    shape->dim = dims;
    shape->n_dim = columns > 0 ? 2 : 1;
    tensor->has_elem_type = 1;
    tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE;
    tensor->shape = shape;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    info->name = take_text(writer, name);
    info->type = type;
    return info;
}

static void put_value(davy_onnx_writer *writer, Onnx__ValueInfoProto **list, size_t *count,
                      const char *name, size_t columns)
{
    Onnx__ValueInfoProto *info = value_info(writer, name, columns);

    if (!info || *count == PARTS_MAX)
        writer->failed = true;
    else
        list[(*count)++] = info;
}

void davy_onnx_put_input(davy_onnx_writer *writer, const char *name, size_t columns)
{
    put_value(writer, writer->inputs, &writer->input_count, name, columns);
}

void davy_onnx_put_output(davy_onnx_writer *writer, const char *name)
{
    put_value(writer, writer->outputs, &writer->output_count, name, 0);
}

static void pack(const Onnx__ModelProto *model, davy_buffer *out)
{
    const size_t length = onnx__model_proto__get_packed_size(model);
    char *room = davy_buffer_reserve(out, length);

    if (!room)
        return;
    onnx__model_proto__pack(model, (uint8_t *) room);
    out->length += length;
    room[length] = '\0';
}

davy_status davy_onnx_writer_finish(davy_onnx_writer *writer, davy_buffer *out)
{
    Onnx__OperatorSetIdProto operators = ONNX__OPERATOR_SET_ID_PROTO__INIT;
    Onnx__OperatorSetIdProto *imports[] = {&operators};
    Onnx__GraphProto graph = ONNX__GRAPH_PROTO__INIT;
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    char producer[] = "davy";
    char domain[] = "";

    if (writer->failed)
        return davy_fail(DAVY_ERR_NOMEM, "model graph");
    operators.domain = domain;
    operators.has_version = 1;
    operators.version = OPERATOR_SET;
    graph.name = (char *) (uintptr_t) writer->name;
    graph.node = writer->nodes;
    graph.n_node = writer->node_count;
    graph.initializer = writer->tensors;
    graph.n_initializer = writer->tensor_count;
    graph.input = writer->inputs;
    graph.n_input = writer->input_count;
    graph.output = writer->outputs;
    graph.n_output = writer->output_count;
    model.has_ir_version = 1;
    model.ir_version = IR_VERSION;
    model.producer_name = producer;
    model.opset_import = imports;
    model.n_opset_import = 1;
    model.graph = &graph;
    pack(&model, out);
    return davy_buffer_ok(out);
}
