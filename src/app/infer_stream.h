/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"
#include "models/model.h"

#include <stdio.h>

/**
 * @file
 * Answers to the rows of CSV files of any size, in flat memory: the same bits as from a table that
 * was read whole.
 *
 * Stage: app. What a run must remember (the state of a scorer, the last rows of a window) is kept
 * for each run, so that groups may be mixed; memory grows with the number of groups alone.
 */

/** How a row of a piece is printed. */
typedef struct davy_stream_row {
    const davy_table *chunk;
    size_t row; /* of the chunk */
    const davy_score *score;
} davy_stream_row;

/** Score every row of the files by a model that watches. */
DAVY_MUST_CHECK davy_status davy_stream_scores(davy_dataset *dataset, const davy_model *model,
                                               void (*print)(void *context,
                                                             const davy_stream_row *row),
                                               void *context);
