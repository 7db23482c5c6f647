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
 * quoted fields and line ends in quotes, CR LF or LF, a byte order mark, plain or gzip. The
 * delimiter (comma, semicolon, tab or bar) is found from the header line, or from Excel's "sep=;"
 * before it, or any character is named; text is UTF-8, or GB18030 where it can be nothing else, or
 * in the encoding that is named.
 *
 * Every row is given in UTF-8. What is found is a fact that can be asked for (davy_csv_describe()),
 * so that it can be shown; what cannot be told for certain is an error that says how to name it.
 */

/** Longest row taken; a longer one is an error and not a reason to take the machine's memory. */
#define DAVY_CSV_ROW_MAX ((size_t) 4 * 1024 * 1024)

/** Most columns of a file. */
#define DAVY_CSV_COLUMNS_MAX ((size_t) 16384)

/** The delimiter of columns that runs of blanks and tabs set apart, as in many scientific files. */
#define DAVY_CSV_BLANKS ' '

typedef struct davy_csv davy_csv;

/**
 * Columns that are computed from those of a file, row by row as it is read, and stand behind them:
 * numbers, and behind those texts.
 */
typedef struct davy_csv_extra {
    const char *const *names; /* [count] texts that outlive the files that are open */
    size_t count, text_count; /* the last text_count of them hold texts */
    bool costly; /* who only looks at what the columns of a file hold is not told of their values */
    const void *what; /* for begin(), while a file is opened or rewound */
    /* A file begins: find its columns. */
    davy_status (*begin)(const void *what, const davy_csv *csv, void **state);
    /* Of the next row, values[count - text_count] and texts[text_count], which last until the next
     * one; NaN, NULL: not known. A failure is one of the row. */
    davy_status (*row)(void *state, const char *const *fields, const uint32_t *lengths,
                       double *values, const char **texts);
    void (*end)(void *state);
} davy_csv_extra;

/** How a file is to be read. Zeroed: all is found. */
typedef struct davy_csv_options {
    char delimiter;       /* a character, or DAVY_CSV_BLANKS; 0: found */
    const char *encoding; /* as iconv names it, for example "GB18030"; NULL: found */
    bool headless;        /* the first row holds values: the columns are called c1, c2, ... */
    const davy_csv_extra *extra; /* columns that are computed; NULL: none */
    bool look;                   /* those that are costly stay empty */
} davy_csv_options;

/** What a file is, as it was found or named. */
typedef struct davy_csv_facts {
    char delimiter;
    const char *encoding; /* "UTF-8", "GB18030", or as it was named; borrowed until close */
    bool gzip;
} davy_csv_facts;

/** A delimiter as people name it: one ASCII character, or comma, semicolon, tab, bar, blanks. */
DAVY_MUST_CHECK davy_status davy_csv_delimiter_parse(const char *text, char *delimiter);

/** The same for people: "comma", "tab", "blanks", or the character. */
#define DAVY_CSV_DELIMITER_MAX 12
const char *davy_csv_delimiter_name(char delimiter, char text[DAVY_CSV_DELIMITER_MAX]);

/**
 * Open a file and read its header. Errors name the file and line.
 *
 * @param options  NULL: zeroed
 * @return DAVY_ERR_INVALID also for UTF-16 that was not named, a zero byte, and a first line of
 *         measured numbers, which is no header
 */
DAVY_MUST_CHECK davy_status davy_csv_open_as(const char *path, const davy_csv_options *options,
                                             davy_csv **out);

/** The same, with all found. */
DAVY_MUST_CHECK davy_status davy_csv_open(const char *path, davy_csv **out);

/** NULL is fine. */
void davy_csv_close(davy_csv *csv);

/** The encoding may be found as late as the first text that is not ASCII. */
davy_csv_facts davy_csv_describe(const davy_csv *csv);

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

/** Bytes of each field of the last row, borrowed like them. */
const uint32_t *davy_csv_lengths(const davy_csv *csv);

/** True when a failed davy_csv_next() leaves no next row to go on with: an open quote, damage. */
bool davy_csv_broken(const davy_csv *csv);

/** The file, borrowed until close. */
const char *davy_csv_path(const davy_csv *csv);

/** Line (from 1) on which the last row began, for errors. */
uint64_t davy_csv_line(const davy_csv *csv);

/** Bytes of the file taken so far and in all, for progress; compressed bytes when gzip. */
void davy_csv_position(const davy_csv *csv, uint64_t *done, uint64_t *total);

/** Go back to the first row after the header. */
DAVY_MUST_CHECK davy_status davy_csv_rewind(davy_csv *csv);
