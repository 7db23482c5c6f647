/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"
#include "app/infer_explain.h"

#include <stdio.h>

/**
 * @file
 * What `davy infer` prints of a model that answers: one line for each row, picture or group.
 *
 * Stage: app.
 */

/** A cell that others wrote, in quotes when it needs them, and what ends it ('\0': nothing). */
void davy_infer_field(FILE *file, const char *text, char end);

/** Read the samples, ask, print. @param explain  what is added of what spoke most for an answer */
DAVY_MUST_CHECK davy_status davy_infer_answers(FILE *file, davy_dataset *dataset,
                                               const davy_predictor *predictor,
                                               const davy_infer_explain_options *explain);
