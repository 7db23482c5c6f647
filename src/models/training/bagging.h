/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor_kind.h"

/**
 * @file
 * Bagging: a model as the mean of several of one kind, each learnt from other groups.
 *
 * Stage: models. What is not judged is dealt out anew for each: some groups are watched, the rest
 * is learnt from, so that all of them are learnt from by most. The answer is the mean of their
 * scores, and one graph holds them all.
 *
 * Source: Breiman, "Bagging Predictors", Machine Learning 24, 1996; here without replacement and by
 * whole groups, so that what a member watches it has not learnt from.
 */

/** Most models in one. */
#define DAVY_BAGS_MAX 100

/**
 * Fit `bags` of a kind; one is the kind itself.
 *
 * @return DAVY_ERR_INVALID when there are not two groups to deal out
 */
DAVY_MUST_CHECK davy_status davy_bagging_fit(const davy_predictor_kind *kind,
                                             const davy_lesson *lesson, size_t bags,
                                             davy_lesson_result *result);
