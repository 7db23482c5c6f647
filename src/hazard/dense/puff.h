/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * A sudden release of a gas heavier than air on flat ground, by Britter and McQuaid: the cloud
 * when it passes a distance. Sources and limits are those of plume.h.
 *
 * Stage: hazard, room dense.
 */
typedef struct davy_dense_puff {
    double volume;          /* m3 of gas, at its own temperature */
    double wind;            /* m/s, 10 m above the ground */
    double gravity;         /* m/s2, reduced: davy_dense_gravity() */
    double temperature;     /* K, of the gas where it comes out */
    double air_temperature; /* K */
} davy_dense_puff;

/** Part of the volume at a distance downwind, in m, when the cloud is there. */
davy_answer davy_dense_puff_concentration(const davy_dense_puff *puff, double distance);
/** The distance in m up to which it is at least so much. @param level  part of the volume */
davy_answer davy_dense_puff_reach(const davy_dense_puff *puff, double level);
