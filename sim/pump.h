/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Centrifugal pump with its motor and bearings: head, power, current, warmth, vibration.
 *
 * Program: davy-sim. Head: the quadratic curve H = H0 s^2 - a Q^2 at relative speed s, which obeys
 * the affinity laws (Q ~ s, H ~ s^2). Shaft power: rho g Q H / efficiency, plus friction. Current:
 * the vector sum of a constant magnetising current and the load current P / (sqrt(3) U eta).
 * Bearing: one heat capacity that loses heat to the air in proportion to its excess temperature.
 * Source: J. Karassik et al., "Pump Handbook", McGraw-Hill, 4th ed. 2008, chapter 2.
 */
#define DAVY_SIM_GRAVITY 9.80665 /* m/s2, standard gravity, CGPM 1901 */

/** Bearings with a thermometer: the pump's drive end, its free end, the motor's drive end. */
enum { DAVY_SIM_DRIVE_END, DAVY_SIM_FREE_END, DAVY_SIM_MOTOR_END, DAVY_SIM_BEARINGS };

/** What is built in; constants. */
typedef struct davy_sim_pump_design {
    double head_shutoff_m;   /* H0: head without flow at full speed */
    double head_slope;       /* a: m per (m3/h)^2 */
    double density;          /* kg/m3 of the liquid */
    double efficiency_best;  /* at flow_best */
    double flow_best;        /* m3/h at full speed */
    double efficiency_width; /* m3/h away from flow_best at which the efficiency would be 0 */
    double current_idle;     /* A, magnetising */
    double current_per_watt; /* A per W of shaft power: 1 / (sqrt(3) U eta_motor) */
    double bearing_tau_s;    /* time constant of a bearing's warmth */
    double rise_idle[DAVY_SIM_BEARINGS];     /* K above the air without load */
    double rise_per_watt[DAVY_SIM_BEARINGS]; /* K per W of shaft power */
    double vibration_base;                   /* mm/s RMS at best flow and full speed */
    double vibration_off;                    /* mm/s at a flow of 0 or twice the best */
} davy_sim_pump_design;

typedef struct davy_sim_pump {
    double bearing[DAVY_SIM_BEARINGS]; /* Cel */
} davy_sim_pump;

/** Head in m at a flow in m3/h and a relative speed. */
double davy_sim_pump_head(const davy_sim_pump_design *design, double flow, double speed);

/** Shaft power in W, with `friction_w` of extra friction. */
double davy_sim_pump_power(const davy_sim_pump_design *design, double flow, double speed,
                           double friction_w);

/** Motor current in A at a shaft power in W. */
double davy_sim_pump_current(const davy_sim_pump_design *design, double power_w);

/** Vibration velocity in mm/s RMS at a flow and speed; grows away from the best flow. */
double davy_sim_pump_vibration(const davy_sim_pump_design *design, double flow, double speed);

/** Warm or cool the bearings; `extra_k` is the added steady rise of the drive end. */
void davy_sim_pump_step(davy_sim_pump *pump, const davy_sim_pump_design *design, double power_w,
                        double ambient, double extra_k, double dt_s);
