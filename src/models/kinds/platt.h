/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Probabilities of decisions: p = 1 / (1 + exp(a f + b)), the likeliest a and b.
 *
 * Stage: models. Of n samples that are so, (n + 1) / (n + 2) of one counts as so: a few that are
 * all right do not vouch for certainty. The decisions must be of samples that were not learnt from.
 *
 * Sources: Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Lin, Lin, Weng,
 * Machine Learning 68, 2007.
 */
typedef struct davy_platt {
    double a, b; /* a is below 0 when a larger decision speaks for it */
} davy_platt;

/**
 * @param decisions  [count]
 * @param positive   [count] whether it was so. Where all or none were, a = -1 and b = 0
 */
DAVY_MUST_CHECK davy_status davy_platt_fit(const double *decisions, const bool *positive,
                                           size_t count, davy_platt *out);
