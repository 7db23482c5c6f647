/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/puff.h"

/**
 * @file
 * Reach: the distances at which a model's own concentration is the one that is asked for.
 *
 * Stage: hazard, room air. From 1 m to 100 km downwind, as far as any set is vouched
 * for, at a height above the ground:
 *
 *     VALUE        one distance: above the level up to it
 *     TWO          from the near one to the far one, as under a release from a height
 *     NOT_REACHED  nowhere; the value is the greatest concentration
 *     OUTSIDE      one or two distances, where the coefficients are not vouched for; without a
 *                  value when it is still above the level at 100 km
 */

/** A model along the wind: a concentration at a distance in m. */
typedef davy_answer (*davy_reach_model)(const void *context, double distance);

/** Of any model. @param level  in the unit of the model, above 0 */
davy_answer davy_reach(davy_reach_model model, const void *context, double level);

/** How far it reaches at most, in m: the far one of two; 0 if it is not reached; NaN if it is not
 * known. */
double davy_reach_far(davy_answer reach);

/** The end of the search, 100 km, when that is as far as the answer goes: the cloud is still above
 * the level there, and reaches farther; else NaN. */
double davy_reach_at_least(davy_answer reach);

/** Of a plume, under its axis. @param level  kg/m3 @param height  m above the ground */
davy_answer davy_plume_reach(const davy_plume *plume, double level, double height);
/** Of a puff, when its middle passes. */
davy_answer davy_puff_reach(const davy_puff *puff, double level, double height);
/** Of a release of finite duration, when its middle passes. */
davy_answer davy_finite_reach(const davy_finite *finite, double level, double height);
