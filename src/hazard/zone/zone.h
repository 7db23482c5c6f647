/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "hazard/answer.h"
#include "site/emergency.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Zone: the ground on which a level is exceeded, as one valid polygon.
 *
 * Stage: hazard, room zone. A ring in metres east and north of the site's origin,
 * counter-clockwise, simple, without holes (a hole is safe ground that nobody can reach), its first
 * point not repeated.
 */

/** Most points of a ring: a band of a few hundred metres is drawn to a metre. */
#define DAVY_ZONE_POINTS_MAX ((size_t) 512)

typedef enum davy_effect {
    DAVY_EFFECT_TOXIC,
    DAVY_EFFECT_FLASH_FIRE,
    DAVY_EFFECT_POOL_FIRE,
    DAVY_EFFECT_JET_FIRE,
    DAVY_EFFECT_FIREBALL,
    DAVY_EFFECT_EXPLOSION,
    DAVY_EFFECTS
} davy_effect;

/** "toxic", "flash-fire", ...: stable, for programs. */
const char *davy_effect_name(davy_effect effect);

typedef struct davy_zone {
    davy_effect effect;
    const char *endpoint;       /* "AEGL-2 60 min", "12.5 kW/m2", "13.8 kPa" */
    double level;               /* SI */
    int severity;               /* 1 discomfort or alert, 2 lasting harm, 3 death or collapse */
    davy_answer reach;          /* the distance of the model that the ring is drawn by */
    const char *model;          /* its name */
    double band_low, band_high; /* m: the nearest and farthest of the models in range */
    const davy_site_point *ring;
    size_t count; /* of points; 0: not reached, or not known: reach says which */
} davy_zone;

/** Is the point on the ground of the zone, or on its edge? */
bool davy_zone_contains(const davy_zone *zone, davy_site_point point);

/** Does the straight line from a to b touch the zone? */
bool davy_zone_crosses(const davy_zone *zone, davy_site_point a, davy_site_point b);

/**
 * The ring as pairs "lat,lon lat,lon ..." for a map or an alert: closed, at most `points` pairs,
 * and never smaller than the zone.
 *
 * @param latitude, longitude  of the site's origin, degrees
 */
DAVY_MUST_CHECK davy_status davy_zone_outline(const davy_zone *zone, double latitude,
                                              double longitude, size_t points, char **text);
