/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/shift.h"

#include <math.h>

static double clamp(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

/* Half a shift is three deviations of the chart: sqrt(lambda / (2 - lambda)) = size / 6. */
static double weight_for(double size)
{
    double spread = clamp(size / 6.0, 0.05, 0.5);

    return 2.0 * spread * spread / (1.0 + spread * spread);
}

/* Freeze the baseline: from here on the charts run. */
static void make_ready(davy_shift *shift, double size)
{
    double sigma = sqrt(shift->squares / (shift->learnt - 1));
    double slack = size / 2.0;
    double decision = davy_cusum_decision(slack, DAVY_SHIFT_RUN_LENGTH);

    shift->ready =
        davy_ewma_init(&shift->ewma, shift->mean, sigma, weight_for(size)) == DAVY_OK &&
        davy_cusum_init(&shift->cusum, shift->mean, slack * sigma, decision * sigma) == DAVY_OK;
}

static void learn(davy_shift *shift, double size, double value)
{
    double difference = value - shift->mean;

    shift->learnt++;
    shift->mean += difference / shift->learnt;
    shift->squares += difference * (value - shift->mean);
    if (shift->learnt >= DAVY_SHIFT_BASELINE && shift->squares > 0.0)
        make_ready(shift, size);
}

static void adapt(davy_shift *shift, double value)
{
    double three = 3.0 * shift->ewma.sigma;
    double step = DAVY_SHIFT_ADAPT * clamp(value - shift->ewma.target, -three, three);

    shift->ewma.target += step;
    shift->cusum.target += step;
}

davy_change davy_shift_update(davy_shift *shift, double size, const davy_delays *delays,
                              double value, int64_t time_ns, int64_t now_ns)
{
    double summed, distance;
    bool holds;
    davy_change change;

    if (!shift->ready) {
        learn(shift, size, value);
        return DAVY_CHANGE_NONE;
    }

    summed = fabs(davy_cusum_update(&shift->cusum, value));
    davy_ewma_smooth(&shift->ewma, value);
    distance = fabs(davy_shift_distance(shift));
    holds =
        davy_delay_active(&shift->delay) ? distance > size / 2.0 : summed > 1.0 || distance > size;
    change = davy_delay_update(&shift->delay, holds, time_ns, now_ns, delays);
    /* While it holds the sums would only grow; they begin again with the next quiet stretch. */
    if (davy_delay_active(&shift->delay) || change == DAVY_CHANGE_ENDS)
        davy_cusum_reset(&shift->cusum);
    else
        adapt(shift, value);
    return change;
}

double davy_shift_distance(const davy_shift *shift)
{
    return shift->ready ? (shift->ewma.value - shift->ewma.target) / shift->ewma.sigma : 0.0;
}
