/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Points: the samples of one signal in three columns.
 *
 * Stage: store. One block of memory holds all columns, since a plant has many signals and most are
 * short. 17 bytes a point.
 */

/** Of memory, for each point there is room for. */
#define DAVY_POINT_BYTES (sizeof(int64_t) + sizeof(double) + sizeof(uint8_t))

/** Zeroed is a valid empty set. `times` owns the block in which the others lie. */
typedef struct davy_points {
    int64_t *times;
    double *values;
    uint8_t *quality; /* davy_quality */
    size_t count, capacity;
} davy_points;

/** Room for `more` points after the last. */
DAVY_MUST_CHECK davy_status davy_points_reserve(davy_points *points, size_t more);

/** Add one point where there is room. */
static inline void davy_points_push(davy_points *points, int64_t time_ns, double value,
                                    uint8_t quality)
{
    points->times[points->count] = time_ns;
    points->values[points->count] = value;
    points->quality[points->count++] = quality;
}

/** Add points [from, to) of another set. */
DAVY_MUST_CHECK davy_status davy_points_copy(davy_points *points, const davy_points *other,
                                             size_t from, size_t to);

/** Put in order of time; of points with the same time the one added last stays. */
DAVY_MUST_CHECK davy_status davy_points_sort(davy_points *points);

/** Index of the first point with time >= time_ns, of sorted points. */
size_t davy_points_find(const davy_points *points, int64_t time_ns);

/** Give the memory back; the set is empty and usable afterwards. */
void davy_points_clear(davy_points *points);
