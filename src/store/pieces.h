/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"
#include "store/day.h"
#include "store/points.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Points written into a day file as chunks. Sealing and compaction do it.
 *
 * Stage: store.
 */

/** A chunk has this many points or up to twice as many; fewer when there are no more. */
#define DAVY_PIECE_POINTS ((size_t) 2048)

/** A stretch of points that becomes one chunk. The points are borrowed. */
typedef struct davy_piece {
    const davy_points *points;
    davy_signal_id signal;
    uint64_t sequence;
    size_t from, count;
    davy_day_file file;
} davy_piece;

/** Into how many chunks so many points go. */
size_t davy_pieces_of(size_t points);

/**
 * Write chunks between begin and end of a day file; one that is there already is left alone. Pieces
 * near each other that have the same times share them: signals of one poll group are neighbours.
 *
 * @param added  what was written is added to it, but for the sequence
 */
DAVY_MUST_CHECK davy_status davy_pieces_write(davy_day *day, const davy_piece *pieces, size_t count,
                                              davy_day_totals *added);
