/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/routes/closures.h"

/**
 * @file
 * The fastest way over roads that no zone lies on while one is on them.
 *
 * Stage: respond, room routes. A search starts at one place and finds the earliest arrival
 * everywhere; questions about targets are then short. A vehicle may wait at a junction while the
 * junction is free, for a zone ahead to pass. Earliest arrival with forbidden stretches of time is
 * exact only when each safe interval of a junction is a state of its own, since who comes early may
 * have to leave before who comes late may enter.
 *
 * Source: Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1,
 * 1959; safe intervals as states: Phillips, Likhachev, "SIPP: Safe interval path planning for
 * dynamic environments", ICRA 2011.
 *
 * Bad at: traffic, turning, width and load of roads, ground between a place and its nearest
 * junction, which is taken as a straight way at DAVY_OFF_ROAD_SPEED. One thread per search.
 */

typedef enum davy_route_kind {
    DAVY_ROUTE_REACHED, /* the place itself, in time and on free ground */
    DAVY_ROUTE_STAGED,  /* not the place: a junction near it that stays free is the end */
    DAVY_ROUTE_NONE     /* nothing but where it stands */
} davy_route_kind;

typedef enum davy_route_why {
    DAVY_ROUTE_OPEN,          /* reached */
    DAVY_ROUTE_INSIDE,        /* the place lies in a zone */
    DAVY_ROUTE_CUT,           /* every way there crosses a zone */
    DAVY_ROUTE_STARTS_INSIDE, /* the vehicle stands in a zone, or its way to the road crosses one */
    DAVY_ROUTE_NO_ROAD        /* no road leads there, with or without zones */
} davy_route_why;

typedef struct davy_route {
    davy_route_kind kind;
    davy_route_why why;
    uint32_t closure;  /* that lies in the way, of those that do the first one; or DAVY_NOWHERE */
    uint32_t junction; /* the last one; DAVY_NOWHERE for NONE */
    double arrival_s;  /* at the place, or at the junction of STAGED; INFINITY for NONE */
    double metres;     /* driven */
    double waits_s;    /* of arrival_s, standing at junctions for a zone to pass */
    double left_m;     /* straight line from the junction of STAGED to the place; else 0 */
    double
        safe_until_s; /* the end of the ground stays free until then; INFINITY: as far as known */
    bool upwind;      /* of STAGED: on the side of the place that the wind comes from */
    uint32_t state;   /* of the search, for davy_search_path() */
} davy_route;

typedef struct davy_search davy_search;

/** A search over closures, which it borrows. */
DAVY_MUST_CHECK davy_status davy_search_create(const davy_closed *closed, davy_search **out);
void davy_search_destroy(davy_search *search);

/**
 * Find the earliest arrivals from a place.
 *
 * @param speed     the vehicle's, m/s, on roads at most; NaN: the road's
 * @param depart_s  not before
 */
void davy_search_run(davy_search *search, const davy_access *start, double speed, double depart_s);

/**
 * The route of the last run to a place.
 *
 * A place that cannot be reached is answered by the reached junction where one may stay: the
 * nearest one upwind of it, else the nearest. (ERG 2020, "Safety precautions": approach cautiously
 * from upwind, uphill or upstream.)
 *
 * @param wind_from  degrees from north; NaN: not known, the nearest junction is taken
 */
davy_route davy_search_to(davy_search *search, const davy_access *target, double wind_from);

/** The first closure on the fastest way there would be without any, whenever it holds;
 * DAVY_NOWHERE: none lies on it. */
uint32_t davy_search_in_the_way(davy_search *search, const davy_access *target);

/** Junctions of a route in driving order, at most `capacity`; returns how many there are. */
size_t davy_search_path(const davy_search *search, const davy_route *route, uint32_t *out,
                        size_t capacity);
