/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/weather.h"
#include "site/scenario.h"

#include <stdbool.h>

/**
 * @file
 * Air: the weather of a scenario, as the models take it.
 *
 * Stage: hazard, room impact. The class is the one that is given, else Pasquill's from sun, cloud
 * and wind. What is not known stays NaN, and a model that needs it answers so.
 */
typedef struct davy_air {
    davy_stability stability; /* DAVY_STABILITIES: not known */
    davy_answer class_answer; /* of the class: the method and what it lacks */
    const char *method;       /* "given", "pasquill" */
    double wind;              /* m/s, 10 m above the ground */
    double from;              /* rad from north, where it comes from; NaN */
    double kelvin, density;   /* K, kg/m3 */
    bool urban;
} davy_air;

davy_air davy_air_of(const davy_scenario_weather *weather);

/** The wind at a height: Irwin's power law, and below 10 m that at 10 m, as screening models have
 * it (common use, not read in a source). Near the ground the wind is less, and a plume there
 * denser.
 */
davy_answer davy_air_wind(const davy_air *air, double height);

/** From a place seen from the source to one on the plane of the site, and back. */
davy_site_point davy_air_place(const davy_air *air, davy_site_point source, double downwind,
                               double across);
void davy_air_seen(const davy_air *air, davy_site_point source, davy_site_point place,
                   double *downwind, double *across);

/**
 * The next spot on a place's edge where a cloud is asked for, as it is seen from the source: eight
 * a side, and wherever the axis of the wind crosses the edge between two of them, since a cloud may
 * be narrower than they are apart. Of a place that the source is in, also the spot 1 m downwind.
 *
 * @param next  0 for the first
 * @return false: there are no more
 */
bool davy_air_edge(const davy_air *air, davy_site_point source, const davy_site_place *place,
                   size_t *next, double *downwind, double *across);
