/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy import FILE.csv`: history from CSV files into a store.
 */
#include "app/site_columns.h"
#include "app/site_slot.h"
#include "app/verb.h"
#include "core/csv.h"
#include "core/progress.h"
#include "core/quantity.h"
#include "core/timestamp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const davy_usage usage = {"import", "FILE.csv...",
                                 "Import history from CSV files into the store of a site.",
                                 "A column is imported when its name is a signal's path "
                                 "(T-101/pressure) or the `column` of its\n"
                                 "`from`. An empty cell is no sample; a cell that is no number is "
                                 "an error that names its line.\n"
                                 "Importing a file again changes nothing. The daemon of the data "
                                 "folder must not be running; to\n"
                                 "one that is, POST line protocol to /api/v2/write.\n"};

/* Samples that go to the store at a time: one sync for many rows. */
#define BATCH ((size_t) 65536)

struct settings {
    const char *data, *site_file, *time_column;
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

static davy_status take_cell(struct settings *settings, const davy_site_column *column,
                             int64_t time_ns, const char *cell)
{
    const davy_site_signal *signal = column->signal;
    davy_sample sample = {.time_ns = time_ns, .signal = signal->id};
    davy_status status;

    if (cell[strspn(cell, " \t")] == '\0')
        return DAVY_OK;
    status = davy_number_parse(cell, &sample.value);
    if (status != DAVY_OK)
        return davy_fail_in(status, "column '%s'", signal->path);
    if (column->raw)
        sample.value = sample.value * signal->from.scale + signal->from.offset;
    if (sample.value < signal->range_low || sample.value > signal->range_high)
        sample.quality = DAVY_QUALITY_UNCERTAIN;
    settings->batch[settings->count++] = sample;
    return settings->count == BATCH ? flush(settings) : DAVY_OK;
}

static davy_status import_rows(struct settings *settings, davy_csv *csv, size_t time_column,
                               const davy_site_column *columns, size_t column_count)
{
    davy_progress progress;
    uint64_t done, total;
    const char *const *fields;
    davy_status status;

    davy_csv_position(csv, &done, &total);
    davy_progress_begin(&progress, "importing", total);
    while ((status = davy_csv_next(csv, &fields)) == DAVY_OK && fields) {
        int64_t time_ns;

        status = davy_timestamp_parse(fields[time_column], &time_ns);
        for (size_t i = 0; i < column_count && status == DAVY_OK; i++)
            if (columns[i].signal)
                status = take_cell(settings, &columns[i], time_ns, fields[i]);
        if (status != DAVY_OK) {
            davy_fail_in(status, "line %llu", (unsigned long long) davy_csv_line(csv));
            break;
        }
        if (++settings->rows % 1024 == 0) {
            davy_csv_position(csv, &done, &total);
            davy_progress_update(&progress, done);
        }
    }
    davy_progress_end(&progress);
    return status == DAVY_OK ? flush(settings) : status;
}

static davy_status bind_columns(const struct settings *settings, const davy_csv *csv,
                                davy_site_column *columns)
{
    const char *const *names;
    size_t count, bound = 0;

    names = davy_csv_header(csv, &count);
    for (size_t i = 0; i < count; i++) {
        columns[i] = davy_site_column_find(settings->site, names[i]);
        bound += columns[i].signal != NULL;
    }
    if (bound == 0)
        return davy_fail(
            DAVY_ERR_INVALID,
            "no column is a signal of '%s'; name a column like a signal's path or give "
            "the signal `from: {column: ...}`",
            settings->site_file);
    return DAVY_OK;
}

static davy_status import_file(struct settings *settings, const char *path)
{
    davy_site_column *columns = NULL;
    davy_csv *csv = NULL;
    size_t time_column, count;
    davy_status status = davy_csv_open(path, &csv);

    if (status != DAVY_OK)
        return status; /* the sentence names the file */
    (void) davy_csv_header(csv, &count);
    columns = calloc(count, sizeof *columns);
    status = columns ? davy_csv_column(csv, settings->time_column, &time_column)
                     : davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
    if (status == DAVY_OK)
        status = bind_columns(settings, csv, columns);
    if (status == DAVY_OK)
        status = import_rows(settings, csv, time_column, columns, count);
    if (status != DAVY_OK && !strstr(davy_error(), path))
        davy_fail_in(status, "'%s'", path);
    free(columns);
    davy_csv_close(csv);
    return status;
}

static davy_status open_site(struct settings *settings)
{
    davy_site_faults faults = {0};
    davy_status status = davy_store_open(settings->data, NULL, &settings->store);

    if (status == DAVY_OK)
        status =
            davy_site_load_bound(settings->site_file, settings->store, &faults, &settings->site);
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
    davy_site_destroy(settings->site);
    davy_store_close(settings->store);
    free(settings->batch);
    if (status != DAVY_OK)
        return davy_verb_fail("import", status);
    (void) printf("imported %llu samples from %llu rows of %zu %s\n",
                  (unsigned long long) settings->samples, (unsigned long long) settings->rows,
                  words->count, words->count == 1 ? "file" : "files");
    return EX_OK;
}

static int import(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER, .time_column = "time"};
    const davy_option options[] = {
        {"site", DAVY_OPTION_TEXT, &settings.site_file, "FILE",
         "site file whose signals these are"},
        {"time", DAVY_OPTION_TEXT, &settings.time_column, "COL", "column of the time (time)"},
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, SIZE_MAX, argc, argv,
                          import_files, &settings);
}

const davy_verb davy_verb_import = {"import", "import history from CSV files", import};
