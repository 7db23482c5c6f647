/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/day.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Compaction of the chunks of one signal in one day file: those that overlap become chunks that do
 * not, and neighbours that are small become one.
 *
 * Stage: store. What is read stays the same to the bit. New chunks take the sequence of the latest
 * of those they are made of: nothing else overlaps them, and what is sealed later has a larger one
 * (README.md, invariant 3). Where too many overlap, those up to a moment are merged; what they hold
 * from there on stays apart, under the sequences of their own.
 */

/** A work that is done in steps. */
typedef struct davy_compact_work {
    davy_day *day;           /* between begin and end, when `writes` */
    bool over;               /* nothing more is expected: join also where few are small */
    bool writes;             /* else what would be done is only looked for */
    size_t points;           /* rewritten so far */
    size_t points_max;       /* no group is begun after so many */
    davy_day_totals changed; /* what was added less what was taken out, modulo 2^64 */
} davy_compact_work;

/**
 * Look at the chunks of a signal, and rewrite what can be.
 *
 * @param heads_seen  those that are looked at are added to it
 * @param left        something is left to do
 */
DAVY_MUST_CHECK davy_status davy_compact_signal(davy_compact_work *work, davy_signal_id signal,
                                                size_t *heads, bool *left);
