/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Where the fields of a row end: delimiters and the line end, many bytes at a time.
 *
 * Stage: core, of csv.c alone. Most rows have no quote; a row that has one is left to the reader
 * that looks at each byte.
 */

/** Bytes behind the text that may be looked at, and are not taken for text. */
#define DAVY_CSV_SCAN_SLACK 16

typedef enum davy_csv_scan_end {
    DAVY_CSV_SCAN_LINE,  /* at the line end */
    DAVY_CSV_SCAN_QUOTE, /* a quote came first */
    DAVY_CSV_SCAN_TEXT   /* at the end of the text */
} davy_csv_scan_end;

typedef struct davy_csv_scan {
    size_t fields; /* delimiters and one; may pass `most` */
    size_t length; /* bytes before the end */
    int plain;     /* 1: all bytes looked at are ASCII and none is zero */
} davy_csv_scan;

/**
 * Look at text[0..length), of which DAVY_CSV_SCAN_SLACK bytes more can be read.
 *
 * @param ends  [most] where each field ends, counted from `text`
 */
davy_csv_scan_end davy_csv_scan_row(const char *text, size_t length, char delimiter, uint32_t *ends,
                                    size_t most, davy_csv_scan *out);
