/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/rows.h"

#include "core/decimal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

struct davy_hazard_rows {
    davy_csv *csv;
    const davy_hazard_rows_reader *reader;
    size_t places[DAVY_ROWS_COLUMNS_MAX]; /* of the columns in the file */
    const char *const *fields;            /* of this row; NULL behind the last */
};

const char *davy_hazard_rows_text(const davy_hazard_rows *rows, size_t column)
{
    return rows->fields[rows->places[column]];
}

davy_status davy_hazard_rows_refuse(const davy_hazard_rows *rows, size_t column, const char *remedy)
{
    return davy_fail(DAVY_ERR_INVALID, "%s:%" PRIu64 ": %s '%.60s': %s", davy_csv_path(rows->csv),
                     davy_csv_line(rows->csv), rows->reader->columns[column],
                     davy_hazard_rows_text(rows, column), remedy);
}

davy_status davy_hazard_rows_number(const davy_hazard_rows *rows, size_t column, double low,
                                    double high, const char *remedy, double *value)
{
    const char *text = davy_hazard_rows_text(rows, column);

    if (davy_decimal_read(text, strlen(text), value) == DAVY_DECIMAL_OK && *value >= low &&
        *value <= high)
        return DAVY_OK;
    return davy_hazard_rows_refuse(rows, column, remedy);
}

/* How many rows there are, and back to the first. */
static davy_status count_rows(davy_hazard_rows *rows, size_t *count)
{
    const davy_hazard_rows_reader *reader = rows->reader;
    davy_status status;

    *count = 0;
    do {
        status = davy_csv_next(rows->csv, &rows->fields);
        if (status == DAVY_OK && rows->fields && ++*count > reader->rows_max)
            return davy_fail(DAVY_ERR_INVALID, "%s: more than %zu rows: %s",
                             davy_csv_path(rows->csv), reader->rows_max, reader->fewer);
    } while (status == DAVY_OK && rows->fields);
    return status == DAVY_OK ? davy_csv_rewind(rows->csv) : status;
}

static davy_status read_all(davy_hazard_rows *rows)
{
    const davy_hazard_rows_reader *reader = rows->reader;
    davy_status status = DAVY_OK;
    size_t count;

    for (size_t i = 0; i < reader->column_count && status == DAVY_OK; i++)
        status = davy_csv_column(rows->csv, reader->columns[i], &rows->places[i]);
    if (status == DAVY_OK && reader->begin) {
        status = count_rows(rows, &count);
        if (status == DAVY_OK)
            status = reader->begin(reader->context, count);
    }
    while (status == DAVY_OK) {
        status = davy_csv_next(rows->csv, &rows->fields);
        if (status != DAVY_OK || !rows->fields)
            break;
        status = reader->row(reader->context, rows);
    }
    return status;
}

davy_status davy_hazard_rows_read(const char *path, const davy_hazard_rows_reader *reader)
{
    davy_hazard_rows rows = {.reader = reader};
    davy_status status = davy_csv_open(path, &rows.csv);

    assert(reader->column_count <= DAVY_ROWS_COLUMNS_MAX);
    if (status == DAVY_OK)
        status = read_all(&rows);
    davy_csv_close(rows.csv);
    return status;
}
