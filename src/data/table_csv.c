/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table.h"

#include "core/csv.h"
#include "core/quantity.h"
#include "core/timestamp.h"
#include "data/class_list.h"

#include <assert.h>
#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

/* Rows between two calls of options->progress. */
#define PROGRESS_ROWS 4096

/* A column of the table on its way: where it stands in the file now open, and what it is so far. */
typedef struct csv_column {
    char *name;
    size_t field;
    bool named;    /* asked for by name: a cell that is no number is an error */
    bool numeric;  /* no cell was anything else so far */
    bool has_some; /* at least one cell was a number */
} csv_column;

/* Rows as they come; turned into columns at the end. */
typedef struct csv_reading {
    const davy_table_csv_options *options;
    csv_column *columns;
    size_t column_count;
    size_t time_field, label_field, group_field;
    const char *file;
    uint64_t bytes; /* of the files before */
    size_t rows, capacity;
    double *values; /* [capacity * column_count], row after row */
    int64_t *times;
    double *labels;
    davy_class_list classes; /* of the labels, when they are words */
    uint32_t *runs;
    char **run_names;
    size_t run_count, run_capacity, first_run; /* first_run: of the file now open */
} csv_reading;

static davy_status no_memory(const csv_reading *in)
{
    return davy_fail(DAVY_ERR_NOMEM, "%s: table of %zu rows", in->file, in->rows);
}

static bool is_role(const davy_table_csv_options *options, const char *name)
{
    return (options->time_column && strcmp(options->time_column, name) == 0) ||
           (options->label_column && strcmp(options->label_column, name) == 0) ||
           (options->group_column && strcmp(options->group_column, name) == 0);
}

/* The columns of the first file: those named, or all that are not time, label or group. */
static davy_status choose_columns(csv_reading *in, const davy_csv *csv)
{
    const davy_table_csv_options *options = in->options;
    size_t count;
    const char *const *header = davy_csv_header(csv, &count);
    const char *const *names = options->columns ? options->columns : header;
    const size_t name_count = options->columns ? options->column_count : count;

    in->columns = calloc(name_count + 1, sizeof *in->columns);
    if (!in->columns)
        return no_memory(in);
    for (size_t i = 0; i < name_count; i++) {
        csv_column *column = &in->columns[in->column_count];

        if (!options->columns && is_role(options, names[i]))
            continue;
        *column = (csv_column){
            .name = strdup(names[i]), .named = options->columns != NULL, .numeric = true};
        if (!column->name)
            return no_memory(in);
        in->column_count++;
    }
    return DAVY_OK;
}

/* Where a role's column stands; NONE when it is not asked for. */
static davy_status find_role(const davy_csv *csv, const char *name, size_t *field)
{
    *field = NONE;
    return name ? davy_csv_column(csv, name, field) : DAVY_OK;
}

static davy_status find_fields(csv_reading *in, const davy_csv *csv)
{
    davy_status status = find_role(csv, in->options->time_column, &in->time_field);

    if (status == DAVY_OK)
        status = find_role(csv, in->options->group_column, &in->group_field);
    if (status == DAVY_OK) {
        status = find_role(csv, in->options->label_column, &in->label_field);
        if (status == DAVY_ERR_NOT_FOUND && in->options->label_optional)
            status = DAVY_OK;
    }
    for (size_t c = 0; c < in->column_count && status == DAVY_OK; c++)
        status = davy_csv_column(csv, in->columns[c].name, &in->columns[c].field);
    return status;
}

static bool is_blank(const char *text)
{
    static const char *const words[] = {"", "nan", "NaN", "NAN", "NA", "N/A", "null", "NULL"};
    const size_t space = strspn(text, " \t");

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strcmp(text + space, words[i]) == 0)
            return true;
    return false;
}

/* A cell as a number; NaN when blank. False when it is something else. */
static bool read_cell(const char *text, double *value)
{
    if (is_blank(text)) {
        *value = NAN;
        return true;
    }
    return davy_number_parse(text, value) == DAVY_OK;
}

static davy_status fail_cell(const csv_reading *in, const davy_csv *csv, const char *column,
                             const char *text)
{
    return davy_fail(DAVY_ERR_INVALID, "%s: line %llu: column '%s': '%.60s' is no number", in->file,
                     (unsigned long long) davy_csv_line(csv), column, text);
}

static davy_status grow_rows(csv_reading *in)
{
    const size_t capacity = in->capacity ? in->capacity * 2 : 1024;
    const size_t columns = in->column_count > 0 ? in->column_count : 1;
    double *values, *labels;
    int64_t *times;
    uint32_t *runs;

    if (in->rows < in->capacity)
        return DAVY_OK;
    values = reallocarray(in->values, capacity, columns * sizeof *values);
    if (values)
        in->values = values;
    times = reallocarray(in->times, capacity, sizeof *times);
    if (times)
        in->times = times;
    labels = reallocarray(in->labels, capacity, sizeof *labels);
    if (labels)
        in->labels = labels;
    runs = reallocarray(in->runs, capacity, sizeof *runs);
    if (runs)
        in->runs = runs;
    if (!values || !times || !labels || !runs)
        return no_memory(in);
    in->capacity = capacity;
    return DAVY_OK;
}

