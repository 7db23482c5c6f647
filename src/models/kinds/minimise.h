/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Least value of a smooth convex function, plus a penalty on the sizes of some of its numbers.
 *
 * Stage: models. Limited-memory BFGS: the curvature is guessed from the last few steps. With an l1
 * penalty the step keeps to the orthant of the steepest descent (OWL-QN), so that numbers which
 * should be 0 become exactly that.
 *
 * Sources: Liu and Nocedal, Mathematical Programming 45, 1989; Andrew and Gao, "Scalable Training
 * of L1-Regularized Log-Linear Models", ICML 2007.
 */
typedef struct davy_minimise_problem {
    size_t count;
    /* The value at x, and its gradient, both without the l1 penalty. */
    double (*value)(void *context, const double *x, double *gradient);
    void *context;
    double l1;         /* penalty on |x[i]| ... */
    size_t l1_count;   /* ... of the first so many */
    double tolerance;  /* largest (pseudo-)gradient at which it has arrived */
    size_t iterations; /* most steps */
    bool (*stop)(void *context, size_t iteration); /* asked before each step; NULL: never */
} davy_minimise_problem;

typedef struct davy_minimum {
    double value; /* with the penalty */
    size_t iterations;
    bool arrived; /* within the tolerance, or no step could do better in double precision */
    bool stopped;
} davy_minimum;

/** @param x  [count] where to start; becomes where the least value is */
DAVY_MUST_CHECK davy_status davy_minimise(const davy_minimise_problem *problem, double *x,
                                          davy_minimum *out);
