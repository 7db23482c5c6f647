/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many classes from a support vector machine for each pair of them.
 *
 * Source: T.-F. Wu, C.-J. Lin, R. Weng, "Probability Estimates for Multi-class Classification by
 * Pairwise Coupling", JMLR 5, 2004: the second method, with libsvm's bounds.
 */
#include "nn/op/ml_svm.h"

#include <math.h>

#define ROUNDS_MAX      100
#define PROBABILITY_MIN 1e-7
#define ERROR_MAX       0.005 /* over the number of classes */

void davy_svm_pairs(const davy_svm *svm, const double *kernels, double *sums, double *votes)
{
    size_t pair = 0, from_i = 0;

    for (size_t i = 0; i < svm->labels.count; i++)
        votes[i] = 0.0;
    for (size_t i = 0; i < svm->labels.count; i++) {
        const size_t count_i = (size_t) svm->of_class[i];
        size_t from_j = from_i + count_i;

        for (size_t j = i + 1; j < svm->labels.count; j++, pair++) {
            const size_t count_j = (size_t) svm->of_class[j];
            const float *against_j = svm->coefficients + (j - 1) * svm->vectors + from_i;
            const float *against_i = svm->coefficients + i * svm->vectors + from_j;

            sums[pair] = davy_svm_weigh(count_i, against_j, kernels + from_i) +
                         davy_svm_weigh(count_j, against_i, kernels + from_j) +
                         (double) svm->rho[pair];
            votes[sums[pair] > 0.0 ? i : j] += 1.0;
            from_j += count_j;
        }
        from_i += count_i;
    }
}

/* Platt's probability that a row of one of two classes is of the first. */
static double of_pair(const davy_svm *svm, size_t pair, double sum)
{
    const double p =
        1.0 / (1.0 + exp(sum * (double) svm->prob_a[pair] + (double) svm->prob_b[pair]));

    return fmin(fmax(p, PROBABILITY_MIN), 1.0 - PROBABILITY_MIN);
}

/* p that makes the sum over i and j of (r_ji p_i - r_ij p_j)^2 least makes p Q p least. */
static void fill(const davy_svm *svm, const double *sums, double *q)
{
    const size_t k = svm->labels.count;
    size_t pair = 0;

    for (size_t i = 0; i < k * k; i++)
        q[i] = 0.0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++, pair++) {
            const double r = of_pair(svm, pair, sums[pair]);

            q[i * k + i] += (1.0 - r) * (1.0 - r);
            q[j * k + j] += r * r;
            q[i * k + j] = q[j * k + i] = -r * (1.0 - r);
        }
}

/* g = Q p. @return p Q p */
static double multiply(size_t k, const double *q, const double *p, double *g)
{
    double all = 0.0;

    for (size_t i = 0; i < k; i++) {
        g[i] = 0.0;
        for (size_t j = 0; j < k; j++)
            g[i] += q[i * k + j] * p[j];
        all += p[i] * g[i];
    }
    return all;
}

/* One p after the other goes where its own condition holds, and all are made to add up to 1. */
static void improve(size_t k, const double *q, double all, double *g, double *p)
{
    for (size_t i = 0; i < k; i++) {
        const double step = (all - g[i]) / q[i * k + i];

        p[i] += step;
        all = (all + step * (step * q[i * k + i] + 2.0 * g[i])) / (1.0 + step) / (1.0 + step);
        for (size_t j = 0; j < k; j++) {
            g[j] = (g[j] + step * q[i * k + j]) / (1.0 + step);
            p[j] /= 1.0 + step;
        }
    }
}

void davy_svm_couple(const davy_svm *svm, const double *sums, double *q, double *g, double *p)
{
    const size_t k = svm->labels.count;

    fill(svm, sums, q);
    for (size_t i = 0; i < k; i++)
        p[i] = 1.0 / (double) k;
    for (size_t round = 0; round < ROUNDS_MAX; round++) {
        const double all = multiply(k, q, p, g);
        double worst = 0.0;

        for (size_t i = 0; i < k; i++)
            worst = fmax(worst, fabs(g[i] - all));
        if (worst < ERROR_MAX / (double) k)
            return;
        improve(k, q, all, g, p);
    }
}
