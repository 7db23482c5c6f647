/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/table.h"

#include <math.h>
#include <string.h>

#include "serve/api/json.h"

/* -- A model of signals -------------------------------------------------------------------------
 */

bool davy_oip_has_signals(const davy_served_info *info)
{
    return info->watcher || (info->predictor && info->predictor->form.kind == DAVY_FORM_ROW &&
                             info->predictor->signal_count > 0);
}

static davy_status find_column(const davy_oip_table *table, const char *name, size_t *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i], name) == 0) {
            *column = i;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_INVALID, "the table has no column '%.100s', which the model needs",
                     name);
}

/* Words that look like numbers come as numbers in JSON. */
static davy_bytes word_of(const davy_oip_cell *cell, davy_buffer *scratch)
{
    if (cell->text.at)
        return cell->text;
    davy_buffer_reset(scratch);
    davy_json_digits(scratch, cell->number);
    return (davy_bytes){scratch->bytes, scratch->length};
}

/* The place of a word among those that were learnt; behind them all for another. */
static double level_of(const davy_levels *levels, davy_bytes word)
{
    for (size_t i = 0; i < levels->count; i++)
        if (davy_bytes_are(word, levels->names[i]))
            return (double) i;
    return (double) levels->count;
}

static davy_status value_of(const davy_oip_cell *cell, const davy_levels *levels, const char *name,
                            davy_buffer *scratch, double *value)
{
    *value = cell->number;
    if (!cell->text.at && (isnan(cell->number) || !levels || levels->count == 0))
        return DAVY_OK;
    if (!levels || levels->count == 0)
        return davy_fail(DAVY_ERR_INVALID, "column '%.100s' holds numbers, not '%.*s'", name,
                         (int) (cell->text.length < 32 ? cell->text.length : 32),
                         (const char *) cell->text.at);
    *value = level_of(levels, word_of(cell, scratch));
    return DAVY_OK;
}

/* [rows, signals] of the port's type and rank. */
static davy_status make_tensor(const davy_port *port, size_t rows, size_t width,
                               davy_oip_memory *memory, davy_named_tensor *out)
{
    int64_t dims[DAVY_RANK_MAX];
    void *taken;
    davy_status status;

    memcpy(dims, port->dims, sizeof dims);
    dims[0] = (int64_t) rows;
    dims[port->rank - 1] = (int64_t) width;
    out->name = port->name;
    status = davy_named_tensor_shape(out, port->type, (size_t) port->rank, dims);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, rows * width, davy_type_size(port->type), &taken);
    if (status == DAVY_OK)
        out->tensor.data = taken;
    return status;
}

static void put(const davy_tensor *tensor, size_t index, double value)
{
    if (tensor->type == DAVY_TYPE_F32)
        ((float *) tensor->data)[index] = (float) value;
    else
        ((double *) tensor->data)[index] = value;
}

static davy_status fit_signals(const davy_oip_table *table, const davy_served_info *info,
                               davy_oip_memory *memory, davy_named_tensor *out)
{
    const davy_predictor_info *predictor = info->predictor;
    const size_t width = predictor ? predictor->signal_count : info->watcher->signal_count;
    const char *const *signals = predictor ? predictor->signals : info->watcher->signals;
    const davy_levels *levels = predictor ? predictor->levels : NULL;
    davy_buffer scratch = {0};
    davy_status status = make_tensor(&info->inputs[0], table->row_count, width, memory, out);

    for (size_t i = 0; i < width && status == DAVY_OK; i++) {
        size_t column = 0;
        double value;

        status = find_column(table, signals[i], &column);
        for (size_t row = 0; row < table->row_count && status == DAVY_OK; row++) {
            status = value_of(&table->cells[row * table->column_count + column],
                              levels ? &levels[i] : NULL, signals[i], &scratch, &value);
            if (status == DAVY_OK)
                put(&out->tensor, row * width + i, value);
        }
    }
    davy_buffer_clear(&scratch);
    return status;
}

/* -- A model of others --------------------------------------------------------------------------
 */

static davy_status fail_type(const davy_port *port)
{
    return davy_fail(DAVY_ERR_UNSUPPORTED,
                     "input '%.100s' of %s cannot be filled from a table: send tensors", port->name,
                     davy_datatype_name(port->type));
}

/* Texts as they are; numbers where the port takes FP32 or FP64, and INT64. */
static davy_status put_cell(const davy_port *port, const davy_oip_cell *cell, void *data,
                            size_t index)
{
    if (port->type == DAVY_TYPE_TEXT) {
        ((davy_bytes *) data)[index] = cell->text.at ? cell->text : (davy_bytes){"", 0};
        return DAVY_OK;
    }
    if (cell->text.at)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' holds numbers, not '%.*s'", port->name,
                         (int) (cell->text.length < 32 ? cell->text.length : 32),
                         (const char *) cell->text.at);
    if (port->type == DAVY_TYPE_F32)
        ((float *) data)[index] = (float) cell->number;
    else if (port->type == DAVY_TYPE_F64)
        ((double *) data)[index] = cell->number;
    else if (cell->number != trunc(cell->number) || fabs(cell->number) > 9007199254740992.0)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' holds whole numbers", port->name);
    else
        ((int64_t *) data)[index] = (int64_t) cell->number;
    return DAVY_OK;
}

static bool takes_cells(const davy_port *port)
{
    return port->rank >= 1 && (port->type == DAVY_TYPE_F32 || port->type == DAVY_TYPE_F64 ||
                               port->type == DAVY_TYPE_I64 || port->type == DAVY_TYPE_TEXT);
}

/* Columns [first, first + width) as the rows of an input. */
static davy_status fit_port(const davy_oip_table *table, const davy_port *port, size_t first,
                            size_t width, davy_oip_memory *memory, davy_named_tensor *out)
{
    const int64_t dims[2] = {(int64_t) table->row_count, (int64_t) width};
    const size_t size =
        port->type == DAVY_TYPE_TEXT ? sizeof(davy_bytes) : davy_type_size(port->type);
    void *data;
    davy_status status;

    if (!takes_cells(port))
        return fail_type(port);
    out->name = port->name;
    status = davy_named_tensor_shape(out, port->type, port->rank == 1 ? 1 : 2, dims);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, table->row_count * width, size, &data);
    if (status != DAVY_OK)
        return status;
    out->tensor.data = data;
    for (size_t row = 0; row < table->row_count && status == DAVY_OK; row++)
        for (size_t i = 0; i < width && status == DAVY_OK; i++)
            status = put_cell(port, &table->cells[row * table->column_count + first + i], data,
                              row * width + i);
    return status;
}

davy_status davy_oip_table_fit(const davy_oip_table *table, const davy_served_info *info,
                               davy_oip_memory *memory, davy_named_tensor **inputs, size_t *count)
{
    davy_status status;
    void *taken;

    status = davy_oip_take(memory, info->input_count, sizeof **inputs, &taken);
    if (status != DAVY_OK)
        return status;
    *inputs = taken;
    *count = info->input_count;
    if (davy_oip_has_signals(info))
        return fit_signals(table, info, memory, *inputs);
    if (info->input_count == 1)
        return fit_port(table, &info->inputs[0], 0, table->column_count, memory, *inputs);
    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++) {
        size_t column = 0;

        status = find_column(table, info->inputs[i].name, &column);
        if (status == DAVY_OK)
            status = fit_port(table, &info->inputs[i], column, 1, memory, &(*inputs)[i]);
    }
    return status;
}
