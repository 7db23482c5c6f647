/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * What comes into a building, and whether its people are better off in it.
 *
 * Stage: hazard, room harm. A building is one well mixed room that changes its air n times in a
 * second: dCi/dt = n (Co - Ci). What harms is the toxic load, the integral of Ci^m. A building
 * lowers the peak and keeps the gas after the cloud has gone, so for every cloud there is a time to
 * leave it; for m = 1 nothing is gained without leaving.
 *
 * Source: W. R. Chan, W. W. Nazaroff, P. N. Price, A. J. Gadgil, "Effectiveness of urban
 * shelter-in-place, I: Idealized conditions", Atmospheric Environment 41, 2007.
 */

/** A stretch of time with one concentration outside. */
typedef struct davy_outdoor_step {
    double duration;      /* s */
    double concentration; /* kg/m3 or a fraction of the volume */
} davy_outdoor_step;

/** Concentration inside after the steps. @param air_changes  per second */
davy_answer davy_indoor_concentration(const davy_outdoor_step *steps, size_t count,
                                      double air_changes);

/**
 * Toxic load of people who stay inside until they leave, and are outside from then on.
 *
 * @param exponent  m of the load
 * @param leave     s from the beginning; INFINITY: they stay until the last step ends
 */
davy_answer davy_indoor_load(const davy_outdoor_step *steps, size_t count, double air_changes,
                             double exponent, double leave);

/** Toxic load of people who are outside all the time. */
davy_answer davy_outdoor_load(const davy_outdoor_step *steps, size_t count, double exponent);

/**
 * When to leave: the beginning or end of a step at which those who leave have the least load in
 * all. 0: nobody should be inside; the end of the last step: they should stay. In s from the
 * beginning.
 */
davy_answer davy_indoor_leave(const davy_outdoor_step *steps, size_t count, double air_changes,
                              double exponent);
