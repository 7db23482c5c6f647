/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/baseline.h"

/**
 * @file
 * Baselines that are models of davy itself, trained for the comparison and forgotten after it.
 *
 * Stage: models. They go the whole way of a model: settings, hold-out, calibration, a version in a
 * registry that is opened again; only that the registry is a folder that is removed.
 */

/** Score the rows of each fold by a model of a kind that watches, learnt from the other rows. */
DAVY_MUST_CHECK davy_status davy_baseline_watch(const davy_watch_task *task, const char *kind,
                                                const char *const *settings, size_t setting_count,
                                                double *scores);

/**
 * Score rows by a kind that answers, which learns faults and normal rows as two classes.
 *
 * @return DAVY_ERR_UNSUPPORTED when there is no such kind
 */
DAVY_MUST_CHECK davy_status davy_baseline_tell_faults(const davy_watch_task *task, const char *kind,
                                                      const char *const *settings,
                                                      size_t setting_count, double *scores);

/** Answer the samples of each fold by a kind that answers. Errors likewise. */
DAVY_MUST_CHECK davy_status davy_baseline_answer(const davy_answer_task *task, const char *kind,
                                                 const char *const *settings, size_t setting_count,
                                                 davy_answer_set *answers);

/** Settings of boosted trees as a baseline: what they lose to the defaults is within the interval,
 * and an evaluation takes seconds. */
#define DAVY_BASELINE_BOOST_COUNT 7
extern const char *const davy_baseline_boost[DAVY_BASELINE_BOOST_COUNT];
