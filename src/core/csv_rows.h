/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv_bytes.h"

/**
 * @file
 * The rows of a CSV file, found in its bytes and not cut into fields yet.
 *
 * Stage: core, of csv.c. What is found on the way (delimiter, encoding) is settled here.
 */
typedef struct davy_csv_rows {
    char *path;
    davy_csv_bytes *bytes;
    char *buffer;                /* bytes [begin, end) are read and not taken yet */
    size_t capacity, begin, end; /* DAVY_CSV_SCAN_SLACK bytes more than capacity are allocated */
    bool at_end;                 /* of the file */
    davy_status broken;          /* why no further row can be found */
    char asked;                  /* the delimiter as it was named; 0: it is found */
    char delimiter;
    bool foreign;       /* text that is not ASCII was met: the encoding is settled */
    uint64_t line;      /* on which the last row began */
    uint64_t next_line; /* on which the next one begins */
    uint32_t *ends;     /* [columns] of the fields of a row without quotes; NULL: not known yet */
    size_t columns;
} davy_csv_rows;

/** A row that was found and not cut yet. */
typedef struct davy_csv_row {
    char *text; /* NULL at the end of the file; it may be written to, and one byte behind it */
    size_t length;
    size_t fields; /* their ends are in rows->ends; 0: they must be looked for */
    bool plain;    /* ASCII without zero bytes */
} davy_csv_row;

/** Open a file. Zeroed rows are closed, as are those whose opening failed. */
DAVY_MUST_CHECK davy_status davy_csv_rows_open(const char *path, const char *encoding,
                                               char delimiter, davy_csv_rows *rows);
void davy_csv_rows_close(davy_csv_rows *rows);

/** The first row of the file, given without the byte order mark; also after a rewind. */
DAVY_MUST_CHECK davy_status davy_csv_rows_first(davy_csv_rows *rows, davy_csv_row *row);
/** The next row with something in it. */
DAVY_MUST_CHECK davy_status davy_csv_rows_next(davy_csv_rows *rows, davy_csv_row *row);
/** The row that was taken last is to be taken again. */
void davy_csv_rows_give_back(davy_csv_rows *rows, const davy_csv_row *row);

/** Fails with "FILE: line N: what". */
davy_status davy_csv_rows_fail(const davy_csv_rows *rows, davy_status status, const char *what);
