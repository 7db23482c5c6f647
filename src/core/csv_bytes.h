/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The bytes of a CSV file on their way to its rows: unpacked, and in UTF-8 once the encoding is
 * known to be another one.
 *
 * Stage: core, of csv.c alone.
 */
typedef struct davy_csv_bytes davy_csv_bytes;

/**
 * Open a file, plain or gzip. The sentence of a failure names it.
 *
 * @param encoding  as iconv names it; NULL: the bytes are given as they are
 */
DAVY_MUST_CHECK davy_status davy_csv_bytes_open(const char *path, const char *encoding,
                                                davy_csv_bytes **out);
/** NULL is fine. */
void davy_csv_bytes_close(davy_csv_bytes *bytes);

/**
 * Read on: at most `capacity` bytes, at least 16; `*count` is 0 at the end of the file only.
 *
 * @return DAVY_ERR_CORRUPT for damaged or cut gzip, DAVY_ERR_INVALID for bytes that are no text of
 *         the encoding. The sentence does not name file and line, which the caller knows
 */
DAVY_MUST_CHECK davy_status davy_csv_bytes_read(davy_csv_bytes *bytes, char *to, size_t capacity,
                                                size_t *count);

/**
 * From here on the file is of this encoding. What was read already and not used is given back, to
 * be read again.
 */
DAVY_MUST_CHECK davy_status davy_csv_bytes_convert(davy_csv_bytes *bytes, const char *encoding,
                                                   const char *unused, size_t length);

/** Go back to the start; a found encoding stays. */
DAVY_MUST_CHECK davy_status davy_csv_bytes_rewind(davy_csv_bytes *bytes);

/** Bytes of the file that were taken, and all; `waiting` of what was read were not used yet. */
void davy_csv_bytes_position(const davy_csv_bytes *bytes, size_t waiting, uint64_t *done,
                             uint64_t *total);

/** True for a gzip file. */
bool davy_csv_bytes_gzip(const davy_csv_bytes *bytes);

/** NULL while the bytes are given as they are. */
const char *davy_csv_bytes_encoding(const davy_csv_bytes *bytes);

/**
 * True when text that is not UTF-8 is Chinese and not, say, windows-1252: it is GB18030, and at
 * least half of its characters are signs or common characters of GB 2312 (rows 1 to 9, 16 to 55),
 * whose second byte is above A0 too. A Western letter is nearly always followed by an ASCII one.
 *
 * Source: GB 18030-2005, table 2 (ranges of one, two and four bytes); GB 2312-80, level 1.
 */
bool davy_csv_bytes_chinese(const char *text, size_t length);
