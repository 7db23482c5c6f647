/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Ridge regression: least squares with a penalty on the squares of the weights, solved exactly.
 *
 * Stage: models. It minimises, for each output by itself,
 *
 *     sum_i weight_i (y_i - b - x_i w)^2 + l2 |w|^2
 *
 * with a free bias b. The penalty can be found by leave-one-out: the error of every row by a fit to
 * all others follows from the one fit to all, e_i = (y_i - p_i) / (1 - h_ii), so that trying fifty
 * penalties costs one decomposition. Of the two Gram matrices, columns by columns or rows by rows,
 * the smaller is decomposed: twenty rows of ten thousand features are no trouble.
 *
 * Sources: Hoerl and Kennard, Technometrics 12(1), 1970; leave-one-out as in Golub, Heath, Wahba,
 * Technometrics 21(2), 1979.
 */
typedef struct davy_ridge_problem {
    const float *x;        /* [rows * columns] */
    const double *y;       /* [rows * outputs] */
    const double *weights; /* [rows] above 0; NULL: 1 each */
    size_t rows, columns, outputs;
    double l2; /* NaN: found by leave-one-out, one for all outputs */
} davy_ridge_problem;

typedef struct davy_ridge {
    double *weights; /* [columns * outputs] */
    double *bias;    /* [outputs] */
    double l2;
    double error; /* mean square of the errors of rows that were left out; NaN when l2 was given */
} davy_ridge;

/** Penalties that are tried: this many, from 1e-6 to 1e4 of the mean eigenvalue, evenly in logs. */
#define DAVY_RIDGE_TRIED 61

/** Rows or columns, whichever are fewer, that can be decomposed. */
#define DAVY_RIDGE_SIZE_MAX ((size_t) 16384)

/** @return DAVY_ERR_FULL beyond DAVY_RIDGE_SIZE_MAX */
DAVY_MUST_CHECK davy_status davy_ridge_fit(const davy_ridge_problem *problem, davy_ridge *out);
/** A zeroed ridge is fine. */
void davy_ridge_clear(davy_ridge *ridge);
