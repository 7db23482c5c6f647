/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What a site file says for the day something escapes: who is where, which roads there are, which
 * signals tell the weather, and what may happen (scenario.h).
 *
 * Stage: site. All borrow the site's arena. Places are metres east and north of its origin.
 */

/** Limits: a chemical park of a hundred plants with its villages has room. */
#define DAVY_SITE_PLACES_MAX    ((size_t) 4096)
#define DAVY_SITE_OUTLINE_MAX   ((size_t) 256)
#define DAVY_SITE_ROADS_MAX     ((size_t) 65536)
#define DAVY_SITE_JUNCTIONS_MAX ((size_t) 32768)
#define DAVY_SITE_SCENARIOS_MAX ((size_t) 1024)

typedef struct davy_site_point {
    double east, north;
} davy_site_point;

typedef enum davy_place_kind {
    DAVY_PLACE_BUILDING, /* people inside breathe its air */
    DAVY_PLACE_OPEN,     /* people in the open: a yard, a road, a market */
    DAVY_PLACE_MUSTER    /* where people gather; one on the side the wind comes from is taken */
} davy_place_kind;

/** A stretch of ground with people on it. */
typedef struct davy_site_place {
    const char *name;  /* "control-room" */
    const char *title; /* for people; NULL for none */
    davy_place_kind kind;
    const davy_site_point *outline; /* a simple ring, its first point not repeated; with one point
                                       the place is that point */
    size_t outline_count;
    double day, night;  /* people: in the stretches of `day` of the emergency section, and else */
    size_t badges;      /* signal whose value is the number of people, which goes before `day` and
                           `night` while it is good; SIZE_MAX: none */
    double air_changes; /* of a building, per second; NaN: not given */
    double capacity;    /* people a muster point holds; NaN: not given */
    size_t within;      /* 1 + the place whose ground it lies on; 0: none. site/within.h */
    bool outside;       /* the fence: the public, who count for the R of GB 18218 */
    bool sensitive;     /* school, hospital, home for the aged: GB 36894's high sensitivity */
    size_t line;
} davy_site_place;

typedef struct davy_site_junction {
    const char *name;
    double east, north;
    size_t line;
} davy_site_junction;

/** A stretch of road between two junctions, both ways unless it is one-way. */
typedef struct davy_site_road {
    size_t from, to; /* junctions */
    double length_m; /* the straight line when not given */
    double speed;    /* m/s of an emergency vehicle; 30 km/h when not given */
    bool one_way;    /* from -> to alone */
    size_t line;
} davy_site_road;

/** Which signals tell the weather; SIZE_MAX: none does. Their units are converted. */
typedef struct davy_site_weather {
    size_t speed;       /* m/s */
    size_t from;        /* degrees from north, where it blows from */
    size_t temperature; /* of the air */
    size_t humidity;    /* % */
    size_t radiation;   /* of the sun on level ground, W/m2 */
    size_t cloud;       /* % of the sky */
    double height_m;    /* of the wind's instrument; 10 when not given */
    bool urban;         /* the ground around; rural when not given */
    size_t line;        /* 0: the file has no weather */
} davy_site_weather;

typedef struct davy_site_emergency {
    davy_site_weather weather;
    struct davy_site_span *day; /* when `day` of a place counts; empty: always */
    size_t day_count;
    davy_site_place *places;
    size_t place_count;
    davy_site_junction *junctions;
    size_t junction_count;
    davy_site_road *roads;
    size_t road_count;
    struct davy_scenario *scenarios;
    size_t scenario_count;
} davy_site_emergency;
