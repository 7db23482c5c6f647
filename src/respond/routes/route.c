/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/routes/route.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "respond/routes/heap.h"

/** What is known of one state: a junction in one of its safe intervals. */
typedef struct davy_visit {
    double metres;   /* driven */
    double waits_s;  /* stood */
    uint32_t before; /* state; DAVY_NOWHERE at the start */
} davy_visit;

/** The open roads: without zones, for what lies in the way. A state is a junction. */
typedef struct davy_open {
    double *arrivals;
    uint32_t *before; /* road by which; DAVY_NOWHERE at the start */
    uint32_t *from;   /* junction from which */
    bool found;       /* computed for this run */
} davy_open;

struct davy_search {
    const davy_closed *closed;
    davy_arena arena;
    double *arrivals; /* [states] INFINITY: not reached */
    davy_visit *visits;
    uint32_t *junctions; /* [states] that a state belongs to */
    davy_open open;
    davy_heap heap;
    davy_access start;
    double speed, depart_s;
    bool stuck; /* it stands in a zone, or cannot get to its junction */
};

static bool take_memory(davy_search *search)
{
    const davy_closed *closed = search->closed;
    const uint32_t junctions = closed->roads->junction_count,
                   states = closed->safe_first[junctions];
    const size_t most = (size_t) (states > junctions ? states : junctions) + 1;
    davy_arena *arena = &search->arena;

    search->arrivals = davy_arena_array(arena, most, sizeof(double));
    search->visits = davy_arena_array(arena, most, sizeof *search->visits);
    search->junctions = davy_arena_array(arena, most, sizeof(uint32_t));
    search->open.arrivals = davy_arena_array(arena, most, sizeof(double));
    search->open.before = davy_arena_array(arena, most, sizeof(uint32_t));
    search->open.from = davy_arena_array(arena, most, sizeof(uint32_t));
    search->heap.things = davy_arena_array(arena, most, sizeof(uint32_t));
    search->heap.places = davy_arena_array(arena, most, sizeof(uint32_t));
    return search->arrivals && search->visits && search->junctions && search->open.arrivals &&
           search->open.before && search->open.from && search->heap.things && search->heap.places;
}

davy_status davy_search_create(const davy_closed *closed, davy_search **out)
{
    davy_search *search = calloc(1, sizeof *search);

    if (search)
        search->closed = closed;
    if (!search || !take_memory(search)) {
        davy_search_destroy(search);
        return davy_fail(DAVY_ERR_NOMEM, "search over %u roads", closed->roads->road_count);
    }
    for (uint32_t j = 0; j < closed->roads->junction_count; j++)
        for (uint32_t s = closed->safe_first[j]; s < closed->safe_first[j + 1]; s++)
            search->junctions[s] = j;
    *out = search;
    return DAVY_OK;
}

void davy_search_destroy(davy_search *search)
{
    if (!search)
        return;
    davy_arena_clear(&search->arena);
    free(search);
}

static void empty_heap(davy_search *search, const double *keys, uint32_t things)
{
    search->heap.keys = keys;
    search->heap.count = 0;
    memset(search->heap.places, 0xff, (size_t) things * sizeof(uint32_t));
}

static double at_most(const davy_search *search, double speed)
{
    return search->speed < speed ? search->speed : speed; /* a NaN is not less */
}

/** Something that leaves at `at_s` at the earliest and at `until_s` at the latest. */
typedef struct leaving {
    double at_s, until_s;
    uint32_t state; /* DAVY_NOWHERE: the start */
    uint64_t mask;  /* closures of the way */
    double metres, speed;
} leaving;

/** Go into every safe interval of a junction that the way reaches earlier than known. */
static void enter(davy_search *search, const leaving *way, uint32_t junction)
{
    const davy_closed *closed = search->closed;
    const double lasting = way->metres / at_most(search, way->speed);
    const davy_visit none = {.before = DAVY_NOWHERE};
    const davy_visit *visit = way->state == DAVY_NOWHERE ? &none : &search->visits[way->state];

    for (uint32_t s = closed->safe_first[junction]; s < closed->safe_first[junction + 1]; s++) {
        const davy_safe *safe = &closed->safe[s];
        const double depart =
            davy_closed_depart(closed, way->mask, fmax(way->at_s, safe->from_s - lasting), lasting);
        /* safe->from_s - lasting + lasting may be a rounding less than safe->from_s. */
        const double arrival = fmax(depart + lasting, safe->from_s);

        if (!(depart < way->until_s) || !(arrival < safe->to_s) || !(arrival < search->arrivals[s]))
            continue;
        search->arrivals[s] = arrival;
        search->visits[s] = (davy_visit){
            .metres = visit->metres + way->metres,
            .waits_s = visit->waits_s + (depart - way->at_s),
            .before = way->state,
        };
        davy_heap_offer(&search->heap, s);
    }
}

