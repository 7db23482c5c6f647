/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Formula: where a figure of a consequence comes from, and where it stops being valid.
 *
 * Stage: hazard. Every function of this stage that computes a figure has one constant of this kind,
 * and every answer points to it: a person who sees a distance on the map can open its equation, its
 * source, its range and the published case that checks it. Ranges are data, so that the check of
 * the range, the documentation and the page cannot tell different things.
 */

/** Most inputs of one formula. */
#define DAVY_FORMULA_INPUTS_MAX 12

/** An interval of a quantity, ends included; -INFINITY and INFINITY leave an end open. */
typedef struct davy_interval {
    double low, high;
} davy_interval;

/** One input: its name in words, its unit (UCUM; "1" for a ratio), and how far it may go. */
typedef struct davy_formula_input {
    const char *name; /* NULL: behind the last one */
    const char *unit;
    davy_interval valid;    /* the source vouches for this */
    davy_interval possible; /* beyond this there is no such thing: a negative mass */
} davy_formula_input;

typedef struct davy_formula {
    const char *name;     /* "gaussian-plume": stable, for programs */
    const char *title;    /* "Gaussian plume with reflection at the ground" */
    const char *equation; /* plain text, in the symbols of the source */
    const char *unit;     /* of the answer (UCUM) */
    const char *source;   /* document, edition, page, table or equation */
    const char *range; /* what the intervals cannot say: terrain, averaging time; "" if nothing */
    const char
        *cases; /* ids of the published cases that check it, by commas; "" if there are none */
    davy_formula_input inputs[DAVY_FORMULA_INPUTS_MAX];
    const char *chinese; /* the title */
} davy_formula;

/** Everything that is not negative, and everything above nothing. */
#define DAVY_NOT_NEGATIVE \
    {                     \
        0, INFINITY       \
    }
#define DAVY_POSITIVE     \
    {                     \
        DBL_MIN, INFINITY \
    }
#define DAVY_ANY            \
    {                       \
        -INFINITY, INFINITY \
    }
