/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor_kind.h"
#include "models/samples/sample_split.h"

#include <jansson.h>

/**
 * @file
 * What `--model auto` tries, and which of it is taken.
 *
 * Stage: models. A candidate is a kind with settings. Each is fitted on the folds of the samples to
 * learn from (models/samples/sample_split.h), whole groups or ever later stretches of time, and
 * loses 1 - macro-F1, or the root of the mean squared error, on what its fold held out. What is
 * watched and what is judged is asked by none of them.
 *
 * The simplest candidate whose mean loss is within one standard error of the best one's is taken:
 * Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", 2nd edition, 2009, 7.10.
 */

/** A kind with settings. */
typedef struct davy_candidate {
    const char *kind;
    const char *settings[4]; /* KEY=VALUE, closed by NULL */
    const char *trial[4];    /* the same with less work, to be tried by; none: `settings` */
} davy_candidate;

/** All, simplest first, closed by one without a kind. */
extern const davy_candidate davy_candidates[];

#define DAVY_TRIALS_MAX      16
#define DAVY_TRIAL_FOLDS_MAX 20

/** What came of one candidate. */
typedef struct davy_trial {
    const davy_candidate *candidate;
    bool measured;
    double losses[DAVY_TRIAL_FOLDS_MAX]; /* of the folds */
    double mean, error;                  /* and its standard error; NaN unless measured */
    char why[160];                       /* why it was not measured, or was not taken; or "" */
} davy_trial;

typedef struct davy_trials {
    davy_trial list[DAVY_TRIALS_MAX]; /* simplest first */
    size_t count, chosen, folds;
    bool forward;       /* folds by time */
    const char *figure; /* "1 - macro-F1" */
} davy_trials;

/** "depth=3 rounds=100", or "" for a candidate's own defaults. */
#define DAVY_CANDIDATE_TEXT_MAX 160
const char *davy_candidate_text(const davy_candidate *candidate,
                                char text[DAVY_CANDIDATE_TEXT_MAX]);

/**
 * Mean and standard error of each trial that was measured, and the one to take.
 *
 * @return false when none was measured
 */
bool davy_trials_choose(davy_trials *trials);

/** How to fit a candidate on a part of the samples of a lesson, and what that part loses. */
DAVY_MUST_CHECK davy_status davy_trial_fold(const davy_lesson *lesson,
                                            const davy_candidate *candidate,
                                            const uint8_t *purposes, double *loss);

/**
 * The lesson of a candidate: its settings before those of the caller that it knows.
 *
 * @param settings  [setting_max] filled; @param table  [DAVY_PREDICTOR_SETTINGS_MAX] filled
 */
davy_lesson davy_candidate_lesson(const davy_lesson *lesson, const davy_candidate *candidate,
                                  bool trial, const char **settings, size_t setting_max,
                                  davy_setting *table);

/** [{"kind", "settings", "mean", "error", "losses", "why", "chosen"}, ...] */
json_t *davy_trials_json(const davy_trials *trials);
