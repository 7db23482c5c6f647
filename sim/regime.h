/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "random.h"

/**
 * @file
 * The day's work: campaigns of throughput, set points, trucks that load and unload the tanks.
 *
 * Program: davy-sim. Everything here is chosen; it only has to be what a plant does. Operators
 * ramp, they do not jump; trucks come some minutes after they are called and pump at their own
 * rate. Rates are kg/s, times s.
 */

/** One tank's traffic. A truck is called at `call`, and stays until `enough`. */
typedef struct davy_sim_truck {
    double call, enough; /* level in %, drawn anew for each truck */
    double wait_s;       /* until the called truck is connected */
    double rate, target; /* kg/s now, and where its valve is going */
    double temperature;  /* Cel of what it brings */
    enum { DAVY_SIM_TRUCK_NONE, DAVY_SIM_TRUCK_CALLED, DAVY_SIM_TRUCK_PUMPING } state;
} davy_sim_truck;

typedef struct davy_sim_regime {
    davy_sim_random random;
    double campaign_s;     /* until the next campaign */
    double feed_target;    /* kg/s of anhydride */
    double feed;           /* the same, ramped: set point of the feed controller */
    double operator_s;     /* until an operator trims the reactor's temperature */
    double reactor_target; /* Cel */
    double reactor;        /* the same, ramped: set point of the temperature controller */
    davy_sim_truck load;   /* fills T-101 */
    davy_sim_truck export; /* empties T-102 */
} davy_sim_regime;

void davy_sim_regime_init(davy_sim_regime *regime, uint64_t seed);

/** One second. Levels in %, ambient in Cel. */
void davy_sim_regime_step(davy_sim_regime *regime, double level_101, double level_102,
                          double ambient);
