/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/evaluate_print.h"

/**
 * @file
 * What `davy evaluate` does with a model that answers: ask, judge, print, and write a page.
 *
 * Stage: app.
 */
DAVY_MUST_CHECK davy_status davy_evaluate_answers(davy_dataset *dataset,
                                                  const davy_predictor *predictor,
                                                  const davy_evaluate_options *options);
