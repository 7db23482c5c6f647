/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/explain/explain_private.h"

/**
 * @file
 * A graph run in double on *terms*: every element of a value either depends on one number of the
 * row, its owner, or is a sum, kept as one amount for each number.
 *
 * Stage: models. What is neither ends the run: then the numbers do not add up by themselves.
 */
struct davy_term;

/** Zeroed but for the explainer, whose graph is run; its arena is cleared by the owner. */
typedef struct davy_terms {
    const davy_explainer *explainer;
    davy_arena arena;
    struct davy_term *terms; /* [values of the graph] of the last run */
} davy_terms;

/**
 * Run.
 *
 * @param amounts  [outputs * (numbers + 1)] what each number adds to a score, and last of each what
 *                 is added whatever the row; borrowed until the next run
 * @return DAVY_ERR_UNSUPPORTED when the graph is none of these
 */
DAVY_MUST_CHECK davy_status davy_terms_run(davy_terms *run, const float *row,
                                           const double **amounts);
