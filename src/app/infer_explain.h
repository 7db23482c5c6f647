/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/explain/explain.h"
#include "models/samples/answer_set.h"

#include <stdio.h>

/**
 * @file
 * Explanations as `davy infer --explain` prints them: in the cells of a line, and whole, a JSON
 * object for each answer.
 *
 * Stage: app.
 */

/** What was asked for. */
typedef struct davy_infer_explain_options {
    bool wanted;
    const char *method; /* NULL: as fits the model */
    uint64_t top;       /* shares that are told */
    const char *json;   /* file that takes whole explanations; NULL: none */
} davy_infer_explain_options;

typedef struct davy_infer_explain davy_infer_explain;

/** The predictor is borrowed. Gives NULL when nothing was asked for. */
DAVY_MUST_CHECK davy_status davy_infer_explain_create(const davy_predictor *predictor,
                                                      const davy_infer_explain_options *options,
                                                      davy_infer_explain **out);
/** Close the file of JSON. NULL is fine. */
DAVY_MUST_CHECK davy_status davy_infer_explain_destroy(davy_infer_explain *explain);

/** Names of the cells, with the comma before each. NULL is fine. */
void davy_infer_explain_header(const davy_infer_explain *explain, FILE *file);

/** Explain an answer and fill its cells. NULL is fine. */
DAVY_MUST_CHECK davy_status davy_infer_explain_print(davy_infer_explain *explain, FILE *file,
                                                     const davy_sample_set *samples,
                                                     const davy_answer_set *answers, size_t sample);

/** The cells of a row without an answer. NULL is fine. */
void davy_infer_explain_none(const davy_infer_explain *explain, FILE *file);
