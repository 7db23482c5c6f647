/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "control.h"
#include "pump.h"
#include "random.h"
#include "reactor.h"
#include "regime.h"
#include "tank.h"
#include "valve.h"

/**
 * @file
 * The whole plant: its true state and one second of its life.
 *
 * Program: davy-sim. T-101 (anhydride) feeds R-201 through pump P-301 and control valve V-401;
 * process water follows in a fixed ratio; P-302 takes the product to T-102 and holds the reactor's
 * level by its speed. docs/demo.md draws it and lists every equation.
 *
 * Everything is SI (kg, s, W, Pa gauge), temperatures in Cel, and pump flows in m3/h because pump
 * and valve curves are. Transmitters (instruments.h) look at this state; nothing here knows them.
 */

/** What is wrong with the plant now; zeroed but for the two factors is a healthy plant. */
typedef struct davy_sim_upset {
    double leak_m2;          /* hole at the foot of T-101 */
    double stiction_static;  /* % of V-401's travel */
    double stiction_kinetic; /* % of V-401's travel */
    double bearing_k;        /* added steady rise of P-301's drive end bearing */
    double bearing_w;        /* its friction, on the shaft */
    double bearing_mm_s;     /* its vibration */
    double strainer;         /* added loss before P-302, Pa per (m3/h)^2 */
    double jacket_factor;    /* of R-201's UA; 1 when clean */
    double coolant_factor;   /* of the cooling water supply; 1 when open */
    int gauge_held;          /* T-102's level gauge repeats its last value */
} davy_sim_upset;

#define DAVY_SIM_HEALTHY ((davy_sim_upset){.jacket_factor = 1.0, .coolant_factor = 1.0})

/** Flows and other quantities of the last second, for transmitters and balances. */
typedef struct davy_sim_flows {
    double supply, feed, leak, water, product, export; /* kg/s, means over the second */
    double coolant;                                    /* kg/s */
    double pump_flow[2];                               /* m3/h: P-301, P-302 */
    double discharge[2];                               /* Pa gauge */
    double power[2];                                   /* W on the shaft */
} davy_sim_flows;

typedef struct davy_sim_plant {
    int64_t time_s; /* UTC since 1970 of this state */
    davy_sim_random random;
    davy_sim_random wind_random; /* of its own: the wind moves nothing in the plant */
    davy_sim_drift gust, veer;   /* m/s, degrees */
    davy_sim_regime regime;
    davy_sim_tank t101, t102;
    davy_sim_reactor r201;
    davy_sim_valve v401;
    davy_sim_pump p301, p302;
    davy_sim_pi feed_control, temperature_control, level_control;
    double feed_command;               /* % to V-401 */
    double coolant_command;            /* % of the coolant valve */
    double coolant_opening;            /* %, the coolant valve itself */
    double speed;                      /* of P-302, relative */
    double feed_measured;              /* kg/h, what the feed controller sees */
    double wind, wind_from, radiation; /* m/s, degrees, W/m2 */
    double ambient, coolant_temperature, water_temperature, supply_temperature; /* Cel */
    davy_sim_drift weather, back_pressure, coolant_supply, water_ratio, suction, supply_flow,
        export_flow, blanket[2]; /* T-101, T-102 */
    double reactor_pressure;     /* Pa gauge */
    davy_sim_flows flows;
} davy_sim_plant;

/** A plant that has settled: it starts some hours before `time_s` and runs to it. */
void davy_sim_plant_init(davy_sim_plant *plant, uint64_t seed, int64_t time_s);

/** The state the settling starts from; without schedule's chance and disturbances when `calm`. */
void davy_sim_plant_start(davy_sim_plant *plant, uint64_t seed, int64_t time_s, int calm);

/** One second. */
void davy_sim_plant_step(davy_sim_plant *plant, const davy_sim_upset *upset);

extern const davy_sim_tank_design davy_sim_t101;
extern const davy_sim_tank_design davy_sim_t102;
extern const davy_sim_pump_design davy_sim_p301;
extern const davy_sim_pump_design davy_sim_p302;

/** Fill of the reactor, % of its height. */
double davy_sim_plant_reactor_level(const davy_sim_plant *plant);
