/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset_csv.h"

/**
 * @file
 * Rows of CSV files of any size, a piece after the other, for who answers each from the rows before
 * it.
 *
 * Stage: app. What must be remembered of a run (its last rows) is kept for each run, so that groups
 * may be mixed in the files; memory grows with the number of groups of a file, and with nothing
 * else.
 */
typedef struct davy_row_pieces davy_row_pieces;

/** A piece. Borrowed until the next one. */
typedef struct davy_row_piece {
    /* Rows by run, in their order, each run after those of its last rows that were asked for. The
     * `places` of new rows are [first, first + rows), in the order of the files; the others have
     * those beyond. */
    const davy_table *table;
    size_t rows;  /* that are new */
    size_t first; /* how many were before, in all pieces */
} davy_row_piece;

/**
 * Open the files of a dataset.
 *
 * @param before  rows of the same run that stand before the new ones, as far as there are any
 */
DAVY_MUST_CHECK davy_status davy_row_pieces_open(const davy_dataset *dataset,
                                                 const davy_dataset_columns *columns, size_t before,
                                                 davy_row_pieces **out);
/** NULL is fine. */
void davy_row_pieces_close(davy_row_pieces *pieces);

/** The next piece; `table` is NULL at the end. */
DAVY_MUST_CHECK davy_status davy_row_pieces_next(davy_row_pieces *pieces, davy_row_piece *piece);
