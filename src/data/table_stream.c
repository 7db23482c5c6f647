/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table_stream_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

/* Rows and cells of a piece: it should stay in a cache. */
#define CHUNK_ROWS  ((size_t) 4096)
#define CHUNK_CELLS ((size_t) 1 << 20)

static davy_status no_memory(const davy_table_stream *in)
{
    return davy_fail(DAVY_ERR_NOMEM, "%s: rows of %zu columns",
                     in->facts.file_count > 0 ? in->facts.files[0] : "", in->column_count);
}

static davy_status fail_cell(davy_table_stream *in, const char *column, const char *text,
                             const char *what)
{
    in->contradicted = !in->facts.whole;
    return davy_fail(DAVY_ERR_INVALID, "%s: line %llu: column '%s': '%.60s' %s",
                     in->facts.files[in->file], (unsigned long long) davy_csv_line(in->csv), column,
                     text, what);
}

static davy_status fail_number(davy_table_stream *in, const char *column, const char *text)
{
    char what[160];
    double value;

    if (in->decimal == '.' && davy_cell_number(text, strlen(text), ',', &value))
        return fail_cell(in, column, text,
                         "is no number with a decimal point; say --decimal comma if it is one with "
                         "a decimal comma");
    (void) snprintf(what, sizeof what,
                    "is no number; to take such cells as missing, say --types '%.60s=number'",
                    column);
    return fail_cell(in, column, text, what);
}

/* NaN for what is missing; false for what is neither that nor a number. */
static bool read_number(const davy_table_stream *in, const char *text, size_t length, double *value)
{
    if (davy_cell_number(text, length, in->decimal, value))
        return true;
    *value = NAN;
    return davy_cell_blank(text, length) || davy_cell_infinite(text, length);
}

static davy_status read_word(davy_table_stream *in, stream_column *column, const char *text,
                             size_t length, double *value)
{
    size_t index;
    davy_status status = DAVY_OK;

    *value = NAN;
    davy_cell_trim(&text, &length);
    if (davy_cell_blank(text, length))
        return DAVY_OK;
    if (column->known)
        index = davy_word_list_find(&column->words, text, length);
    else
        status = davy_word_list_add(&column->words, text, length,
                                    column->kin ? SIZE_MAX : DAVY_LEVELS_MAX, &index);
    if (status == DAVY_ERR_FULL)
        return fail_cell(in, column->name, text,
                         "is one word more than the 1000 that a column of categories may have");
    column->cells++;
    *value = (double) index;
    return status;
}

static davy_status read_values(davy_table_stream *in, const char *const *fields, size_t row)
{
    const uint32_t *lengths = davy_csv_lengths(in->csv);
    double *values = in->chunk.values + row;
    davy_status status = DAVY_OK;

    for (size_t c = 0; c < in->column_count && status == DAVY_OK; c++) {
        stream_column *column = &in->columns[c];
        const char *text = fields[column->field];
        const size_t length = lengths[column->field];
        double *value = &values[c * in->capacity];

        if (column->type == DAVY_COLUMN_CATEGORY)
            status = read_word(in, column, text, length, value);
        else if (!read_number(in, text, length, value) && !column->lenient)
            status = fail_number(in, column->name, text);
    }
    for (size_t c = in->column_count; c < in->column_count + in->watched_count; c++)
        if (!davy_cell_blank(fields[in->columns[c].field], lengths[in->columns[c].field]))
            return fail_cell(in, in->columns[c].name, fields[in->columns[c].field],
                             "stands in a column that was empty");
    return status;
}

static davy_status read_time(davy_table_stream *in, const char *text, int64_t *time_ns)
{
    char what[96];

    if (davy_time_read(text, in->time_format, time_ns))
        return DAVY_OK;
    (void) snprintf(what, sizeof what, "is not a time as %s",
                    davy_time_format_look(in->time_format));
    return fail_cell(in, in->options->time_column, text, what);
}

/* A label as a number, or as the index of its class. */
static davy_status read_label(davy_table_stream *in, const char *text, size_t length, double *label)
{
    size_t index;
    davy_status status;

    if (!in->options->label_classes)
        return read_number(in, text, length, label)
                   ? DAVY_OK
                   : fail_number(in, in->options->label_column, text);
    *label = NAN;
    if (davy_cell_blank(text, length))
        return DAVY_OK;
    status = davy_class_list_find(&in->classes, text, &index);
    if (status == DAVY_OK)
        *label = (double) index;
    return status == DAVY_OK
               ? DAVY_OK
               : davy_fail_in(status, "%s: line %llu: column '%s'", in->facts.files[in->file],
                              (unsigned long long) davy_csv_line(in->csv),
                              in->options->label_column);
}

static davy_status grow_runs(davy_table_stream *in)
{
    const size_t capacity = in->run_capacity ? in->run_capacity * 2 : 16;
    char **names;
    int64_t *rows;

    if (in->chunk.run_count < in->run_capacity)
        return DAVY_OK;
    names = reallocarray((void *) in->chunk.run_names, capacity, sizeof *names);
    if (names)
        in->chunk.run_names = names;
    rows = reallocarray(in->run_rows, capacity, sizeof *rows);
    if (rows)
        in->run_rows = rows;
    if (!names || !rows)
        return no_memory(in);
    in->run_capacity = capacity;
    return DAVY_OK;
}

