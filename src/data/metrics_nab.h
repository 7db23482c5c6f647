/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Score of the Numenta Anomaly Benchmark: early detection within a window counts, false alarms
 * cost.
 *
 * Stage: data. The published rules: the first 15 % of a series, at most 750 rows, are probation and
 * not scored. In each window only the best row counts, and a row is worth more the earlier it
 * stands, by a sigmoid; a window without one costs. An alarm outside costs, less when it is
 * shortly behind a window. One limit serves all series of a set; the score is put on a scale on
 * which no alarm at all is 0 and a perfect detector 100.
 *
 * Source: Lavin, Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", ICMLA 2015, and the
 * benchmark's own scorer, version 1.1, whose corner cases are kept: a window's row that falls into
 * probation is not scored, but a window with none left is no miss either; the position in a window
 * of n rows runs from -1 to -1/n, so its right edge is never quite worthless.
 */
typedef struct davy_nab_profile {
    double hit, false_alarm, miss; /* weights; hit is 1 in all published profiles */
} davy_nab_profile;

extern const davy_nab_profile davy_nab_standard, davy_nab_low_fp, davy_nab_low_fn;

typedef struct davy_nab_window {
    size_t first, last; /* rows, both in the window */
} davy_nab_window;

typedef struct davy_nab_series {
    const double *scores; /* [count] */
    size_t count;
    const davy_nab_window *windows; /* [window_count] in order, not overlapping */
    size_t window_count;
} davy_nab_series;

/**
 * Raw score of one series.
 *
 * @param limit  a row is alarmed when its score is at the limit or above it
 */
double davy_nab_score(const davy_nab_series *series, const davy_nab_profile *profile, double limit);

/**
 * The score of a set, 0 .. 100, below 0 for one that is worse than silence, at the best limit for
 * all series together, as the benchmark chooses it.
 *
 * @param limit  the limit; NULL is fine
 * @return DAVY_ERR_INVALID when no series has a window or a score is NaN
 */
DAVY_MUST_CHECK davy_status davy_nab_optimise(const davy_nab_series *series, size_t count,
                                              const davy_nab_profile *profile, double *score,
                                              double *limit);

/** The scale: of a sum of raw scores over a set with so many windows. */
double davy_nab_normalise(double raw, size_t windows, const davy_nab_profile *profile);
