/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv.h"

/**
 * @file
 * A row of CSV byte by byte: where it ends when it has quotes, and its fields.
 *
 * Stage: core, of csv.c alone. Rows without quotes take the way of csv_scan.h.
 */

typedef enum davy_csv_row_end {
    DAVY_CSV_ROW_FOUND,
    DAVY_CSV_ROW_OPEN,      /* no line end yet */
    DAVY_CSV_ROW_OPEN_QUOTE /* and a quote is open */
} davy_csv_row_end;

/** Where the row at `at` ends; `*newlines` counts the line ends inside its quotes. */
davy_csv_row_end davy_csv_find_end(const char *at, const char *end, char delimiter,
                                   const char **stop, uint64_t *newlines);

/**
 * Cut a row into fields, zero-ended in place; row[length] is written to as well.
 *
 * @param most   room of `fields` and `lengths`
 * @param count  how many there are, which may pass `most`
 * @return false when text follows a closing quote
 */
bool davy_csv_split(char *row, size_t length, char delimiter, size_t most, const char **fields,
                    uint32_t *lengths, size_t *count);

/** Most fields that a row may have. */
size_t davy_csv_count_at_most(const char *row, size_t length, char delimiter);

/** Comma, semicolon, tab or bar: the one seen most often outside quotes in the first line. */
char davy_csv_find_delimiter(const char *text, size_t length);

/** True for a first row that is no header but measured: all numbers, which no list of names is. */
bool davy_csv_measured(const char *const *fields, const uint32_t *lengths, size_t count);
