/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Stirred reactor with a cooling jacket: acetic anhydride + water -> 2 acetic acid, exothermic.
 *
 * Program: davy-sim. Ideally mixed reactor and jacket, first order in anhydride (water in excess):
 *
 *     anhydride:  dn/dt = F_a / M_a - k(T) n - F_out n / m
 *     mass:       dm/dt = F_a + F_w - F_out
 *     reactor:    m cp dT/dt = F_a cp_a (T_a - T) + F_w cp_w (T_w - T) + k n (-dH) - UA (T - T_j)
 *     jacket:     m_j cp_w dT_j/dt = F_c cp_w (T_c - T_j) + UA (T - T_j)
 *
 * Source of the form: H. S. Fogler, "Elements of Chemical Reaction Engineering", 5th ed., chapters
 * 12 and 13. Enthalpy and heat capacity: NIST Chemistry WebBook, acetic anhydride (C108247). The
 * rate constant is chosen of the size published work reports; see docs/demo.md.
 */
#define DAVY_SIM_ANHYDRIDE_MOLAR    0.1020886 /* kg/mol, NIST WebBook */
#define DAVY_SIM_ANHYDRIDE_ENTHALPY 58400.0   /* J/mol released, NIST WebBook (Conn et al. 1942) */
#define DAVY_SIM_ANHYDRIDE_CP       1647.6    /* J/(kg K): 168.2 J/(mol K), NIST WebBook */
#define DAVY_SIM_WATER_CP           4184.0    /* J/(kg K) near 20 Cel */
#define DAVY_SIM_MIX_CP             3400.0    /* J/(kg K), chosen: aqueous acetic acid */

typedef struct davy_sim_reactor {
    double mass;        /* kg in the reactor */
    double anhydride;   /* mol in the reactor */
    double temperature; /* Cel */
    double jacket;      /* Cel, of the jacket and of the water leaving it */
} davy_sim_reactor;

typedef struct davy_sim_reactor_flows {
    double anhydride, water, out; /* kg/s */
    double anhydride_temperature, water_temperature;
    double coolant;             /* kg/s */
    double coolant_temperature; /* Cel, entering the jacket */
    double ua;                  /* W/K between reactor and jacket */
} davy_sim_reactor_flows;

/** Rate constant k in 1/s at a temperature in Cel. */
double davy_sim_reactor_rate(double temperature);

void davy_sim_reactor_step(davy_sim_reactor *reactor, const davy_sim_reactor_flows *flows,
                           double dt_s);
