/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv.h"

/**
 * @file
 * Rows of a CSV file with columns of known names: one loop for all tables that are read here.
 *
 * Stage: hazard. A table asks how many rows there are before it takes memory for them, and refuses
 * more than it has a use for. What is wrong is told with file, line, column, text and remedy.
 */

typedef struct davy_hazard_rows davy_hazard_rows;

/** How a table is read. */
typedef struct davy_hazard_rows_reader {
    const char *const *columns; /* names; a row's texts go by their index */
    size_t column_count;        /* at most DAVY_ROWS_COLUMNS_MAX */
    size_t rows_max;            /* with begin() */
    const char *fewer;          /* what to do about more: "split it by area" */
    /* Take memory for all rows; NULL: nothing is kept of them, and any number is read. */
    davy_status (*begin)(void *context, size_t rows);
    davy_status (*row)(void *context, const davy_hazard_rows *rows);
    void *context;
} davy_hazard_rows_reader;

/** Most columns that a table asks for. */
#define DAVY_ROWS_COLUMNS_MAX ((size_t) 16)

/** Read a file. Fails with what is wrong in it, and as begin() and row() do. */
DAVY_MUST_CHECK davy_status davy_hazard_rows_read(const char *path,
                                                  const davy_hazard_rows_reader *reader);

/** The text of a column in this row. */
const char *davy_hazard_rows_text(const davy_hazard_rows *rows, size_t column);

/** A number from low to high, or a refusal. */
DAVY_MUST_CHECK davy_status davy_hazard_rows_number(const davy_hazard_rows *rows, size_t column,
                                                    double low, double high, const char *remedy,
                                                    double *value);

/** DAVY_ERR_INVALID: "FILE:LINE: COLUMN 'TEXT': REMEDY". */
DAVY_MUST_CHECK davy_status davy_hazard_rows_refuse(const davy_hazard_rows *rows, size_t column,
                                                    const char *remedy);
