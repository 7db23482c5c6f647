/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"

#include "core/csv_rows.h"
#include "core/csv_split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct davy_csv {
    davy_csv_rows rows;
    bool headless, look;
    size_t columns;      /* those of the rows, and those that are computed */
    char *header_text;   /* owns what header[] points into */
    const char **header; /* [columns] */
    const char **fields; /* [columns] */
    uint32_t *lengths;   /* [columns] of the fields */
    davy_csv_extra extra;
    void *extra_state;        /* NULL: nothing is computed */
    double *extra_values;     /* [extra.count] */
    char *extra_numbers;      /* [extra.count * NUMBER_MAX] */
    const char **extra_texts; /* [extra.text_count] */
};

#define NUMBER_MAX 24 /* bytes of a number that is computed */

/* "c1", "c2", ...: names where the file has none. */
static davy_status make_names(davy_csv *csv)
{
    enum { NAME = 8 };

    free(csv->header_text);
    csv->header_text = calloc(csv->rows.columns, NAME);
    if (!csv->header_text)
        return davy_csv_rows_fail(&csv->rows, DAVY_ERR_NOMEM, "no memory for the columns");
    for (size_t i = 0; i < csv->rows.columns; i++) {
        (void) snprintf(csv->header_text + i * NAME, NAME, "c%u", (unsigned) (i + 1) % 100000);
        csv->header[i] = csv->header_text + i * NAME;
    }
    return DAVY_OK;
}

static davy_status fail_header(const davy_csv *csv, const davy_csv_row *row)
{
    if (memchr(row->text, '\r', row->length) && row->fields > 0)
        return davy_csv_rows_fail(
            &csv->rows, DAVY_ERR_INVALID,
            "lines end with a carriage return alone; convert the file with tr '\\r' "
            "'\\n'");
    if (!csv->headless && davy_csv_measured(csv->fields, csv->lengths, csv->rows.columns))
        return davy_csv_rows_fail(
            &csv->rows, DAVY_ERR_INVALID,
            "the first line holds numbers and no names of columns; say --header none "
            "if the file has no header");
    return DAVY_OK;
}

static davy_status make_columns(davy_csv *csv, size_t most, size_t length)
{
    const size_t all = most + csv->extra.count;

    csv->header_text = malloc(length + 1);
    csv->header = calloc(all, sizeof *csv->header);
    csv->fields = calloc(all, sizeof *csv->fields);
    csv->lengths = calloc(all, sizeof *csv->lengths);
    csv->rows.ends = calloc(most, sizeof *csv->rows.ends);
    if (!csv->header_text || !csv->header || !csv->fields || !csv->lengths || !csv->rows.ends)
        return davy_csv_rows_fail(&csv->rows, DAVY_ERR_NOMEM, "no memory for the columns");
    return DAVY_OK;
}

static davy_status take_header(davy_csv *csv, const davy_csv_row *row)
{
    const size_t most = davy_csv_count_at_most(row->text, row->length, csv->rows.delimiter);
    size_t count;
    davy_status status;

    if (most > DAVY_CSV_COLUMNS_MAX)
        return davy_csv_rows_fail(&csv->rows, DAVY_ERR_INVALID, "more than 16384 columns");
    status = make_columns(csv, most, row->length);
    if (status != DAVY_OK)
        return status;
    memcpy(csv->header_text, row->text, row->length);
    if (!davy_csv_split(csv->header_text, row->length, csv->rows.delimiter, most, csv->fields,
                        csv->lengths, &count))
        return davy_csv_rows_fail(&csv->rows, DAVY_ERR_INVALID,
                                  "text follows a closing quote; double quotes inside a field");
    csv->columns = csv->rows.columns = count;
    memcpy(csv->header, csv->fields, count * sizeof *csv->header);
    status = fail_header(csv, row);
    return status == DAVY_OK && csv->headless ? make_names(csv) : status;
}

