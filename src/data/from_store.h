/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"
#include "store/store.h"

/**
 * @file
 * A table from stored signals: their last good values on a grid of time.
 *
 * Stage: data. Rows stand at whole multiples of the period since 1970, the grid on which a model is
 * scored live. A cell is the newest sample that is not bad, at or before the row, unless it is
 * older than the staleness; then it is missing.
 */

/** Most cells of a table from the store: 2 GiB. */
#define DAVY_TABLE_CELLS_MAX ((size_t) 256 * 1024 * 1024)

typedef struct davy_table_store_options {
    const char *pattern; /* which signals, by path; used when `paths` is NULL. None brings samples
                          * of proof tests into a table: nothing is learnt from them */
    const char *const *paths; /* these signals, in this order; NULL: by the pattern, sorted */
    size_t path_count;
    int64_t from_ns, to_ns; /* rows in [from, to), cut to where there are samples */
    int64_t period_ns;      /* from row to row; 0: one second */
    int64_t staleness_ns;   /* 0: three periods, or three usual intervals of the signal if longer */
} davy_table_store_options;

/**
 * @return DAVY_ERR_NOT_FOUND when no signal matches or none has a sample in that time,
 *         DAVY_ERR_FULL when the table would have more than DAVY_TABLE_CELLS_MAX cells
 */
DAVY_MUST_CHECK davy_status davy_table_from_store(davy_store *store,
                                                  const davy_table_store_options *options,
                                                  davy_table *out);
