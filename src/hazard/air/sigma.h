/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/stability.h"
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * Dispersion coefficients: how wide and how high a passive cloud has grown after a distance.
 *
 * Stage: hazard, room air. There are several published sets, they differ by a factor of two and
 * more, and none is right everywhere: a set has a name, an answer says which one it used, and a
 * scenario is computed with all that apply. Plumes and puffs have different sets, because the
 * meandering that widens the mean of ten minutes only carries a puff about.
 */

/** One stretch of a law: form(a, b, c, distance) up to a distance. */
typedef struct davy_sigma_piece {
    double to; /* m; INFINITY in the last one */
    double (*form)(const struct davy_sigma_piece *piece, double distance);
    double a, b, c;
} davy_sigma_piece;

/** sigma of the distance, for each class. */
typedef struct davy_sigma_law {
    const davy_formula *formulas[DAVY_STABILITIES]; /* often one for all; NULL: no such law */
    const davy_sigma_piece *pieces[DAVY_STABILITIES];
} davy_sigma_law;

typedef struct davy_sigma_set {
    const char *name;     /* "briggs-rural" */
    const char *title;    /* "Briggs, open country" */
    davy_sigma_law side;  /* sigma y, across the wind */
    davy_sigma_law up;    /* sigma z */
    davy_sigma_law along; /* sigma x, of puffs; a set for plumes has none */
} davy_sigma_set;

/** For plumes: averages of ten minutes. */
extern const davy_sigma_set davy_sigma_briggs_rural, davy_sigma_briggs_urban, davy_sigma_tno_plume,
    davy_sigma_ccps_plume, davy_sigma_isc3_rural, davy_sigma_isc3_urban, davy_sigma_turner;
/** For puffs. */
extern const davy_sigma_set davy_sigma_tno_puff, davy_sigma_ccps_puff;

/** The set of a name, or NULL. */
const davy_sigma_set *davy_sigma_set_find(const char *name);
/** The sets in the order of their table, for lists; NULL behind the last. */
const davy_sigma_set *davy_sigma_set_at(size_t index);
/** Whether a set is for puffs, and otherwise for plumes. */
bool davy_sigma_set_is_puff(const davy_sigma_set *set);

/** Half width sigma y of the cloud, in m, at a distance in m downwind. */
davy_answer davy_sigma_y(const davy_sigma_set *set, davy_stability stability, double distance);
/** Half height sigma z, in m. */
davy_answer davy_sigma_z(const davy_sigma_set *set, davy_stability stability, double distance);
/** Half length sigma x of a puff, in m; not enough data of a set for plumes. */
davy_answer davy_sigma_x(const davy_sigma_set *set, davy_stability stability, double distance);

/**
 * What sigma y of a plume is to be multiplied by for another averaging time than ten minutes:
 * (t / 600 s)^0.2, because the wind meanders. Below some seconds it meanders no more.
 *
 * @param time  s
 */
davy_answer davy_sigma_averaging(davy_stability stability, double time);

/** A law without its range, for loops that have looked at it. @param distance  above 0 */
double davy_sigma_value(const davy_sigma_law *law, davy_stability stability, double distance);
