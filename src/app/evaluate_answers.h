/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"

/**
 * @file
 * What `davy evaluate` does with a model that answers: ask, judge, print, and write a page.
 *
 * Stage: app.
 *
 * @param report  path of the page, or NULL
 */
DAVY_MUST_CHECK davy_status davy_evaluate_answers(davy_dataset *dataset,
                                                  const davy_predictor *predictor,
                                                  const char *report, bool json);
