/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/plume.h"

/**
 * @file
 * Flammable mass: how much of a plume lies between two concentrations.
 *
 * Stage: hazard, room air. The whole of a plume down to its far end, Q x / u, is only an upper
 * bound; what can burn is between the flammable limits.
 *
 * Where the widths are powers of the distance and the source lies at the ground or far above it,
 * the mass above a level is Q x p / (u (1 + p)), x being the distance at which the axis comes down
 * to it and p the sum of the powers: with that the integral is tested.
 */

/** kg of a plume without a lid where it is above a concentration. @param level  kg/m3 */
davy_answer davy_plume_mass_above(const davy_plume *plume, double level);
/** kg between the lower and the upper flammable limit. */
davy_answer davy_plume_mass_between(const davy_plume *plume, double lower, double upper);
