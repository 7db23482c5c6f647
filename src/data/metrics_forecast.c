/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_forecast.h"

#include <math.h>

#define SEASON_MIN         3
#define SEASON_CORRELATION 0.3 /* a lower peak is as well chance, and so is a flatter one */

/* The integral of (F - step)^2 over [from, to], where F rises straight from `a` to `b` and the step
 * of the target is `step`, 0 or 1, all along. */
static double straight(double from, double to, double a, double b, double step)
{
    const double p = a - step, q = b - step;

    return (to - from) * (p * p + p * q + q * q) / 3;
}

/* The same with the step somewhere in or outside of the stretch. */
static double stretch(double from, double to, double a, double b, double target)
{
    double at;

    if (target <= from)
        return straight(from, to, a, b, 1);
    if (target >= to)
        return straight(from, to, a, b, 0);
    at = a + (b - a) * (target - from) / (to - from);
    return straight(from, target, a, at, 0) + straight(target, to, at, b, 1);
}

double davy_crps_interval(double value, double low, double high, double coverage, double target)
{
    const double tail = (1 - coverage) / 2, middle = fmin(fmax(value, low), high);
    double crps =
        stretch(low, middle, tail, 0.5, target) + stretch(middle, high, 0.5, 1 - tail, target);

    /* Beyond the ends F is 0 or 1, and differs from the step as far as the target lies. */
    crps += fmax(low - target, 0) + fmax(target - high, 0);
    return crps;
}

double davy_crps_quantiles(const double *levels, const double *quantiles, size_t count,
                           double target)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        const double off = target - quantiles[i];

        sum += off >= 0 ? levels[i] * off : (levels[i] - 1) * off;
    }
    return count > 0 ? 2 * sum / (double) count : NAN;
}

static int is_pair(const double *values, const uint32_t *runs, size_t row, size_t lag)
{
    return (!runs || runs[row] == runs[row - lag]) && isfinite(values[row]) &&
           isfinite(values[row - lag]);
}

double davy_naive_error(const double *values, const uint32_t *runs, size_t rows, size_t season)
{
    double sum = 0, pairs = 0;

    for (size_t row = season; row < rows; row++) {
        if (!is_pair(values, runs, row, season))
            continue;
        sum += fabs(values[row] - values[row - season]);
        pairs++;
    }
    return pairs > 0 ? sum / pairs : NAN;
}

static double mean_of(const double *values, size_t rows)
{
    double sum = 0, count = 0;

    for (size_t row = 0; row < rows; row++)
        if (isfinite(values[row])) {
            sum += values[row];
            count++;
        }
    return sum / count;
}

/* Correlation of the rows with those `lag` before, over the variance of the rows of the pairs. */
static double correlation(const double *values, const uint32_t *runs, size_t rows, size_t lag,
                          double mean)
{
    double product = 0, now = 0, then = 0;

    for (size_t row = lag; row < rows; row++) {
        if (!is_pair(values, runs, row, lag))
            continue;
        product += (values[row] - mean) * (values[row - lag] - mean);
        now += (values[row] - mean) * (values[row] - mean);
        then += (values[row - lag] - mean) * (values[row - lag] - mean);
    }
    return now > 0 && then > 0 ? product / sqrt(now * then) : 0;
}

size_t davy_find_season(const double *values, const uint32_t *runs, size_t rows, size_t most)
{
    const double mean = mean_of(values, rows);
    double before = correlation(values, runs, rows, SEASON_MIN - 1, mean);
    double here = correlation(values, runs, rows, SEASON_MIN, mean), best = SEASON_CORRELATION;
    double trough = before;
    size_t season = 0;

    most = most < rows / 2 ? most : rows / 2;
    for (size_t lag = SEASON_MIN; lag < most; lag++) {
        const double after = correlation(values, runs, rows, lag + 1, mean);

        trough = fmin(trough, here);
        if (here > before && here >= after && here > best && here - trough > SEASON_CORRELATION) {
            best = here;
            season = lag;
        }
        before = here;
        here = after;
    }
    return season;
}
