/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table_inspect.h"

#include <assert.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Rows between two calls of options->progress. */
#define PROGRESS_ROWS 4096

static davy_status add_file(char ***files, size_t *count, const char *path)
{
    char **more = reallocarray((void *) *files, *count + 1, sizeof *more);

    if (more)
        *files = more;
    if (!more || !(more[*count] = strdup(path)))
        return davy_fail(DAVY_ERR_NOMEM, "%s", path);
    ++*count;
    return DAVY_OK;
}

static davy_status add_pattern(char ***files, size_t *count, const char *pattern)
{
    glob_t found = {0};
    const int failed = glob(pattern, 0, NULL, &found);
    davy_status status = DAVY_OK;

    if (failed == GLOB_NOSPACE)
        status = davy_fail(DAVY_ERR_NOMEM, "%s", pattern);
    else if (failed != 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no file '%s'", pattern);
    for (size_t i = 0; i < found.gl_pathc && status == DAVY_OK; i++)
        status = add_file(files, count, found.gl_pathv[i]);
    globfree(&found);
    return status;
}

davy_status davy_table_find_files(const char *const *patterns, size_t count, char ***files,
                                  size_t *file_count)
{
    davy_status status = count > 0 ? DAVY_OK : davy_fail(DAVY_ERR_INVALID, "no file to read");

    *files = NULL;
    *file_count = 0;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = add_pattern(files, file_count, patterns[i]);
    if (status == DAVY_OK)
        return DAVY_OK;
    for (size_t i = 0; i < *file_count; i++)
        free((*files)[i]);
    free((void *) *files);
    *files = NULL;
    *file_count = 0;
    return status;
}

/* A look under way. */
typedef struct inspection {
    const davy_table_csv_options *options;
    davy_table_facts *facts;
    uint64_t rows_max, bytes;
    size_t *field; /* [column_count] in the file now open; SIZE_MAX: it has none */
} inspection;

static bool is(const char *role, const char *name)
{
    return role && strcmp(role, name) == 0;
}

static bool is_timed(const davy_table_csv_options *options, const char *name)
{
    const davy_column_setting *setting = davy_column_settings_find(options->types, name);

    return is(options->time_column, name) || (setting && setting->type == DAVY_COLUMN_TIME);
}

/* Columns that are costly to compute are what they are said to be, without a look. */
static void mark_computed(const inspection *in)
{
    const davy_csv_extra *extra = in->options->csv.extra;
    davy_table_facts *facts = in->facts;

    if (!extra || !extra->costly)
        return;
    for (size_t c = facts->column_count - extra->count; c < facts->column_count; c++) {
        facts->columns[c].computed = true;
        if (c >= facts->column_count - extra->text_count)
            facts->columns[c].type = DAVY_COLUMN_TEXT;
    }
}

/* The columns are those of the first file. */
static davy_status begin_columns(inspection *in, const davy_csv *csv)
{
    davy_table_facts *facts = in->facts;
    size_t count;
    const char *const *names = davy_csv_header(csv, &count);

    facts->columns = calloc(count, sizeof *facts->columns);
    in->field = calloc(count, sizeof *in->field);
    if (!facts->columns || !in->field)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
    for (; facts->column_count < count; facts->column_count++) {
        davy_column_facts *column = &facts->columns[facts->column_count];

        column->name = strdup(names[facts->column_count]);
        if (!column->name)
            return davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
        column->formats = DAVY_TIME_ALL;
        column->format = DAVY_TIME_FORMATS;
        column->timed = is_timed(in->options, column->name);
    }
    mark_computed(in);
    return DAVY_OK;
}

static void find_fields(inspection *in, const davy_csv *csv)
{
    size_t count;
    const char *const *names = davy_csv_header(csv, &count);

    assert(in->field); /* made with the columns */
    for (size_t c = 0; c < in->facts->column_count; c++) {
        /* Columns of one name are told by their place. */
        size_t field = c < count && strcmp(names[c], in->facts->columns[c].name) == 0 ? c : 0;

        while (field < count && strcmp(names[field], in->facts->columns[c].name) != 0)
            field++;
        in->field[c] = field < count ? field : SIZE_MAX;
    }
}

static davy_status take_row(inspection *in, const davy_csv *csv, const char *const *fields,
                            size_t file)
{
    const uint32_t *lengths = davy_csv_lengths(csv);
    const davy_cell_place place = {file, davy_csv_line(csv)};
    davy_status status = DAVY_OK;

    for (size_t c = 0; c < in->facts->column_count && status == DAVY_OK; c++)
        if (in->field[c] != SIZE_MAX && !in->facts->columns[c].computed)
            status = davy_column_facts_add(&in->facts->columns[c], fields[in->field[c]],
                                           lengths[in->field[c]], in->options->decimal, place);
    return status;
}

static void tell_progress(const inspection *in, const davy_csv *csv)
{
    uint64_t done, total;

    davy_csv_position(csv, &done, &total);
    if (in->options->progress)
        in->options->progress(in->options->progress_context, in->bytes + done);
}

static bool is_enough(const inspection *in)
{
    return in->rows_max > 0 && in->facts->rows >= in->rows_max;
}

static davy_status take_rows(inspection *in, davy_csv *csv, size_t file)
{
    const char *const *fields = NULL;
    uint64_t done, total;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && !is_enough(in)) {
        status = davy_csv_next(csv, &fields);
        if (status != DAVY_OK || !fields)
            break;
        status = take_row(in, csv, fields, file);
        if (++in->facts->rows % PROGRESS_ROWS == 0)
            tell_progress(in, csv);
    }
    davy_csv_position(csv, &done, &total);
    in->bytes += done;
    in->facts->whole = status == DAVY_OK && !is_enough(in);
    return status;
}

