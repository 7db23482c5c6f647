/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Two-means: the two places where most points lie, and how far from them points usually are.
 *
 * Stage: models. It begins at the mean and the point that is farthest from it, and goes on until no
 * point changes sides (Lloyd, IEEE Transactions on Information Theory 28(2), 1982), so the same
 * points give the same places.
 */
typedef struct davy_two_means {
    double *centres; /* [2 * size] the caller's; equal where all points are one */
    double limit;    /* distance to the nearer one, that the given share of the points keeps */
} davy_two_means;

/**
 * @param points  [count * size] finite; count 1 or more
 * @param usual   share of the points, 0 .. 1
 */
DAVY_MUST_CHECK davy_status davy_two_means_fit(const float *points, size_t count, size_t size,
                                               double usual, davy_two_means *out);
