/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Levels of overpressure and of heat: what a figure does to people and to things, in words.
 *
 * Stage: hazard, room harm. The levels are those at which zones are drawn. A level is a screen: it
 * says what was seen at about so much, and not which share of the people is harmed, which is for a
 * probit to say. Overpressures are those of the wave as it passes, not at a wall that reflects it,
 * and say nothing of how long it pushes. Heat says what it does after a time; where a level has no
 * time, its source gives none.
 *
 * Each level names its source and how the source was read.
 */
typedef enum davy_level_kind {
    DAVY_LEVEL_PRESSURE, /* Pa, of the passing wave over the air */
    DAVY_LEVEL_HEAT,     /* W/m2 that arrive */
    DAVY_LEVEL_KINDS
} davy_level_kind;

typedef struct davy_level {
    davy_level_kind kind;
    const char *name;    /* "pressure-houses-uninhabitable": stable, for programs */
    double value;        /* in `unit` */
    const char *unit;    /* UCUM: "Pa", "W/m2" */
    double time;         /* s for which it holds; 0: the source gives none */
    const char *english; /* what it does */
    const char *chinese; /* the same */
    const char *source;
} davy_level;

/** The levels of a kind, the lowest first. @param after  NULL: the first; @return NULL: no more */
const davy_level *davy_level_next(davy_level_kind kind, const davy_level *after);
/** The level of a name, or NULL. */
const davy_level *davy_level_find(const char *name);
/** The highest level of a kind that a figure reaches, or NULL when it is below all, or a NaN. */
const davy_level *davy_level_reached(davy_level_kind kind, double value);
