/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

/**
 * @file
 * Two-sided tabular CUSUM: adds up what is more than the slack away from the target.
 *
 * Stage: detect. It finds a lasting shift of known size sooner than any other chart with the same
 * rate of false alarms, and it takes the samples to be independent: on a series that wanders, its
 * false alarms come far more often than davy_cusum_run_length() says.
 *
 * Source: E. S. Page, "Continuous Inspection Schemes", Biometrika 41, 1954; in the form of the
 * NIST/SEMATECH e-Handbook, 6.3.2.3, and of D. C. Montgomery, "Introduction to Statistical Quality
 * Control", section 9.1.
 */

/** Owned by the caller; set by davy_cusum_init(), needs no clearing. All in the series' unit. */
typedef struct davy_cusum {
    double target;
    double slack;    /* k: half of the shift to be found */
    double decision; /* h: a sum above it is a shift */
    double high;     /* sum of what is above target + slack, >= 0 */
    double low;      /* sum of what is below target - slack, >= 0 */
} davy_cusum;

/** Start at zero sums. DAVY_ERR_INVALID, and no change, unless slack >= 0 and decision > 0. */
DAVY_MUST_CHECK davy_status davy_cusum_init(davy_cusum *chart, double target, double slack,
                                            double decision);

/**
 * Add one sample:  high <- max(0, high + x - target - slack), and low the same downwards.
 *
 * @param x  a NaN leaves the chart unchanged
 * @return the larger sum in units of the decision, negative for the low one; beyond +-1 the series
 *         has shifted
 */
double davy_cusum_update(davy_cusum *chart, double x);

/** Both sums to zero. */
void davy_cusum_reset(davy_cusum *chart);

/**
 * Mean number of independent normal samples between two false alarms of the two-sided chart.
 *
 * @param slack, decision  in standard deviations of the series, slack > 0
 *
 * Source: D. Siegmund, "Sequential Analysis", 1985, as in Montgomery, equation 9.6:
 * ARL = (exp(2 k b) - 2 k b - 1) / (2 k^2) for one side, with b = h + 1.166.
 */
double davy_cusum_run_length(double slack, double decision);

/** The decision, in standard deviations, that gives this mean run length. Bisection. */
double davy_cusum_decision(double slack, double run_length);
