/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/codec.h"
#include "store/points.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Points of one signal in few bytes of memory: blocks, coded as chunks are.
 *
 * Stage: store. Points that wait to be sealed take 17 bytes each, and here some two to four. Blocks
 * are in order of time and do not overlap. The bytes never leave this process.
 */

/** Zeroed is a valid empty set. */
typedef struct davy_packed {
    uint8_t *bytes;
    size_t length;
    size_t last;  /* where the last block begins */
    size_t count; /* points */
    int64_t first_ns, last_ns;
} davy_packed;

/**
 * Add a block of all of these sorted points, at most DAVY_CHUNK_POINTS_MAX and at least one, all
 * later than what is here. On failure nothing was added.
 */
DAVY_MUST_CHECK davy_status davy_packed_add(davy_packed *packed, davy_codec_work *work,
                                            const davy_points *points);

/** Add the points with from_ns <= time < to_ns to a set. */
DAVY_MUST_CHECK davy_status davy_packed_copy(const davy_packed *packed, davy_codec_work *work,
                                             int64_t from_ns, int64_t to_ns, davy_points *out);

/** Give the memory back; the set is empty and usable afterwards. */
void davy_packed_clear(davy_packed *packed);
