/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/chunk.h"
#include "store/day.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * The head of a chunk as a row of the table `chunk`. Private to day.c.
 *
 * Stage: store. Times are kept as distances from first_ns, and decimal numbers as integers, which
 * SQLite makes short; NaN is its NULL.
 */
#define DAVY_HEAD_COLUMNS                                                                      \
    "signal, first_ns, sequence, span_ns, points, bad, decimals, min, max, sum, first, last, " \
    "min_after_ns, max_after_ns, codec, times, data, checksum, uncertain, odd, steepest, "     \
    "still_ns, still_last_ns"

/** Bind the columns in their order, from parameter 1 on. */
void davy_head_bind(sqlite3_stmt *insert, const davy_chunk_head *head, uint32_t checksum);

/** Column of a row in which the checksum is. */
#define DAVY_HEAD_CHECKSUM 17

/**
 * The head in a row; false when it is not what its checksum says.
 *
 * The row is one of `SELECT *`: a file of format 1 has no columns after the checksum, and one that
 * was of format 1 has NULL in them, so its moves are not known. SQLite expands the star anew when
 * another connection added the columns.
 */
bool davy_head_read(sqlite3_stmt *row, davy_chunk_head *head);

DAVY_MUST_CHECK davy_status davy_chunk_heads_push(davy_chunk_heads *heads,
                                                  const davy_chunk_head *head);
