/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Confidence intervals by bootstrap over groups.
 *
 * Stage: data. Rows of one run, engine or person are alike, so it is groups that are drawn, with
 * replacement: a draw says how many times each group counts. Figures are asked for the same draws,
 * so the difference of two is paired. Numbers come by counter (core/random.h): a draw is a function
 * of the seed and its number, on every machine.
 *
 * Source: Efron, Tibshirani, An Introduction to the Bootstrap, 1993, 13.3 (percentile interval).
 * Bad at: few groups. With less than about ten an interval is too narrow, and with one there is
 * none.
 */
#define DAVY_BOOTSTRAP_DRAWS 1000U
#define DAVY_BOOTSTRAP_LEVEL 0.95

typedef struct davy_bootstrap {
    size_t group_count;
    uint64_t seed;
    unsigned draws; /* 0: DAVY_BOOTSTRAP_DRAWS */
} davy_bootstrap;

/** A figure and the interval that 95 of 100 draws fall into; NaN where there is none. */
typedef struct davy_estimate {
    double value, low, high;
} davy_estimate;

/**
 * Work out figures of the groups, each counted as often as a draw says.
 *
 * @param times   [group_count]
 * @param values  [value_count] NaN where these groups leave a figure undefined
 */
typedef void (*davy_bootstrap_measure)(const void *context, const uint32_t *times, double *values);

/** How often each group counts in a draw. @param times  [group_count] their sum is group_count */
void davy_bootstrap_draw(const davy_bootstrap *bootstrap, unsigned draw, uint32_t *times);

/**
 * Figures of all groups and their intervals. A draw that leaves a figure undefined is left out of
 * its interval; when more than a twentieth of the draws do, there is no interval. Nor is there one
 * with less than two groups.
 *
 * @param estimates  [value_count]
 */
DAVY_MUST_CHECK davy_status davy_bootstrap_run(const davy_bootstrap *bootstrap,
                                               davy_bootstrap_measure measure, const void *context,
                                               size_t value_count, davy_estimate *estimates);
