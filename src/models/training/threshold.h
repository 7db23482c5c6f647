/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The probability from which one of two classes is said.
 *
 * Stage: models. The more probable class is the right one to say when both errors cost the same and
 * the plant is like the history. Else the cut is worth more than the model: it is chosen on watched
 * samples, which were not learnt from and are not judged by.
 *
 * Sources: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World", 2005 (the conformal
 * cut of normal samples); Youden, "Index for rating diagnostic tests", Cancer 3, 1950 (`auto`).
 */
typedef enum davy_cut_rule {
    DAVY_CUT_ARGMAX, /* the more probable class */
    DAVY_CUT_AUTO,   /* what makes recall less false-positive rate the largest */
    DAVY_CUT_NUMBER, /* a probability that was given */
    DAVY_CUT_FPR,    /* at most this share of the normal samples, as split conformal promises it */
    DAVY_CUT_COST    /* least cost of the watched samples */
} davy_cut_rule;

typedef struct davy_cut_wish {
    davy_cut_rule rule;
    double number; /* the probability, or the false-positive rate */
    double false_cost, missed_cost;
} davy_cut_wish;

/** "argmax", "auto", "0.3", "fpr:0.08" or "cost:1,20". DAVY_ERR_INVALID says what it may be. */
DAVY_MUST_CHECK davy_status davy_cut_parse(const char *text, davy_cut_wish *out);

/** Whether watched samples are needed. */
bool davy_cut_watches(const davy_cut_wish *wish);

/**
 * Choose. A sample is positive when its probability is at least the cut.
 *
 * @param probabilities  [count] of the positive class
 * @param positive       [count] whether it is
 * @param cut            in 0 .. 1; just above 1 when nothing may be called positive
 * @param vouched        false: too few normal samples for the false-positive rate; the cut is then
 *                       above all of them, which promises 1 / (n + 1)
 * @return DAVY_ERR_INVALID when a class that is needed is missing
 */
DAVY_MUST_CHECK davy_status davy_cut_choose(const davy_cut_wish *wish, const float *probabilities,
                                            const uint8_t *positive, size_t count, float *cut,
                                            bool *vouched);

/**
 * Which of two classes is looked for: the one that is not called normal ("normal", "ok", "good",
 * "no", "0", ...), else the rarer one, else the second.
 */
size_t davy_cut_positive(const char *const classes[2], const size_t samples[2]);
