/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy import FILE...`: history from files into a store, CSV or what `davy query --columns` wrote.
 */
#include "app/check_retention.h"
#include "app/csv_words.h"
#include "app/import_columns.h"
#include "app/site_columns.h"
#include "app/site_slot.h"
#include "app/verb.h"
#include "core/progress.h"
#include "data/columns.h"
#include "data/table_stream.h"
#include "site/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const davy_usage usage = {"import", "FILE...",
                                 "Import history from CSV files into the store of a site.",
                                 "A column is imported when its name is a signal's path "
                                 "(T-101/pressure) or the `column` of its\n"
                                 "`from`. An empty cell is no sample; a cell that is no number is "
                                 "an error that names its line.\n"
                                 "A file of `davy query --columns` is known by its begin; it keeps "
                                 "qualities and every bit.\n"
                                 "Importing a file again changes nothing. The daemon of the data "
                                 "folder must not be running; to\n"
                                 "one that is, POST line protocol to /api/v2/write.\n"};

/* Samples that go to the store at a time: one sync for many rows. */
#define BATCH ((size_t) 65536)

struct settings {
    const char *data, *site_file, *time_column;
    davy_csv_words words;
    davy_store *store;
    davy_site *site;
    davy_sample *batch;
    size_t count;
    uint64_t rows, samples;
};

static davy_status flush(struct settings *settings)
{
    davy_status status = davy_store_append(settings->store, settings->batch, settings->count);

    if (status == DAVY_OK)
        settings->samples += settings->count;
    settings->count = 0;
    return status;
}

/* The columns of a file that are signals. */
typedef struct file_columns {
    const char **names; /* [count] of the file's header */
    davy_site_column *signals;
    size_t count;
} file_columns;

static davy_status take_value(struct settings *settings, const davy_site_column *column,
                              int64_t time_ns, double value)
{
    const davy_site_signal *signal = column->signal;
    davy_sample sample = {.time_ns = time_ns, .signal = signal->id, .value = value};

    if (column->raw)
        sample.value = sample.value * signal->from.scale + signal->from.offset;
    if (sample.value < signal->range_low || sample.value > signal->range_high)
        sample.quality = DAVY_QUALITY_UNCERTAIN;
    settings->batch[settings->count++] = sample;
    return settings->count == BATCH ? flush(settings) : DAVY_OK;
}

static davy_status take_rows(struct settings *settings, const file_columns *columns,
                             const davy_table *rows)
{
    davy_status status = DAVY_OK;

    for (size_t row = 0; row < rows->rows; row++)
        for (size_t c = 0; c < columns->count && status == DAVY_OK; c++)
            if (!isnan(davy_table_at(rows, row, c)))
                status = take_value(settings, &columns->signals[c], rows->times[row],
                                    davy_table_at(rows, row, c));
    settings->rows += rows->rows;
    return status;
}

static davy_status bind_columns(const struct settings *settings, const davy_csv *csv,
                                file_columns *columns)
{
    size_t all, time_column;
    const char *const *names = davy_csv_header(csv, &all);

    columns->names = calloc(all + 1, sizeof *columns->names);
    columns->signals = calloc(all + 1, sizeof *columns->signals);
    if (!columns->names || !columns->signals)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", all);
    for (size_t i = 0; i < all; i++) {
        columns->names[columns->count] = names[i];
        columns->signals[columns->count] = davy_site_column_find(settings->site, names[i]);
        columns->count += columns->signals[columns->count].signal != NULL;
    }
    if (columns->count == 0)
        return davy_fail(
            DAVY_ERR_INVALID,
            "no column is a signal of '%s'; name a column like a signal's path or give "
            "the signal `from: {column: ...}`",
            settings->site_file);
    return davy_csv_column(csv, settings->time_column, &time_column);
}

static void draw_progress(void *context, uint64_t bytes)
{
    davy_progress_update(context, bytes);
}

static davy_status import_rows(struct settings *settings, const char *path,
                               const file_columns *columns, const davy_csv_reading *reading)
{
    davy_progress progress;
    const davy_table_csv_options options = {.time_column = settings->time_column,
                                            .columns = columns->names,
                                            .column_count = columns->count,
                                            .csv = reading->csv,
                                            .decimal = reading->decimal,
                                            .types = &reading->types,
                                            .progress = draw_progress,
                                            .progress_context = &progress};
    davy_table_stream *stream = NULL;
    const davy_table *rows = NULL;
    davy_status status;

    davy_progress_begin(&progress, "importing", 0); /* a look at the first rows tells how much */
    status = davy_table_stream_open(&path, 1, &options, &stream);
    if (status == DAVY_OK)
        progress.total = davy_table_stream_facts(stream)->bytes_total;
    while (status == DAVY_OK) {
        status = davy_table_stream_next(stream, &rows);
        if (status != DAVY_OK || !rows)
            break;
        status = take_rows(settings, columns, rows);
    }
    davy_progress_end(&progress);
    davy_table_stream_close(stream);
    return status == DAVY_OK ? flush(settings) : status;
}

static davy_status import_csv(struct settings *settings, const char *path)
{
    file_columns columns = {0};
    davy_csv_reading reading;
    davy_csv *csv = NULL;
    davy_status status = davy_csv_words_read(&settings->words, &reading);

    if (status == DAVY_OK)
        status = davy_csv_open_as(path, &reading.csv, &csv);
    if (status == DAVY_OK)
        status = bind_columns(settings, csv, &columns);
    if (status == DAVY_OK)
        status = import_rows(settings, path, &columns, &reading);
    free((void *) columns.names);
    free(columns.signals);
    davy_csv_close(csv);
    davy_csv_reading_clear(&reading);
    return status;
}

static davy_status import_columns(struct settings *settings, FILE *file, const char *path)
{
    davy_import_count count;
    davy_status status = davy_import_columns(file, settings->store, settings->site, &count);

    settings->samples += count.samples;
    if (status == DAVY_OK && count.signals_unknown > 0)
        (void) fprintf(stderr, "davy import: %s: left out %llu signals that '%s' does not have\n",
                       path, (unsigned long long) count.signals_unknown, settings->site_file);
    return status;
}

static davy_status import_file(struct settings *settings, const char *path)
{
    FILE *file = fopen(path, "rb");
    davy_status status;

    if (file && davy_columns_is(file))
        status = import_columns(settings, file, path);
    else
        status = import_csv(settings, path);
    if (file)
        (void) fclose(file);
    if (status != DAVY_OK && !strstr(davy_error(), path))
        davy_fail_in(status, "'%s'", path);
    return status;
}

/* With the site's classes of retention from the start: also what a daemon left unsealed goes where
 * the daemon would have put it. */
static davy_status open_site(struct settings *settings)
{
    davy_site_faults faults = {0};
    davy_store_options options = {0};
    davy_status status = davy_site_load(settings->site_file, &faults, &settings->site);

    if (status == DAVY_OK) {
        options.classes = settings->site->classes;
        options.class_count = settings->site->class_count;
        status = davy_store_open(settings->data, &options, &settings->store);
    }
    if (status == DAVY_OK)
        status = davy_site_bind(settings->site, settings->store);
    davy_site_faults_print(&faults, stderr, isatty(STDERR_FILENO));
    davy_site_faults_clear(&faults);
    return status;
}

static int import_files(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    davy_status status;

    if (!settings->site_file)
        status = davy_fail(DAVY_ERR_INVALID, "name the site file: --site site.yaml");
    else
        status = open_site(settings);
    settings->batch = calloc(BATCH, sizeof *settings->batch);
    if (status == DAVY_OK && !settings->batch)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu samples", BATCH);
    for (size_t i = 0; i < words->count && status == DAVY_OK; i++)
        status = import_file(settings, words->items[i]);
    if (status == DAVY_OK)
        status = davy_store_seal(settings->store);
    davy_store_close(settings->store);
    if (status == DAVY_OK)
        davy_check_imported(settings->site, settings->data, stderr);
    davy_site_destroy(settings->site);
    free(settings->batch);
    if (status != DAVY_OK)
        return davy_verb_fail("import", status);
    (void) printf("imported %llu samples", (unsigned long long) settings->samples);
    if (settings->rows > 0)
        (void) printf(" from %llu rows", (unsigned long long) settings->rows);
    (void) printf(" of %zu %s\n", words->count, words->count == 1 ? "file" : "files");
    return EX_OK;
}

static int import(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER, .time_column = "time"};
    const davy_option options[] = {
        {"site", DAVY_OPTION_TEXT, &settings.site_file, "FILE",
         "site file whose signals these are"},
        {"time", DAVY_OPTION_TEXT, &settings.time_column, "COL", "column of the time (time)"},
        DAVY_CSV_OPTIONS(&settings.words),
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, SIZE_MAX, argc, argv,
                          import_files, &settings);
}

const davy_verb davy_verb_import = {"import", "import history from CSV files", import};
