/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/sigma.h"

/**
 * @file
 * Gaussian plume: a steady release into a steady wind, of a gas that neither sinks nor rises.
 *
 * Stage: hazard, room air. Bad at: calms, gas much heavier than air near the source, slopes and
 * buildings, anything that changes while the cloud travels (puff.h, train.h). Near the source it
 * gives more than pure gas: the concentration of a source is for its own model to say.
 *
 * Source: Pasquill (1961) and Gifford (1961); the form with a mirror at the ground and at the
 * mixing height is that of CCPS, Guidelines for Consequence Analysis (1999), and of ISC3.
 */

/** A place seen from the source: x downwind, y across the wind, z above the ground, in m. */
typedef struct davy_place {
    double x, y, z;
} davy_place;

typedef struct davy_plume {
    const davy_sigma_set *sigma; /* a set for plumes */
    davy_stability stability;
    double rate;      /* kg/s */
    double wind;      /* m/s, at the height of the release */
    double height;    /* m, of the release, with its rise */
    double lid;       /* m, mixing height; 0: none */
    double averaging; /* s; 0: the ten minutes of the set */
} davy_plume;

/** Concentration in kg/m3; 0 upwind of the source. */
davy_answer davy_plume_concentration(const davy_plume *plume, davy_place at);

/** The same with widths that come from elsewhere. @param sigma_y  m @param sigma_z  m */
davy_answer davy_plume_with_sigmas(const davy_plume *plume, double sigma_y, double sigma_z,
                                   double y, double z);

/** Half width sigma y at a distance, with the averaging time of the plume. */
davy_answer davy_plume_width(const davy_plume *plume, double distance);
