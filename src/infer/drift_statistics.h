/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * How far apart two sets of samples are, and how likely chance is to put them there.
 *
 * Stage: infer. Pure functions: numbers in, numbers out. All of them take the samples of each set
 * to be independent of each other; rows that follow each other in time are not, so a p-value here
 * is a measure, and what it is worth at a plant is told by how often the monitor fires
 * (drift_baseline.h).
 */

/**
 * Population stability index of counts over the same bins:  sum (q - p) ln(q / p).
 *
 * An empty bin counts as half a sample, for the logarithm; one that is empty in both sets is no
 * bin.
 *
 * Source: N. Siddiqi, "Credit Risk Scorecards", 2006, who reads below 0.1 as no change and above
 * 0.25 as a large one.
 */
double davy_psi(const uint32_t *reference, const uint32_t *window, size_t bins);

/**
 * How likely two sets of the same distribution are at least so far apart.
 *
 * Source: B. Yurdakul, "Statistical Properties of Population Stability Index", Western Michigan
 * University, 2018: PSI / (1/n + 1/m) is chi-square with a degree of freedom less than bins.
 *
 * @param n, m  samples of the two sets, > 0
 */
double davy_psi_p(double psi, size_t n, size_t m, size_t bins);

/** Largest distance of two empirical distributions. Both are sorted and not empty. */
double davy_ks(const float *a, size_t n, const float *b, size_t m);

/**
 * How likely two sets of the same continuous distribution are at least so far apart. With ties it
 * is larger than it should be, so that the test fires less.
 *
 * Source: M. A. Stephens, "Use of the Kolmogorov-Smirnov, Cramer-von Mises and Related Statistics
 * Without Extensive Tables", J. R. Stat. Soc. B 32(1), 1970.
 */
double davy_ks_p(double distance, size_t n, size_t m);

/** How likely a chi-square number is at least x. Source: Abramowitz, Stegun, 6.5.29 and 6.5.31. */
double davy_chi_square_tail(double x, double freedom);

/**
 * Which of several tests are significant so that the chance of any false one is at most alpha.
 *
 * Source: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Stat. 6(2),
 * 1979.
 *
 * @param p         [count] at most DAVY_HOLM_MAX; NaN where a test was not made, which is none
 * @param rejected  [count]
 */
#define DAVY_HOLM_MAX 128
void davy_holm(const double *p, size_t count, double alpha, bool *rejected);

typedef struct davy_mmd {
    double value; /* squared distance of the mean embeddings, unbiased: chance makes it negative */
    double p;     /* share of relabellings that are at least so far apart, this one counted */
} davy_mmd;

/**
 * Maximum mean discrepancy of two sets of rows with a Gaussian kernel, whose width is the median
 * distance of rows, and a test of it by `permutations` relabellings.
 *
 * Source: A. Gretton, K. Borgwardt, M. Rasch, B. Schoelkopf, A. Smola, "A Kernel Two-Sample Test",
 * JMLR 13, 2012, lemma 6 and section 8.
 *
 * @param rows  [(n + m) * width] finite; those of the second set behind those of the first; n, m at
 *              least 2
 * @param seed  of the relabellings: the same seed gives the same p
 * @return DAVY_ERR_NOMEM
 */
DAVY_MUST_CHECK davy_status davy_mmd_test(const float *rows, size_t n, size_t m, size_t width,
                                          size_t permutations, uint64_t seed, davy_mmd *out);
