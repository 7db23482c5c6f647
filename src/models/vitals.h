/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/habit.h"

/**
 * @file
 * Vitals: whether the signals of the rows that a model watches live as they did in training.
 *
 * Stage: models. Four things are found of each signal of the newest row:
 *
 *     stuck    one number for more than twice as many rows as ever in training, and 8 more
 *     clipped  the same at, or beyond, an end that training hardly reached
 *     outside  beyond all that training had
 *     gaps     missing in a quarter of the last 64 rows, and twice as often as in training
 *
 * A model that watches answers for all its signals, so its all-clear hangs on each. It is blind
 * when half of a signal is missing, when a signal is stuck that in training never rested for long
 * (DAVY_REST), or when no signal moves that did. A valve that rests longer than it used to is told
 * and does not blind. Bad at: rows that stand in no order, for which only `outside` is looked for,
 * and what is wrong and moves.
 *
 * Allocates at creation only.
 */
typedef struct davy_vitals davy_vitals;

/** Rows for which a live transmitter may show one number in training. */
#define DAVY_REST 8

/** What a row is told of at most: a plant that stands still says so in a few words. */
#define DAVY_VITALS_MAX 8

typedef enum davy_vital {
    DAVY_VITAL_STUCK,
    DAVY_VITAL_CLIPPED,
    DAVY_VITAL_OUTSIDE,
    DAVY_VITAL_GAPS
} davy_vital;

/** One finding about the newest row. */
typedef struct davy_ailment {
    davy_vital vital;
    size_t signal;
    bool blinds;
    double value;       /* of the row; NaN: it is missing */
    double bound;       /* outside: the end that was passed */
    size_t rows, among; /* gaps: so many of so many */
} davy_ailment;

/**
 * @param habits   [signals] borrowed; NULL: not known, and gaps alone are told
 * @param ordered  rows follow each other; else each stands for itself
 */
DAVY_MUST_CHECK davy_status davy_vitals_create(const davy_habit *habits, size_t signals,
                                               bool ordered, davy_vitals **out);
/** NULL is fine. */
void davy_vitals_destroy(davy_vitals *vitals);
/** A new run begins. */
void davy_vitals_reset(davy_vitals *vitals);

/**
 * Look at the next row.
 *
 * @param row  [signals] as the model sees it, NaN where missing
 * @param out  those that blind first; borrowed until the next row
 * @return how many, at most DAVY_VITALS_MAX
 */
size_t davy_vitals_look(davy_vitals *vitals, const double *row, const davy_ailment **out);

/** "stuck: T-101/pressure at 3.2" */
void davy_ailment_say(const davy_ailment *ailment, const char *signal, char *text, size_t size);
