/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * How often each whole number came: a distribution in fixed memory.
 *
 * Stage: alarm. Numbers below 32 are counted one by one; above, a power of two is cut into 16
 * parts, so a quantile is too high by 6 % at most. The largest number is kept exactly.
 *
 * Source: the log-linear buckets of G. Tene's HdrHistogram (hdrhistogram.org).
 */
#define DAVY_TALLY_EXACT   32u
#define DAVY_TALLY_PARTS   16u
#define DAVY_TALLY_BUCKETS (DAVY_TALLY_EXACT + (32u - 5u) * DAVY_TALLY_PARTS)

/** Zeroed is empty. */
typedef struct davy_tally {
    uint64_t counts[DAVY_TALLY_BUCKETS];
    uint64_t total; /* numbers that were added */
    uint64_t largest;
} davy_tally;

/** A number, so many times. What does not fit into 32 bits counts as the largest that does. */
void davy_tally_add(davy_tally *tally, uint64_t number, uint64_t times);

/** The number that a share of `q` of all does not exceed: the end of its bucket, and never more
 * than the largest that came. 0 when empty. */
uint64_t davy_tally_quantile(const davy_tally *tally, double q);

/** Last number that a bucket counts. */
uint64_t davy_tally_end(size_t bucket);
