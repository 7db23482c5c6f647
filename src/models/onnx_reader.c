/* SPDX-License-Identifier: Apache-2.0 */
#include "models/onnx_file.h"

#include "nn/onnx/proto.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct davy_onnx_file {
    davy_onnx_message message;
    const Onnx__ModelProto *model; /* in the message */
};

static davy_status unpack(davy_onnx_file *file, const void *bytes, size_t length)
{
    davy_status status = davy_onnx_unpack(&onnx__model_proto__descriptor, "an ONNX model", bytes,
                                          length, &file->message);

    if (status != DAVY_OK)
        return status;
    file->model = (const Onnx__ModelProto *) file->message.root;
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
    davy_onnx_message_clear(&file->message);
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
