/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * The causal order of alarms: by the plant's graph what is upstream comes first, and what the graph
 * does not order comes by time.
 *
 * Stage: alarm. Upstream goes through assets that have no alarm. Assets of a circle (a recycle
 * stream) are upstream of one another, so inside a circle time decides. Every place has its why,
 * which names assets by the arrows that the site draws, never by a circle that was folded.
 *
 * Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM Journal on Computing
 * 1(2), 1972 (circles); A. B. Kahn, "Topological Sorting of Large Networks", Communications of the
 * ACM 5(11), 1962.
 */
typedef enum davy_place_why {
    DAVY_PLACE_SOURCE,     /* nothing upstream of it is in alarm */
    DAVY_PLACE_DOWNSTREAM, /* of the asset `of` */
    DAVY_PLACE_FIRST,      /* the earliest of a circle, in which the asset `of` is upstream too */
    DAVY_PLACE_CIRCLE,     /* in a circle with the asset `of`, whose alarm was earlier */
    DAVY_PLACE_SAME,       /* of an asset that stands above; this alarm was later */
    DAVY_PLACE_TIME        /* of no asset of the graph: by its time alone */
} davy_place_why;

/** "source", "downstream", "first", "circle", "same", "time". */
const char *davy_place_why_name(davy_place_why why);

/** One alarm to be put in order. */
typedef struct davy_placed {
    size_t item;     /* the caller's own number, which is carried along */
    size_t asset;    /* index in the site, or DAVY_SITE_NONE */
    int64_t time_ns; /* when it was annunciated */
    /* Written: */
    davy_place_why why;
    size_t of;      /* an asset in alarm, or DAVY_SITE_NONE; upstream: the nearest */
    unsigned steps; /* arrows from it to here: 1 is fed by it directly; 0 unless upstream */
} davy_placed;

typedef struct davy_plant_graph davy_plant_graph;

/** Three integers for each asset and two for each arrow. The site may go. */
DAVY_MUST_CHECK davy_status davy_plant_graph_create(const davy_site *site, davy_plant_graph **out);
/** NULL is fine. */
void davy_plant_graph_destroy(davy_plant_graph *graph);

/** Put them in causal order, in place. Work grows with the plant, and with their number as n log n.
 */
DAVY_MUST_CHECK davy_status davy_plant_graph_order(const davy_plant_graph *graph,
                                                   davy_placed *items, size_t count);
