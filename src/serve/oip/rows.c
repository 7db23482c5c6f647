/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/rows.h"

#include <string.h>

#include "serve/oip/fit.h"
#include "serve/oip/picture.h"
#include "serve/oip/table.h"

/* Who reads a body: the model it is for, and where what is read goes. */
typedef struct rows_reader {
    davy_json_reader *json;
    const davy_served_info *info;
    davy_oip_memory *memory;
    davy_oip_request *request;
} rows_reader;

/* What the first value inside of lists is: '"', '0', '{' ... */
static char first_leaf(const davy_json_reader *json)
{
    davy_json_reader ahead = *json;
    bool more = true;

    while (davy_json_peek(&ahead) == '[' && more)
        if (davy_json_enter(&ahead, '[') != DAVY_OK || davy_json_next(&ahead, &more) != DAVY_OK)
            return 0;
    return more ? davy_json_peek(&ahead) : 0;
}

/* The first key of the object that stands here, or inside a list. */
static bool first_key(const davy_json_reader *json, davy_oip_memory *memory, davy_bytes *key)
{
    davy_json_reader ahead = *json;
    bool more = true;

    if (davy_json_peek(&ahead) == '[' &&
        (davy_json_enter(&ahead, '[') != DAVY_OK || davy_json_next(&ahead, &more) != DAVY_OK))
        return false;
    return more && davy_json_peek(&ahead) == '{' && davy_json_enter(&ahead, '{') == DAVY_OK &&
           davy_json_next(&ahead, &more) == DAVY_OK && more &&
           davy_json_key(&ahead, memory, key) == DAVY_OK;
}

static const davy_port *port_of(const davy_served_info *info, davy_bytes key)
{
    for (size_t i = 0; i < info->input_count; i++)
        if (davy_bytes_are(key, info->inputs[i].name))
            return &info->inputs[i];
    return NULL;
}

static davy_status fail_key(const rows_reader *reader, davy_bytes key)
{
    return davy_fail(DAVY_ERR_INVALID, "model '%.100s' has no input '%.*s'", reader->info->name,
                     (int) (key.length < 100 ? key.length : 100), (const char *) key.at);
}

/* The value of an input; where the model takes pictures and texts are given, the texts. */
static davy_status read_value(const rows_reader *reader, const davy_port *port,
                              davy_named_tensor *out)
{
    davy_text_form form = {.name = port->name, .type = port->type, .rank = -1};
    const char leaf = first_leaf(reader->json);
    davy_picture_form picture;

    if ((leaf == '"' || leaf == '{') &&
        davy_picture_form_find(reader->info, port->name, &picture)) {
        form.type = DAVY_TYPE_TEXT;
        form.base64 = leaf == '"';
    }
    out->name = port->name;
    return davy_tensor_text_read(reader->json, &form, reader->memory, out);
}

static davy_status make_inputs(const rows_reader *reader, size_t count)
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

/* -- One input: a list is the tensor ------------------------------------------------------------
 */

static davy_status read_only_input(const rows_reader *reader)
{
    const davy_served_info *info = reader->info;
    davy_status status;

    if (info->input_count != 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "model '%.100s' has %zu inputs: give a value for each by its name",
                         info->name, info->input_count);
    status = make_inputs(reader, 1);
    if (status == DAVY_OK)
        status = read_value(reader, &info->inputs[0], reader->request->inputs);
    if (status == DAVY_OK)
        davy_oip_adapt(&reader->request->inputs->tensor, &info->inputs[0]);
    return status;
}

/* -- A value for each tensor --------------------------------------------------------------------
 */

