/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/schedule.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* One cycle, as PyTorch's defaults have it. */
#define RISE        0.3   /* share of the steps until the peak */
#define START_SHARE 25.0  /* it starts at 1 / 25 */
#define END_SHARE   1.0e4 /* and ends at a ten-thousandth of that */

static const char *const names[] = {
    [DAVY_SCHEDULE_CONSTANT] = "constant",
    [DAVY_SCHEDULE_STEP] = "step",
    [DAVY_SCHEDULE_COSINE] = "cosine",
    [DAVY_SCHEDULE_ONE_CYCLE] = "one-cycle",
};

const char *davy_schedule_name(davy_schedule_kind kind)
{
    return (size_t) kind < DAVY_ARRAY_LENGTH(names) ? names[kind] : NULL;
}

davy_status davy_schedule_find(const char *name, davy_schedule_kind *out)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i], name) == 0) {
            *out = (davy_schedule_kind) i;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_NOT_FOUND,
                     "no schedule '%.80s'; there are constant, step, cosine, one-cycle", name);
}

davy_status davy_schedule_check(const davy_schedule *schedule)
{
    const bool ends =
        schedule->kind == DAVY_SCHEDULE_COSINE || schedule->kind == DAVY_SCHEDULE_ONE_CYCLE;

    if (!davy_schedule_name(schedule->kind))
        return davy_fail(DAVY_ERR_INVALID, "schedule %d does not exist", (int) schedule->kind);
    if (ends && schedule->steps <= schedule->warmup)
        return davy_fail(DAVY_ERR_INVALID, "schedule '%s' needs more steps than its warm-up has",
                         davy_schedule_name(schedule->kind));
    if (schedule->kind == DAVY_SCHEDULE_STEP && schedule->every == 0)
        return davy_fail(DAVY_ERR_INVALID, "schedule 'step' needs the steps between two cuts");
    if (!(schedule->gamma >= 0.0 && schedule->gamma <= 1.0))
        return davy_fail(DAVY_ERR_INVALID, "gamma %g of the schedule is not in 0..1",
                         schedule->gamma);
    if (!(schedule->low >= 0.0 && schedule->low <= 1.0))
        return davy_fail(DAVY_ERR_INVALID, "the schedule's lowest share %g is not in 0..1",
                         schedule->low);
    return DAVY_OK;
}

/* From `start` to `end` along half a cosine; part 0 .. 1. */
static double anneal(double start, double end, double part)
{
    return end + (start - end) * (1.0 + cos(acos(-1.0) * part)) / 2.0;
}

static double one_cycle(double t, double n)
{
    const double peak = RISE * n - 1.0, last = n - 1.0, low = 1.0 / START_SHARE;

    if (t < peak)
        return anneal(low, 1.0, t / peak);
    if (t >= last)
        return low / END_SHARE;
    return anneal(1.0, low / END_SHARE, peak > 0.0 ? (t - peak) / (last - peak) : t / last);
}

double davy_schedule_factor(const davy_schedule *schedule, uint64_t t)
{
    const double gamma = schedule->gamma > 0.0 ? schedule->gamma : 0.1;
    uint64_t n, after, falls;

    if (t < schedule->warmup)
        return (double) (t + 1) / ((double) schedule->warmup + 1.0);
    after = t - schedule->warmup;
    n = schedule->steps > schedule->warmup ? schedule->steps - schedule->warmup : 0;
    switch (schedule->kind) {
    case DAVY_SCHEDULE_STEP:
        falls = after / schedule->every; /* whole ones */
        return pow(gamma, (double) falls);
    case DAVY_SCHEDULE_COSINE:
        return anneal(1.0, schedule->low, after < n ? (double) after / (double) n : 1.0);
    case DAVY_SCHEDULE_ONE_CYCLE:
        return one_cycle((double) after, (double) n);
    case DAVY_SCHEDULE_CONSTANT:
        break;
    }
    return 1.0;
}
