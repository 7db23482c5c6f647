/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/config.h"

/**
 * @file
 * Ensemble: a graph of models as data, whose steps are run in the order of what they need.
 *
 * Stage: infer. A step takes tensors of the ensemble (its inputs, or what other steps made) and
 * makes others. Each step is a request to its model like any other: queued, batched, counted.
 */

/** Steps of an ensemble: real ones have two to five. */
#define DAVY_ENSEMBLE_STEPS_MAX ((size_t) 64)

/**
 * Find an order in which the steps can run.
 *
 * @param name   of the ensemble
 * @param order  [step_count]
 * @return DAVY_ERR_INVALID names a step in a cycle, a tensor that nobody makes or that two make
 */
DAVY_MUST_CHECK davy_status davy_ensemble_order(const char *name, const davy_infer_config *config,
                                                size_t *order);