/** The first way: from where it stands to its junction. */
static void set_out(davy_search *search)
{
    davy_safe safe[DAVY_CLOSURES_MAX + 1];
    const size_t count = davy_closed_safe(search->closed, search->start.place_mask, safe);

    for (size_t i = 0; i < count; i++)
        if (safe[i].from_s <= search->depart_s && search->depart_s < safe[i].to_s) {
            const leaving way = {.at_s = search->depart_s,
                                 .until_s = safe[i].to_s,
                                 .state = DAVY_NOWHERE,
                                 .mask = search->start.way_mask,
                                 .metres = search->start.metres,
                                 .speed = DAVY_OFF_ROAD_SPEED};

            enter(search, &way, search->start.junction);
        }
    search->stuck = search->heap.count == 0;
}

void davy_search_run(davy_search *search, const davy_access *start, double speed, double depart_s)
{
    const davy_closed *closed = search->closed;
    const davy_roads *roads = closed->roads;
    const uint32_t states = closed->safe_first[roads->junction_count];

    search->start = *start;
    search->speed = speed;
    search->depart_s = depart_s;
    search->open.found = false;
    search->stuck = true;
    for (uint32_t s = 0; s < states; s++)
        search->arrivals[s] = INFINITY;
    empty_heap(search, search->arrivals, states);
    if (start->junction != DAVY_NOWHERE)
        set_out(search);
    while (search->heap.count > 0) {
        const uint32_t state = davy_heap_take(&search->heap), from = search->junctions[state];

        for (uint32_t a = roads->first[from]; a < roads->first[from + 1]; a++) {
            const davy_arc *arc = &roads->arcs[a];
            const leaving way = {.at_s = search->arrivals[state],
                                 .until_s = closed->safe[state].to_s,
                                 .state = state,
                                 .mask = closed->road_masks[arc->road],
                                 .metres = arc->length_m,
                                 .speed = arc->speed};

            enter(search, &way, arc->to);
        }
    }
}

/** Dijkstra over the roads as if there were no zones. */
static void run_open(davy_search *search)
{
    const davy_roads *roads = search->closed->roads;
    davy_open *open = &search->open;

    for (uint32_t j = 0; j < roads->junction_count; j++)
        open->arrivals[j] = INFINITY;
    empty_heap(search, open->arrivals, roads->junction_count);
    open->arrivals[search->start.junction] = 0.0;
    open->before[search->start.junction] = DAVY_NOWHERE;
    davy_heap_offer(&search->heap, search->start.junction);
    while (search->heap.count > 0) {
        const uint32_t from = davy_heap_take(&search->heap);

        for (uint32_t a = roads->first[from]; a < roads->first[from + 1]; a++) {
            const davy_arc *arc = &roads->arcs[a];
            const double arrival =
                open->arrivals[from] + arc->length_m / at_most(search, arc->speed);

            if (!(arrival < open->arrivals[arc->to]))
                continue;
            open->arrivals[arc->to] = arrival;
            open->before[arc->to] = arc->road;
            open->from[arc->to] = from;
            davy_heap_offer(&search->heap, arc->to);
        }
    }
    open->found = true;
}

static uint32_t lowest(uint64_t mask)
{
    return mask ? (uint32_t) __builtin_ctzll(mask) : DAVY_NOWHERE;
}

uint32_t davy_search_in_the_way(davy_search *search, const davy_access *target)
{
    const davy_open *open = &search->open;
    uint32_t closure = lowest(target->way_mask | target->place_mask);

    if (search->start.junction == DAVY_NOWHERE || target->junction == DAVY_NOWHERE)
        return closure;
    if (!open->found)
        run_open(search);
    if (open->arrivals[target->junction] < INFINITY)
        for (uint32_t j = target->junction; open->before[j] != DAVY_NOWHERE; j = open->from[j]) {
            const uint64_t mask = search->closed->road_masks[open->before[j]];

            closure = mask ? lowest(mask) : closure;
        }
    return search->start.way_mask ? lowest(search->start.way_mask) : closure;
}

static bool has_a_road(davy_search *search, const davy_access *target)
{
    if (search->start.junction == DAVY_NOWHERE || target->junction == DAVY_NOWHERE)
        return false;
    if (!search->open.found)
        run_open(search);
    return search->open.arrivals[target->junction] < INFINITY;
}

