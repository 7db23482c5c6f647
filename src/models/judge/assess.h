/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/metrics_class.h"
#include "models/samples/answer_set.h"

/**
 * @file
 * How well answers agree with what they should have been.
 *
 * Stage: models. Only samples with an answer and a known target count; an abstention is an answer
 * here, told beside the figures. Beside every figure stands what needs no model: the most common
 * class, or the mean of the targets, or for a forecast the last value.
 */
/** Zeroed is empty. */
typedef struct davy_assessment {
    size_t count;     /* samples that were judged */
    size_t unknown;   /* samples without a target, or of a class that the model does not know */
    size_t abstained; /* of those judged */
    /* Classes. */
    size_t class_count;
    size_t *confusion;           /* [class_count * class_count] row: what it is, column: answer */
    davy_class_figures *classes; /* [class_count] */
    double accuracy, balanced_accuracy, macro_f1, log_loss;
    double brier;           /* mean squared distance of the probabilities from the truth */
    double common_accuracy; /* of always saying the most common class */
    /* Numbers. */
    double rmse, mae, bias, r2;
    double covered;             /* share of the targets inside the interval; NaN without one */
    double mean_rmse, mean_mae; /* of always saying the mean of these targets */
} davy_assessment;

/** @param part  [count] judge only samples where it is `which`; NULL: all */
DAVY_MUST_CHECK davy_status davy_assess(const davy_predictor_info *info,
                                        const davy_sample_set *samples,
                                        const davy_answer_set *answers, const uint8_t *part,
                                        uint8_t which, davy_assessment *out);
void davy_assessment_clear(davy_assessment *assessment);

/**
 * The worst answers, worst first: those that gave the right class the least probability, or the
 * numbers that are furthest off.
 *
 * @param worst  [most]
 * @return how many there are
 */
size_t davy_assess_worst(const davy_sample_set *samples, const davy_answer_set *answers,
                         const uint8_t *part, uint8_t which, size_t most, size_t *worst);

/** How bad one answer is: 1 minus the probability of the right class, or the distance. */
double davy_assess_badness(const davy_sample_set *samples, const davy_answer_set *answers,
                           size_t sample);
