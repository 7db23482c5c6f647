/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/rows_private.h"

#include <string.h>

#include "serve/oip/fit.h"
#include "serve/oip/picture.h"

char davy_rows_leaf(const davy_json_reader *json)
{
    davy_json_reader ahead = *json;
    bool more = true;

    while (davy_json_peek(&ahead) == '[' && more)
        if (davy_json_enter(&ahead, '[') != DAVY_OK || davy_json_next(&ahead, &more) != DAVY_OK)
            return 0;
    return more ? davy_json_peek(&ahead) : 0;
}

const davy_port *davy_rows_port(const davy_served_info *info, davy_bytes key)
{
    for (size_t i = 0; i < info->input_count; i++)
        if (davy_bytes_are(key, info->inputs[i].name))
            return &info->inputs[i];
    return NULL;
}

static davy_status fail_key(const davy_rows_reader *reader, davy_bytes key)
{
    return davy_fail(DAVY_ERR_INVALID, "model '%.100s' has no input '%.*s'", reader->info->name,
                     (int) (key.length < 100 ? key.length : 100), (const char *) key.at);
}

davy_status davy_rows_value(const davy_rows_reader *reader, const davy_port *port,
                            davy_named_tensor *out)
{
    davy_text_form form = {.name = port->name, .type = port->type, .rank = -1};
    const char leaf = davy_rows_leaf(reader->json);
    davy_picture_form picture;

    if ((leaf == '"' || leaf == '{') &&
        davy_picture_form_find(reader->info, port->name, &picture)) {
        form.type = DAVY_TYPE_TEXT;
        form.base64 = leaf == '"';
    }
    out->name = port->name;
    return davy_tensor_text_read(reader->json, &form, reader->memory, out);
}

davy_status davy_rows_inputs(const davy_rows_reader *reader, size_t count)
{
    void *taken;
    davy_status status =
        davy_oip_take(reader->memory, count, sizeof *reader->request->inputs, &taken);

    if (status == DAVY_OK) {
        reader->request->inputs = taken;
        reader->request->ask.input_count = count;
    }
    return status;
}

davy_status davy_rows_members(const davy_rows_reader *reader,
                              davy_status (*read)(const davy_rows_reader *, davy_bytes, void *),
                              void *context)
{
    davy_status status = davy_json_enter(reader->json, '{');
    bool more;

    while (status == DAVY_OK) {
        davy_bytes key;

        status = davy_json_next(reader->json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_key(reader->json, reader->memory, &key);
        if (status == DAVY_OK)
            status = read(reader, key, context);
    }
    return status;
}

/* The inputs [input_count] of the model in its order, of one row or of all. */
static davy_status read_port(const davy_rows_reader *reader, davy_bytes key, void *context)
{
    davy_named_tensor *tensors = context;
    const davy_port *port = davy_rows_port(reader->info, key);
    davy_named_tensor *tensor = port ? &tensors[port - reader->info->inputs] : NULL;

    if (!port)
        return fail_key(reader, key);
    if (tensor->name)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' is there twice", port->name);
    return davy_rows_value(reader, port, tensor);
}

static davy_status check_all_there(const davy_served_info *info, const davy_named_tensor *tensors)
{
    for (size_t i = 0; i < info->input_count; i++)
        if (!tensors[i].name && !info->inputs[i].optional)
            return davy_fail(DAVY_ERR_INVALID, "input '%.100s' is missing", info->inputs[i].name);
    return DAVY_OK;
}

/* Optional inputs that were not given leave no gap. */
static void close_gaps(davy_oip_request *request)
{
    size_t kept = 0;

    for (size_t i = 0; i < request->ask.input_count; i++)
        if (request->inputs[i].name)
            request->inputs[kept++] = request->inputs[i];
    request->ask.input_count = kept;
}

davy_status davy_rows_read_columns(const davy_rows_reader *reader)
{
    const davy_served_info *info = reader->info;
    davy_status status = davy_rows_inputs(reader, info->input_count);

    if (status == DAVY_OK)
        status = davy_rows_members(reader, read_port, reader->request->inputs);
    if (status == DAVY_OK)
        status = check_all_there(info, reader->request->inputs);
    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++)
        if (reader->request->inputs[i].name)
            davy_oip_adapt(&reader->request->inputs[i].tensor, &info->inputs[i]);
    if (status == DAVY_OK)
        close_gaps(reader->request);
    return status;
}

static davy_status stack(const davy_rows_reader *reader, const davy_named_tensor *rows,
                         size_t count, size_t port, davy_named_tensor *out)
{
    const size_t ports = reader->info->input_count;
    const davy_tensor *first = &rows[port].tensor;
    const size_t size = first->type == DAVY_TYPE_TEXT
                            ? (size_t) davy_tensor_count(first) * sizeof(davy_bytes)
                            : davy_tensor_bytes(first);
    int64_t dims[DAVY_RANK_MAX + 1] = {(int64_t) count};
    void *data;
    davy_status status;

    memcpy(dims + 1, first->dims, sizeof first->dims);
    out->name = rows[port].name;
    status = davy_named_tensor_shape(out, first->type, (size_t) first->rank + 1, dims);
    if (status == DAVY_OK)
        status = davy_oip_take(reader->memory, count, size, &data);
    for (size_t row = 0; row < count && status == DAVY_OK; row++) {
        const davy_tensor *tensor = &rows[row * ports + port].tensor;

        if (!rows[row * ports + port].name || !davy_tensor_same_shape(tensor, first) ||
            tensor->type != first->type)
            return davy_fail(DAVY_ERR_INVALID,
                             "instance %zu: input '%.100s' is missing or of another shape than in "
                             "the first",
                             row + 1, out->name);
        if (size > 0)
            memcpy((char *) data + row * size, tensor->data, size);
    }
    if (status == DAVY_OK) {
        out->tensor.data = data;
        davy_oip_adapt(&out->tensor, &reader->info->inputs[port]);
    }
    return status;
}

static davy_status count_rows(const davy_json_reader *json, size_t *count)
{
    davy_json_reader ahead = *json;
    davy_status status = davy_json_enter(&ahead, '[');
    bool more;

    for (*count = 0; status == DAVY_OK; ++*count) {
        status = davy_json_next(&ahead, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_skip(&ahead, NULL);
    }
    return status;
}

/* [rows][ports] */
static davy_status read_all_rows(const davy_rows_reader *reader, davy_named_tensor *tensors)
{
    davy_status status = davy_json_enter(reader->json, '[');
    bool more;

    while (status == DAVY_OK) {
        status = davy_json_next(reader->json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_rows_members(reader, read_port, tensors);
        tensors += reader->info->input_count;
    }
    return status;
}

davy_status davy_rows_read_rows(const davy_rows_reader *reader)
{
    const size_t ports = reader->info->input_count;
    size_t count = 0;
    void *rows = NULL;
    davy_status status = count_rows(reader->json, &count);

    if (status == DAVY_OK)
        status = davy_rows_inputs(reader, ports);
    if (status == DAVY_OK)
        status = davy_oip_take(reader->memory, count * ports, sizeof(davy_named_tensor), &rows);
    if (status == DAVY_OK)
        status = read_all_rows(reader, rows);
    if (status == DAVY_OK)
        status = check_all_there(reader->info, rows);
    for (size_t port = 0; port < ports && status == DAVY_OK; port++)
        if (((davy_named_tensor *) rows)[port].name)
            status = stack(reader, rows, count, port, &reader->request->inputs[port]);
    if (status == DAVY_OK)
        close_gaps(reader->request);
    return status;
}