static void blame(davy_search *search, const davy_access *target, davy_route *route)
{
    if (!has_a_road(search, target)) {
        route->why = DAVY_ROUTE_NO_ROAD;
    } else if (search->stuck) {
        route->why = DAVY_ROUTE_STARTS_INSIDE;
        route->closure = lowest(search->start.place_mask | search->start.way_mask);
    } else if (target->place_mask) {
        route->why = DAVY_ROUTE_INSIDE;
        route->closure = lowest(target->place_mask);
    } else {
        route->why = DAVY_ROUTE_CUT;
        route->closure = davy_search_in_the_way(search, target);
    }
}

/** The last stretch: from the target's junction to the target, in the best of its states. */
static bool reach(const davy_search *search, const davy_access *target, davy_route *route)
{
    const davy_closed *closed = search->closed;
    const double lasting = target->metres / at_most(search, DAVY_OFF_ROAD_SPEED);
    davy_safe safe[DAVY_CLOSURES_MAX + 1];
    const size_t count = davy_closed_safe(closed, target->place_mask, safe);
    uint32_t first, end;

    route->arrival_s = INFINITY;
    if (target->junction == DAVY_NOWHERE)
        return false;
    first = closed->safe_first[target->junction];
    end = closed->safe_first[target->junction + 1];
    for (uint32_t s = first; s < end; s++)
        for (size_t i = 0; search->arrivals[s] < INFINITY && i < count; i++) {
            const double from = fmax(search->arrivals[s], safe[i].from_s - lasting);
            const double depart = davy_closed_depart(closed, target->way_mask, from, lasting);
            const double arrival = fmax(depart + lasting, safe[i].from_s);

            if (!(depart < closed->safe[s].to_s) || !(arrival < safe[i].to_s) ||
                !(arrival < route->arrival_s))
                continue;
            route->junction = target->junction;
            route->state = s;
            route->arrival_s = arrival;
            route->metres = search->visits[s].metres + target->metres;
            route->waits_s = search->visits[s].waits_s + (depart - search->arrivals[s]);
            route->safe_until_s = safe[i].to_s;
        }
    return route->arrival_s < INFINITY;
}

/** A metre nearer to the wind at least: straight across is not upwind, whatever rounding says. */
static bool is_upwind(davy_site_point junction, davy_site_point place, double wind_from)
{
    const double angle = wind_from * (3.14159265358979323846 / 180.0);

    return (junction.east - place.east) * sin(angle) + (junction.north - place.north) * cos(angle) >
           1.0;
}

/** Where to wait: the nearest reached junction that stays free, upwind before any other. */
static void stage(const davy_search *search, const davy_access *target, double wind_from,
                  davy_route *route)
{
    const davy_closed *closed = search->closed;
    const uint32_t states = closed->safe_first[closed->roads->junction_count];

    for (uint32_t s = 0; s < states; s++) {
        const davy_site_point at = closed->roads->junctions[search->junctions[s]];
        const double metres = davy_metres_between(at, target->at);
        const bool upwind = is_upwind(at, target->at, wind_from); /* false for a NaN */

        if (!(search->arrivals[s] < INFINITY) || closed->safe[s].to_s < INFINITY)
            continue;
        if (route->kind == DAVY_ROUTE_STAGED &&
            (upwind != route->upwind ? route->upwind : metres >= route->left_m))
            continue;
        route->kind = DAVY_ROUTE_STAGED;
        route->junction = search->junctions[s];
        route->state = s;
        route->arrival_s = search->arrivals[s];
        route->metres = search->visits[s].metres;
        route->waits_s = search->visits[s].waits_s;
        route->left_m = metres;
        route->safe_until_s = INFINITY;
        route->upwind = upwind;
    }
}

davy_route davy_search_to(davy_search *search, const davy_access *target, double wind_from)
{
    davy_route route = {.kind = DAVY_ROUTE_NONE,
                        .why = DAVY_ROUTE_OPEN,
                        .closure = DAVY_NOWHERE,
                        .junction = DAVY_NOWHERE,
                        .state = DAVY_NOWHERE,
                        .arrival_s = INFINITY};

    if (reach(search, target, &route)) {
        route.kind = DAVY_ROUTE_REACHED;
        return route;
    }
    blame(search, target, &route);
    if (route.why != DAVY_ROUTE_NO_ROAD)
        stage(search, target, wind_from, &route);
    return route;
}

size_t davy_search_path(const davy_search *search, const davy_route *route, uint32_t *out,
                        size_t capacity)
{
    size_t count = 0, at;

    for (uint32_t s = route->state; s != DAVY_NOWHERE; s = search->visits[s].before)
        count++;
    at = count;
    for (uint32_t s = route->state; s != DAVY_NOWHERE; s = search->visits[s].before)
        if (--at < capacity)
            out[at] = search->junctions[s];
    return count;
}
