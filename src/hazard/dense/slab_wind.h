/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/stability.h"

/**
 * @file
 * The wind over rough ground as SLAB has it: a logarithmic profile with the stability in it, which
 * ends at the top of the mixed layer.
 *
 * Stage: hazard, inside of room dense.
 *
 *     du/dz = u* phi(z) (1 - z/H) / (k z),  phi by Monin and Obukhov with a length that grows
 *
 * Source: D. L. Ermak, User's Manual for SLAB, UCRL-MA-105607 (1990), as read in the port of
 * aefarrell/GasDispersion.jl; the integral for unstable air is by hand.
 */
typedef struct davy_slab_wind {
    double roughness; /* m */
    double top;       /* of the mixed layer, m */
    double inverse;   /* of the Monin and Obukhov length at 1 m, 1/m */
    double ground;    /* the same at the ground */
    double scale;     /* height over which it fades, m */
    double friction;  /* velocity, m/s */
} davy_slab_wind;

/** @param wind  m/s at a height in m */
davy_slab_wind davy_slab_wind_of(davy_stability stability, double wind, double height,
                                 double roughness);
/** m/s at a height; below e times the roughness a parabola that meets the profile. */
double davy_slab_wind_at(const davy_slab_wind *wind, double height);
/** Mean from the ground to a height, m/s. */
double davy_slab_wind_mean(const davy_slab_wind *wind, double height);

/** Von Karman's constant, of the source. */
#define DAVY_SLAB_KARMAN 0.41
