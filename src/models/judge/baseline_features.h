/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/baseline.h"

/**
 * @file
 * The baseline of principal components for samples: classes by their own components (SIMCA), or
 * regression on components.
 *
 * Stage: models. A sample of several steps is seen as the newest step and the mean and deviation
 * over the steps of each channel. Source: Wold, "Pattern recognition by means of disjoint principal
 * components models", Pattern Recognition 8, 1976.
 *
 * @return DAVY_ERR_INVALID for pictures, and for samples with too many numbers
 */
DAVY_MUST_CHECK davy_status davy_baseline_components(const davy_answer_task *task,
                                                     davy_answer_set *answers);
