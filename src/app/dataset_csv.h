/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"
#include "core/progress.h"
#include "data/flows.h"
#include "data/table_stream.h"

/**
 * @file
 * The CSV files of a dataset: how they are read, with a bar, notes and a limit of memory.
 *
 * Stage: app, of dataset.c and of verbs that read rows one by one.
 */

/** Which columns are wanted. Zeroed: all that hold something to learn from. */
typedef struct davy_dataset_columns {
    const char *const *names; /* [count] in this order; NULL: all */
    size_t count;
    const davy_levels *levels; /* [count] as a model knows them; NULL: found */
    bool label_optional;
    bool quiet; /* do not tell what columns were found to hold */
} davy_dataset_columns;

/** A reading under way. */
typedef struct davy_dataset_reading {
    davy_table_csv_options options; /* points into the rest of this */
    davy_csv_reading words;
    davy_flows *flows;
    davy_molecules *molecules;
    davy_molecule_tally *tally; /* of the dataset */
    davy_progress progress;
    bool drawn;
} davy_dataset_reading;

/** Fill the options, and draw the bar; end it also after a failure. */
DAVY_MUST_CHECK davy_status davy_dataset_reading_begin(davy_dataset_reading *reading,
                                                       const davy_dataset *dataset,
                                                       const davy_dataset_columns *columns);
void davy_dataset_reading_end(davy_dataset_reading *reading);

/** DAVY_ERR_INVALID for a file that is to be learnt from, watched or judged, and another of these.
 */
DAVY_MUST_CHECK davy_status davy_dataset_check_parts(const davy_dataset *dataset);

/** Read all files into a table. */
DAVY_MUST_CHECK davy_status davy_dataset_read_csv(const davy_dataset *dataset,
                                                  const davy_dataset_columns *columns,
                                                  davy_table *out);

/** True for files whose rows can be taken one by one as they stand: no names or units of a site,
 * and none that were said, are to be brought in. */
bool davy_dataset_plain(const davy_dataset *dataset);

/** Open the first file. */
DAVY_MUST_CHECK davy_status davy_dataset_open_first(const davy_dataset *dataset, davy_csv **csv);

/** A model that learnt from counted connections counts what it is asked alike (`--flows`). */
DAVY_MUST_CHECK davy_status davy_dataset_take_flows(davy_dataset *dataset, const char *model,
                                                    const char *flows);

/** A column called "smiles" holds molecules, unless --types says what it is or --columns leaves it
 * out. DAVY_ERR_UNSUPPORTED in a build without RDKit. */
DAVY_MUST_CHECK davy_status davy_dataset_find_molecules(davy_dataset *dataset);

/** True for a column that is computed of molecules. */
bool davy_dataset_is_of_molecules(const char *column);

/** A model that learnt from molecules reads them alike; another version of RDKit is told. */
DAVY_MUST_CHECK davy_status davy_dataset_take_molecules(davy_dataset *dataset, const char *model,
                                                        const char *recipe);

/** Say which molecules could not be read, on standard error. */
void davy_dataset_tell_molecules(const davy_dataset *dataset, const char *verb);

/** A column called "time" is the time when --time names none: a clock is never a signal. */
void davy_dataset_find_time(davy_dataset *dataset);

/**
 * The columns that a predictor answers from, and how they are read: sets the label, the classes and
 * the time of the dataset.
 */
DAVY_MUST_CHECK davy_status davy_dataset_columns_of(davy_dataset *dataset,
                                                    const davy_predictor_info *model,
                                                    davy_dataset_columns *out);
/** Zeroed is fine; only of columns that davy_dataset_columns_of() made. */
void davy_dataset_columns_clear(davy_dataset_columns *columns);