static davy_status add_run(csv_reading *in, const char *name)
{
    if (in->run_count == in->run_capacity) {
        const size_t capacity = in->run_capacity ? in->run_capacity * 2 : 16;
        char **names = reallocarray((void *) in->run_names, capacity, sizeof *names);

        if (!names)
            return no_memory(in);
        in->run_names = names;
        in->run_capacity = capacity;
    }
    in->run_names[in->run_count] = strdup(name);
    if (!in->run_names[in->run_count])
        return no_memory(in);
    in->run_count++;
    return DAVY_OK;
}

/* The run of a group within this file: the newest one first, as groups mostly stand together. */
static davy_status find_group(csv_reading *in, const char *group, uint32_t *run)
{
    davy_status status;

    for (size_t i = in->run_count; i > in->first_run; i--)
        if (strcmp(in->run_names[i - 1], group) == 0) {
            *run = (uint32_t) (i - 1);
            return DAVY_OK;
        }
    status = add_run(in, group);
    if (status == DAVY_OK)
        *run = (uint32_t) (in->run_count - 1);
    return status;
}

static davy_status read_values(csv_reading *in, const davy_csv *csv, const char *const *fields)
{
    double *row = in->values + in->rows * in->column_count;

    for (size_t c = 0; c < in->column_count; c++) {
        csv_column *column = &in->columns[c];

        row[c] = NAN;
        if (!column->numeric)
            continue;
        if (!read_cell(fields[column->field], &row[c])) {
            if (column->named)
                return fail_cell(in, csv, column->name, fields[column->field]);
            column->numeric = false;
        }
        column->has_some = column->has_some || !isnan(row[c]);
    }
    return DAVY_OK;
}

/* A label as a number, or as the index of its class. */
static davy_status read_label(csv_reading *in, const davy_csv *csv, const char *text)
{
    double *label = &in->labels[in->rows];
    size_t index;
    davy_status status;

    if (!in->options->label_classes)
        return read_cell(text, label) ? DAVY_OK
                                      : fail_cell(in, csv, in->options->label_column, text);
    if (is_blank(text))
        return DAVY_OK;
    status = davy_class_list_find(&in->classes, text, &index);
    if (status == DAVY_OK)
        *label = (double) index;
    return status == DAVY_OK
               ? DAVY_OK
               : davy_fail_in(status, "%s: line %llu: column '%s'", in->file,
                              (unsigned long long) davy_csv_line(csv), in->options->label_column);
}

static davy_status read_roles(csv_reading *in, const davy_csv *csv, const char *const *fields)
{
    davy_status status = DAVY_OK;

    assert(in->times && in->labels && in->runs); /* there is a row to read into */
    in->times[in->rows] = 0;
    in->labels[in->rows] = NAN;
    in->runs[in->rows] = (uint32_t) in->first_run;
    if (in->time_field != NONE) {
        status = davy_timestamp_parse(fields[in->time_field], &in->times[in->rows]);
        if (status != DAVY_OK)
            return davy_fail_in(status, "%s: line %llu: column '%s'", in->file,
                                (unsigned long long) davy_csv_line(csv), in->options->time_column);
    }
    if (in->label_field != NONE)
        status = read_label(in, csv, fields[in->label_field]);
    if (status == DAVY_OK && in->group_field != NONE)
        status = find_group(in, fields[in->group_field], &in->runs[in->rows]);
    return status;
}

/* @return bytes of this file so far */
static uint64_t tell_progress(const csv_reading *in, const davy_csv *csv)
{
    uint64_t done, total;

    davy_csv_position(csv, &done, &total);
    if (in->options->progress)
        in->options->progress(in->options->progress_context, in->bytes + done);
    return done;
}

static davy_status read_rows(csv_reading *in, davy_csv *csv)
{
    const char *const *fields;
    davy_status status;

    while ((status = davy_csv_next(csv, &fields)) == DAVY_OK && fields) {
        status = grow_rows(in);
        if (status == DAVY_OK)
            status = read_values(in, csv, fields);
        if (status == DAVY_OK)
            status = read_roles(in, csv, fields);
        if (status != DAVY_OK)
            break;
        if (++in->rows % PROGRESS_ROWS == 0)
            (void) tell_progress(in, csv);
    }
    in->bytes += tell_progress(in, csv);
    return status;
}

static davy_status read_file(csv_reading *in, const char *path)
{
    davy_csv *csv = NULL;
    davy_status status = davy_csv_open(path, &csv);

    if (status != DAVY_OK)
        return status;
    in->file = path;
    in->first_run = in->run_count;
    if (!in->columns)
        status = choose_columns(in, csv);
    if (status == DAVY_OK)
        status = find_fields(in, csv); /* the sentence names the file */
    if (status == DAVY_ERR_NOT_FOUND)  /* which is there, and lacks a column */
        status = DAVY_ERR_INVALID;
    if (status == DAVY_OK && in->group_field == NONE)
        status = add_run(in, path);
    if (status == DAVY_OK)
        status = read_rows(in, csv);
    davy_csv_close(csv);
    return status;
}

