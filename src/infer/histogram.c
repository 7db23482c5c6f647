/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/histogram.h"

#include <math.h>

/* Times below 16 ns have a bucket each; then 16 for each power of two. */
static size_t bucket_of(int64_t ns)
{
    const uint64_t value = ns > 0 ? (uint64_t) ns : 0;
    unsigned power, shift;
    size_t bucket;

    if (value < DAVY_HISTOGRAM_PARTS)
        return (size_t) value;
    power = 63U - (unsigned) __builtin_clzll(value);
    shift = power - 4;
    bucket = (size_t) DAVY_HISTOGRAM_PARTS * (power - 3) +
             (size_t) ((value >> shift) - DAVY_HISTOGRAM_PARTS);
    return bucket < DAVY_HISTOGRAM_BUCKETS ? bucket : DAVY_HISTOGRAM_BUCKETS - 1;
}

/* The largest time of a bucket. */
static int64_t bucket_end(size_t bucket)
{
    const size_t power = bucket / DAVY_HISTOGRAM_PARTS, part = bucket % DAVY_HISTOGRAM_PARTS;

    if (power == 0)
        return (int64_t) part;
    return (int64_t) (((uint64_t) (DAVY_HISTOGRAM_PARTS + part + 1) << (power - 1)) - 1);
}

static uint64_t count_at(const davy_histogram *histogram, size_t bucket)
{
    return atomic_load_explicit(&histogram->counts[bucket], memory_order_relaxed);
}

void davy_histogram_add(davy_histogram *histogram, int64_t ns)
{
    atomic_fetch_add_explicit(&histogram->counts[bucket_of(ns)], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum_ns, ns > 0 ? (uint64_t) ns : 0, memory_order_relaxed);
}

uint64_t davy_histogram_count(const davy_histogram *histogram)
{
    uint64_t count = 0;

    for (size_t i = 0; i < DAVY_HISTOGRAM_BUCKETS; i++)
        count += count_at(histogram, i);
    return count;
}

uint64_t davy_histogram_below(const davy_histogram *histogram, int64_t ns)
{
    const size_t last = bucket_of(ns);
    uint64_t count = 0;

    for (size_t i = 0; i <= last; i++)
        count += count_at(histogram, i);
    return count;
}

int64_t davy_histogram_quantile(const davy_histogram *histogram, double q)
{
    const uint64_t count = davy_histogram_count(histogram);
    const double wanted = fmax(1, ceil(q * (double) count));
    uint64_t seen = 0;

    if (count == 0)
        return 0;
    for (size_t i = 0; i < DAVY_HISTOGRAM_BUCKETS; i++) {
        seen += count_at(histogram, i);
        if ((double) seen >= wanted)
            return bucket_end(i);
    }
    return bucket_end(DAVY_HISTOGRAM_BUCKETS - 1);
}
