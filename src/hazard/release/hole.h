/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * What leaves a vessel or pipe through a hole.
 *
 * Stage: hazard, room release. Liquid by Bernoulli and Torricelli, gas as an ideal one, choked or
 * not. A liquid that boils on its way is neither: no closed form with a published check is known,
 * so it is told as between the two (davy_two_phase_outflow()).
 *
 * Source: TNO Yellow Book CPR 14E (2005), chapter 2; CCPS, Guidelines for Consequence Analysis of
 * Chemical Releases, 1999, chapter 2.1.
 */
typedef struct davy_hole {
    double coefficient; /* of discharge; 0.61 to 0.63 for a sharp edge, up to 1 for a rounded one */
    double diameter;    /* m */
} davy_hole;

typedef struct davy_liquid_in {
    double density;      /* kg/m3 */
    double overpressure; /* of what is above it, over the air outside, Pa */
    double head;         /* of liquid above the hole, m */
} davy_liquid_in;

typedef struct davy_gas_in {
    double pressure; /* absolute, Pa */
    double density;  /* in the vessel, kg/m3 */
    double gamma;    /* ratio of the heat capacities */
    double outside;  /* pressure of the air, Pa */
} davy_gas_in;

/** kg/s of liquid. */
davy_answer davy_liquid_outflow(const davy_hole *hole, const davy_liquid_in *liquid);

/** kg/s of gas. */
davy_answer davy_gas_outflow(const davy_hole *hole, const davy_gas_in *gas);

/** The ratio of pressures from which on a gas is choked; a vessel at it is choked. */
davy_answer davy_gas_choked_ratio(double gamma);

/**
 * kg/s of a liquid that boils on its way: TWO, all vapour and all liquid.
 *
 * @param gas  the same vessel as if vapour alone came out
 */
davy_answer davy_two_phase_outflow(const davy_hole *hole, const davy_liquid_in *liquid,
                                   const davy_gas_in *gas);

/** Density of an ideal gas in kg/m3. @param molar_mass  kg/mol */
davy_answer davy_gas_density(double pressure, double temperature, double molar_mass);

/**
 * How long an open upright tank takes to fall from one level to another, in s.
 *
 * @param area   of the tank's section, m2
 * @param level  above the hole now, and then, m
 */
davy_answer davy_tank_drain(const davy_hole *hole, double area, double level, double then);

/**
 * Share of a liquid that boils off at once when its pressure is gone.
 *
 * @param heat_capacity  J/(kg K)
 * @param temperature    of the liquid, K
 * @param boiling        point at the pressure of the air, K; a liquid below it does not flash: 0
 * @param vaporisation   heat of it, J/kg
 */
davy_answer davy_flash_share(double heat_capacity, double temperature, double boiling,
                             double vaporisation);
