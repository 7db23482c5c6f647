/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_number.h"

#include "data/metrics_forecast.h"

#include <math.h>

#define PHM_EARLY 13.0 /* a1 and a2 of the paper, in cycles */
#define PHM_LATE  10.0

double davy_phm_score(double answer, double target)
{
    const double late = answer - target;

    return late < 0 ? expm1(-late / PHM_EARLY) : expm1(late / PHM_LATE);
}

/* What is summed over the samples. */
typedef struct sums {
    double weight, off, squares, sizes, target, target_squares, phm, inside, width, crps;
} sums;

static void add(const davy_number_answers *answers, double coverage, size_t i, double weight,
                double origin, sums *s)
{
    const double value = (double) answers->values[i], target = answers->targets[i];
    const double off = value - target, from_origin = target - origin;

    s->weight += weight;
    s->off += weight * off;
    s->squares += weight * off * off;
    s->sizes += weight * fabs(off);
    s->target += weight * from_origin;
    s->target_squares += weight * from_origin * from_origin;
    s->phm += weight * davy_phm_score(value, target);
    if (answers->low) {
        const double low = (double) answers->low[i], high = (double) answers->high[i];

        s->inside += target >= low && target <= high ? weight : 0;
        s->width += weight * (high - low);
        s->crps += weight * davy_crps_interval(value, low, high, coverage, target);
    } else {
        s->crps += weight * fabs(off);
    }
}

davy_number_figures davy_number_judge(const davy_number_answers *answers, double coverage,
                                      const uint32_t *times)
{
    /* Squares are taken from the first target: those of large numbers would leave no digits. */
    const double origin = answers->count > 0 ? answers->targets[0] : 0;
    sums s = {0};
    double n, variance;

    for (size_t i = 0; i < answers->count; i++) {
        const double weight = times ? (double) times[answers->groups ? answers->groups[i] : 0] : 1;

        if (weight > 0)
            add(answers, coverage, i, weight, origin, &s);
    }
    n = s.weight > 0 ? s.weight : NAN;
    variance = s.target_squares / n - s.target / n * (s.target / n);
    return (davy_number_figures){.count = s.weight,
                                 .rmse = sqrt(s.squares / n),
                                 .mae = s.sizes / n,
                                 .bias = s.off / n,
                                 .r2 = variance > 0 ? 1 - s.squares / n / variance : NAN,
                                 .phm = s.weight > 0 ? s.phm : NAN,
                                 .phm_mean = s.phm / n,
                                 .covered = answers->low ? s.inside / n : NAN,
                                 .width = answers->low ? s.width / n : NAN,
                                 .crps = s.crps / n};
}
