/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Histogram of times: every one counted, from nanoseconds to minutes, to within 1/16.
 *
 * Stage: infer. A power of two is cut into 16 equal buckets, so a quantile is wrong by 6 % at most
 * whatever its size. Adding is one relaxed atomic addition, from any thread; a reader sees each
 * count as it is when it comes by.
 *
 * Source: the log-linear buckets of G. Tene's HdrHistogram (hdrhistogram.org).
 */
#define DAVY_HISTOGRAM_PARTS   16 /* buckets of a power of two */
#define DAVY_HISTOGRAM_POWERS  40 /* 2^40 ns are 18 minutes; what is longer is in the last */
#define DAVY_HISTOGRAM_BUCKETS ((size_t) DAVY_HISTOGRAM_PARTS * (DAVY_HISTOGRAM_POWERS - 3))

/** Zeroed is empty. */
typedef struct davy_histogram {
    _Atomic uint64_t counts[DAVY_HISTOGRAM_BUCKETS];
    _Atomic uint64_t sum_ns;
} davy_histogram;

/** What is below 0 counts as 0. */
void davy_histogram_add(davy_histogram *histogram, int64_t ns);
uint64_t davy_histogram_count(const davy_histogram *histogram);
/** All that is at most `ns`, to within a bucket. */
uint64_t davy_histogram_below(const davy_histogram *histogram, int64_t ns);
/** The time that a share q of all was at most: the end of its bucket; 0 when empty. */
int64_t davy_histogram_quantile(const davy_histogram *histogram, double q);
