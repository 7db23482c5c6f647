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

static void add(const davy_number_answers *answers, double coverage, size_t i, double origin,
                davy_number_sums *s)
{
    const double value = (double) answers->values[i], target = answers->targets[i];
    const double off = value - target, from_origin = target - origin;

    s->count++;
    s->off += off;
    s->squares += off * off;
    s->sizes += fabs(off);
    s->target += from_origin;
    s->target_squares += from_origin * from_origin;
    s->phm += davy_phm_score(value, target);
    if (answers->low) {
        const double low = (double) answers->low[i], high = (double) answers->high[i];

        s->inside += target >= low && target <= high;
        s->width += high - low;
        s->crps += davy_crps_interval(value, low, high, coverage, target);
    } else {
        s->crps += fabs(off);
    }
}

void davy_number_add(const davy_number_answers *answers, double coverage, double origin,
                     davy_number_sums *groups)
{
    for (size_t i = 0; i < answers->count; i++)
        if (isfinite(answers->values[i]) && isfinite(answers->targets[i]))
            add(answers, coverage, i, origin, &groups[answers->groups ? answers->groups[i] : 0]);
}

static davy_number_sums sum_groups(const davy_number_sums *groups, size_t group_count,
                                   const uint32_t *times)
{
    davy_number_sums s = {0};

    for (size_t g = 0; g < group_count; g++) {
        const davy_number_sums *group = &groups[g];
        const double weight = times ? (double) times[g] : 1;

        s.count += weight * group->count;
        s.off += weight * group->off;
        s.squares += weight * group->squares;
        s.sizes += weight * group->sizes;
        s.target += weight * group->target;
        s.target_squares += weight * group->target_squares;
        s.phm += weight * group->phm;
        s.inside += weight * group->inside;
        s.width += weight * group->width;
        s.crps += weight * group->crps;
    }
    return s;
}

davy_number_figures davy_number_judge(const davy_number_sums *groups, size_t group_count,
                                      const uint32_t *times, bool bounded)
{
    const davy_number_sums s = sum_groups(groups, group_count, times);
    const double n = s.count > 0 ? s.count : NAN;
    const double variance = s.target_squares / n - s.target / n * (s.target / n);

    return (davy_number_figures){.count = s.count,
                                 .rmse = sqrt(s.squares / n),
                                 .mae = s.sizes / n,
                                 .bias = s.off / n,
                                 .r2 = variance > 0 ? 1 - s.squares / n / variance : NAN,
                                 .phm = s.count > 0 ? s.phm : NAN,
                                 .phm_mean = s.phm / n,
                                 .covered = bounded ? s.inside / n : NAN,
                                 .width = bounded ? s.width / n : NAN,
                                 .crps = s.crps / n};
}
