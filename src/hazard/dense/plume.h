/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * A steady release of a gas heavier than air on flat ground, by Britter and McQuaid.
 *
 * Stage: hazard, room dense. Slices across the wind, each of one concentration from edge to edge
 * and from the ground to its top. Bad at: jets, releases from a height, slopes, buildings and
 * calms; a short release, whose front is not yet steady.
 *
 * Source: R. E. Britter, J. McQuaid, Workbook on the Dispersion of Dense Gases, HSE Contract
 * Research Report 17/1988; CCPS, Guidelines for Consequence Analysis (1999), p. 117-122.
 */
typedef struct davy_dense_plume {
    double flow;            /* m3/s of gas, at its own temperature */
    double wind;            /* m/s, 10 m above the ground */
    double gravity;         /* m/s2, reduced: davy_dense_gravity() */
    double temperature;     /* K, of the gas where it comes out */
    double air_temperature; /* K */
} davy_dense_plume;

/** Reduced gravity in m/s2. @param density  of gas and drops, in kg/m3 */
davy_answer davy_dense_gravity(double density, double air_density);

/** Is it heavy enough for this model? A ratio: from DAVY_DENSE_FROM it is. */
davy_answer davy_dense_criterion(const davy_dense_plume *plume);
#define DAVY_DENSE_FROM 0.15

/**
 * The same by a Richardson number: from DAVY_DENSE_RICHARDSON it is.
 *
 * @param width     of the source across the wind, in m
 * @param friction  velocity of the air, in m/s
 */
davy_answer davy_dense_richardson(const davy_dense_plume *plume, double width, double friction);
#define DAVY_DENSE_RICHARDSON 50

/** The number that chooses the curve. */
davy_answer davy_dense_alpha(const davy_dense_plume *plume);

/** Part of the volume at a distance downwind, in m. */
davy_answer davy_dense_plume_concentration(const davy_dense_plume *plume, double distance);
/** The distance in m up to which it is at least so much. @param level  part of the volume */
davy_answer davy_dense_plume_reach(const davy_dense_plume *plume, double level);

/** From the axis to the edge, in m. */
davy_answer davy_dense_plume_width(const davy_dense_plume *plume, double distance);
/** From the middle of the source to the edge against the wind, in m. */
davy_answer davy_dense_plume_upwind(const davy_dense_plume *plume);
/** From the ground to the top, in m: so high that all of the gas passes at the speed of the wind.
 */
davy_answer davy_dense_plume_height(const davy_dense_plume *plume, double distance);
