/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "random.h"

/* Water and anhydride together, kg for each kg of anhydride. */
#define DAVY_SIM_PRODUCT_RATIO 3.0

/**
 * @file
 * The day's work: campaigns of throughput, set points, transfers into and out of the tanks.
 *
 * Program: davy-sim. Everything here is chosen; it only has to be what a plant does. Two pipelines
 * run all the time: one brings anhydride to T-101, one takes acid from T-102. Operators turn them
 * up and down to keep the levels between marks that they choose anew each time, and ramp instead of
 * jumping. Rates are kg/s, times s.
 */

/** One pipeline. */
typedef struct davy_sim_transfer {
    double tune_s;       /* until an operator sets it anew */
    double net;          /* kg/s more, or less, than the reactor takes; for T-102 a third of it */
    double target, rate; /* kg/s wanted, and now */
} davy_sim_transfer;

typedef struct davy_sim_regime {
    davy_sim_random random;
    double campaign_s;        /* until the next campaign */
    double feed_target;       /* kg/s of anhydride */
    double feed;              /* the same, ramped: set point of the feed controller */
    double operator_s;        /* until an operator trims the reactor's temperature */
    double reactor_target;    /* Cel */
    double reactor;           /* the same, ramped: set point of the temperature controller */
    davy_sim_transfer supply; /* into T-101 */
    davy_sim_transfer export; /* out of T-102 */
} davy_sim_regime;

void davy_sim_regime_init(davy_sim_regime *regime, uint64_t seed);

/** One second. Levels in %. */
void davy_sim_regime_step(davy_sim_regime *regime, double level_101, double level_102);
