/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"
#include "app/infer_explain.h"

#include <stdio.h>

/**
 * @file
 * What `davy infer` prints of a model that watches: one line for each row, as it is read.
 *
 * Stage: app. Each run has a scorer of its own, so that files of any size take flat memory and
 * groups may be mixed in them.
 */

/** Read the rows, score, print. @param explain  add the largest contributions */
DAVY_MUST_CHECK davy_status davy_infer_scores(FILE *file, davy_dataset *dataset,
                                              const davy_model *model,
                                              const davy_infer_explain_options *explain);
