/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "hazard/air/stability.h"
#include "hazard/answer.h"

/**
 * @file
 * Cases: worked examples from books and other programs, against which the formulas are held.
 *
 * Stage: hazard. A file of cases is a CSV with the columns id, model, inputs, expected, unit,
 * tolerance and source; the inputs are "name=value;name=value", with units in the names. The model
 * is named in words, and the longest name in the tables of models with which those words begin is
 * the one meant. Tolerances are "rel:1e-4", "abs:0.05" and "exact".
 *
 * Each room has a table of its models in its own cases.c; case_models.c joins them.
 */

/** Most figures of one case, and most characters of what it says beside them. */
#define DAVY_CASE_VALUES_MAX  ((size_t) 16)
#define DAVY_CASE_VERDICT_MAX ((size_t) 48)

typedef struct davy_case_inputs davy_case_inputs;

/** An input as a number; NaN when the case does not give it or gives something else. */
double davy_case_number(const davy_case_inputs *inputs, const char *name);
/** The same where davy has a default for a case that says nothing. */
double davy_case_number_or(const davy_case_inputs *inputs, const char *name, double otherwise);
/** A list of numbers by commas. @return how many there are, at most `capacity` */
size_t davy_case_list(const davy_case_inputs *inputs, const char *name, double *values,
                      size_t capacity);
/** The input "class", a letter. */
davy_stability davy_case_class(const davy_case_inputs *inputs);

/** What davy computes for a case. */
typedef struct davy_case_result {
    davy_answer answer;                  /* in the unit of its formula */
    double values[DAVY_CASE_VALUES_MAX]; /* SI; [0] is the answer's value, or its far one */
    size_t count;
    char verdict[DAVY_CASE_VERDICT_MAX]; /* "level 4", as the case has it in brackets; "" */
} davy_case_result;

/** A model that cases name. */
typedef struct davy_case_model {
    const char *name; /* NULL: behind the last one of a table */
    void (*compute)(const davy_case_inputs *inputs, davy_case_result *result);
} davy_case_model;

/** Give one figure: `value` is taken when the answer is OUTSIDE too, because a book may go there.
 */
void davy_case_give(davy_case_result *result, davy_answer answer);
/** Give one figure with its SI value told apart: the far distance of two, for example. */
void davy_case_give_value(davy_case_result *result, davy_answer answer, double value);

/** The tables of the rooms. */
extern const davy_case_model davy_air_cases[], davy_blast_cases[], davy_dense_cases[],
    davy_fire_cases[], davy_harm_cases[], davy_major_cases[], davy_release_cases[],
    davy_risk_cases[];

/** How a case went. */
typedef enum davy_case_state {
    DAVY_CASE_PASS,
    DAVY_CASE_FAIL,
    DAVY_CASE_UNKNOWN, /* no model of davy goes by that name, or no such unit */
    DAVY_CASE_STATES
} davy_case_state;

/** One case of a file and what came of it; texts are borrowed until the next. */
typedef struct davy_case {
    const char *id, *model, *inputs, *expected, *unit, *tolerance, *source;
    davy_case_state state;
    davy_case_result result;
    double given[DAVY_CASE_VALUES_MAX]; /* the result in the unit of the case */
    double error; /* the greatest deviation, relative or absolute as the tolerance says */
} davy_case;

/**
 * Compute every case of a file.
 *
 * @param each  called for each case in order; a failure of it ends the run
 * @return DAVY_ERR_INVALID for a file that is none of cases, naming line and column
 */
DAVY_MUST_CHECK davy_status davy_cases_run(
    const char *path, davy_status (*each)(void *context, const davy_case *what), void *context);
