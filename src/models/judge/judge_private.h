/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/metrics_rank.h"
#include "models/judge/baseline.h"
#include "models/judge/judge.h"
#include "models/judge/judge_groups.h"

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

/** Answers to classes, ranked, for davy_judge_rates_of(). */
typedef struct davy_ranked_answers {
    const davy_ranking *rankings; /* [classes] one class against the others */
    const size_t *right, *said;   /* [count] */
    const uint32_t *groups;       /* [count] */
    size_t count;
    bool drawn; /* there are not too many for intervals */
} davy_ranked_answers;

/** Fill judgement->rates. @param classes  [curve_count] class of each curve */
DAVY_MUST_CHECK davy_status davy_judge_rates_of(const davy_ranked_answers *answers,
                                                const size_t *classes,
                                                davy_answer_judgement *judgement);

DAVY_MUST_CHECK davy_status davy_judge_classes(davy_judged_answers *judged);
DAVY_MUST_CHECK davy_status davy_judge_numbers(davy_judged_answers *judged);
