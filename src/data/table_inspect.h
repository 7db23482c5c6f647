/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"

/**
 * @file
 * What CSV files hold, column by column, without reading them into a table.
 *
 * Stage: data. It takes flat memory whatever the size of the files.
 */

/** Rows from which columns are told when not all are looked at. */
#define DAVY_INSPECT_ROWS UINT64_C(4096)

/**
 * Look at files (paths or globs).
 *
 * @param rows  at most so many; 0: all of them
 * @return DAVY_ERR_INVALID when a file cannot be read, or a column that options->types sets is not
 *         there. What a column holds is never an error here: look for DAVY_COLUMN_MIXED, and for a
 *         time whose format is not known
 */
DAVY_MUST_CHECK davy_status davy_table_inspect(const char *const *files, size_t file_count,
                                               const davy_table_csv_options *options, uint64_t rows,
                                               davy_table_facts *out);

/**
 * Paths and globs to the names of files. Free each and the array.
 *
 * @return DAVY_ERR_NOT_FOUND for a pattern that none matches
 */
DAVY_MUST_CHECK davy_status davy_table_find_files(const char *const *patterns, size_t count,
                                                  char ***files, size_t *file_count);
