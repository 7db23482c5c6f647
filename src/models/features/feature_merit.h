/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/features/feature_private.h"

/**
 * @file
 * Merits of columns: how much each says about the answer.
 *
 * Stage: models.
 */

/**
 * @param keep   columns that are wanted; 0: all that have any
 * @param merit  [columns] 0: it says nothing
 */
typedef davy_status davy_feature_merit(const davy_lesson *lesson, const davy_feature_matrix *matrix,
                                       size_t keep, double *merit);

/** Variance, in the unit of the column; it does not look at the answer. */
davy_feature_merit davy_merit_variance;
/** Mutual information with the answer, in nats, less what chance makes of so many samples. */
davy_feature_merit davy_merit_information;
/** The same less the mean information shared with those that were taken before it: the merit falls
 * from the first that is taken to the last. */
davy_feature_merit davy_merit_mrmr;
/** Largest weight of a lasso whose penalty leaves `keep` of them. */
davy_feature_merit davy_merit_l1;
/** What a forest loses on samples it has not seen when the column is shuffled. */
davy_feature_merit davy_merit_permutation;

/**
 * Bins of equally many samples: [rows] from 0. Equal numbers share a bin.
 *
 * @return how many bins there are, at most `most`
 */
DAVY_MUST_CHECK davy_status davy_merit_bins(const double *numbers, size_t rows, size_t most,
                                            uint8_t *bins, size_t *count);

/** Mutual information of two counts in bins, in nats. @param counts  [a * b] scratch */
double davy_merit_shared(const uint8_t *x, size_t a, const uint8_t *y, size_t b, size_t rows,
                         size_t *counts);