/* Columns that are computed stand behind those of the file. */
static davy_status add_extra(davy_csv *csv)
{
    const size_t count = csv->extra.count;
    const bool idle = csv->look && csv->extra.costly;
    size_t index;
    davy_status status = DAVY_OK;

    if (count == 0)
        return DAVY_OK;
    csv->extra_values = calloc(count, sizeof *csv->extra_values);
    csv->extra_numbers = calloc(count, NUMBER_MAX);
    csv->extra_texts = calloc(csv->extra.text_count + 1, sizeof *csv->extra_texts);
    if (!csv->extra_values || !csv->extra_numbers || !csv->extra_texts)
        return davy_csv_rows_fail(&csv->rows, DAVY_ERR_NOMEM, "no memory for the columns");
    if (!idle)
        status = csv->extra.begin(csv->extra.what, csv, &csv->extra_state);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (davy_csv_column(csv, csv->extra.names[i], &index) != DAVY_ERR_NOT_FOUND)
            return davy_fail(DAVY_ERR_INVALID, "%s: column '%s' is there and cannot be computed",
                             csv->rows.path, csv->extra.names[i]);
    for (size_t i = 0; i < count; i++) {
        csv->header[csv->rows.columns + i] = csv->extra.names[i];
        csv->fields[csv->rows.columns + i] = csv->extra_numbers + i * NUMBER_MAX;
    }
    csv->columns += count;
    return DAVY_OK;
}

/* The first row, which is given back where it holds values. */
static davy_status take_first(davy_csv *csv)
{
    davy_csv_row row = {0};
    davy_status status = davy_csv_rows_first(&csv->rows, &row);

    if (status != DAVY_OK)
        return status;
    if (!row.text)
        return davy_fail(DAVY_ERR_INVALID, "%s: the file is empty; a header is needed",
                         csv->rows.path);
    if (!csv->header)
        status = take_header(csv, &row);
    if (csv->headless)
        davy_csv_rows_give_back(&csv->rows, &row);
    return status;
}

davy_status davy_csv_open_as(const char *path, const davy_csv_options *options, davy_csv **out)
{
    static const davy_csv_options found = {.delimiter = '\0'};
    davy_csv *csv = calloc(1, sizeof *csv);
    davy_status status;

    if (!csv)
        return davy_fail(DAVY_ERR_NOMEM, "%s", path);
    options = options ? options : &found;
    csv->headless = options->headless;
    csv->look = options->look;
    if (options->extra)
        csv->extra = *options->extra;
    status = davy_csv_rows_open(path, options->encoding, options->delimiter, &csv->rows);
    if (status == DAVY_OK)
        status = take_first(csv);
    if (status == DAVY_OK)
        status = add_extra(csv);
    if (status != DAVY_OK) {
        davy_csv_close(csv);
        return status;
    }
    *out = csv;
    return DAVY_OK;
}

davy_status davy_csv_open(const char *path, davy_csv **out)
{
    return davy_csv_open_as(path, NULL, out);
}

void davy_csv_close(davy_csv *csv)
{
    if (!csv)
        return;
    davy_csv_rows_close(&csv->rows);
    if (csv->extra_state)
        csv->extra.end(csv->extra_state);
    free(csv->header_text);
    free(csv->header);
    free(csv->fields);
    free(csv->lengths);
    free(csv->extra_values);
    free(csv->extra_numbers);
    free((void *) csv->extra_texts);
    free(csv);
}

const char *davy_csv_path(const davy_csv *csv)
{
    return csv->rows.path;
}

davy_csv_facts davy_csv_describe(const davy_csv *csv)
{
    const char *encoding = davy_csv_bytes_encoding(csv->rows.bytes);

    return (davy_csv_facts){csv->rows.delimiter, encoding ? encoding : "UTF-8",
                            davy_csv_bytes_gzip(csv->rows.bytes)};
}

const char *const *davy_csv_header(const davy_csv *csv, size_t *count)
{
    *count = csv->columns;
    return csv->header;
}

/* "a, b, c", cut where the sentence would be too long. */
static void list_columns(const davy_csv *csv, char *text, size_t capacity)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < csv->columns; i++) {
        size_t length = strlen(csv->header[i]);

        if (used + length + 6 > capacity) {
            memcpy(text + used, i ? ", ..." : "...", i ? 6 : 4);
            return;
        }
        if (i) {
            memcpy(text + used, ", ", 2);
            used += 2;
        }
        memcpy(text + used, csv->header[i], length + 1);
        used += length;
    }
}

davy_status davy_csv_column(const davy_csv *csv, const char *name, size_t *index)
{
    size_t found = csv->columns;
    char names[DAVY_ERROR_MAX / 2];

    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->header[i], name) == 0) {
            if (found < csv->columns)
                return davy_fail(DAVY_ERR_INVALID, "%s: column '%s' is there twice", csv->rows.path,
                                 name);
            found = i;
        }
    if (found < csv->columns) {
        *index = found;
        return DAVY_OK;
    }
    list_columns(csv, names, sizeof names);
    return davy_fail(DAVY_ERR_NOT_FOUND, "%s: no column '%s'; there are: %s", csv->rows.path, name,
                     names);
}

