/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * What a calibration history answers for any alarm budget, and not only for the one it was asked.
 *
 * Stage: models. A curve has two parts. The steps are empirical: a step (e, limit) says that
 * at most e episodes of the history were above this limit or any higher one; by split
 * conformal prediction at most (e + 1) / days a day are then to be expected. The tail is
 * extrapolated: peaks over `from` are taken as exponential, and it answers the budgets that are
 * below 1 / days, which the history is too short to vouch for. models/training/calibrate.h has the
 * theory.
 *
 * Limits are in the unit of the scores the curve was learnt from; in a model.json that is the
 * model's own limit.
 */

/** Most steps: each count of episodes up to a hundred, every fiftieth part more beyond. */
#define DAVY_BUDGET_STEPS_MAX ((size_t) 512)

typedef struct davy_budget_step {
    size_t episodes;
    double limit;
} davy_budget_step;

typedef struct davy_budget_tail {
    double from;    /* threshold of the peaks */
    double excess;  /* their mean excess over it */
    double per_day; /* their rate */
} davy_budget_tail;

typedef struct davy_budget_curve {
    double days;                                   /* length of the history */
    size_t step_count;                             /* 0: there is no curve */
    davy_budget_step steps[DAVY_BUDGET_STEPS_MAX]; /* episodes rise from 0, limits fall */
    davy_budget_tail tail;
} davy_budget_curve;

typedef struct davy_budget_answer {
    double limit;
    double promise_per_day; /* what the history can vouch for; above the budget when too short */
    size_t episodes;        /* above the limit in the history */
    bool extrapolated;      /* the history is too short for the budget */
} davy_budget_answer;

/** The limit for a budget. The curve has steps; the budget is above 0. */
davy_budget_answer davy_budget_curve_answer(const davy_budget_curve *curve, double per_day);

/** Add a step below the last one. @return false when it is not needed, or there is no room */
bool davy_budget_curve_add(davy_budget_curve *curve, size_t episodes, double limit);

/** Express all limits in units of `limit`; steps that have next to nothing left are dropped. */
void davy_budget_curve_divide(davy_budget_curve *curve, double limit);

/** Whether a curve from outside is one: NULL, or what is wrong with it. */
const char *davy_budget_curve_fault(const davy_budget_curve *curve);
