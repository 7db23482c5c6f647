/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "hazard/zone/zone.h"
#include "respond/routes/roads.h"

/**
 * @file
 * Closures: which roads and junctions nobody may be on, and from when to when, since a zone lies on
 * them.
 *
 * Stage: respond, room routes. A zone that holds now and another that is computed for a quarter of
 * an hour from now are two closures with their own times, so a route is free of both: of each while
 * it holds.
 *
 * A road is closed as a whole while any part of it may be in a zone. Its course is known when it is
 * as long as the straight line between its ends. A longer one lies somewhere within the ellipse
 * that has its ends as foci and its length as the major axis (every point p of a curve of length L
 * from a to b has |pa| + |pb| <= L), and a zone that touches the ellipse closes it: an answer on
 * the safe side, which a site makes sharper by a junction in the bend.
 *
 * Times are seconds from the moment the question is asked, 0.
 */

/** Most closures at once: a bit each. Three levels of six effects, now and later, are fewer. */
#define DAVY_CLOSURES_MAX ((size_t) 64)

/** A road this much longer than the straight line, as a share, is straight: length to the metre. */
#define DAVY_ROAD_STRAIGHT 0.005

/** Speed off the roads, between a place and its junction: that of a road that gives none. */
#define DAVY_OFF_ROAD_SPEED (30.0 / 3.6)

typedef struct davy_closure {
    const davy_zone *zone;
    double from_s, to_s; /* closed at from_s <= t < to_s; INFINITY: until further notice */
} davy_closure;

/** A stretch of time in which a junction is free of every zone. */
typedef struct davy_safe {
    double from_s, to_s; /* from_s <= t < to_s */
} davy_safe;

/** Borrows the roads and the closures. Does not change; threads may share it. */
typedef struct davy_closed {
    const davy_roads *roads;
    const davy_closure *closures;
    size_t count;
    davy_arena arena;
    uint64_t *road_masks; /* [road_count] closures whose zone the road may touch */
    uint32_t *safe_first; /* [junction_count + 1] */
    davy_safe *safe;      /* of all junctions, in order of time */
} davy_closed;

/** DAVY_ERR_INVALID for more than DAVY_CLOSURES_MAX or a time that ends before it begins. */
DAVY_MUST_CHECK davy_status davy_closed_init(davy_closed *closed, const davy_roads *roads,
                                             const davy_closure *closures, size_t count);
void davy_closed_clear(davy_closed *closed);

/** A place beside the roads, and the straight way between it and the nearest junction. */
typedef struct davy_access {
    davy_site_point at;
    uint32_t junction;   /* DAVY_NOWHERE without junctions */
    double metres;       /* of the way */
    uint64_t way_mask;   /* closures the way touches */
    uint64_t place_mask; /* closures the place itself is in */
} davy_access;

davy_access davy_closed_access(const davy_closed *closed, davy_site_point at);

/** Free stretches of time of ground that the closures of a mask lie on, at most
 * DAVY_CLOSURES_MAX + 1; returns how many. */
size_t davy_closed_safe(const davy_closed *closed, uint64_t mask, davy_safe *out);

/**
 * The first moment from `at_s` on at which ground is free for `lasting_s` seconds.
 *
 * @param mask  the closures that lie on it
 * @return INFINITY when there is none
 */
double davy_closed_depart(const davy_closed *closed, uint64_t mask, double at_s, double lasting_s);
