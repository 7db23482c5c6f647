/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Ranks: how strongly one figure rises with another, whatever the curve between them.
 *
 * Stage: hazard, room risk. For what moves a distance most: a rank is blind to how far beyond the
 * others a figure lies, so that a distance that nobody knows may stand as infinite. Bad at: what
 * rises and falls again.
 *
 * Source: C. Spearman, "The proof and measurement of association between two things", American
 * Journal of Psychology 15, 1904; ties have the mean of their ranks, and the coefficient is that of
 * Pearson over the ranks.
 */

/**
 * Rank every figure from 1.
 *
 * @param figures  [count], none a NaN; infinite ones are fine
 * @param order    [count] scratch
 * @param ranks    [count] result
 */
void davy_ranks_of(const double *figures, size_t count, size_t *order, double *ranks);

/** Spearman's coefficient of two rows of ranks, -1 to 1; NaN where one of them is constant. */
double davy_ranks_correlation(const double *x, const double *y, size_t count);
