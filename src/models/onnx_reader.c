/* SPDX-License-Identifier: Apache-2.0 */
#include "models/onnx_file.h"

#include "onnx.pb-c.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Memory that unpacking may take: some per byte of the file for small messages, and a floor. */
#define MEMORY_FACTOR 64
#define MEMORY_FLOOR  ((size_t) 1024 * 1024)

/* protobuf-c asks this for every piece, so that a small file cannot grow large in memory. */
typedef struct bounded {
    ProtobufCAllocator allocator;
    size_t left;
} bounded;

struct davy_onnx_file {
    bounded memory;
    Onnx__ModelProto *model;
};

static void *bounded_alloc(void *context, size_t size)
{
    bounded *memory = context;

    if (size > memory->left)
        return NULL;
    memory->left -= size;
    return malloc(size > 0 ? size : 1);
}

static void bounded_free(void *context, void *piece)
{
    (void) context;
    free(piece);
}

/* The wire format, as far as nesting needs it. */
typedef struct wire {
    const uint8_t *at, *end;
} wire;

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static bool read_varint(wire *bytes, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte;

        if (bytes->at == bytes->end)
            return false;
        byte = *bytes->at++;
        *value |= (uint64_t) (byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* Take one field; `inside` gets its bytes when it is length-delimited, else it is emptied. */
static bool read_field(wire *bytes, uint32_t *id, wire *inside)
{
    uint64_t key, value;
    size_t skip = 0;

    if (!read_varint(bytes, &key) || key > UINT32_MAX)
        return false;
    *id = (uint32_t) (key >> 3);
    *inside = (wire){bytes->at, bytes->at};
    switch (key & 7) {
    case WIRE_VARINT:
        return read_varint(bytes, &value);
    case WIRE_64:
        skip = 8;
        break;
    case WIRE_32:
        skip = 4;
        break;
    case WIRE_BYTES:
        if (!read_varint(bytes, &value) || value > (uint64_t) (bytes->end - bytes->at))
            return false;
        *inside = (wire){bytes->at, bytes->at + value};
        skip = (size_t) value;
        break;
    default:
        return false;
    }
    if (skip > (size_t) (bytes->end - bytes->at))
        return false;
    bytes->at += skip;
    return true;
}

/*
 * protobuf-c unpacks messages in messages by recursion without a limit, so a few kilobytes could
 * overrun the stack. Walk the file along the schema first and refuse what nests too deep.
 */
static bool nesting_ok(const ProtobufCMessageDescriptor *descriptor, wire bytes, unsigned depth)
{
    if (depth > DAVY_ONNX_DEPTH_MAX)
        return false;
    while (bytes.at < bytes.end) {
        const ProtobufCFieldDescriptor *field;
        wire inside;
        uint32_t id;

        if (!read_field(&bytes, &id, &inside))
            return false;
        field = protobuf_c_message_descriptor_get_field(descriptor, id);
        if (field && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            !nesting_ok(field->descriptor, inside, depth + 1))
            return false;
    }
    return true;
}

static davy_status unpack(davy_onnx_file *file, const void *bytes, size_t length)
{
    const wire all = {bytes, (const uint8_t *) bytes + length};

    if (!nesting_ok(&onnx__model_proto__descriptor, all, 0))
        return davy_fail(DAVY_ERR_CORRUPT, "not an ONNX model, or nested too deep");
    file->memory = (bounded){{bounded_alloc, bounded_free, &file->memory},
                             MEMORY_FLOOR + MEMORY_FACTOR * length};
    file->model = onnx__model_proto__unpack(&file->memory.allocator, length, bytes);
    if (!file->model)
        return davy_fail(DAVY_ERR_CORRUPT, "not an ONNX model");
    if (!file->model->graph || file->model->n_opset_import == 0)
        return davy_fail(DAVY_ERR_CORRUPT, "the ONNX model has no graph or no operator set");
    return DAVY_OK;
}

davy_status davy_onnx_file_parse(const void *bytes, size_t length, davy_onnx_file **out)
{
    davy_status status;
    davy_onnx_file *file;

    if (length > DAVY_ONNX_FILE_MAX)
        return davy_fail(DAVY_ERR_FULL, "an ONNX model of %zu bytes is longer than %zu", length,
                         DAVY_ONNX_FILE_MAX);
    file = calloc(1, sizeof *file);
    if (!file)
        return davy_fail(DAVY_ERR_NOMEM, "ONNX model");
    status = unpack(file, bytes, length);
    if (status != DAVY_OK) {
        davy_onnx_file_destroy(file);
        return status;
    }
    *out = file;
    return DAVY_OK;
}

void davy_onnx_file_destroy(davy_onnx_file *file)
{
    if (!file)
        return;
    if (file->model)
        onnx__model_proto__free_unpacked(file->model, &file->memory.allocator);
    free(file);
}

static const Onnx__TensorProto *find_tensor(const davy_onnx_file *file, const char *name)
{
    const Onnx__GraphProto *graph = file->model->graph;

    for (size_t i = 0; i < graph->n_initializer; i++)
        if (graph->initializer[i]->name && strcmp(graph->initializer[i]->name, name) == 0)
            return graph->initializer[i];
    return NULL;
}

davy_status davy_onnx_file_shape(const davy_onnx_file *file, const char *name, size_t *rows,
                                 size_t *columns)
{
    const Onnx__TensorProto *tensor = find_tensor(file, name);

    if (!tensor)
        return davy_fail(DAVY_ERR_CORRUPT, "initializer '%s' is missing", name);
    if (tensor->n_dims < 1 || tensor->n_dims > 2)
        return davy_fail(DAVY_ERR_CORRUPT, "initializer '%s' has rank %zu", name, tensor->n_dims);
    for (size_t i = 0; i < tensor->n_dims; i++)
        if (tensor->dims[i] < 1 || tensor->dims[i] > (int64_t) (DAVY_ONNX_FILE_MAX / 4))
            return davy_fail(DAVY_ERR_CORRUPT, "initializer '%s' has dimension %lld", name,
                             (long long) tensor->dims[i]);
    *rows = (size_t) tensor->dims[0];
    *columns = tensor->n_dims == 2 ? (size_t) tensor->dims[1] : 0;
    return DAVY_OK;
}

/* Doubles or floats, raw or in their list; `count` fits, as the shape was checked. */
static bool copy_values(const Onnx__TensorProto *tensor, size_t count, double *values)
{
    const bool is_double = tensor->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE;
    const bool is_float = tensor->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;

    if (is_double && tensor->has_raw_data && tensor->raw_data.len == count * sizeof(double)) {
        memcpy(values, tensor->raw_data.data, count * sizeof(double));
        return true;
    }
    if (is_double && tensor->n_double_data == count) {
        memcpy(values, tensor->double_data, count * sizeof(double));
        return true;
    }
    if (is_float && tensor->has_raw_data && tensor->raw_data.len == count * sizeof(float)) {
        for (size_t i = 0; i < count; i++) {
            float value;

            memcpy(&value, tensor->raw_data.data + i * sizeof value, sizeof value);
            values[i] = (double) value;
        }
        return true;
    }
    if (is_float && tensor->n_float_data == count) {
        for (size_t i = 0; i < count; i++)
            values[i] = (double) tensor->float_data[i];
        return true;
    }
    return false;
}

davy_status davy_onnx_file_numbers(const davy_onnx_file *file, const char *name, size_t rows,
                                   size_t columns, double *values)
{
    const size_t count = rows * (columns > 0 ? columns : 1);
    size_t has_rows = 0, has_columns = 0;
    davy_status status = davy_onnx_file_shape(file, name, &has_rows, &has_columns);

    if (status != DAVY_OK)
        return status;
    if (has_rows != rows || has_columns != columns)
        return davy_fail(DAVY_ERR_CORRUPT, "initializer '%s' is [%zu, %zu] and not [%zu, %zu]",
                         name, has_rows, has_columns, rows, columns);
    if (!copy_values(find_tensor(file, name), count, values))
        return davy_fail(DAVY_ERR_CORRUPT,
                         "initializer '%s' does not hold %zu numbers of a type davy reads", name,
                         count);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return davy_fail(DAVY_ERR_CORRUPT, "initializer '%s' holds a number that is not finite",
                             name);
    return DAVY_OK;
}

davy_status davy_onnx_file_has_node(const davy_onnx_file *file, const char *operator,
                                    const char * output, bool *is_this)
{
    const Onnx__GraphProto *graph = file->model->graph;

    for (size_t i = 0; i < graph->n_node; i++) {
        const Onnx__NodeProto *node = graph->node[i];

        if (node->n_output > 0 && strcmp(node->output[0], output) == 0) {
            *is_this = node->op_type && strcmp(node->op_type, operator) == 0;
            return DAVY_OK;
        }
    }
    return davy_fail(DAVY_ERR_CORRUPT, "no node makes '%s'", output);
}
