/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Calibration of answers on samples that no choice has touched.
 *
 * Stage: models. Probabilities: all scores are divided by one temperature, which changes no
 * decision and makes a probability of 0.9 right nine times in ten. Numbers: split conformal, the
 * interval value +- q where q is the k-th smallest of n absolute errors, k = ceil((n + 1)
 * coverage): samples like these then lie inside with at least this probability.
 *
 * Sources: Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599, section 4.2;
 * Platt, "Probabilistic Outputs for Support Vector Machines", 1999 (targets (n + 1) / (n + 2));
 * Lei et al., "Distribution-Free Predictive Inference for Regression", JASA 113, 2018, section 2.2.
 */

/** Fewest samples that a temperature is taken from; with less it stays 1. */
#define DAVY_TEMPERATURE_SAMPLES_MIN ((size_t) 20)

/**
 * The temperature with the least log loss, in 0.05 .. 20.
 *
 * @param scores   [count * classes] before softmax
 * @param targets  [count] class
 */
double davy_temperature_find(const float *scores, const size_t *targets, size_t count,
                             size_t classes);

/**
 * Half the width of the interval.
 *
 * @param errors  [count] absolute; put in order
 * @return NAN when there are too few for the coverage
 */
double davy_interval_find(double *errors, size_t count, double coverage);
