/* SPDX-License-Identifier: Apache-2.0 */
#include "models/calibrate.h"

#include "models/scaling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALARM_SHARE_MAX 0.05 /* of the rows that may be above a limit */
#define TAIL_SHARE      0.10 /* of the rows whose peaks make the tail */

/* Walk over episodes above a limit: tells whether this row begins one. */
typedef struct episode_walk {
    size_t since; /* rows since the last one above the limit; SIZE_MAX: none yet */
    size_t merge;
} episode_walk;

static bool begins_episode(episode_walk *walk, bool begins, bool above)
{
    bool first = false;

    if (begins)
        walk->since = SIZE_MAX;
    if (above) {
        first = walk->since == SIZE_MAX || walk->since > walk->merge;
        walk->since = 0;
    } else if (walk->since != SIZE_MAX) {
        walk->since++;
    }
    return first;
}

size_t davy_calibration_episodes(const davy_calibration_input *input, double limit)
{
    episode_walk walk = {.since = SIZE_MAX, .merge = input->merge};
    size_t episodes = 0;

    for (size_t i = 0; i < input->count; i++)
        episodes += begins_episode(&walk, input->begins[i], input->scores[i] > limit);
    return episodes;
}

static int by_size_down(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x < y) - (x > y);
}

/*
 * The lowest limit within the budget, found by halving over the ranks: `good` always keeps the
 * budget, as no score is above the largest one. Where episodes grow together their number can fall
 * again below a limit; the search may then stop at the higher of two limits, which is the safe one.
 */
static double within_budget(const davy_calibration_input *input, const double *sorted, double days)
{
    const size_t most = (size_t) (ALARM_SHARE_MAX * (double) input->count);
    size_t good = 0, bad = most + 1;

    while (bad - good > 1) {
        const size_t rank = good + (bad - good) / 2;
        const double episodes = (double) davy_calibration_episodes(input, sorted[rank]);

        if (episodes + 1.0 <= input->budget_per_day * days)
            good = rank;
        else
            bad = rank;
    }
    return sorted[good];
}

/* Peaks of the episodes over u: how many there are and their mean excess. */
static size_t tail_of(const davy_calibration_input *input, double u, double *excess)
{
    episode_walk walk = {.since = SIZE_MAX, .merge = input->merge};
    double peak = 0, sum = 0;
    size_t episodes = 0;

    for (size_t i = 0; i < input->count; i++) {
        const bool above = input->scores[i] > u;

        if (begins_episode(&walk, input->begins[i], above)) {
            sum += peak;
            peak = 0;
            episodes++;
        }
        if (above)
            peak = fmax(peak, input->scores[i] - u);
    }
    *excess = episodes > 0 ? (sum + peak) / (double) episodes : 0;
    return episodes;
}

static double extrapolate(const davy_calibration_input *input, const double *sorted, double days)
{
    const double u = sorted[(size_t) (TAIL_SHARE * (double) input->count)];
    double excess;
    const double rate = (double) tail_of(input, u, &excess) / days;
    const double limit =
        rate > input->budget_per_day ? u + excess * log(rate / input->budget_per_day) : sorted[0];

    return fmax(limit, sorted[0]);
}

static davy_status check_scores(const davy_calibration_input *input)
{
    if (input->count == 0)
        return davy_fail(DAVY_ERR_INVALID, "there are no rows to calibrate on");
    for (size_t i = 0; i < input->count; i++)
        if (!isfinite(input->scores[i]))
            return davy_fail(DAVY_ERR_INVALID, "a score to calibrate on is not finite");
    return DAVY_OK;
}

davy_status davy_calibrate(const davy_calibration_input *input, davy_calibration *out)
{
    const double days = (double) input->count / input->rows_per_day;
    davy_status status = check_scores(input);
    double *sorted;

    if (status != DAVY_OK)
        return status;
    sorted = calloc(input->count, sizeof *sorted);
    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "calibration of %zu rows", input->count);
    memcpy(sorted, input->scores, input->count * sizeof *sorted);
    qsort(sorted, input->count, sizeof *sorted, by_size_down);

    *out = (davy_calibration){.budget_per_day = input->budget_per_day,
                              .days = days,
                              .rows = input->count,
                              .extrapolated = input->budget_per_day * days < 1.0};
    out->limit =
        out->extrapolated ? extrapolate(input, sorted, days) : within_budget(input, sorted, days);
    out->episodes = davy_calibration_episodes(input, out->limit);
    out->promise_per_day = (double) (out->episodes + 1) / days;
    free(sorted);
    return DAVY_OK;
}
