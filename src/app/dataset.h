/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/csv_words.h"
#include "data/molecules.h"
#include "data/table.h"
#include "models/model.h"
#include "models/samples/answer_set.h"
#include "site/site.h"
#include "store/store.h"

/**
 * @file
 * The data a verb works on: CSV files or stored signals, as the options of the command line say.
 *
 * Stage: app. train, evaluate, infer and replay share these options.
 */
typedef struct davy_dataset {
    davy_option_list csv;   /* --csv FILE... */
    davy_option_list watch; /* --watch FILE...: rows to watch while others are learnt from */
    davy_option_list test;  /* --test FILE...: rows to judge by */
    const char *images;     /* --images DIR: pictures instead */
    const char *part;       /* --part: of a folder of pictures that is split */
    bool classes;           /* labels are words, one for each class */
    bool categories;        /* columns of words that come again are taken too */
    davy_csv_words words;   /* how the files are written */
    const char *flows;     /* --flows: connections are counted (data/flows.h); NULL: they are not */
    const char *molecules; /* recipe of the columns of molecules; NULL: no column holds any */
    davy_molecule_tally *tally; /* counts molecules that are read; NULL: nobody asks */
    const char *signals;        /* --signals PATTERN, of the store */
    int64_t from_ns, to_ns;     /* --from T --to T */
    int64_t
        period_ns; /* --period D: grid of stored signals, and of rows without times; 0: not said */
    const char *time_column, *label_column, *group_column;
    davy_option_list units; /* --units COL=UNIT... of columns in the files */
    const char *columns;    /* --columns PATTERN: of the CSV files; NULL: all that are numbers */
    const char *site_file;  /* --site FILE: the columns are signals of it; NULL: they are not */
    bool quiet;             /* do not tell what columns were found to hold */
    bool show_progress;     /* draw a bar while files are read, on a terminal */
    davy_site *site;        /* once davy_dataset_load_site() has read it */
    const char *data;       /* folder of the daemon */
} davy_dataset;

/** The column that is the time without --time, when the first file has it. */
#define DAVY_TIME_COLUMN "time"

/** As the options have them before any is given. */
davy_dataset davy_dataset_default(void);

/** The options as rows of a verb's table. */
#define DAVY_DATASET_OPTIONS(dataset)                                                            \
    {"csv", DAVY_OPTION_LIST, &(dataset)->csv, "FILE...", "CSV files or globs"},                 \
        {"signals", DAVY_OPTION_TEXT, &(dataset)->signals, "PATTERN", "stored signals instead"}, \
        {"from", DAVY_OPTION_TIME, &(dataset)->from_ns, "T", "first time of stored signals"},    \
        {"to", DAVY_OPTION_TIME, &(dataset)->to_ns, "T", "time after the last"},                 \
        {"period", DAVY_OPTION_DURATION, &(dataset)->period_ns, "D",                             \
         "row to row, of stored signals (1s) or of rows without times"},                         \
        {"time", DAVY_OPTION_TEXT, &(dataset)->time_column, "COL",                               \
         "column of the time (time, when there is one)"},                                        \
        {"label", DAVY_OPTION_TEXT, &(dataset)->label_column, "COL",                             \
         "column of the label: above 0 for a fault, a class, or a number; of stored signals: "   \
         "alarms whose answers of people are the label"},                                        \
        {"site", DAVY_OPTION_TEXT, &(dataset)->site_file, "FILE",                                \
         "site file: columns are its signals, by path or by from: {column}"},                    \
        {"units", DAVY_OPTION_WORDS, &(dataset)->units, "COL=UNIT",                              \
         "unit of a column in the files, brought into the model's or the site's"},               \
        {"group", DAVY_OPTION_TEXT, &(dataset)->group_column, "COL",                             \
         "column that tells runs apart (a file is a run)"},                                      \
        DAVY_CSV_OPTIONS(&(dataset)->words),                                                     \
        {"flows", DAVY_OPTION_TEXT, &(dataset)->flows, "KEY=COL,...",                            \
         "count connections: time=ts,host=dst,service=port,..."},                                \
    {                                                                                            \
        "data", DAVY_OPTION_TEXT, &(dataset)->data, "DIR",                                       \
            "folder of the daemon's data "                                                       \
            "(davy-data)"                                                                        \
    }

/** The options of verbs that also take pictures. */
#define DAVY_PICTURE_OPTIONS(dataset)                                           \
    {"images", DAVY_OPTION_TEXT, &(dataset)->images, "DIR",                     \
     "pictures instead: a folder for each class"},                              \
    {                                                                           \
        "part", DAVY_OPTION_TEXT, &(dataset)->part, "PART",                     \
            "train, val or test of a folder of pictures that is split so (all)" \
    }

/** Read the site file, if one is named and not read yet. Its faults go to standard error. */
DAVY_MUST_CHECK davy_status davy_dataset_load_site(davy_dataset *dataset);

/** Open the daemon's store to read. DAVY_ERR_NOT_FOUND names the options that say where data are.
 */
DAVY_MUST_CHECK davy_status davy_dataset_open_store(const davy_dataset *dataset, davy_store **out);

/** Give the site back. */
void davy_dataset_clear(davy_dataset *dataset);

/**
 * Read it. The columns of CSV files are those that `columns` matches, or all that are numbers; with
 * a site those that are its signals, which then have the names of their paths and their units.
 */
DAVY_MUST_CHECK davy_status davy_dataset_read(davy_dataset *dataset, davy_table *out);

/** Read the columns of a predictor; its label may be absent, unless it is a forecast's. */
DAVY_MUST_CHECK davy_status davy_dataset_read_answers(davy_dataset *dataset,
                                                      const davy_predictor_info *model,
                                                      davy_table *out);

/**
 * Read the samples that a predictor answers: rows of files, or pictures of a folder.
 *
 * @param labelled  classes must be there
 * @param table     keeps the rows, for who prints them; empty for pictures
 */
DAVY_MUST_CHECK davy_status davy_dataset_read_samples(davy_dataset *dataset,
                                                      const davy_predictor *predictor,
                                                      bool labelled, davy_table *table,
                                                      davy_sample_set *out);

/** Read the signals of a model, in its order; the label may be absent. */
DAVY_MUST_CHECK davy_status davy_dataset_read_for(davy_dataset *dataset,
                                                  const davy_model_info *model, davy_table *out);
