/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bucket.h"

#include <math.h>

void davy_bucket_clear(davy_store_bucket *bucket, int64_t time_ns)
{
    *bucket = (davy_store_bucket){
        .time_ns = time_ns,
        .min = NAN,
        .max = NAN,
        .sum = NAN,
        .first = NAN,
        .last = NAN,
        .min_time_ns = time_ns,
        .max_time_ns = time_ns,
    };
}

/* A head says 0 for -0, so a step does: its answer does not depend on what was sealed. */
static double without_sign_of_zero(double value)
{
    return value + 0.0;
}

/* Of equal ones the earliest is told; a number goes before what is none. */
static void widen(davy_store_bucket *bucket, double min, int64_t min_ns, double max, int64_t max_ns)
{
    if (isnan(bucket->min) || min < bucket->min) {
        bucket->min = min;
        bucket->min_time_ns = min_ns;
    }
    if (isnan(bucket->max) || max > bucket->max) {
        bucket->max = max;
        bucket->max_time_ns = max_ns;
    }
}

static void begin(davy_store_bucket *bucket, double first)
{
    if (bucket->count == 0) {
        bucket->first = first;
        bucket->sum = 0;
    }
}

void davy_bucket_add_points(davy_store_bucket *bucket, const davy_points *points, size_t from,
                            size_t to)
{
    for (size_t i = from; i < to; i++) {
        const double value = without_sign_of_zero(points->values[i]);

        if (points->quality[i] == DAVY_QUALITY_BAD) {
            bucket->bad++;
            continue;
        }
        begin(bucket, value);
        widen(bucket, value, points->times[i], value, points->times[i]);
        bucket->last = value;
        bucket->sum += value;
        bucket->count++;
        bucket->uncertain += points->quality[i] == DAVY_QUALITY_UNCERTAIN;
    }
}

void davy_bucket_add(davy_store_bucket *bucket, const davy_store_bucket *later)
{
    bucket->bad += later->bad;
    if (later->count == 0)
        return;
    begin(bucket, without_sign_of_zero(later->first));
    widen(bucket, without_sign_of_zero(later->min), later->min_time_ns,
          without_sign_of_zero(later->max), later->max_time_ns);
    bucket->last = without_sign_of_zero(later->last);
    bucket->sum += later->sum;
    bucket->count += later->count;
    bucket->uncertain += later->uncertain;
}
