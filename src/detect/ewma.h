/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

/**
 * @file
 * EWMA control chart: finds a small, lasting shift of one series.
 *
 * Stage: detect. A chart smooths the samples of one series and compares them with limits. It
 * sees a shift of half a standard deviation that a threshold misses, and it is slow to answer
 * one large jump: pair the two.
 *
 * Source: S. W. Roberts, "Control Chart Tests Based on Geometric Moving Averages",
 * Technometrics 1(3), 1959. Limits in the form of the NIST/SEMATECH e-Handbook, 6.3.2.4.
 * A chart allocates nothing and has no lock: one thread per chart.
 */

/** State of one chart. Owned by the caller; set by davy_ewma_init(), needs no clearing. */
typedef struct davy_ewma {
    double target; /* mean of the series in normal operation, in the unit of the series */
    double sigma;  /* its standard deviation, same unit, > 0 */
    double lambda; /* weight of the newest sample, 0 < lambda <= 1 */
    double value;  /* smoothed series z, same unit */
} davy_ewma;

/** Start at the target. DAVY_ERR_INVALID, and no change, if sigma or lambda is out of range. */
DAVY_MUST_CHECK davy_status davy_ewma_init(davy_ewma *chart, double target, double sigma,
                                           double lambda);

/** Add one sample, a number, and ask nothing:  z <- lambda x + (1 - lambda) z. */
static inline void davy_ewma_smooth(davy_ewma *chart, double x)
{
    chart->value = chart->lambda * x + (1.0 - chart->lambda) * chart->value;
}

/**
 * Add one sample:  z <- lambda x + (1 - lambda) z.
 *
 * @param x  sample, in the unit of the series; a NaN leaves the chart unchanged
 * @return distance of z from the target in units of the chart's own standard deviation,
 *         sigma sqrt(lambda / (2 - lambda)); beyond +-3 the series has shifted
 */
double davy_ewma_update(davy_ewma *chart, double x);
