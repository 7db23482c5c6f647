/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Multinomial logistic regression: scores linear in the numbers, whose softmax are probabilities.
 *
 * Stage: models. It minimises, over weights W and a free bias,
 *
 *     sum_i -weight_i log softmax(x_i W + b)[target_i] + l1 |W|_1 + l2 / 2 |W|^2
 *
 * Of two classes one vector w says everything, W = (-w/2, w/2), and it is w that l2 penalises, as
 * textbooks and scikit-learn's binary LogisticRegression (C = 1 / l2) have it.
 */
typedef struct davy_logistic_problem {
    const float *x;        /* [rows * columns] */
    const double *targets; /* [rows] class index */
    const double *weights; /* [rows] */
    size_t rows, columns, classes;
    double l1, l2;
    size_t iterations;                             /* most steps */
    bool (*stop)(void *context, size_t iteration); /* NULL: never */
    void *context;
} davy_logistic_problem;

typedef struct davy_logistic {
    double *weights;         /* [columns * classes] */
    double *bias;            /* [classes] */
    size_t iterations, kept; /* steps that were made; weights that are not 0 */
    bool arrived, stopped;
} davy_logistic;

DAVY_MUST_CHECK davy_status davy_logistic_fit(const davy_logistic_problem *problem,
                                              davy_logistic *out);
/** A zeroed one is fine. */
void davy_logistic_clear(davy_logistic *logistic);
