/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"
#include "site/emergency.h"

/**
 * @file
 * Map: from metres east and north of a site's origin to latitude and longitude on WGS 84.
 *
 * Stage: hazard, room zone. The ellipsoid is taken as its tangent at the origin, to the second
 * order: within a metre up to 20 km from it and 70 degrees of latitude (tests/hazard/test_map.c
 * holds it against the whole way round by earth-centred coordinates).
 */
extern const davy_formula davy_map_formula;

typedef struct davy_map_place {
    double latitude, longitude; /* degrees */
} davy_map_place;

/** @param latitude, longitude  of the site's origin, degrees */
davy_map_place davy_map_of(double latitude, double longitude, davy_site_point point);
