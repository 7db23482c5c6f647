/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/baseline.h"
#include "models/judge.h"
#include "models/judge_groups.h"

/**
 * @file
 * Answers under judgement, shared by the files that judge classes and numbers.
 *
 * Stage: models.
 */
typedef struct davy_judged_answers {
    const davy_predictor_info *info;
    const davy_answer_case *asked;
    const davy_judge_options *options;
    size_t *members; /* [count] samples with a known target that the model answered */
    size_t count;
    davy_row_groups groups;                  /* of the members */
    davy_answer_task task;                   /* what baselines are asked */
    davy_sample_set history;                 /* cut from the history; empty without */
    davy_answer_set given[DAVY_METHODS_MAX]; /* of each method; [0] borrowed from the case */
    davy_answer_judgement *out;              /* with its methods, the model first */
} davy_judged_answers;

DAVY_MUST_CHECK davy_status davy_judge_classes(davy_judged_answers *judged);
DAVY_MUST_CHECK davy_status davy_judge_numbers(davy_judged_answers *judged);