static davy_status read_glob(csv_reading *in, const char *pattern)
{
    glob_t found = {0};
    const int failed = glob(pattern, 0, NULL, &found);
    davy_status status = DAVY_OK;

    if (failed == GLOB_NOSPACE)
        status = no_memory(in);
    else if (failed != 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no file '%s'", pattern);
    for (size_t i = 0; i < found.gl_pathc && status == DAVY_OK; i++)
        status = read_file(in, found.gl_pathv[i]);
    in->file = pattern; /* what found holds is gone now */
    globfree(&found);
    return status;
}

static size_t count_numeric(const csv_reading *in)
{
    size_t count = 0;

    for (size_t c = 0; c < in->column_count; c++)
        count += in->columns[c].named || (in->columns[c].numeric && in->columns[c].has_some);
    return count;
}

/* Order in which rows go into the table: by run, as read within a run. NULL without memory. */
static size_t *order_rows(const csv_reading *in)
{
    size_t *begin = calloc(in->run_count + 1, sizeof *begin);
    size_t *order = calloc(in->rows + 1, sizeof *order);

    if (begin && order) {
        for (size_t row = 0; row < in->rows; row++)
            begin[in->runs[row] + 1]++;
        for (size_t r = 1; r <= in->run_count; r++)
            begin[r] += begin[r - 1];
        for (size_t row = 0; row < in->rows; row++)
            order[begin[in->runs[row]]++] = row;
    } else {
        free(order);
        order = NULL;
    }
    free(begin);
    return order;
}

static void move_columns(csv_reading *in, const size_t *order, davy_table *table)
{
    for (size_t c = 0; c < in->column_count; c++) {
        csv_column *column = &in->columns[c];

        if (!column->named && !(column->numeric && column->has_some))
            continue;
        for (size_t row = 0; row < in->rows; row++)
            table->values[table->columns * in->rows + row] =
                in->values[order[row] * in->column_count + c];
        table->names[table->columns++] = column->name;
        column->name = NULL;
    }
}

static void move_rows(csv_reading *in, const size_t *order, davy_table *table)
{
    for (size_t row = 0; row < in->rows; row++) {
        table->runs[row] = in->runs[order[row]];
        if (table->times)
            table->times[row] = in->times[order[row]];
        if (table->labels)
            table->labels[row] = in->labels[order[row]];
    }
    table->rows = in->rows;
    table->independent = !in->options->time_column && !in->options->group_column;
    table->run_names = in->run_names;
    table->run_count = in->run_count;
    in->run_names = NULL;
    in->run_count = 0;
    table->classes = in->classes.names;
    table->class_count = in->classes.count;
    in->classes = (davy_class_list){0};
}

static davy_status make_table(csv_reading *in, davy_table *out)
{
    const size_t columns = count_numeric(in);
    size_t *order = order_rows(in);
    davy_table table = {0};

    if (columns == 0 || in->rows == 0) {
        free(order);
        return davy_fail(DAVY_ERR_INVALID, "%s: %s", in->file,
                         in->rows == 0 ? "no rows" : "no column holds numbers only");
    }
    table.names = calloc(columns, sizeof *table.names);
    table.values = calloc(columns * in->rows, sizeof *table.values);
    table.runs = calloc(in->rows, sizeof *table.runs);
    table.times = in->options->time_column ? calloc(in->rows, sizeof *table.times) : NULL;
    table.labels = in->options->label_column ? calloc(in->rows, sizeof *table.labels) : NULL;
    if (!order || !table.names || !table.values || !table.runs ||
        (in->options->time_column && !table.times) ||
        (in->options->label_column && !table.labels)) {
        free(order);
        davy_table_clear(&table);
        return no_memory(in);
    }
    move_columns(in, order, &table);
    davy_class_list_sort(&in->classes, in->labels, in->rows);
    move_rows(in, order, &table);
    table.places = order;
    *out = table;
    return DAVY_OK;
}

static void reading_clear(csv_reading *in)
{
    for (size_t c = 0; c < in->column_count; c++)
        free(in->columns[c].name);
    for (size_t r = 0; r < in->run_count; r++)
        free(in->run_names[r]);
    free(in->columns);
    free(in->values);
    free(in->times);
    free(in->labels);
    davy_class_list_clear(&in->classes);
    free(in->runs);
    free((void *) in->run_names);
}

davy_status davy_table_read_csv(const char *const *files, size_t file_count,
                                const davy_table_csv_options *options, davy_table *out)
{
    csv_reading in = {.options = options, .file = file_count > 0 ? files[0] : ""};
    davy_status status = file_count > 0 ? DAVY_OK : davy_fail(DAVY_ERR_INVALID, "no file to read");

    for (size_t i = 0; i < file_count && status == DAVY_OK; i++)
        status = read_glob(&in, files[i]);
    if (status == DAVY_OK)
        status = make_table(&in, out);
    reading_clear(&in);
    return status;
}
