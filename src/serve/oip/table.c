/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/table.h"

#include <math.h>
#include <string.h>

#define COLUMN_NONE SIZE_MAX

/* -- Reading ------------------------------------------------------------------------------------
 */

static davy_status read_cell(davy_json_reader *json, davy_oip_memory *memory, davy_oip_cell *cell)
{
    bool truth = false;
    davy_status status;

    *cell = (davy_oip_cell){0};
    switch (davy_json_peek(json)) {
    case '0':
        return davy_json_double(json, &cell->number);
    case '"':
        return davy_json_string(json, memory, &cell->text);
    case 'n':
        cell->number = NAN;
        return davy_json_nothing(json);
    case 't':
    case 'f':
        status = davy_json_truth(json, &truth);
        cell->number = truth;
        return status;
    default:
        return davy_json_fail(json, "a number, a text or null");
    }
}

/* Members of an array that is not read yet. */
static davy_status count_members(const davy_json_reader *json, size_t *count)
{
    davy_json_reader ahead = *json;
    bool more;
    davy_status status = davy_json_enter(&ahead, '[');

    *count = 0;
    while (status == DAVY_OK) {
        status = davy_json_next(&ahead, &more);
        if (status != DAVY_OK || !more)
            break;
        ++*count;
        status = davy_json_skip(&ahead, NULL);
    }
    return status;
}

