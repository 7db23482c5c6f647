/* SPDX-License-Identifier: Apache-2.0 */
#include "models/budget.h"

#include <math.h>

#define STEPS_EXACT   100  /* episodes up to which every count has its step */
#define STEP_GROWTH   1.02 /* beyond: each step has so many times the episodes of the last */
#define ROUNDING      1e-9 /* "once in 7 days" over 7 days is once, however it was rounded */
#define LIMIT_LEAST   1e-6 /* of the model's own; below, a limit says nothing */
#define NUMBER_MOST   1e12 /* in a curve from outside */
#define EPISODES_MOST 1e9  /* likewise */

static double extrapolate(const davy_budget_curve *curve, double per_day)
{
    const davy_budget_tail *tail = &curve->tail;
    const double highest = curve->steps[0].limit; /* never below the largest score seen */

    if (tail->per_day <= per_day)
        return highest;
    return fmax(tail->from + tail->excess * log(tail->per_day / per_day), highest);
}

davy_budget_answer davy_budget_curve_answer(const davy_budget_curve *curve, double per_day)
{
    const double allowed = per_day * curve->days * (1.0 + ROUNDING);
    davy_budget_answer answer = {.extrapolated = allowed < 1.0};
    size_t step = 0;

    while (step + 1 < curve->step_count &&
           (double) curve->steps[step + 1].episodes + 1.0 <= allowed)
        step++;
    answer.limit = answer.extrapolated ? extrapolate(curve, per_day) : curve->steps[step].limit;
    answer.episodes = curve->steps[step].episodes;
    answer.promise_per_day = (double) (answer.episodes + 1) / curve->days;
    return answer;
}

bool davy_budget_curve_add(davy_budget_curve *curve, size_t episodes, double limit)
{
    davy_budget_step *last = curve->steps + curve->step_count - (curve->step_count > 0);

    if (curve->step_count > 0 && episodes == last->episodes) {
        last->limit = limit;
        return true;
    }
    if (curve->step_count == DAVY_BUDGET_STEPS_MAX ||
        (episodes > STEPS_EXACT && (double) episodes < STEP_GROWTH * (double) last->episodes))
        return false;
    curve->steps[curve->step_count++] = (davy_budget_step){episodes, limit};
    return true;
}

void davy_budget_curve_divide(davy_budget_curve *curve, double limit)
{
    size_t kept = 0;

    while (kept < curve->step_count && curve->steps[kept].limit > LIMIT_LEAST * limit) {
        curve->steps[kept].limit /= limit;
        kept++;
    }
    curve->step_count = kept;
    curve->tail.from /= limit;
    curve->tail.excess /= limit;
}

static bool is_within(double value, double low, double high)
{
    return value >= low && value <= high; /* false for NaN */
}

const char *davy_budget_curve_fault(const davy_budget_curve *curve)
{
    if (!is_within(curve->days, 1.0 / NUMBER_MOST, NUMBER_MOST))
        return "its days are out of range";
    if (!is_within(curve->tail.from, 0, NUMBER_MOST) ||
        !is_within(curve->tail.excess, 0, NUMBER_MOST) ||
        !is_within(curve->tail.per_day, 0, NUMBER_MOST))
        return "its tail is out of range";
    if (curve->step_count == 0 || curve->steps[0].episodes != 0)
        return "its steps do not begin without an episode";
    for (size_t i = 0; i < curve->step_count; i++) {
        if (!is_within(curve->steps[i].limit, LIMIT_LEAST, NUMBER_MOST) ||
            (double) curve->steps[i].episodes > EPISODES_MOST)
            return "a step is out of range";
        if (i > 0 && (curve->steps[i].episodes <= curve->steps[i - 1].episodes ||
                      curve->steps[i].limit >= curve->steps[i - 1].limit))
            return "its steps do not go down";
    }
    return NULL;
}
