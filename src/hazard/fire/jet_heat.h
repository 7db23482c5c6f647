/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/plume.h"
#include "hazard/fire/jet_fire.h"

/**
 * @file
 * The heat of a jet flame that arrives, by integrating over the surface of its frustum.
 *
 * Stage: hazard, room fire. The target is a small plane turned to where it gets most, on the ground
 * or above it; what of the flame lies under the ground or faces away gives nothing. Farther than
 * some lengths of the flame the point source of heat_flux.h says the same, and near by it does not.
 */

/** View factor. @param height  of the hole above the ground, m @param at  seen from under the hole
 */
davy_answer davy_jet_view(const davy_jet_flame *flame, double height, davy_place at);

/** W/m2 that arrive. @param emission  of the surface, W/m2 */
davy_answer davy_jet_heat(const davy_jet_flame *flame, double height, double emission,
                          double transmissivity, davy_place at);

/**
 * The farthest distance with the wind, on the ground and in m from under the hole, at which so much
 * arrives. A flame that is high up may give less right under it.
 *
 * @param flux            in W/m2
 * @param transmissivity  one for all distances; 1 is on the safe side
 */
davy_answer davy_jet_heat_distance(double flux, const davy_jet_flame *flame, double height,
                                   double emission, double transmissivity);
