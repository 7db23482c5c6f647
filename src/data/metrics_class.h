/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/metrics_rank.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Figures of answers that are classes: from a table of what it is and what was said, from the
 * probabilities, and what mistakes cost.
 *
 * Stage: data. Sources: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks",
 * ICML 2017 (reliability, expected calibration error); Brier, Monthly Weather Review 78, 1950, in
 * its first form, the sum over all classes, 0..2; Drummond, Holte, "Cost curves", Machine Learning
 * 65, 2006.
 */

/** Of one class; 0 where nothing can be said for the better. */
typedef struct davy_class_figures {
    size_t samples; /* of this class */
    double precision, recall, f1;
} davy_class_figures;

/** Means are over the classes that the samples hold. */
typedef struct davy_class_summary {
    double accuracy, balanced_accuracy;
    double precision, recall, f1; /* macro: the mean over the classes */
    double common_accuracy;       /* of always saying the most common class */
} davy_class_summary;

/**
 * @param counts  [classes * classes] how often, row: what it is, column: what was said
 * @param each    [classes]; NULL: not asked for
 * @return all NaN when the counts are all 0
 */
davy_class_summary davy_class_summarise(const double *counts, size_t classes,
                                        davy_class_figures *each);

/** Of the samples whose answer had about this probability: how many, and how many were right. */
typedef struct davy_reliability_bin {
    double weight;
    double said; /* mean probability */
    double true_share;
} davy_reliability_bin;

#define DAVY_RELIABILITY_BINS 10

/**
 * Reliability in bins of equal width: a bin holds the probabilities up to and including its upper
 * edge, the first also 0.
 *
 * @param said    [count] probability of what was said
 * @param right   [count] 1: it was so
 * @param groups  [count] or NULL
 * @param times   by group, or NULL
 */
void davy_reliability(const double *said, const uint8_t *right, const uint32_t *groups,
                      const uint32_t *times, size_t count,
                      davy_reliability_bin bins[DAVY_RELIABILITY_BINS]);

/** Mean distance of what was said from how often it was true, by weight; NaN when all are empty. */
double davy_calibration_error(const davy_reliability_bin bins[DAVY_RELIABILITY_BINS]);

/** Squared distance of one sample's probabilities from the truth, summed over the classes. */
double davy_brier(const float *probabilities, size_t classes, size_t right);

/**
 * Normalised expected cost of the best limit for each share of the costs: 0 is never wrong, and
 * min(x, 1 - x) is the better of "always" and "never", the largest cost worth a look.
 *
 * @param points  [point_count] of the ROC curve
 * @param costs   [steps] at x = i / (steps - 1), the share of the cost that positives have
 */
void davy_cost_curve(const davy_rank_point *points, size_t point_count, double *costs,
                     size_t steps);

/** Area under a cost curve: the mean cost when nothing is known about x; 0.25 is worth nothing. */
double davy_cost_area(const double *costs, size_t steps);
