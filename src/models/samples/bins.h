/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What one number alone can tell: answers by the bin that it falls into.
 *
 * Stage: models. The smallest model there is, to find columns that know too much and clocks that
 * know where in a run faults lie. Up to 64 bins of about as many samples each; few different
 * numbers have a bin each. A bin answers as its samples did: the share of each class, or the mean.
 */
#define DAVY_BINS_MAX ((size_t) 64)

typedef struct davy_bins {
    float ends[DAVY_BINS_MAX]; /* the largest number of each bin but the last */
    size_t count, classes;     /* classes: 0 for numbers */
    double *shares;            /* [count * classes] of classes, or [count] means */
} davy_bins;

/**
 * Learn from pairs of a number and an answer.
 *
 * @param classes  how many; 0: the answers are numbers
 * @return DAVY_ERR_INVALID without samples
 */
DAVY_MUST_CHECK davy_status davy_bins_fit(const float *values, const double *targets, size_t count,
                                          size_t classes, davy_bins *out);
void davy_bins_clear(davy_bins *bins);

/** The bin of a number. */
size_t davy_bins_find(const davy_bins *bins, float value);

/** How well it does on samples that it did not learn from. */
typedef struct davy_bins_figures {
    double auc;      /* of classes, one against the others, mean of those that are there */
    double macro_f1; /* of the most common class of each bin */
    double rmse, r2; /* of numbers */
} davy_bins_figures;

/** NaN for what cannot be said, such as areas of a single class. */
DAVY_MUST_CHECK davy_status davy_bins_judge(const davy_bins *bins, const float *values,
                                            const double *targets, size_t count,
                                            davy_bins_figures *out);