static davy_status read_named(const rows_reader *reader,
                              davy_status (*read)(const rows_reader *, davy_bytes, void *),
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
static davy_status read_port(const rows_reader *reader, davy_bytes key, void *context)
{
    davy_named_tensor *tensors = context;
    const davy_port *port = port_of(reader->info, key);
    davy_named_tensor *tensor = port ? &tensors[port - reader->info->inputs] : NULL;

    if (!port)
        return fail_key(reader, key);
    if (tensor->name)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' is there twice", port->name);
    return read_value(reader, port, tensor);
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

static davy_status read_columns_of_ports(const rows_reader *reader)
{
    const davy_served_info *info = reader->info;
    davy_status status = make_inputs(reader, info->input_count);

    if (status == DAVY_OK)
        status = read_named(reader, read_port, reader->request->inputs);
    if (status == DAVY_OK)
        status = check_all_there(info, reader->request->inputs);
    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++)
        if (reader->request->inputs[i].name)
            davy_oip_adapt(&reader->request->inputs[i].tensor, &info->inputs[i]);
    if (status == DAVY_OK)
        close_gaps(reader->request);
    return status;
}

/* Columns of a table: numbers with gaps, or words. */
static davy_status read_signal(const rows_reader *reader, davy_bytes key, void *context)
{
    const bool words = first_leaf(reader->json) == '"';
    davy_text_form form = {
        .type = words ? DAVY_TYPE_TEXT : DAVY_TYPE_F64, .rank = -1, .gaps = true};
    davy_oip_request *request = context;
    davy_named_tensor *tensor = &request->inputs[request->ask.input_count];
    davy_status status;

    if (request->ask.input_count == DAVY_OIP_COLUMNS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a table may have %zu columns", DAVY_OIP_COLUMNS_MAX);
    status = davy_oip_text(reader->memory, key.at, key.length, "a column's name", &form.name);
    if (status == DAVY_OK) {
        tensor->name = form.name;
        status = davy_tensor_text_read(reader->json, &form, reader->memory, tensor);
        request->ask.input_count++;
    }
    return status;
}

static davy_status fit_table(const rows_reader *reader, const davy_oip_table *table)
{
    return davy_oip_table_fit(table, reader->info, reader->memory, &reader->request->inputs,
                              &reader->request->ask.input_count);
}

static davy_status read_columns_of_signals(const rows_reader *reader)
{
    davy_oip_request *request = reader->request;
    davy_oip_table table;
    davy_status status = make_inputs(reader, DAVY_OIP_COLUMNS_MAX);

    request->ask.input_count = 0;
    if (status == DAVY_OK)
        status = read_named(reader, read_signal, request);
    if (status == DAVY_OK)
        status = davy_oip_table_tensors(request->inputs, request->ask.input_count, reader->memory,
                                        &table);
    return status == DAVY_OK ? fit_table(reader, &table) : status;
}

static bool is_of_signals(const rows_reader *reader)
{
    davy_bytes key;

    return davy_oip_has_signals(reader->info) && first_key(reader->json, reader->memory, &key) &&
           !port_of(reader->info, key);
}

static davy_status read_inputs(const rows_reader *reader)
{
    if (davy_json_peek(reader->json) != '{')
        return read_only_input(reader);
    return is_of_signals(reader) ? read_columns_of_signals(reader) : read_columns_of_ports(reader);
}

/* -- A value for each row -----------------------------------------------------------------------
 */

static davy_status stack(const rows_reader *reader, const davy_named_tensor *rows, size_t count,
                         size_t port, davy_named_tensor *out)
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
static davy_status read_all_rows(const rows_reader *reader, davy_named_tensor *tensors)
{
    davy_status status = davy_json_enter(reader->json, '[');
    bool more;

    while (status == DAVY_OK) {
        status = davy_json_next(reader->json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = read_named(reader, read_port, tensors);
        tensors += reader->info->input_count;
    }
    return status;
}

static davy_status read_rows_of_ports(const rows_reader *reader)
{
    const size_t ports = reader->info->input_count;
    size_t count = 0;
    void *rows = NULL;
    davy_status status = count_rows(reader->json, &count);

    if (status == DAVY_OK)
        status = make_inputs(reader, ports);
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

static davy_status read_records(const rows_reader *reader)
{
    davy_oip_table table;
    davy_status status = davy_oip_table_records(reader->json, reader->memory, &table);

    return status == DAVY_OK ? fit_table(reader, &table) : status;
}

static davy_status read_split(const rows_reader *reader)
{
    davy_oip_table table;
    davy_status status = davy_oip_table_split(reader->json, reader->memory, &table);

    return status == DAVY_OK ? fit_table(reader, &table) : status;
}

static davy_status read_instances(const rows_reader *reader)
{
    davy_bytes key;

    if (!first_key(reader->json, reader->memory, &key) || davy_bytes_are(key, "b64"))
        return read_only_input(reader);
    return is_of_signals(reader) ? read_records(reader) : read_rows_of_ports(reader);
}

/* -- The body -----------------------------------------------------------------------------------
 */

static const struct {
    const char *key;
    davy_rows_form form;
    bool table;
    davy_status (*read)(const rows_reader *reader);
} forms[] = {
    {"instances", DAVY_ROWS_INSTANCES, false, read_instances},
    {"inputs", DAVY_ROWS_INPUTS, false, read_inputs},
    {"dataframe_split", DAVY_ROWS_TABLE, true, read_split},
    {"dataframe_records", DAVY_ROWS_TABLE, true, read_records},
};

static davy_status read_explain(const rows_reader *reader, davy_bytes key, void *context)
{
    davy_infer_request *ask = &reader->request->ask;
    uint64_t top = 0;
    davy_bytes text;
    davy_status status;

    (void) context;
    if (davy_bytes_are(key, "explain_top_k")) {
        status = davy_json_unsigned_within(reader->json, UINT32_MAX, &top);
        ask->explain_top = (size_t) top;
        return status;
    }
    if (!davy_bytes_are(key, "explain") || davy_json_peek(reader->json) != '"')
        return davy_json_skip(reader->json, NULL);
    status = davy_json_string(reader->json, reader->memory, &text);
    if (status == DAVY_OK && !davy_bytes_are(text, "auto"))
        status =
            davy_oip_text(reader->memory, text.at, text.length, "'explain'", &ask->explain_method);
    return status;
}

static davy_status read_member(const rows_reader *reader, davy_bytes key, bool tables,
                               davy_rows_form *form)
{
    if (davy_bytes_are(key, "parameters") && davy_json_peek(reader->json) == '{')
        return read_named(reader, read_explain, NULL);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(forms); i++) {
        if ((forms[i].table && !tables) || !davy_bytes_are(key, forms[i].key))
            continue;
        if (*form != DAVY_ROWS_NONE)
            return davy_fail(DAVY_ERR_INVALID, "'%s' is not the only input of the body",
                             forms[i].key);
        *form = forms[i].form;
        return forms[i].read(reader);
    }
    return davy_json_skip(reader->json, NULL);
}

davy_status davy_rows_read(const char *bytes, size_t length, const davy_served_info *info,
                           bool tables, davy_oip_memory *memory, davy_oip_request *request,
                           davy_rows_form *form)
{
    davy_json_reader json;
    const rows_reader reader = {&json, info, memory, request};
    davy_status status;
    bool more;

    *request = (davy_oip_request){.ask = {.id = "", .version = ""}};
    *form = DAVY_ROWS_NONE;
    davy_json_reader_init(&json, bytes, length);
    status = davy_json_enter(&json, '{');
    while (status == DAVY_OK) {
        davy_bytes key;

        status = davy_json_next(&json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_key(&json, memory, &key);
        if (status == DAVY_OK)
            status = read_member(&reader, key, tables, form);
    }
    if (status == DAVY_OK)
        status = davy_json_finish(&json);
    if (status == DAVY_OK && *form == DAVY_ROWS_NONE)
        status = davy_fail(DAVY_ERR_INVALID,
                           tables ? "the body needs 'dataframe_split', 'dataframe_records', "
                                    "'instances' or 'inputs'"
                                  : "the body needs 'instances' or 'inputs'");
    request->ask.inputs = request->inputs;
    return status == DAVY_OK ? davy_oip_fit(request, info, memory) : status;
}
