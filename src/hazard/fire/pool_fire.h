/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * A burning pool: how fast it burns, how long and how tilted the flame is, and how
 * strongly its surface radiates.
 *
 * Stage: hazard, room fire. The solid flame of TNO's Yellow Book: a cylinder that radiates evenly.
 * It knows no smoke that hides the flame but the share of soot, and no base that the wind drags.
 */

/** A fuel of the table of burning rates. */
typedef struct davy_pool_fuel {
    const char *name;  /* "gasoline"; NULL behind the last */
    double burning;    /* of an endless pool, in kg/(m2 s) */
    double extinction; /* k beta, in 1/m; INFINITY where the pool's width does not matter */
} davy_pool_fuel;

/** The fuels by name; NULL behind the last one. */
const davy_pool_fuel *davy_pool_fuel_at(size_t index);
/** The fuel of a name, or NULL. */
const davy_pool_fuel *davy_pool_fuel_find(const char *name);

/** Burning rate in kg/(m2 s) by Babrauskas. @param diameter  in m */
davy_answer davy_pool_burning(const davy_pool_fuel *fuel, double diameter);

/** A liquid whose burning nobody has measured; what is not known is NaN. */
typedef struct davy_pool_liquid {
    double combustion;   /* heat of combustion, J/kg */
    double vaporisation; /* heat of vaporisation, J/kg */
    double capacity;     /* of heat, J/(kg K) */
    double boiling;      /* point, K */
    double ambient;      /* temperature, K */
} davy_pool_liquid;

/** Burning rate in kg/(m2 s) by Burgess. */
davy_answer davy_pool_burning_of_liquid(const davy_pool_liquid *liquid);

/** Length of the flame in m in still air, by Thomas. @param burning  in kg/(m2 s)
 * @param air  density, in kg/m3 */
davy_answer davy_pool_flame_length_still(double diameter, double burning, double air);

/** The same in wind. @param wind  at 10 m, in m/s */
davy_answer davy_pool_flame_length(double diameter, double burning, double air, double wind);

/** Tilt of the flame from the vertical, in rad. @param viscosity  kinematic, of air, in m2/s */
davy_answer davy_pool_flame_tilt(double diameter, double wind, double viscosity);

/**
 * What the surface of a clear flame emits at most, in W/m2.
 *
 * @param fraction    of the heat that is radiated
 * @param combustion  heat of combustion in J/kg
 * @param slender     length of the flame over its diameter
 */
davy_answer davy_pool_emission_clear(double fraction, double burning, double combustion,
                                     double slender);

/** What it emits behind soot, in W/m2. @param clear  without it @param soot  share of the surface
 */
davy_answer davy_pool_emission(double clear, double soot);
