/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * Pools: how wide a spilt liquid lies, and how fast it evaporates.
 *
 * Stage: hazard, room release.
 */

/**
 * Diameter in m of a round pool.
 *
 * @param volume  of liquid, m3
 * @param depth   at which it stops: 5 mm on a smooth floor, 20 mm and more on gravel
 */
davy_answer davy_pool_diameter(double volume, double depth);

/**
 * Diameter in m of the round pool with the area of a dike. A dike that is lower than the liquid
 * would stand is no dike: OUTSIDE.
 *
 * @param area, height  of the dike, m2 and m
 */
davy_answer davy_pool_diameter_in_dike(double volume, double area, double height);

typedef struct davy_pool {
    double diameter;    /* m */
    double wind;        /* at 10 m, m/s */
    double vapour;      /* pressure of the liquid's vapour at its temperature, Pa */
    double molar_mass;  /* kg/mol */
    double temperature; /* K */
    double schmidt;     /* number of the vapour in air; 0.8 where nothing is known */
} davy_pool;

/** kg/s that evaporate into the wind, from a liquid below its boiling point. */
davy_answer davy_pool_evaporation(const davy_pool *pool);

/**
 * kg/s that boil off, a time after the spill, from a liquid colder than the ground.
 *
 * @param area          m2
 * @param conductivity  of the ground, W/(m K)
 * @param diffusivity   of the ground, m2/s
 * @param difference    how much warmer the ground is, K
 * @param vaporisation  heat of it, J/kg
 * @param time          since the spill, s
 */
davy_answer davy_pool_boiling(double area, double conductivity, double diffusivity,
                              double difference, double vaporisation, double time);
