/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/formula.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Answer: what a formula of a consequence says, which is not always a number.
 *
 * Stage: hazard. "Never reached", "between two distances", "outside the range of the formula" and
 * "not enough data" are answers of their own: a caller who wants a number must look at the kind
 * first.
 *
 * A formula begins with its inputs, in the order of its table, and gives its value:
 *
 *     davy_answer answer;
 *
 *     if (!davy_answer_begin(&answer, &formula, (const double[]){wind, distance}))
 *         return answer;
 *     return davy_answer_give(answer, wind * distance);
 */
typedef enum davy_answer_kind {
    DAVY_ANSWER_NO_DATA,     /* an input is not known (NaN): `what` names it */
    DAVY_ANSWER_VALUE,       /* value */
    DAVY_ANSWER_TWO,         /* a distance is met twice: value is the near one, far the other */
    DAVY_ANSWER_NOT_REACHED, /* the level is nowhere; value is the greatest there is */
    DAVY_ANSWER_OUTSIDE,     /* an input is where the source vouches for nothing: `what` names it */
    DAVY_ANSWER_KINDS
} davy_answer_kind;

typedef struct davy_answer {
    davy_answer_kind kind;
    double value; /* OUTSIDE: what the equation says all the same, for comparing and never as the
                     answer; NaN where it says nothing */
    double far;   /* TWO; otherwise NaN */
    const char *unit; /* of value and far: the formula's */
    const davy_formula *formula;
    const char *what;      /* OUTSIDE, NO_DATA: name of the input; otherwise NULL */
    const char *what_unit; /* its unit */
    double given;          /* OUTSIDE: what it is */
    davy_interval allowed; /* OUTSIDE: what it may be */
} davy_answer;

/**
 * Look at the inputs.
 *
 * @param values  one for each input of the formula, in its order and units; NaN: not known
 * @return false when there is nothing to compute, because an input is not known or not possible:
 *         the answer is complete. True also outside the range, which the answer then says.
 */
bool davy_answer_begin(davy_answer *answer, const davy_formula *formula, const double *values);

/** The answer with its value. One that is not finite is OUTSIDE. */
davy_answer davy_answer_give(davy_answer answer, double value);
/** Two distances. */
davy_answer davy_answer_give_two(davy_answer answer, double near, double far);
/** Never reached. @param peak  the greatest there is */
davy_answer davy_answer_give_not_reached(davy_answer answer, double peak);

/** Not enough data: an input that is no number of the table, such as a class, is not known. */
davy_answer davy_answer_missing(davy_answer answer, const char *what);

/** One that begins with what another formula answered: if that is no value, it is the answer. */
bool davy_answer_follows(davy_answer *answer, davy_answer earlier);

/** "value", "two", "not reached", "outside", "no data". */
const char *davy_answer_kind_name(davy_answer_kind kind);

/** Room for davy_answer_text(). */
#define DAVY_ANSWER_TEXT_MAX ((size_t) 256)

/** For people: "554.38 m", "outside the range: distance is 1.2 m, valid from 100 to 10000 m". */
const char *davy_answer_text(const davy_answer *answer, char text[DAVY_ANSWER_TEXT_MAX]);
