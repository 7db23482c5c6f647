/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * The fireball of a vessel of liquefied gas that bursts (BLEVE).
 *
 * Stage: hazard, room fire. A ball that touches the ground and shines evenly for as long as it
 * lasts, at its greatest size: it neither grows nor rises, so that it says too much near by. Not a
 * word of the blast and of the fragments.
 */

/** Diameter in m. @param mass  of fuel in it, in kg */
davy_answer davy_fireball_diameter(double mass);

/** How long it lasts, in s. */
davy_answer davy_fireball_duration(double mass);

/** View factor of an upright target on the ground. @param distance  along the ground, in m */
davy_answer davy_fireball_view_vertical(double diameter, double distance);

/** The same of a target turned to the middle of the ball. */
davy_answer davy_fireball_view_max(double diameter, double distance);

/**
 * W/m2 that arrive from it, seen as a point (Hymes).
 *
 * @param fraction    of the heat that is radiated: 0.3 for a vessel that bursts below the pressure
 *                    at which its relief valve opens, 0.4 otherwise
 * @param mass        of fuel, in kg
 * @param combustion  heat of combustion in J/kg
 * @param distance    from the middle of the ball, in m
 */
davy_answer davy_fireball_flux_point(double fraction, double mass, double combustion,
                                     double transmissivity, double distance);

/**
 * The distance in m along the ground at which a target turned to the ball receives so much. What is
 * more than the surface emits is met nowhere.
 *
 * @param flux            in W/m2
 * @param emission        of its surface, in W/m2
 * @param transmissivity  1 is on the safe side
 */
davy_answer davy_fireball_distance(double flux, double diameter, double emission,
                                   double transmissivity);

/** W/m2 that its surface emits: what CCPS takes for large fireballs of hydrocarbons. */
extern const double davy_fireball_emission;
