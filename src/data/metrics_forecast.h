/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Figures of forecasts: the continuous ranked probability score, and errors in units of a naive
 * forecast.
 *
 * Stage: data. Sources: Gneiting, Raftery, "Strictly Proper Scoring Rules, Prediction, and
 * Estimation", JASA 102, 2007 (CRPS); Hyndman, Koehler, "Another look at measures of forecast
 * accuracy", International Journal of Forecasting 22, 2006 (MASE).
 */

/**
 * CRPS of what an answer with an interval says, and of nothing more: half of the coverage is spread
 * evenly from `low` to `value`, half from `value` to `high`, and what the interval leaves out lies
 * on its ends, half on each. Exact for that distribution, in the unit of the target; without a
 * width it is the absolute error. A model that knew its tails would do better.
 *
 * @param low, high  low <= value <= high; an answer outside of its interval is taken to its edge
 * @param coverage   0..1
 */
double davy_crps_interval(double value, double low, double high, double coverage, double target);

/** Twice the mean pinball loss over the levels: CRPS as forecasting archives measure it. */
double davy_crps_quantiles(const double *levels, const double *quantiles, size_t count,
                           double target);

/**
 * Mean absolute error of saying what stood `season` rows before, within runs: what MASE divides by.
 *
 * @param values  [rows] NaN where it is missing
 * @param runs    [rows] NULL: one run
 * @return NaN when no two rows stand so far apart
 */
double davy_naive_error(const double *values, const uint32_t *runs, size_t rows, size_t season);

/**
 * The season of a series: the lag above 2 whose autocorrelation is the highest peak, if it is
 * above 0.3, and as far above a trough before it: a walk by chance is alike at all short lags.
 *
 * @param most  longest lag that is looked at
 * @return 0 when there is none
 */
size_t davy_find_season(const double *values, const uint32_t *runs, size_t rows, size_t most);
