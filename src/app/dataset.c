/* SPDX-License-Identifier: Apache-2.0 */
#include "app/dataset.h"

#include "app/site_columns.h"
#include "app/verb.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "core/csv.h"
#include "core/pattern.h"
#include "core/progress.h"
#include "data/from_store.h"
#include "site/load.h"
#include "store/store.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

davy_dataset davy_dataset_default(void)
{
    return (davy_dataset){.from_ns = INT64_MIN,
                          .to_ns = davy_wall_ns(davy_clock_system()),
                          .show_progress = true,
                          .data = DAVY_DATA_FOLDER};
}

static bool is_named(const davy_dataset *dataset, const char *column)
{
    const char *const named[] = {dataset->time_column, dataset->label_column,
                                 dataset->group_column};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(named); i++)
        if (named[i] && strcmp(named[i], column) == 0)
            return true;
    return false;
}

/* What of a column's name the patterns of --columns are held against, and whether it is wanted. */
static bool is_wanted(const davy_dataset *dataset, const char *column)
{
    if (is_named(dataset, column))
        return false;
    if (dataset->site) {
        const davy_site_signal *signal = davy_site_column_find(dataset->site, column).signal;

        return signal &&
               (!dataset->columns || davy_pattern_matches(dataset->columns, signal->path));
    }
    return !dataset->columns || davy_pattern_matches(dataset->columns, column);
}

static davy_status fail_no_column(const davy_dataset *dataset, const davy_csv *csv)
{
    davy_buffer names = {0};
    davy_status status;
    size_t count;
    const char *const *header = davy_csv_header(csv, &count);

    for (size_t i = 0; i < count; i++)
        davy_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", header[i]);
    status = davy_fail(
        DAVY_ERR_INVALID,
        dataset->site ? "no column is a signal of '%s'; name a column like a signal's path or "
                        "give the signal `from: {column: ...}`. The columns are %.400s"
                      : "no column matches --columns '%s'. The columns are %.400s",
        dataset->site ? dataset->site_file : dataset->columns, names.bytes ? names.bytes : "none");
    davy_buffer_clear(&names);
    return status;
}

/* Names of the first file's columns that are wanted. Borrowed from `csv`. */
static davy_status match_columns(const davy_dataset *dataset, const davy_csv *csv,
                                 const char **columns, size_t *count)
{
    size_t all;
    const char *const *names = davy_csv_header(csv, &all);

    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (is_wanted(dataset, names[i]))
            columns[(*count)++] = names[i];
    return *count > 0 ? DAVY_OK : fail_no_column(dataset, csv);
}

/* Bytes of all files that are to be read, for the bar; one that is not there counts nothing. */
static uint64_t count_bytes(const davy_dataset *dataset)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < dataset->csv.count; i++) {
        glob_t files = {0};
        struct stat about;

        if (glob(dataset->csv.items[i], 0, NULL, &files) == 0)
            for (size_t j = 0; j < files.gl_pathc; j++)
                if (stat(files.gl_pathv[j], &about) == 0)
                    bytes += (uint64_t) about.st_size;
        globfree(&files);
    }
    return bytes;
}

static void draw_progress(void *context, uint64_t bytes)
{
    davy_progress_update(context, bytes);
}

static davy_status read_csv(const davy_dataset *dataset, const char *const *columns, size_t count,
                            bool label_optional, davy_table *out)
{
    davy_progress progress;
    davy_table_csv_options options = {.time_column = dataset->time_column,
                                      .label_column = dataset->label_column,
                                      .group_column = dataset->group_column,
                                      .columns = columns,
                                      .column_count = count,
                                      .label_optional = label_optional,
                                      .label_classes = dataset->classes};

    davy_status status;

    if (dataset->show_progress) {
        davy_progress_begin(&progress, "reading", count_bytes(dataset));
        options.progress = draw_progress;
        options.progress_context = &progress;
    }
    status = davy_table_read_csv(dataset->csv.items, dataset->csv.count, &options, out);
    if (dataset->show_progress)
        davy_progress_end(&progress);
    return status;
}

