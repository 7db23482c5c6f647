/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Least squares with penalties on the sizes and the squares of the weights (elastic net).
 *
 * Stage: models. It minimises, with a free bias b,
 *
 *     1/2 sum_i (y_i - b - x_i w)^2 + l1 |w|_1 + l2 / 2 |w|^2
 *
 * by coordinate descent on the Gram matrix: each weight in turn takes its best value, which is 0
 * for those that do not earn their penalty. It has arrived when the duality gap is below the
 * tolerance times sum y^2.
 *
 * Sources: Tibshirani, J. R. Statist. Soc. B 58, 1996; Zou and Hastie, J. R. Statist. Soc. B 67,
 * 2005; covariance updates as in Friedman, Hastie, Tibshirani, J. Statist. Software 33(1), 2010.
 */
typedef struct davy_lasso_problem {
    const float *x;  /* [rows * columns] */
    const double *y; /* [rows] */
    size_t rows, columns;
    double l1, l2;
    double tolerance;
    size_t sweeps; /* most passes over the weights */
} davy_lasso_problem;

typedef struct davy_lasso {
    double *weights; /* [columns] */
    double bias;
    size_t sweeps, kept; /* passes that were made; weights that are not 0 */
    bool arrived;
} davy_lasso;

/** Most columns: their Gram matrix is held. */
#define DAVY_LASSO_COLUMNS_MAX ((size_t) 8192)

/** @return DAVY_ERR_FULL beyond DAVY_LASSO_COLUMNS_MAX */
DAVY_MUST_CHECK davy_status davy_lasso_fit(const davy_lasso_problem *problem, davy_lasso *out);
/** A zeroed lasso is fine. */
void davy_lasso_clear(davy_lasso *lasso);