static davy_status make_columns(davy_oip_table *table, davy_oip_memory *memory, size_t count)
{
    void *taken;
    davy_status status;

    if (count > DAVY_OIP_COLUMNS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a table may have %zu columns", DAVY_OIP_COLUMNS_MAX);
    status = davy_oip_take(memory, count, sizeof *table->columns, &taken);
    if (status == DAVY_OK)
        table->columns = taken;
    return status;
}

static davy_status make_cells(davy_oip_table *table, davy_oip_memory *memory)
{
    void *taken;
    davy_status status;

    if (table->column_count > 0 && table->row_count > SIZE_MAX / 64 / table->column_count)
        return davy_fail(DAVY_ERR_INVALID, "the table is too large");
    status =
        davy_oip_take(memory, table->row_count * table->column_count, sizeof *table->cells, &taken);
    if (status == DAVY_OK)
        table->cells = taken;
    return status;
}

static size_t find_column(const davy_oip_table *table, davy_bytes name, size_t guess)
{
    if (guess < table->column_count && davy_bytes_are(name, table->columns[guess]))
        return guess; /* rows mostly have their keys in one order */
    for (size_t i = 0; i < table->column_count; i++)
        if (davy_bytes_are(name, table->columns[i]))
            return i;
    return COLUMN_NONE;
}

static davy_status add_column(davy_oip_table *table, davy_oip_memory *memory, davy_bytes name)
{
    if (find_column(table, name, COLUMN_NONE) != COLUMN_NONE)
        return davy_fail(DAVY_ERR_INVALID, "column '%.*s' is there twice",
                         (int) (name.length < 64 ? name.length : 64), (const char *) name.at);
    return davy_oip_text(memory, name.at, name.length, "a column's name",
                         &table->columns[table->column_count++]);
}

static davy_status read_columns(davy_json_reader *json, davy_oip_memory *memory,
                                davy_oip_table *table)
{
    size_t count = 0;
    davy_status status = count_members(json, &count);
    bool more = true;

    if (status == DAVY_OK)
        status = make_columns(table, memory, count);
    if (status == DAVY_OK)
        status = davy_json_enter(json, '[');
    while (status == DAVY_OK) {
        davy_bytes name;

        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_string(json, memory, &name);
        if (status == DAVY_OK)
            status = add_column(table, memory, name);
    }
    return status;
}

static davy_status read_row(davy_json_reader *json, davy_oip_memory *memory,
                            const davy_oip_table *table, size_t row)
{
    davy_oip_cell *cells = table->cells + row * table->column_count;
    davy_status status = davy_json_enter(json, '[');
    size_t column = 0;
    bool more;

    while (status == DAVY_OK) {
        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        if (column == table->column_count)
            return davy_fail(DAVY_ERR_INVALID, "row %zu has more than %zu cells", row + 1, column);
        status = read_cell(json, memory, &cells[column++]);
    }
    if (status == DAVY_OK && column < table->column_count)
        return davy_fail(DAVY_ERR_INVALID, "row %zu has %zu cells and there are %zu columns",
                         row + 1, column, table->column_count);
    return status;
}

static davy_status read_rows(davy_json_reader *json, davy_oip_memory *memory, davy_oip_table *table)
{
    davy_status status = count_members(json, &table->row_count);
    bool more;

    if (status == DAVY_OK)
        status = make_cells(table, memory);
    if (status == DAVY_OK)
        status = davy_json_enter(json, '[');
    for (size_t row = 0; status == DAVY_OK; row++) {
        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = read_row(json, memory, table, row);
    }
    return status;
}

davy_status davy_oip_table_split(davy_json_reader *json, davy_oip_memory *memory,
                                 davy_oip_table *table)
{
    davy_json_reader data;
    bool has_columns = false, has_data = false, more;
    davy_status status = davy_json_enter(json, '{');

    *table = (davy_oip_table){0};
    while (status == DAVY_OK) {
        davy_bytes key;

        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_key(json, memory, &key);
        if (status != DAVY_OK)
            break;
        if (davy_bytes_are(key, "columns") && !has_columns) {
            has_columns = true;
            status = read_columns(json, memory, table);
            continue;
        }
        if (davy_bytes_are(key, "data")) {
            has_data = true;
            data = *json; /* read when the columns are known */
        }
        status = davy_json_skip(json, NULL);
    }
    if (status == DAVY_OK && (!has_columns || !has_data))
        status = davy_fail(DAVY_ERR_INVALID, "the table needs 'columns' and 'data'");
    return status == DAVY_OK ? read_rows(&data, memory, table) : status;
}

/* -- Records ------------------------------------------------------------------------------------
 */

/* A pass over all records: the first collects the columns, the second reads the cells. */
static davy_status read_record(davy_json_reader *json, davy_oip_memory *memory,
                               davy_oip_table *table, davy_oip_cell *cells)
{
    davy_status status = davy_json_enter(json, '{');
    size_t guess = 0;
    bool more;

    while (status == DAVY_OK) {
        davy_bytes key;
        size_t column;

        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_key(json, memory, &key);
        if (status != DAVY_OK)
            break;
        column = find_column(table, key, guess++);
        if (!cells && column == COLUMN_NONE && table->column_count == DAVY_OIP_COLUMNS_MAX)
            return davy_fail(DAVY_ERR_INVALID, "a table may have %zu columns",
                             DAVY_OIP_COLUMNS_MAX);
        if (!cells && column == COLUMN_NONE)
            status = add_column(table, memory, key);
        if (status == DAVY_OK)
            status = cells ? read_cell(json, memory, &cells[column]) : davy_json_skip(json, NULL);
    }
    return status;
}

static davy_status read_records(davy_json_reader *json, davy_oip_memory *memory,
                                davy_oip_table *table, bool cells)
{
    davy_status status = davy_json_enter(json, '[');
    bool more;

    for (size_t row = 0; status == DAVY_OK; row++) {
        davy_oip_cell *to = cells ? table->cells + row * table->column_count : NULL;

        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        for (size_t i = 0; to && i < table->column_count; i++)
            to[i].number = NAN;
        status = read_record(json, memory, table, to);
    }
    return status;
}

davy_status davy_oip_table_records(davy_json_reader *json, davy_oip_memory *memory,
                                   davy_oip_table *table)
{
    davy_json_reader ahead = *json;
    davy_status status;

    *table = (davy_oip_table){0};
    status = make_columns(table, memory, DAVY_OIP_COLUMNS_MAX);
    if (status == DAVY_OK)
        status = count_members(json, &table->row_count);
    if (status == DAVY_OK)
        status = read_records(&ahead, memory, table, false);
    if (status == DAVY_OK)
        status = make_cells(table, memory);
    return status == DAVY_OK ? read_records(json, memory, table, true) : status;
}

/* -- Tensors as columns -------------------------------------------------------------------------
 */

#define CELL_OF(type)                                       \
    return (davy_oip_cell)                                  \
    {                                                       \
        .number = (double) ((const type *) tensor->data)[i] \
    }

static davy_oip_cell cell_of(const davy_tensor *tensor, size_t i)
{
    switch (tensor->type) {
    case DAVY_TYPE_TEXT:
        return (davy_oip_cell){.text = ((const davy_bytes *) tensor->data)[i]};
    case DAVY_TYPE_F32:
        CELL_OF(float);
    case DAVY_TYPE_F64:
        CELL_OF(double);
    case DAVY_TYPE_I8:
        CELL_OF(int8_t);
    case DAVY_TYPE_I16:
        CELL_OF(int16_t);
    case DAVY_TYPE_I32:
        CELL_OF(int32_t);
    case DAVY_TYPE_I64:
        CELL_OF(int64_t);
    case DAVY_TYPE_U16:
        CELL_OF(uint16_t);
    case DAVY_TYPE_U32:
        CELL_OF(uint32_t);
    case DAVY_TYPE_U64:
        CELL_OF(uint64_t);
    default:
        CELL_OF(uint8_t); /* U8 and BOOL */
    }
}

davy_status davy_oip_table_tensors(const davy_named_tensor *tensors, size_t count,
                                   davy_oip_memory *memory, davy_oip_table *table)
{
    davy_status status;

    *table = (davy_oip_table){.column_count = count};
    table->row_count = count > 0 ? (size_t) davy_tensor_count(&tensors[0].tensor) : 0;
    status = make_columns(table, memory, count);
    if (status == DAVY_OK)
        status = make_cells(table, memory);
    for (size_t column = 0; column < count && status == DAVY_OK; column++) {
        const davy_tensor *tensor = &tensors[column].tensor;

        table->columns[column] = tensors[column].name;
        if ((size_t) davy_tensor_count(tensor) != table->row_count)
            return davy_fail(DAVY_ERR_INVALID, "column '%.100s' has %lld rows, '%.100s' has %zu",
                             tensors[column].name, (long long) davy_tensor_count(tensor),
                             tensors[0].name, table->row_count);
        if (tensor->type == DAVY_TYPE_F16 || tensor->type == DAVY_TYPE_BF16)
            return davy_fail(DAVY_ERR_INVALID, "column '%.100s': a column may not be of %s",
                             tensors[column].name, davy_datatype_name(tensor->type));
        for (size_t row = 0; row < table->row_count; row++)
            table->cells[row * count + column] = cell_of(tensor, row);
    }
    return status;
}
