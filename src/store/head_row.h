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
 * Stage: store. From format 4 on a row has what the file is searched by, and the rest of the head
 * in bytes (head_packed.h). An older file keeps its columns, but for those that format 2 added to
 * 1. There times are kept as distances from first_ns, and decimal numbers as
 * integers, which SQLite makes short; NaN is its NULL.
 */
#define DAVY_HEAD_INSERT_PACKED                                                                   \
    "INSERT INTO chunk(signal, first_ns, sequence, span_ns, points, checksum, times, data, head)" \
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"

/** Into a file of format 2 or 3. */
#define DAVY_HEAD_INSERT                                                                       \
    "INSERT INTO chunk(signal, first_ns, sequence, span_ns, points, bad, decimals, min, max,"  \
    " sum, first, last, min_after_ns, max_after_ns, codec, times, data, checksum, uncertain,"  \
    " odd, steepest, still_ns, still_last_ns) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10," \
    " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"

/** Bind the columns in their order, from parameter 1 on; of the one or the other. */
void davy_head_bind_packed(sqlite3_stmt *insert, const davy_chunk_head *head, uint32_t checksum);
void davy_head_bind(sqlite3_stmt *insert, const davy_chunk_head *head, uint32_t checksum);

/** What a row says, be it damaged or not. */
uint32_t davy_head_row_points(sqlite3_stmt *row);
uint32_t davy_head_row_checksum(sqlite3_stmt *row);

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