static davy_status open_first(const davy_dataset *dataset, davy_csv **csv)
{
    glob_t files = {0};
    davy_status status;

    if (glob(dataset->csv.items[0], GLOB_NOCHECK, NULL, &files) != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no file matches '%s'", dataset->csv.items[0]);
    status = davy_csv_open(files.gl_pathv[0], csv);
    globfree(&files);
    return status;
}

/* A column called "time" is the time when --time names none: a clock is never a signal to learn. */
static void find_time_column(davy_dataset *dataset)
{
    davy_csv *csv = NULL;
    size_t field;

    if (dataset->time_column || dataset->csv.count == 0)
        return;
    /* A file that cannot be read is told by who reads its rows. */
    if (open_first(dataset, &csv) == DAVY_OK &&
        davy_csv_column(csv, DAVY_TIME_COLUMN, &field) == DAVY_OK)
        dataset->time_column = DAVY_TIME_COLUMN;
    davy_csv_close(csv);
}

static davy_status read_matching_columns(const davy_dataset *dataset, davy_table *out)
{
    const char **columns = NULL;
    davy_csv *csv = NULL;
    size_t count;
    davy_status status = open_first(dataset, &csv);

    if (status != DAVY_OK)
        return status;
    (void) davy_csv_header(csv, &count);
    columns = calloc(count + 1, sizeof *columns);
    status = columns ? match_columns(dataset, csv, columns, &count)
                     : davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
    if (status == DAVY_OK)
        status = read_csv(dataset, columns, count, false, out);
    free(columns);
    davy_csv_close(csv);
    return status;
}

/* The columns of a model's signals, which have other names in the file than on the site. */
static davy_status read_site_columns(const davy_dataset *dataset, const davy_model_info *model,
                                     davy_table *out)
{
    const char **columns = calloc(model->signal_count + 1, sizeof *columns);
    davy_csv *csv = NULL;
    davy_status status = open_first(dataset, &csv);

    if (status == DAVY_OK && !columns)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu columns", model->signal_count);
    for (size_t i = 0; i < model->signal_count && status == DAVY_OK; i++)
        columns[i] = davy_site_column_of(dataset->site, csv, model->signals[i]);
    if (status == DAVY_OK)
        status = read_csv(dataset, columns, model->signal_count, true, out);
    free(columns);
    davy_csv_close(csv);
    return status;
}

davy_status davy_dataset_open_store(const davy_dataset *dataset, davy_store **out)
{
    const davy_store_options read_only = {.read_only = true};
    davy_status status = davy_store_open(dataset->data, &read_only, out);

    if (status == DAVY_ERR_NOT_FOUND)
        return davy_fail(status,
                         "there is no store in '%s'; name files with --csv FILE..., or the "
                         "daemon's folder with --data DIR",
                         dataset->data);
    return status;
}

static davy_status read_store(const davy_dataset *dataset, const char *const *paths, size_t count,
                              davy_table *out)
{
    const davy_table_store_options options = {
        .pattern = dataset->signals,
        .paths = paths,
        .path_count = count,
        .from_ns = dataset->from_ns,
        .to_ns = dataset->to_ns,
        .period_ns = dataset->period_ns > 0 ? dataset->period_ns : DAVY_NS_PER_S};
    davy_store *store;
    davy_status status = davy_dataset_open_store(dataset, &store);

    if (status != DAVY_OK)
        return status;
    status = davy_table_from_store(store, &options, out);
    davy_store_close(store);
    return status;
}

static davy_status refuse_both_or_neither(const davy_dataset *dataset)
{
    if (dataset->csv.count > 0 && dataset->signals)
        return davy_fail(DAVY_ERR_INVALID, "choose one: --csv FILE... or --signals PATTERN");
    return davy_fail(DAVY_ERR_INVALID,
                     "say where the data are: --csv FILE... or --signals PATTERN");
}

davy_status davy_dataset_load_site(davy_dataset *dataset)
{
    davy_site_faults faults = {0};
    davy_status status;

    if (!dataset->site_file || dataset->site)
        return DAVY_OK;
    status = davy_site_load(dataset->site_file, &faults, &dataset->site);
    davy_site_faults_print(&faults, stderr, isatty(STDERR_FILENO));
    davy_site_faults_clear(&faults);
    return status;
}

void davy_dataset_clear(davy_dataset *dataset)
{
    davy_site_destroy(dataset->site);
    dataset->site = NULL;
}

/* A model whose signals are paths was learnt for a site, and files seldom have paths for names. */
static davy_status remind_of_site(davy_status status, const davy_model_info *model)
{
    if (status == DAVY_ERR_NOT_FOUND && strchr(model->signals[0], '/') &&
        strstr(davy_error(), model->signals[0]))
        return davy_fail_in(status,
                            "the model's signals have the names of a site; is --site FILE missing");
    return status;
}

/* Rows without times get those that --period makes: every run begins one period after 1970. */
static davy_status make_times(const davy_dataset *dataset, davy_table *table)
{
    int64_t time_ns = 0;

    if (table->times || dataset->period_ns <= 0)
        return DAVY_OK;
    if (table->rows > (size_t) (INT64_MAX / 2 / dataset->period_ns))
        return davy_fail(DAVY_ERR_INVALID, "%zu rows of that --period are longer than time itself",
                         table->rows);
    table->times = calloc(table->rows, sizeof *table->times);
    if (!table->times)
        return davy_fail(DAVY_ERR_NOMEM, "times of %zu rows", table->rows);
    for (size_t row = 0; row < table->rows; row++) {
        if (row == 0 || table->runs[row] != table->runs[row - 1])
            time_ns = 0;
        table->times[row] = time_ns += dataset->period_ns;
    }
    table->independent = false; /* --period says that they follow each other */
    return DAVY_OK;
}

/* Times where there are none, and the names of the site where there is one. */
static davy_status finish(const davy_dataset *dataset, davy_status status, davy_table *table)
{
    if (status != DAVY_OK)
        return status;
    status = make_times(dataset, table);
    if (status == DAVY_OK && dataset->site)
        status = davy_site_columns_convert(dataset->site, table);
    if (status != DAVY_OK)
        davy_table_clear(table);
    return status;
}

static davy_status read_one(davy_dataset *dataset, davy_table *out)
{
    davy_status status;

    if ((dataset->csv.count > 0) == (dataset->signals != NULL))
        return refuse_both_or_neither(dataset);
    if (dataset->signals)
        return read_store(dataset, NULL, 0, out);
    find_time_column(dataset);
    status = davy_dataset_load_site(dataset);
    if (status != DAVY_OK)
        return status;
    status = dataset->columns || dataset->site ? read_matching_columns(dataset, out)
                                               : read_csv(dataset, NULL, 0, false, out);
    return finish(dataset, status, out);
}

/* All runs of a table are for one purpose. */
static davy_status mark_part(davy_table *table, uint8_t part)
{
    table->run_parts = calloc(table->run_count + 1, 1);
    if (!table->run_parts)
        return davy_fail(DAVY_ERR_NOMEM, "%zu runs", table->run_count);
    memset(table->run_parts, part, table->run_count);
    return DAVY_OK;
}

static davy_status append_part(const davy_dataset *dataset, const davy_option_list *files,
                               uint8_t part, davy_table *out)
{
    davy_dataset other = *dataset;
    davy_table table = {0};
    davy_status status;

    if (files->count == 0)
        return DAVY_OK;
    other.csv = *files;
    status = read_one(&other, &table);
    if (status == DAVY_OK)
        status = mark_part(&table, part);
    if (status == DAVY_OK)
        return davy_table_join(out, &table);
    davy_table_clear(&table);
    return status;
}

davy_status davy_dataset_read(davy_dataset *dataset, davy_table *out)
{
    enum { WATCH = 1, TEST = 2 };
    davy_table table = {0};
    davy_status status;

    if (dataset->test.count + dataset->watch.count == 0)
        return read_one(dataset, out);
    if (dataset->csv.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "--test and --watch are for files: give --csv FILE...");
    if (dataset->test.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "--watch without --test: say what to judge by, too");
    status = read_one(dataset, &table);
    if (status == DAVY_OK)
        status = mark_part(&table, 0);
    if (status == DAVY_OK)
        status = append_part(dataset, &dataset->watch, WATCH, &table);
    if (status == DAVY_OK)
        status = append_part(dataset, &dataset->test, TEST, &table);
    if (status == DAVY_OK)
        *out = table;
    else
        davy_table_clear(&table);
    return status;
}

davy_status davy_dataset_read_for(davy_dataset *dataset, const davy_model_info *model,
                                  davy_table *out)
{
    davy_status status;

    if (dataset->csv.count > 0 && dataset->signals)
        return refuse_both_or_neither(dataset);
    if (dataset->csv.count == 0)
        return read_store(dataset, model->signals, model->signal_count, out);
    find_time_column(dataset);
    status = davy_dataset_load_site(dataset);
    if (status != DAVY_OK)
        return status;
    status = dataset->site ? read_site_columns(dataset, model, out)
                           : read_csv(dataset, model->signals, model->signal_count, true, out);
    if (!dataset->site)
        status = remind_of_site(status, model);
    return finish(dataset, status, out);
}

/* The columns that a file must have: all signals, less the label that a forecast also learns from.
 */
static size_t columns_of(const davy_predictor_info *model, const char **columns)
{
    size_t count = 0;

    for (size_t j = 0; j < model->signal_count; j++)
        if (model->task != DAVY_TASK_FORECAST || strcmp(model->signals[j], model->label) != 0)
            columns[count++] = model->signals[j];
    return count;
}

davy_status davy_dataset_read_answers(davy_dataset *dataset, const davy_predictor_info *model,
                                      davy_table *out)
{
    const bool forecast = model->task == DAVY_TASK_FORECAST;
    const char **columns;
    davy_status status;

    if (dataset->csv.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' answers rows of files: give --csv FILE...",
                         model->name);
    columns = calloc(model->signal_count + 1, sizeof *columns);
    if (!columns)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", model->signal_count);
    if (!dataset->label_column && model->label[0])
        dataset->label_column = model->label;
    dataset->classes = model->task == DAVY_TASK_CLASSIFY;
    find_time_column(dataset);
    status = read_csv(dataset, columns, columns_of(model, columns), !forecast, out);
    free(columns);
    return finish(dataset, status, out);
}

static void draw_pictures(void *context, uint64_t done, uint64_t total)
{
    davy_progress *progress = context;

    progress->total = total;
    davy_progress_update(progress, done);
}

static davy_status read_pictures(const davy_dataset *dataset, const davy_predictor *predictor,
                                 bool labelled, davy_sample_set *out)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    davy_progress progress;
    const davy_picture_options options = {.width = (uint32_t) info->form.width,
                                          .height = (uint32_t) info->form.height,
                                          .labelled = labelled,
                                          .part = dataset->part,
                                          .progress = draw_pictures,
                                          .context = &progress};
    davy_status status;

    if (info->form.kind != DAVY_FORM_IMAGE)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' answers rows, not pictures: give --csv",
                         info->name);
    davy_progress_begin(&progress, "reading pictures", 0);
    status = davy_sample_set_pictures(dataset->images, &options, out);
    davy_progress_end(&progress);
    if (status == DAVY_OK)
        status = davy_sample_set_map_classes(out, info->classes, info->class_count);
    return status;
}

davy_status davy_dataset_read_samples(davy_dataset *dataset, const davy_predictor *predictor,
                                      bool labelled, davy_table *table, davy_sample_set *out)
{
    davy_status status;

    if (dataset->images && dataset->csv.count > 0)
        return davy_fail(DAVY_ERR_INVALID, "choose one: --csv FILE... or --images DIR");
    if (dataset->images)
        return read_pictures(dataset, predictor, labelled, out);
    status = davy_dataset_read_answers(dataset, davy_predictor_describe(predictor), table);
    return status == DAVY_OK ? davy_predictor_cut(predictor, table, out) : status;
}