static davy_status add_run(davy_table_stream *in, const char *name)
{
    davy_status status = in->chunk.run_count < UINT32_MAX ? grow_runs(in) : no_memory(in);
    char *copy = status == DAVY_OK ? strdup(name) : NULL;

    if (!copy)
        return no_memory(in);
    in->run_rows[in->chunk.run_count] = 0;
    in->chunk.run_names[in->chunk.run_count++] = copy;
    return DAVY_OK;
}

/* The run of a group within this file. */
static davy_status find_run(davy_table_stream *in, const char *const *fields, uint32_t *run)
{
    size_t group;
    davy_status status;

    *run = (uint32_t) in->first_run;
    if (in->group_field == NONE)
        return DAVY_OK;
    status = davy_word_list_add(&in->groups, fields[in->group_field],
                                davy_csv_lengths(in->csv)[in->group_field], SIZE_MAX, &group);
    *run = (uint32_t) (in->first_run + group);
    if (status == DAVY_OK && *run == in->chunk.run_count)
        status = add_run(in, fields[in->group_field]);
    return status;
}

/* Rows without times get those that a period makes. */
static davy_status make_time(davy_table_stream *in, uint32_t run, int64_t *time_ns)
{
    const int64_t period_ns = in->options->period_ns;

    if (in->run_rows[run] >= INT64_MAX / 2 / period_ns)
        return davy_fail(DAVY_ERR_INVALID, "%lld rows of that --period are longer than time itself",
                         (long long) in->run_rows[run]);
    *time_ns = ++in->run_rows[run] * period_ns;
    return DAVY_OK;
}

static davy_status read_row(davy_table_stream *in, const char *const *fields)
{
    davy_table *chunk = &in->chunk;
    const size_t row = chunk->rows;
    davy_status status = read_values(in, fields, row);

    if (status == DAVY_OK)
        status = find_run(in, fields, &chunk->runs[row]);
    if (status == DAVY_OK && in->time_field != NONE)
        status = read_time(in, fields[in->time_field], &chunk->times[row]);
    else if (status == DAVY_OK && chunk->times)
        status = make_time(in, chunk->runs[row], &chunk->times[row]);
    if (status == DAVY_OK && chunk->labels) {
        chunk->labels[row] = NAN;
        if (in->label_field != NONE)
            status = read_label(in, fields[in->label_field],
                                davy_csv_lengths(in->csv)[in->label_field], &chunk->labels[row]);
    }
    chunk->places[row] = in->rows + row;
    chunk->rows += status == DAVY_OK;
    return status;
}

/* Where a role's column stands; NONE when it is not asked for. */
static davy_status find_role(const davy_csv *csv, const char *name, size_t *field)
{
    *field = NONE;
    return name ? davy_csv_column(csv, name, field) : DAVY_OK;
}

static davy_status find_fields(davy_table_stream *in)
{
    davy_status status = find_role(in->csv, in->options->time_column, &in->time_field);

    if (status == DAVY_OK)
        status = find_role(in->csv, in->options->group_column, &in->group_field);
    if (status == DAVY_OK) {
        status = find_role(in->csv, in->options->label_column, &in->label_field);
        if (status == DAVY_ERR_NOT_FOUND && in->options->label_optional)
            status = DAVY_OK;
    }
    for (size_t c = 0; c < in->column_count + in->watched_count && status == DAVY_OK; c++)
        status = davy_csv_column(in->csv, in->columns[c].name, &in->columns[c].field);
    /* The file is there; what it lacks is a column. */
    return status == DAVY_ERR_NOT_FOUND ? DAVY_ERR_INVALID : status;
}

static davy_status open_file(davy_table_stream *in)
{
    const char *path = in->facts.files[in->file];
    davy_status status = davy_csv_open_as(path, &in->options->csv, &in->csv);

    in->first_run = in->chunk.run_count;
    davy_word_list_clear(&in->groups);
    if (status == DAVY_OK)
        status = find_fields(in);
    if (status == DAVY_OK && in->group_field == NONE)
        status = add_run(in, path);
    return status;
}

static void tell_progress(const davy_table_stream *in, uint64_t *done)
{
    uint64_t total;

    davy_csv_position(in->csv, done, &total);
    if (in->options->progress)
        in->options->progress(in->options->progress_context, in->bytes + *done);
}

static void close_file(davy_table_stream *in)
{
    uint64_t done;

    tell_progress(in, &done);
    in->bytes += done;
    davy_csv_close(in->csv);
    in->csv = NULL;
    in->file++;
}

