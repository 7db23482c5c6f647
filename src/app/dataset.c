/* SPDX-License-Identifier: Apache-2.0 */
#include "app/dataset.h"

#include "app/verb.h"
#include "core/clock.h"
#include "core/csv.h"
#include "core/pattern.h"
#include "data/from_store.h"
#include "store/store.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

davy_dataset davy_dataset_default(void)
{
    return (davy_dataset){.from_ns = INT64_MIN,
                          .to_ns = davy_wall_ns(davy_clock_system()),
                          .period_ns = DAVY_NS_PER_S,
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

/* Names of the first file's columns that --columns matches. Borrowed from `csv`. */
static davy_status match_columns(const davy_dataset *dataset, const davy_csv *csv,
                                 const char **columns, size_t *count)
{
    size_t all;
    const char *const *names = davy_csv_header(csv, &all);

    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (!is_named(dataset, names[i]) && davy_pattern_matches(dataset->columns, names[i]))
            columns[(*count)++] = names[i];
    return *count > 0
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "no column matches --columns '%s'", dataset->columns);
}

static davy_status read_csv(const davy_dataset *dataset, const char *const *columns, size_t count,
                            bool label_optional, davy_table *out)
{
    const davy_table_csv_options options = {.time_column = dataset->time_column,
                                            .label_column = dataset->label_column,
                                            .group_column = dataset->group_column,
                                            .columns = columns,
                                            .column_count = count,
                                            .label_optional = label_optional};

    return davy_table_read_csv(dataset->csv.items, dataset->csv.count, &options, out);
}

static davy_status read_matching_columns(const davy_dataset *dataset, davy_table *out)
{
    const char **columns = NULL;
    davy_csv *csv = NULL;
    glob_t files = {0};
    size_t count;
    davy_status status;

    if (glob(dataset->csv.items[0], GLOB_NOCHECK, NULL, &files) != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no file matches '%s'", dataset->csv.items[0]);
    status = davy_csv_open(files.gl_pathv[0], &csv);
    globfree(&files);
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

static davy_status read_store(const davy_dataset *dataset, const char *const *paths, size_t count,
                              davy_table *out)
{
    const davy_store_options read_only = {.read_only = true};
    const davy_table_store_options options = {.pattern = dataset->signals,
                                              .paths = paths,
                                              .path_count = count,
                                              .from_ns = dataset->from_ns,
                                              .to_ns = dataset->to_ns,
                                              .period_ns = dataset->period_ns};
    davy_store *store;
    davy_status status = davy_store_open(dataset->data, &read_only, &store);

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

davy_status davy_dataset_read(const davy_dataset *dataset, davy_table *out)
{
    if ((dataset->csv.count > 0) == (dataset->signals != NULL))
        return refuse_both_or_neither(dataset);
    if (dataset->signals)
        return read_store(dataset, NULL, 0, out);
    return dataset->columns ? read_matching_columns(dataset, out)
                            : read_csv(dataset, NULL, 0, false, out);
}

davy_status davy_dataset_read_for(const davy_dataset *dataset, const davy_model_info *model,
                                  davy_table *out)
{
    if (dataset->csv.count > 0 && dataset->signals)
        return refuse_both_or_neither(dataset);
    return dataset->csv.count > 0
               ? read_csv(dataset, model->signals, model->signal_count, true, out)
               : read_store(dataset, model->signals, model->signal_count, out);
}
