/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/baseline.h"

/**
 * @file
 * The samples that a baseline learns from.
 *
 * Stage: models.
 */

/**
 * Those of the history, or of the other folds, that have an answer; of many, 10,000 evenly spread.
 *
 * @param out  reads through the set of the task, which must outlive it
 */
DAVY_MUST_CHECK davy_status davy_baseline_subset(const davy_answer_task *task, size_t fold,
                                                 davy_sample_set *out);
