/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/stability.h"
#include "hazard/answer.h"

/**
 * @file
 * Plume rise: how far a warm or fast release from a stack climbs before it drifts.
 *
 * Stage: hazard, room air. Briggs' formulas as ISC3 writes them. A plume with its rise is one from
 * the height of the stack and the rise together.
 */
typedef struct davy_stack {
    double diameter;    /* m, inner */
    double speed;       /* m/s, of what leaves it */
    double temperature; /* K, of what leaves it */
    double wind;        /* m/s, at its top */
    double air;         /* K */
    double gradient; /* K/m, of the potential temperature: 0.020 in class E, 0.035 in F; not asked
                        for in the others */
    davy_stability stability;
} davy_stack;

/** Final rise in m: by buoyancy or by momentum, whichever Briggs says leads. */
davy_answer davy_rise_final(const davy_stack *stack);
/** Rise in m at a distance in m downwind. */
davy_answer davy_rise_at(const davy_stack *stack, double distance);

/** Final rise in m by buoyancy in air of class A to D. @param flux  m4/s3, Fb */
davy_answer davy_rise_buoyant(double flux, double wind);
/** Final rise in m by buoyancy in stable air. @param stability  s-2, of davy_rise_stability() */
davy_answer davy_rise_buoyant_stable(double flux, double wind, double stability);
/** Final rise in m by momentum in air of class A to D. */
davy_answer davy_rise_momentum(double diameter, double speed, double wind);
/** Final rise in m by momentum in stable air. @param flux  m4/s2, Fm */
davy_answer davy_rise_momentum_stable(double flux, double wind, double stability);
/** Distance in m to the final rise, by buoyancy in stable air. */
davy_answer davy_rise_distance_stable(double wind, double stability);

/** Buoyancy flux Fb, m4/s3. @param gravity  m/s2 */
double davy_rise_buoyancy_flux(const davy_stack *stack, double gravity);
/** Momentum flux Fm, m4/s2. */
double davy_rise_momentum_flux(const davy_stack *stack);
/** Stability parameter s = g / T dTheta/dz, s-2. */
double davy_rise_stability(double gravity, double air, double gradient);

/** m/s2, of ISC3's worked constants; the standard's 9.80665 differs by 5e-5 of it. */
#define DAVY_RISE_GRAVITY 9.80616
