/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "data/table.h"
#include "models/model.h"

/**
 * @file
 * The data a verb works on: CSV files or stored signals, as the options of the command line say.
 *
 * Stage: app. train, evaluate, infer and replay share these options.
 */
typedef struct davy_dataset {
    davy_option_list csv;   /* --csv FILE... */
    const char *signals;    /* --signals PATTERN, of the store */
    int64_t from_ns, to_ns; /* --from T --to T */
    int64_t period_ns;      /* --period D: grid of stored signals; 0: 1 s */
    const char *time_column, *label_column, *group_column;
    const char *columns; /* --columns PATTERN: of the CSV files; NULL: all that are numbers */
    const char *data;    /* folder of the daemon */
} davy_dataset;

/** As the options have them before any is given. */
davy_dataset davy_dataset_default(void);

/** The options as rows of a verb's table. */
#define DAVY_DATASET_OPTIONS(dataset)                                                            \
    {"csv", DAVY_OPTION_LIST, &(dataset)->csv, "FILE...", "CSV files or globs"},                 \
        {"signals", DAVY_OPTION_TEXT, &(dataset)->signals, "PATTERN", "stored signals instead"}, \
        {"from", DAVY_OPTION_TIME, &(dataset)->from_ns, "T", "first time of stored signals"},    \
        {"to", DAVY_OPTION_TIME, &(dataset)->to_ns, "T", "time after the last"},                 \
        {"period", DAVY_OPTION_DURATION, &(dataset)->period_ns, "D",                             \
         "row to row of stored signals (1s)"},                                                   \
        {"time", DAVY_OPTION_TEXT, &(dataset)->time_column, "COL", "column of the time"},        \
        {"label", DAVY_OPTION_TEXT, &(dataset)->label_column, "COL",                             \
         "column of the label, above 0 for a fault"},                                            \
        {"group", DAVY_OPTION_TEXT, &(dataset)->group_column, "COL",                             \
         "column that tells runs apart (a file is a run)"},                                      \
    {                                                                                            \
        "data", DAVY_OPTION_TEXT, &(dataset)->data, "DIR",                                       \
            "folder of the daemon's data "                                                       \
            "(davy-data)"                                                                        \
    }

/** Read it; the columns are those that `columns` matches, or all that are numbers. */
DAVY_MUST_CHECK davy_status davy_dataset_read(const davy_dataset *dataset, davy_table *out);

/** Read the signals of a model, in its order; the label may be absent. */
DAVY_MUST_CHECK davy_status davy_dataset_read_for(const davy_dataset *dataset,
                                                  const davy_model_info *model, davy_table *out);
