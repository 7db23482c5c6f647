/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/ml_scores.h"

/**
 * @file
 * Support vector machines: what svm_regressor and svm_classifier share.
 *
 * Stage: nn. ml_svm.c reads the attributes and computes kernels, ml_svm_pairs.c puts together what
 * pairs of classes say.
 */
typedef enum davy_svm_kernel {
    DAVY_SVM_LINEAR,
    DAVY_SVM_POLY,
    DAVY_SVM_RBF,
    DAVY_SVM_SIGMOID
} davy_svm_kernel;

typedef struct davy_svm {
    davy_svm_kernel kernel;
    float gamma, coef0, degree;
    size_t rows, features;
    size_t vectors; /* 0: a linear machine, whose coefficients are those of the features */
    const float *support, *coefficients, *rho;
    const float *prob_a, *prob_b; /* NULL: no probabilities */
    const int64_t *of_class;      /* [classes] vectors of each */
    davy_ml_labels labels;        /* count 0: a regression */
    davy_ml_transform transform;
    size_t pairs, scores; /* classifier: two classes each; numbers of a row that come out */
    bool one_class;
    size_t worker_bytes; /* of scratch */
} davy_svm;

/** Numbers that davy_svm_pairs() and davy_svm_couple() need: sums, votes, p, g and q. */
static inline size_t davy_svm_room(const davy_svm *svm)
{
    return svm->pairs + svm->labels.count * (svm->labels.count + 3);
}

/**
 * Sums of all pairs of classes i < j, and votes: above 0 is one for i.
 *
 * Coefficients are [classes - 1, vectors]: a vector of class i has in row j - 1 its weight against
 * class j, a vector of class j in row i its weight against class i.
 */
void davy_svm_pairs(const davy_svm *svm, const double *kernels, double *sums, double *votes);

/**
 * Probabilities of k classes from the sums of pairs.
 *
 * @param q  [k, k] scratch
 * @param g  [k] scratch
 * @param p  [k]
 */
void davy_svm_couple(const davy_svm *svm, const double *sums, double *q, double *g, double *p);

/** Sum of weights times values, in double and in their order. */
static inline double davy_svm_weigh(size_t count, const float *weights, const double *values)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += (double) weights[i] * values[i];
    return sum;
}
