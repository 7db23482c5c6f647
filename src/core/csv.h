/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * CSV as plants write it, read row by row in flat memory.
 *
 * Stage: core, because a source replays CSV files and a table is read from them. RFC 4180 with
 * quoted fields and line ends in quotes, CR LF or LF, a UTF-8 byte order mark, plain or gzip; the
 * delimiter (comma, semicolon, tab or bar) is found from the header line.
 */

/** Longest row taken; a longer one is an error and not a reason to take the machine's memory. */
#define DAVY_CSV_ROW_MAX ((size_t) 4 * 1024 * 1024)

/** Most columns of a file. */
#define DAVY_CSV_COLUMNS_MAX ((size_t) 16384)

typedef struct davy_csv davy_csv;

/** Open a file and read its header. Errors name the file and line. */
DAVY_MUST_CHECK davy_status davy_csv_open(const char *path, davy_csv **out);

/** NULL is fine. */
void davy_csv_close(davy_csv *csv);

/** Column names of the header, borrowed until close. */
const char *const *davy_csv_header(const davy_csv *csv, size_t *count);

/** Index of a column, or DAVY_ERR_NOT_FOUND with the names that are there in the sentence. */
DAVY_MUST_CHECK davy_status davy_csv_column(const davy_csv *csv, const char *name, size_t *index);

/**
 * Read the next row. Blank lines are passed over.
 *
 * @param fields  fields[0..header count), zero-ended, borrowed until the next call; NULL at the end
 * @return DAVY_ERR_INVALID for a row with another number of fields than the header, an open quote
 *         at the end of the file, a zero byte, or a row longer than DAVY_CSV_ROW_MAX
 */
DAVY_MUST_CHECK davy_status davy_csv_next(davy_csv *csv, const char *const **fields);

/** True when a failed davy_csv_next() leaves no next row to go on with: an open quote, damage. */
bool davy_csv_broken(const davy_csv *csv);

/** Line (from 1) on which the last row began, for errors. */
uint64_t davy_csv_line(const davy_csv *csv);

/** Bytes of the file taken so far and in all, for progress; compressed bytes when gzip. */
void davy_csv_position(const davy_csv *csv, uint64_t *done, uint64_t *total);

/** Go back to the first row after the header. */
DAVY_MUST_CHECK davy_status davy_csv_rewind(davy_csv *csv);
