/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "models/kinds/neural.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Support vectors: libsvm with matrices of floats in, and a graph out.
 *
 * Stage: models. A machine keeps some of the samples, the support vectors e, and every decision is
 *
 *     f_p(x) = sum_s coefficient[s][p] K(x, e_s) + bias[p]
 *
 * one for each pair of classes (0/1, 0/2, ..., 1/2, ...; above 0 speaks for the first), or a single
 * one for numbers and for the border around normal samples.
 *
 * Source: Chang and Lin, "LIBSVM: a library for support vector machines", ACM TIST 2(27), 2011.
 */
typedef enum davy_support_type {
    DAVY_SUPPORT_C_CLASSES,
    DAVY_SUPPORT_NU_CLASSES,
    DAVY_SUPPORT_EPSILON_NUMBERS,
    DAVY_SUPPORT_NU_NUMBERS,
    DAVY_SUPPORT_BORDER /* one class */
} davy_support_type;

typedef enum davy_support_kernel {
    DAVY_SUPPORT_RBF,    /* exp(-gamma |x - e|^2) */
    DAVY_SUPPORT_LINEAR, /* x e */
    DAVY_SUPPORT_POLY    /* (gamma x e + coef0)^degree */
} davy_support_kernel;

typedef struct davy_support_problem {
    const float *x;  /* [rows * columns] */
    const double *y; /* [rows] class index or number; NULL for a border */
    size_t rows, columns, classes;
    davy_support_type type;
    davy_support_kernel kernel;
    double gamma, coef0;
    int degree;
    double c, nu, epsilon, tolerance;
    const double *class_weights; /* [classes] factors of c; NULL: 1 each */
} davy_support_problem;

/** What was learnt. Zeroed is nothing. */
typedef struct davy_support {
    davy_support_kernel kernel;
    double gamma, coef0;
    int degree;
    size_t columns, vectors, decisions;
    float *x;             /* [vectors * columns] */
    double *coefficients; /* [vectors * decisions] */
    double *bias;         /* [decisions] */
    bool *known;          /* [decisions] false: a class of the pair was not among the samples */
    void *machine;        /* libsvm's own */
} davy_support;

/** Most samples times numbers that are given to libsvm: it holds each number in 16 bytes. */
#define DAVY_SUPPORT_VALUES_MAX ((size_t) 128 * 1024 * 1024)

/** Threads may learn at the same time; libsvm cannot be interrupted. */
DAVY_MUST_CHECK davy_status davy_support_fit(const davy_support_problem *problem,
                                             davy_support *out);
/** A zeroed one is fine. */
void davy_support_clear(davy_support *support);

/** libsvm's own decisions on one sample, for one thread. @param decisions  0 where not known */
DAVY_MUST_CHECK davy_status davy_support_decide(const davy_support *support, const float *x,
                                                double *decisions);

/** How samples are dealt out. */
typedef struct davy_support_folds {
    size_t count;           /* 2 or more */
    const uint32_t *groups; /* [rows] samples that stay together */
    uint64_t seed;
    davy_status (*go_on)(void *context, size_t fold); /* asked before each; NULL: always */
    void *context;
} davy_support_folds;

/**
 * Decide about every sample by a machine that has not learnt it: each fold is asked of a machine of
 * the others. Of classes alone.
 *
 * @param decisions  [rows * pairs of classes] NaN where a class of the pair was not learnt
 */
DAVY_MUST_CHECK davy_status davy_support_leave_out(const davy_support_problem *problem,
                                                   const davy_support_folds *folds,
                                                   double *decisions);

/**
 * Decisions [N, decisions] as a graph, from x [N, columns]: a product with the support vectors, the
 * kernel, and a product with the coefficients. Those of a linear kernel are one product.
 *
 * @param factor, shift  [decisions] every decision becomes factor f + shift; NULL: as it is
 */
davy_value davy_support_build(const davy_support *support, davy_graph *graph, davy_value x,
                              const double *factor, const double *shift);

/**
 * The same as one machine for each decision (`svm_regressor`), whose kernels and sums are doubles:
 * for coefficients so large that the floats of a product lose what is left of them.
 */
davy_value davy_support_build_exact(const davy_support *support, davy_graph *graph, davy_value x,
                                    const double *factor, const double *shift);

/** gamma=scale of scikit-learn: 1 / (columns * variance of all numbers). */
double davy_support_gamma(const float *x, size_t rows, size_t columns);

/** libsvm's version, as "3.24". */
const char *davy_support_version(void);
