/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * The blast of a charge of TNT, and the charge that stands for another explosion.
 *
 * Stage: hazard, room blast. Two fits of measured blasts, side by side: Kingery and Bulmash for a
 * hemisphere on the ground, in the simplified form of Swisdak, and Kinney and Graham for a charge
 * in free air, which has no ground in it. What counts is the scaled distance Z = R / W^(1/3).
 */

/** A quantity of the wave of a charge on the ground. */
typedef struct davy_blast davy_blast;

/** Overpressure of the wave and at a wall that reflects it (Pa), their impulses (Pa s), how long
 * the push lasts (s), when it arrives (s), and how fast it runs (m/s). */
extern const davy_blast davy_blast_pressure, davy_blast_pressure_reflected, davy_blast_impulse,
    davy_blast_impulse_reflected, davy_blast_duration, davy_blast_arrival, davy_blast_speed;

/**
 * A quantity at a distance.
 *
 * @param mass      of TNT, in kg
 * @param distance  in m
 */
davy_answer davy_blast_at(const davy_blast *what, double mass, double distance);

/** The distance in m at which the overpressure of the wave is so many Pa. */
davy_answer davy_blast_distance(double pressure, double mass);

/** Overpressure in Pa of a charge in free air, by Kinney and Graham. */
davy_answer davy_kinney_graham_at(double mass, double distance);

/**
 * The charge of TNT, in kg, that stands for a cloud.
 *
 * @param yield       share of its energy that goes into the blast
 * @param mass        in kg
 * @param combustion  heat of combustion in J/kg
 * @param energy      of TNT in J/kg; davy_tnt_energy where nothing else is asked for
 */
davy_answer davy_tnt_mass(double yield, double mass, double combustion, double energy);

/** J/kg. Books have 4.52 to 4.69 MJ/kg. */
extern const double davy_tnt_energy;

/**
 * Energy in J of the stoichiometric part of a cloud of gas.
 *
 * @param volume       in m3
 * @param pressure     in Pa
 * @param temperature  in K
 * @param share        of the volume that is fuel, at the stoichiometric mixture
 * @param combustion   heat of combustion in J/mol
 */
davy_answer davy_cloud_energy(double volume, double pressure, double temperature, double share,
                              double combustion);
