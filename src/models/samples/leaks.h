/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor.h"
#include "models/samples/cautions.h"
#include "models/samples/sample_set.h"

/**
 * @file
 * Leaks: why a figure could be better than the model will ever be.
 *
 * Stage: models. Samples that are learnt from are held against those that are judged: copies and
 * near copies, windows that overlap, a column that knows the answer alone or is the answer under
 * another name, a column that only counts the rows, and a clock that sees nothing but the place of
 * a sample in its run. Each finding is a sentence with its figure and the remedy.
 *
 * A check is a figure and a bar, and both are in the sentence: a column of a good plant can be as
 * good as it looks. Checks of columns and clocks look at no more than 100,000 samples of each side,
 * evenly spread.
 */

/** A single column with at least this area or share of the variance is named. */
#define DAVY_LEAK_AUC_MIN 0.99
#define DAVY_LEAK_R2_MIN  0.99

/** Samples of one side: all of a set where `part` is `which` (NULL: all) and the answer is known.
 */
typedef struct davy_leak_side {
    const davy_sample_set *samples;
    const uint8_t *part;
    unsigned which; /* bits: 1 << davy_purpose */
} davy_leak_side;

typedef struct davy_leak_case {
    davy_leak_side learnt, held;
    davy_leak_side judged;      /* those that the model's figures are of; part of `held` */
    const char *const *signals; /* [channels] names; NULL: they have none */
    davy_task task;
    size_t class_count;
    double model_f1, model_rmse; /* on the judged; NaN: not known */
} davy_leak_case;

/** What a clock does on the judged samples, beside the model. NaN without one. */
typedef struct davy_clock_figures {
    double macro_f1, rmse;
} davy_clock_figures;

/** All checks. Pictures have copies only, and those are groups. */
DAVY_MUST_CHECK davy_status davy_leaks_check(const davy_leak_case *given, davy_cautions *cautions,
                                             davy_clock_figures *clock);

/** The parts of it, each of which adds what it finds. */
DAVY_MUST_CHECK davy_status davy_leaks_check_copies(const davy_leak_case *given,
                                                    davy_cautions *cautions);
DAVY_MUST_CHECK davy_status davy_leaks_check_columns(const davy_leak_case *given,
                                                     davy_cautions *cautions);
DAVY_MUST_CHECK davy_status davy_leaks_check_clock(const davy_leak_case *given,
                                                   davy_cautions *cautions,
                                                   davy_clock_figures *clock);

/** The samples of a side, in order; at most `most`, evenly spread. NULL without memory. */
size_t *davy_leak_members(const davy_leak_side *side, size_t most, size_t *count);
