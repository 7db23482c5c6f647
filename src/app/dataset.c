/* SPDX-License-Identifier: Apache-2.0 */
#include "app/dataset.h"

#include "app/dataset_answers.h"
#include "app/dataset_csv.h"
#include "app/site_columns.h"
#include "app/units.h"
#include "app/verb.h"
#include "core/buffer.h"
#include "core/bulk.h"
#include "core/clock.h"
#include "core/csv.h"
#include "core/pattern.h"
#include "core/progress.h"
#include "data/from_store.h"
#include "site/load.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Whoever wants the molecules wants all that is computed of them; scaffolds tell kin, where there
 * are columns of words. */
static bool is_wanted_of_molecules(const davy_dataset *dataset, const char *column)
{
    if (strcmp(column, DAVY_SCAFFOLD_COLUMN) == 0)
        return dataset->categories;
    return davy_pattern_matches(dataset->columns, column) ||
           davy_pattern_matches(dataset->columns, DAVY_MOLECULES_COLUMN);
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
    if (dataset->molecules && strcmp(column, DAVY_MOLECULES_COLUMN) == 0)
        return false;
    if (dataset->molecules && davy_dataset_is_of_molecules(column))
        return is_wanted_of_molecules(dataset, column);
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

static davy_status read_matching_columns(const davy_dataset *dataset, davy_table *out)
{
    const char **columns = NULL;
    davy_csv *csv = NULL;
    size_t count;
    davy_status status = davy_dataset_open_first(dataset, &csv);

    if (status != DAVY_OK)
        return status;
    (void) davy_csv_header(csv, &count);
    columns = calloc(count + 1, sizeof *columns);
    status = columns ? match_columns(dataset, csv, columns, &count)
                     : davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
    if (status == DAVY_OK)
        status = davy_dataset_read_csv(
            dataset, &(davy_dataset_columns){.names = columns, .count = count}, out);
    free(columns);
    davy_csv_close(csv);
    return status;
}

/* The columns of a model that watches: numbers, whose label may be absent. */
static davy_status read_signals(const davy_dataset *dataset, const char *const *columns,
                                size_t count, davy_table *out)
{
    const davy_dataset_columns wanted = {
        .names = columns, .count = count, .label_optional = true, .quiet = true};

    return davy_dataset_read_csv(dataset, &wanted, out);
}

/* The columns of a model's signals, which have other names in the file than on the site. */
static davy_status read_site_columns(const davy_dataset *dataset, const davy_model_info *model,
                                     davy_table *out)
{
    const char **columns = calloc(model->signal_count + 1, sizeof *columns);
    davy_csv *csv = NULL;
    davy_status status = davy_dataset_open_first(dataset, &csv);

    if (status == DAVY_OK && !columns)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu columns", model->signal_count);
    for (size_t i = 0; i < model->signal_count && status == DAVY_OK; i++)
        columns[i] = davy_site_column_of(dataset->site, csv, model->signals[i]);
    if (status == DAVY_OK)
        status = read_signals(dataset, columns, model->signal_count, out);
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
    if (status == DAVY_OK && dataset->label_column) {
        status = davy_dataset_take_answers(dataset, out);
        if (status != DAVY_OK)
            davy_table_clear(out);
    }
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

/* The names and units of the site, where there is one, and the units of the model. */
static davy_status finish(const davy_dataset *dataset, davy_status status,
                          const davy_known_units *known, davy_table *table)
{
    if (status != DAVY_OK)
        return status;
    if (dataset->site)
        status = davy_site_columns_convert(dataset->site, table);
    if (status == DAVY_OK)
        status = davy_units_convert(&dataset->units, dataset->site, known, table);
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
    davy_dataset_find_time(dataset);
    status = davy_dataset_load_site(dataset);
    if (status != DAVY_OK)
        return status;
    status = dataset->columns || dataset->site
                 ? read_matching_columns(dataset, out)
                 : davy_dataset_read_csv(dataset, &(davy_dataset_columns){0}, out);
    return finish(dataset, status, &(davy_known_units){.count = 0}, out);
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

    davy_bulk_folder(dataset->data);
    if (dataset->test.count + dataset->watch.count == 0)
        return read_one(dataset, out);
    if (dataset->csv.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "--test and --watch are for files: give --csv FILE...");
    if (dataset->test.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "--watch without --test: say what to judge by, too");
    status = davy_dataset_check_parts(dataset);
    if (status == DAVY_OK)
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
    const davy_known_units known = {.model = model->name,
                                    .signals = model->signals,
                                    .units = model->units,
                                    .count = model->signal_count};
    davy_status status;

    davy_bulk_folder(dataset->data);
    if (dataset->csv.count > 0 && dataset->signals)
        return refuse_both_or_neither(dataset);
    if (dataset->csv.count == 0)
        return read_store(dataset, model->signals, model->signal_count, out);
    status = davy_dataset_take_flows(dataset, model->name, model->flows);
    if (status == DAVY_OK)
        status = davy_dataset_take_molecules(dataset, model->name, model->molecules);
    if (status != DAVY_OK)
        return status;
    davy_dataset_find_time(dataset);
    status = davy_dataset_load_site(dataset);
    if (status != DAVY_OK)
        return status;
    status = dataset->site ? read_site_columns(dataset, model, out)
                           : read_signals(dataset, model->signals, model->signal_count, out);
    if (!dataset->site)
        status = remind_of_site(status, model);
    return finish(dataset, status, &known, out);
}

davy_status davy_dataset_columns_of(davy_dataset *dataset, const davy_predictor_info *model,
                                    davy_dataset_columns *out)
{
    const bool forecast = model->task == DAVY_TASK_FORECAST;
    const char **names = calloc(model->signal_count + 1, sizeof *names);
    davy_levels *levels = calloc(model->signal_count + 1, sizeof *levels);
    size_t count = 0;
    davy_status status = names && levels
                             ? davy_dataset_take_flows(dataset, model->name, model->flows)
                             : davy_fail(DAVY_ERR_NOMEM, "%zu columns", model->signal_count);

    if (status == DAVY_OK)
        status = davy_dataset_take_molecules(dataset, model->name, model->molecules);
    if (status != DAVY_OK) {
        free(names);
        free(levels);
        return status;
    }
    /* All signals, less the label that a forecast also learns from. */
    for (size_t j = 0; j < model->signal_count; j++)
        if (!forecast || strcmp(model->signals[j], model->label) != 0) {
            names[count] = model->signals[j];
            levels[count++] = model->levels ? model->levels[j] : (davy_levels){0};
        }
    if (!dataset->label_column && model->label[0])
        dataset->label_column = model->label;
    dataset->classes = model->task == DAVY_TASK_CLASSIFY;
    davy_dataset_find_time(dataset);
    *out = (davy_dataset_columns){.names = names,
                                  .count = count,
                                  .levels = levels,
                                  .label_optional = !forecast,
                                  .quiet = true};
    return DAVY_OK;
}

void davy_dataset_columns_clear(davy_dataset_columns *columns)
{
    free((void *) (uintptr_t) columns->names);
    free((void *) (uintptr_t) columns->levels);
}

davy_status davy_dataset_read_answers(davy_dataset *dataset, const davy_predictor_info *model,
                                      davy_table *out)
{
    const davy_known_units known = {.model = model->name,
                                    .signals = model->signals,
                                    .units = model->units,
                                    .count = model->signal_count};
    davy_dataset_columns columns = {0};
    davy_status status;

    if (dataset->csv.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' answers rows of files: give --csv FILE...",
                         model->name);
    status = davy_dataset_load_site(dataset);
    if (status == DAVY_OK)
        status = davy_dataset_columns_of(dataset, model, &columns);
    if (status == DAVY_OK)
        status = davy_dataset_read_csv(dataset, &columns, out);
    davy_dataset_columns_clear(&columns);
    return finish(dataset, status, &known, out);
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