/* The fields of a row without quotes, whose ends are known. */
static void cut_at_ends(davy_csv *csv, const davy_csv_row *row)
{
    uint32_t begin = 0;

    csv->rows.ends[csv->rows.columns - 1] = (uint32_t) row->length; /* less a carriage return */
    for (size_t i = 0; i < csv->rows.columns; i++) {
        csv->fields[i] = row->text + begin;
        csv->lengths[i] = csv->rows.ends[i] - begin;
        row->text[csv->rows.ends[i]] = '\0';
        begin = csv->rows.ends[i] + 1;
    }
}

static davy_status cut(davy_csv *csv, davy_csv_row *row)
{
    if (row->fields == csv->rows.columns)
        cut_at_ends(csv, row);
    else if (row->fields == 0 &&
             !davy_csv_split(row->text, row->length, csv->rows.delimiter, csv->rows.columns,
                             csv->fields, csv->lengths, &row->fields))
        return davy_csv_rows_fail(&csv->rows, DAVY_ERR_INVALID,
                                  "text follows a closing quote; double quotes inside a field");
    if (row->fields != csv->rows.columns)
        return davy_fail(DAVY_ERR_INVALID, "%s: line %llu: %zu fields where the header has %zu",
                         csv->rows.path, (unsigned long long) csv->rows.line, row->fields,
                         csv->rows.columns);
    return DAVY_OK;
}

/* Most numbers that are computed are counts of few: they are written without printf(). */
static size_t write_number(double value, char text[NUMBER_MAX])
{
    size_t length = 0;

    if (value >= 0 && value <= 9 && value == (double) (int) value)
        text[length++] = (char) ('0' + (int) value);
    else if (!isnan(value))
        return (size_t) snprintf(text, NUMBER_MAX, "%.9g", value);
    text[length] = '\0';
    return length;
}

/* What is not known is an empty field. */
static davy_status compute(davy_csv *csv)
{
    const davy_csv_extra *extra = &csv->extra;
    const size_t numbers = extra->count - extra->text_count, first = csv->rows.columns;
    davy_status status;

    if (!csv->extra_state)
        return DAVY_OK;
    status = extra->row(csv->extra_state, csv->fields, csv->lengths, csv->extra_values,
                        csv->extra_texts);
    if (status != DAVY_OK)
        return davy_fail_in(status, "%s: line %llu", csv->rows.path,
                            (unsigned long long) csv->rows.line);
    for (size_t i = 0; i < numbers; i++)
        csv->lengths[first + i] =
            (uint32_t) write_number(csv->extra_values[i], csv->extra_numbers + i * NUMBER_MAX);
    for (size_t i = 0; i < extra->text_count; i++) {
        const char *text = csv->extra_texts[i] ? csv->extra_texts[i] : "";

        csv->fields[first + numbers + i] = text;
        csv->lengths[first + numbers + i] = (uint32_t) strlen(text);
    }
    return DAVY_OK;
}

davy_status davy_csv_next(davy_csv *csv, const char *const **fields)
{
    davy_csv_row row;
    davy_status status;

    if (csv->rows.broken != DAVY_OK)
        return davy_csv_rows_fail(&csv->rows, csv->rows.broken,
                                  "reading stopped at an earlier fault");
    status = davy_csv_rows_next(&csv->rows, &row);
    if (status == DAVY_OK && row.text)
        status = cut(csv, &row);
    if (status == DAVY_OK && row.text)
        status = compute(csv);
    if (status != DAVY_OK)
        return status;
    *fields = row.text ? csv->fields : NULL;
    return DAVY_OK;
}

const uint32_t *davy_csv_lengths(const davy_csv *csv)
{
    return csv->lengths;
}

bool davy_csv_broken(const davy_csv *csv)
{
    return csv->rows.broken != DAVY_OK;
}

uint64_t davy_csv_line(const davy_csv *csv)
{
    return csv->rows.line;
}

void davy_csv_position(const davy_csv *csv, uint64_t *done, uint64_t *total)
{
    davy_csv_bytes_position(csv->rows.bytes, csv->rows.end - csv->rows.begin, done, total);
}

davy_status davy_csv_rewind(davy_csv *csv)
{
    davy_status status = davy_csv_bytes_rewind(csv->rows.bytes);

    if (status != DAVY_OK)
        return davy_fail_in(status, "%s", csv->rows.path);
    if (csv->extra_state) {
        csv->extra.end(csv->extra_state);
        csv->extra_state = NULL;
        status = csv->extra.begin(csv->extra.what, csv, &csv->extra_state);
    }
    return status == DAVY_OK ? take_first(csv) : status;
}
