/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "models/budget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Calibration: from "at most one false alarm a week" to a limit of the score.
 *
 * Stage: models. Split conformal prediction on rows the model has not learnt from (Vovk, Gammerman,
 * Shafer, 2005): scores to come are exchangeable with those of the calibration rows, so a limit
 * that e episodes exceeded in D days is expected to be exceeded at most (e + 1) / D times a day.
 * Episodes are counted and not rows, because a score is like the score before it: rows above the
 * limit belong to one episode while the gaps between them are at most `merge` rows.
 *
 * The lowest limit is taken that keeps (e + 1) / D within the budget as every higher one does, and
 * that is exceeded in at most 5 % of the rows. When even no episode at all leaves 1 / D above the
 * budget, the history is too short to vouch for it. The limit is then extrapolated: peaks of
 * episodes over the 90 % quantile u are taken as exponential, limit = u + mean excess * ln(rate /
 * budget), never below the largest score seen; and the promise is 1 / D, not the budget. Sources:
 * Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, 4.2 (peaks over
 * threshold, shape 0) and 5.3 (declustering by runs).
 */
typedef struct davy_calibration {
    double limit;            /* of the raw score */
    double budget_per_day;   /* asked for */
    double promise_per_day;  /* what the rows can vouch for */
    double days;             /* length of the calibration rows */
    size_t rows, episodes;   /* episodes above the limit in these rows */
    bool extrapolated;       /* the history is too short for the budget */
    davy_budget_curve curve; /* what the same rows say to any other budget */
} davy_calibration;

typedef struct davy_calibration_input {
    const double *scores;  /* [count] in the order of time */
    const uint8_t *begins; /* [count] 1: an episode does not reach from the row before into this */
    size_t count;
    double rows_per_day;
    double budget_per_day;
    size_t merge;
} davy_calibration_input;

/** DAVY_ERR_INVALID when there are no scores or one is not finite. */
DAVY_MUST_CHECK davy_status davy_calibrate(const davy_calibration_input *input,
                                           davy_calibration *out);

/** Episodes above a limit. */
size_t davy_calibration_episodes(const davy_calibration_input *input, double limit);