/* Rows of the file now open, until the piece is full or the file ends. */
static davy_status read_rows(davy_table_stream *in)
{
    const char *const *fields = NULL;
    uint64_t done;
    davy_status status = DAVY_OK;

    while (in->chunk.rows < in->capacity && status == DAVY_OK) {
        status = davy_csv_next(in->csv, &fields);
        if (status == DAVY_OK && !fields) {
            close_file(in);
            return DAVY_OK;
        }
        if (status == DAVY_OK)
            status = read_row(in, fields);
    }
    tell_progress(in, &done);
    return status;
}

/* The columns of a piece that is not full stand closer together. */
static void close_gaps(davy_table_stream *in)
{
    davy_table *chunk = &in->chunk;

    for (size_t c = 1; c < chunk->columns && chunk->rows < in->capacity; c++)
        memmove(chunk->values + c * chunk->rows, chunk->values + c * in->capacity,
                chunk->rows * sizeof *chunk->values);
}

davy_status davy_table_stream_next(davy_table_stream *in, const davy_table **chunk)
{
    davy_status status = DAVY_OK;

    in->rows += in->chunk.rows;
    in->chunk.rows = 0;
    while (status == DAVY_OK && in->chunk.rows < in->capacity && in->file < in->facts.file_count) {
        if (!in->csv)
            status = open_file(in);
        if (status == DAVY_OK)
            status = read_rows(in);
    }
    if (status != DAVY_OK)
        return status;
    close_gaps(in);
    *chunk = in->chunk.rows > 0 ? &in->chunk : NULL;
    return DAVY_OK;
}

static davy_status init_chunk(davy_table_stream *in)
{
    const davy_table_csv_options *options = in->options;
    davy_table *chunk = &in->chunk;
    const size_t columns = in->column_count > 0 ? in->column_count : 1;

    in->capacity = CHUNK_CELLS / columns < CHUNK_ROWS ? CHUNK_CELLS / columns : CHUNK_ROWS;
    in->capacity = in->capacity > 0 ? in->capacity : 1;
    chunk->columns = in->column_count;
    chunk->names = calloc(columns, sizeof *chunk->names);
    chunk->values = calloc(columns * in->capacity, sizeof *chunk->values);
    chunk->runs = calloc(in->capacity, sizeof *chunk->runs);
    chunk->places = calloc(in->capacity, sizeof *chunk->places);
    if (options->time_column || options->period_ns > 0)
        chunk->times = calloc(in->capacity, sizeof *chunk->times);
    if (options->label_column)
        chunk->labels = calloc(in->capacity, sizeof *chunk->labels);
    chunk->independent = !options->time_column && !options->group_column && options->period_ns <= 0;
    if (!chunk->names || !chunk->values || !chunk->runs || !chunk->places ||
        (options->label_column && !chunk->labels) ||
        (!chunk->independent && !options->group_column && !chunk->times))
        return no_memory(in);
    for (size_t c = 0; c < in->column_count; c++)
        if (!(chunk->names[c] = strdup(in->columns[c].name)))
            return no_memory(in);
    return DAVY_OK;
}

davy_status davy_table_stream_begin(const davy_table_csv_options *options, davy_table_facts *facts,
                                    davy_table_stream **out)
{
    davy_table_stream *in = calloc(1, sizeof *in);
    davy_status status;

    if (!in) {
        davy_table_facts_clear(facts);
        return davy_fail(DAVY_ERR_NOMEM, "rows of files");
    }
    in->options = options;
    in->facts = *facts;
    *facts = (davy_table_facts){0};
    in->decimal = in->facts.decimal;
    status = davy_table_stream_plan(in);
    if (status == DAVY_OK)
        status = init_chunk(in);
    if (status != DAVY_OK) {
        davy_table_stream_close(in);
        return status;
    }
    *out = in;
    return DAVY_OK;
}

davy_status davy_table_stream_open(const char *const *files, size_t file_count,
                                   const davy_table_csv_options *options, davy_table_stream **out)
{
    davy_table_facts facts = {0};
    davy_status status = davy_table_inspect(files, file_count, options, DAVY_INSPECT_ROWS, &facts);

    if (status == DAVY_OK && !davy_table_facts_settled(&facts, options)) {
        davy_table_facts_clear(&facts);
        status = davy_table_inspect(files, file_count, options, 0, &facts);
    }
    return status == DAVY_OK ? davy_table_stream_begin(options, &facts, out) : status;
}

void davy_table_stream_close(davy_table_stream *in)
{
    if (!in)
        return;
    for (size_t c = 0; in->columns && c < in->column_count + in->watched_count; c++)
        davy_word_list_clear(&in->columns[c].words);
    free(in->columns);
    davy_csv_close(in->csv);
    davy_word_list_clear(&in->groups);
    davy_class_list_clear(&in->classes);
    davy_table_clear(&in->chunk);
    free(in->run_rows);
    davy_table_facts_clear(&in->facts);
    free(in);
}

const davy_table_facts *davy_table_stream_facts(const davy_table_stream *in)
{
    return &in->facts;
}

size_t davy_table_stream_first_run(const davy_table_stream *in)
{
    return in->csv ? in->first_run : in->chunk.run_count;
}
