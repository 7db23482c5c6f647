/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/fire/view_factor.h"

/**
 * @file
 * The heat that arrives: of a flame with a surface, of a point, through moist air.
 *
 * Stage: hazard, room fire. A point source is good far away (some lengths of the flame) and too
 * low near by, where the view factor of the flame belongs.
 */

/** Which share passes the water vapour of the air. @param vapour  its partial pressure in Pa
 * @param path  from the surface of the flame, in m */
davy_answer davy_heat_transmissivity(double vapour, double path);

/** W/m2 that arrive. @param emission  of the surface, W/m2 @param view  factor
 * @param transmissivity  1: without losses in the air */
davy_answer davy_heat_flux(double emission, double view, double transmissivity);

/**
 * W/m2 of a steady fire seen as a point.
 *
 * @param fraction    of the heat that is radiated
 * @param rate        of burning, in kg/s
 * @param combustion  heat of combustion in J/kg
 * @param distance    from the middle of the flame, in m
 */
davy_answer davy_heat_flux_point(double fraction, double rate, double combustion,
                                 double transmissivity, double distance);

/**
 * The distance in m from the middle of the base of a flame at which a target turned to where it
 * gets most receives so much.
 *
 * A flux that is met under the flame only is OUTSIDE, with the flame's reach as its value; one
 * above what the surface emits is met nowhere.
 *
 * @param flux            in W/m2
 * @param flame           in m
 * @param emission        of its surface, in W/m2
 * @param transmissivity  one for all distances; 1 is on the safe side
 */
davy_answer davy_heat_flux_distance(double flux, const davy_flame_shape *flame, double emission,
                                    double transmissivity);
