/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/stability.h"
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * Wind profiles: the speed at one height from the speed at another.
 *
 * Stage: hazard, room air. Sets of exponents differ by a factor of two in stable air: an answer
 * says which one it used.
 */
typedef struct davy_wind_set {
    const char *name; /* "irwin-rural" */
    const davy_formula *formula;
    double exponents[DAVY_STABILITIES];
} davy_wind_set;

/** Of programs without another choice, Irwin's for open country and for towns, and ISC3's for
 * towns, where E and F are less. */
extern const davy_wind_set davy_wind_common, davy_wind_irwin_rural, davy_wind_irwin_urban,
    davy_wind_isc3_urban;

/** The set of a name, or NULL. */
const davy_wind_set *davy_wind_set_find(const char *name);
/** The sets in the order of their table, for lists; NULL behind the last. */
const davy_wind_set *davy_wind_set_at(size_t index);

/**
 * Power law: u (z / z0)^p.
 *
 * @param speed   m/s, at `known` m above the ground
 * @param height  m, at which it is asked for
 */
davy_answer davy_wind_power(const davy_wind_set *set, davy_stability stability, double speed,
                            double known, double height);

/** The same by the logarithmic law of the Yellow Book. @param roughness  m, z0 */
davy_answer davy_wind_log(davy_stability stability, double speed, double known, double height,
                          double roughness);

/** 1 / L in 1/m, of the length L of Monin and Obukhov in the Yellow Book: 0 in neutral air. */
davy_answer davy_wind_obukhov(davy_stability stability, double roughness);
