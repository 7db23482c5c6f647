/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Upright tank under a nitrogen blanket: mass, heat and gas balance.
 *
 * Program: davy-sim.
 *
 *     mass:  dm/dt = in - out - leak
 *     heat:  m cp dT/dt = in cp (T_in - T) + UA (T_air - T)
 *     gas:   dp/dt = (p_abs / V_gas) (dV_liquid/dt + K (p_set - p))
 *
 * The blanket regulator lets gas in or out in proportion to the deviation of the pressure; the gas
 * stays at its temperature. Leak: an orifice under the liquid's head and the blanket's pressure,
 * m = Cd A sqrt(2 rho (rho g h + p)) (TNO "Yellow Book" CPR 14E, 3rd ed. 2005, section 2.5.4).
 */
typedef struct davy_sim_tank_design {
    double area_m2;
    double height_m;
    double density;       /* kg/m3 */
    double heat_capacity; /* J/(kg K) */
    double ua;            /* W/K to the air */
    double blanket_pa;    /* p_set, gauge */
    double blanket_gain;  /* K, m3/s per Pa */
} davy_sim_tank_design;

typedef struct davy_sim_tank {
    double mass;        /* kg */
    double temperature; /* Cel */
    double pressure;    /* Pa gauge, of the gas */
} davy_sim_tank;

/** Flows over one step. */
typedef struct davy_sim_tank_flows {
    double in, out, leak;  /* kg/s */
    double in_temperature; /* Cel */
    double ambient;        /* Cel */
    double blanket_shift;  /* Pa: the nitrogen header moves the regulator's set pressure */
} davy_sim_tank_flows;

/** Height of the liquid, m. */
double davy_sim_tank_level(const davy_sim_tank *tank, const davy_sim_tank_design *design);

/** Outflow in kg/s through a hole of this area at the foot of the shell. */
double davy_sim_tank_leak(const davy_sim_tank *tank, const davy_sim_tank_design *design,
                          double hole_m2);

void davy_sim_tank_step(davy_sim_tank *tank, const davy_sim_tank_design *design,
                        const davy_sim_tank_flows *flows, double dt_s);
