/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "store/codec.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A block of rollups: the steps of one tier in one stretch of a day, for one signal, as few bytes.
 *
 * Stage: store. Steps in which nothing happened are left out. Decimal numbers are kept as integers,
 * each column as what is not to be foreseen from the ones before it: `last` as its distance from
 * `first`, `sum` as its distance from count times the middle of min and max. Where a value is no
 * decimal number the columns go through the codecs of chunks (codec.h), and one that repeats
 * `first` takes a byte. Byte by byte: docs/store-format.md.
 */

/** Tiers, from fine to coarse. Each step divides the next one and the day. */
typedef enum davy_rollup_tier {
    DAVY_ROLLUP_10S,
    DAVY_ROLLUP_1MIN,
    DAVY_ROLLUP_1H,
    DAVY_ROLLUP_TIERS
} davy_rollup_tier;

/** Length of a step, and of the stretch that one block is of. */
extern const int64_t davy_rollup_step_ns[DAVY_ROLLUP_TIERS];
extern const int64_t davy_rollup_part_ns[DAVY_ROLLUP_TIERS];

/** Most steps of one block; it fits the codecs. */
#define DAVY_ROLLUP_ROWS_MAX ((size_t) 1440)

/** Most blocks that a day has in one tier. */
#define DAVY_ROLLUP_PARTS_MAX 6

/**
 * Append the content of a block.
 *
 * @param rows  ascending, each at start_ns + k davy_rollup_step_ns[tier], with at least one sample
 */
void davy_rollup_encode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                        const davy_store_bucket *rows, size_t count, davy_buffer *out);

/** Undo it. False when the bytes are no such block; then the rows are of no use. */
bool davy_rollup_decode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                        const uint8_t *bytes, size_t length,
                        davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX], size_t *count);
