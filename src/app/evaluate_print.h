/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"
#include "core/progress.h"
#include "models/judge/judge.h"

#include <jansson.h>

/**
 * @file
 * What the two halves of `davy evaluate` share: options, the history, JSON and tables.
 *
 * Stage: app.
 */
typedef struct davy_evaluate_options {
    const char *report;       /* path of the page, or NULL */
    davy_option_list history; /* files that baselines learn from; empty: the judged data */
    uint64_t seed;
    bool json;
} davy_evaluate_options;

/** A judging with a progress bar; end it with davy_progress_end(). */
davy_judge_options davy_evaluate_judging(const davy_evaluate_options *options,
                                         const davy_table *history, davy_progress *progress);

/** The dataset as it would read the history instead. */
davy_dataset davy_evaluate_history(const davy_dataset *dataset,
                                   const davy_evaluate_options *options);

/** A number, or null for NaN and infinities. */
json_t *davy_evaluate_number(double value);
/** {"value", "low", "high"} */
json_t *davy_evaluate_estimate(davy_estimate estimate);
/** "comparison" and "protocol". */
davy_status davy_evaluate_add_comparison(json_t *object, const davy_comparison *comparison,
                                         const davy_protocol *protocol);
/** [{"name", "points": [[false rate, recall, precision, limit], ...]}, ...] */
json_t *davy_evaluate_curves(const davy_curve *curves, size_t count);

/** All methods and figures as a table, with the intervals of the main figure. */
DAVY_MUST_CHECK davy_status davy_evaluate_print_comparison(const davy_comparison *comparison);