static davy_status inspect_file(inspection *in, size_t file)
{
    davy_table_facts *facts = in->facts;
    davy_csv *csv = NULL;
    davy_csv_options options = in->options->csv;
    davy_status status;

    options.look = true;
    status = davy_csv_open_as(facts->files[file], &options, &csv);

    if (status == DAVY_OK && !facts->columns)
        status = begin_columns(in, csv);
    if (status == DAVY_OK) {
        find_fields(in, csv);
        status = take_rows(in, csv, file);
    }
    if (status == DAVY_OK && file == 0) {
        facts->csv = davy_csv_describe(csv);
        (void) snprintf(facts->encoding, sizeof facts->encoding, "%s", facts->csv.encoding);
        facts->csv.encoding = NULL; /* it went with the file */
    }
    davy_csv_close(csv);
    return status;
}

static davy_status check_settings(const davy_table_facts *facts,
                                  const davy_column_settings *settings)
{
    for (size_t i = 0; settings && i < settings->count; i++)
        if (!davy_table_facts_find(facts, settings->items[i].name))
            return davy_fail(DAVY_ERR_INVALID, "types: %s has no column '%.60s'", facts->files[0],
                             settings->items[i].name);
    return DAVY_OK;
}

static uint64_t size_of_files(const davy_table_facts *facts)
{
    uint64_t bytes = 0;
    struct stat about;

    for (size_t i = 0; i < facts->file_count; i++)
        bytes += stat(facts->files[i], &about) == 0 ? (uint64_t) about.st_size : 0;
    return bytes;
}

davy_status davy_table_inspect(const char *const *files, size_t file_count,
                               const davy_table_csv_options *options, uint64_t rows,
                               davy_table_facts *out)
{
    davy_table_facts facts = {0};
    inspection in = {.options = options, .facts = &facts, .rows_max = rows};
    davy_status status = davy_table_find_files(files, file_count, &facts.files, &facts.file_count);

    for (size_t i = 0; i < facts.file_count && status == DAVY_OK && !is_enough(&in); i++)
        status = inspect_file(&in, i);
    free(in.field);
    if (status == DAVY_OK)
        status = check_settings(&facts, options->types);
    if (status != DAVY_OK) {
        davy_table_facts_clear(&facts);
        return status;
    }
    facts.bytes = in.bytes;
    facts.bytes_total = size_of_files(&facts);
    davy_table_facts_decide(&facts, &(davy_column_rules){.settings = options->types,
                                                         .time = options->time_column,
                                                         .label = options->label_column,
                                                         .group = options->group_column,
                                                         .molecules = options->molecule_column,
                                                         .label_classes = options->label_classes,
                                                         .decimal = options->decimal});
    *out = facts;
    return DAVY_OK;
}
