/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/rows_private.h"

#include <string.h>

#include "serve/oip/fit.h"
#include "serve/oip/table.h"

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

/* -- One input: a list is the tensor ------------------------------------------------------------
 */

static davy_status read_only_input(const davy_rows_reader *reader)
{
    const davy_served_info *info = reader->info;
    davy_status status;

    if (info->input_count != 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "model '%.100s' has %zu inputs: give a value for each by its name",
                         info->name, info->input_count);
    status = davy_rows_inputs(reader, 1);
    if (status == DAVY_OK)
        status = davy_rows_value(reader, &info->inputs[0], reader->request->inputs);
    if (status == DAVY_OK)
        davy_oip_adapt(&reader->request->inputs->tensor, &info->inputs[0]);
    return status;
}

/* -- A value for each tensor --------------------------------------------------------------------
 */

/* Columns of a table: numbers, or words. */
static davy_status read_signal(const davy_rows_reader *reader, davy_bytes key, void *context)
{
    const bool words = davy_rows_leaf(reader->json) == '"';
    davy_text_form form = {.type = words ? DAVY_TYPE_TEXT : DAVY_TYPE_F64, .rank = -1};
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

static davy_status fit_table(const davy_rows_reader *reader, const davy_oip_table *table)
{
    return davy_oip_table_fit(table, reader->info, reader->memory, &reader->request->inputs,
                              &reader->request->ask.input_count);
}

static davy_status read_columns_of_signals(const davy_rows_reader *reader)
{
    davy_oip_request *request = reader->request;
    davy_oip_table table;
    davy_status status = davy_rows_inputs(reader, DAVY_OIP_COLUMNS_MAX);

    request->ask.input_count = 0;
    if (status == DAVY_OK)
        status = davy_rows_members(reader, read_signal, request);
    if (status == DAVY_OK)
        status = davy_oip_table_tensors(request->inputs, request->ask.input_count, reader->memory,
                                        &table);
    return status == DAVY_OK ? fit_table(reader, &table) : status;
}

static bool is_of_signals(const davy_rows_reader *reader)
{
    davy_bytes key;

    return davy_oip_has_signals(reader->info) && first_key(reader->json, reader->memory, &key) &&
           !davy_rows_port(reader->info, key);
}

static davy_status read_inputs(const davy_rows_reader *reader)
{
    if (davy_json_peek(reader->json) != '{')
        return read_only_input(reader);
    return is_of_signals(reader) ? read_columns_of_signals(reader) : davy_rows_read_columns(reader);
}

/* -- A value for each row -----------------------------------------------------------------------
 */

static davy_status read_records(const davy_rows_reader *reader)
{
    davy_oip_table table;
    davy_status status = davy_oip_table_records(reader->json, reader->memory, &table);

    return status == DAVY_OK ? fit_table(reader, &table) : status;
}

static davy_status read_split(const davy_rows_reader *reader)
{
    davy_oip_table table;
    davy_status status = davy_oip_table_split(reader->json, reader->memory, &table);

    return status == DAVY_OK ? fit_table(reader, &table) : status;
}

static davy_status read_instances(const davy_rows_reader *reader)
{
    davy_bytes key;

    if (!first_key(reader->json, reader->memory, &key) || davy_bytes_are(key, "b64"))
        return read_only_input(reader);
    return is_of_signals(reader) ? read_records(reader) : davy_rows_read_rows(reader);
}

/* -- The body -----------------------------------------------------------------------------------
 */

static const struct {
    const char *key;
    davy_rows_form form;
    bool table;
    davy_status (*read)(const davy_rows_reader *reader);
} forms[] = {
    {"instances", DAVY_ROWS_INSTANCES, false, read_instances},
    {"inputs", DAVY_ROWS_INPUTS, false, read_inputs},
    {"dataframe_split", DAVY_ROWS_TABLE, true, read_split},
    {"dataframe_records", DAVY_ROWS_TABLE, true, read_records},
};

static davy_status read_explain(const davy_rows_reader *reader, davy_bytes key, void *context)
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

static davy_status read_member(const davy_rows_reader *reader, davy_bytes key, bool tables,
                               davy_rows_form *form)
{
    if (davy_bytes_are(key, "parameters") && davy_json_peek(reader->json) == '{')
        return davy_rows_members(reader, read_explain, NULL);
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
    const davy_rows_reader reader = {&json, info, memory, request};
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
