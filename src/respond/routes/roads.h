/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"
#include "site/emergency.h"

#include <stdint.h>

/**
 * @file
 * Roads of a site as a graph: junctions, and arcs that lead away from each.
 *
 * Stage: respond, room routes. A stretch that may be driven both ways is two arcs. The graph
 * borrows nothing and does not change; threads may share it.
 */

/** "Nowhere": no junction, no arc, no closure. */
#define DAVY_NOWHERE UINT32_MAX

typedef struct davy_arc {
    uint32_t to;     /* junction */
    uint32_t road;   /* the stretch it is a direction of */
    double length_m; /* at least the straight line */
    double speed;    /* m/s */
} davy_arc;

typedef struct davy_roads {
    davy_arena arena;
    davy_site_point *junctions;
    uint32_t junction_count, road_count, arc_count;
    uint32_t *first; /* [junction_count + 1]: arcs that leave junction j are first[j] .. */
    davy_arc *arcs;
    uint32_t *tails; /* [road_count] junction a road starts from, for its straight line */
    uint32_t *heads;
    double *lengths; /* [road_count] m */
} davy_roads;

/**
 * The graph of a site.
 *
 * A road that is said to be shorter than the straight line between its ends is taken as that line.
 *
 * @return DAVY_ERR_INVALID for a road of an unknown junction or without a speed above 0
 */
DAVY_MUST_CHECK davy_status davy_roads_init(davy_roads *roads,
                                            const davy_site_emergency *emergency);
void davy_roads_clear(davy_roads *roads);

/** The junction nearest to a point by the straight line; DAVY_NOWHERE without junctions. */
uint32_t davy_roads_nearest(const davy_roads *roads, davy_site_point point);

/** Metres between two points. */
double davy_metres_between(davy_site_point a, davy_site_point b);
