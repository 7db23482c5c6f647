/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/routes/roads.h"

#include <math.h>

double davy_metres_between(davy_site_point a, davy_site_point b)
{
    return hypot(a.east - b.east, a.north - b.north);
}

static davy_status check(const davy_site_emergency *emergency)
{
    if (emergency->junction_count > DAVY_SITE_JUNCTIONS_MAX ||
        emergency->road_count > DAVY_SITE_ROADS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu junctions and %zu roads: at most %zu and %zu",
                         emergency->junction_count, emergency->road_count, DAVY_SITE_JUNCTIONS_MAX,
                         DAVY_SITE_ROADS_MAX);
    for (size_t j = 0; j < emergency->junction_count; j++)
        if (!isfinite(emergency->junctions[j].east) || !isfinite(emergency->junctions[j].north))
            return davy_fail(DAVY_ERR_INVALID, "junction '%s' has no place",
                             emergency->junctions[j].name);
    for (size_t r = 0; r < emergency->road_count; r++) {
        const davy_site_road *road = &emergency->roads[r];

        if (road->from >= emergency->junction_count || road->to >= emergency->junction_count)
            return davy_fail(DAVY_ERR_INVALID, "road %zu ends at no junction", r + 1);
        if (!(road->speed > 0.0) || !isfinite(road->speed) || !isfinite(road->length_m))
            return davy_fail(DAVY_ERR_INVALID, "road %zu from '%s' to '%s' has no speed or length",
                             r + 1, emergency->junctions[road->from].name,
                             emergency->junctions[road->to].name);
    }
    return DAVY_OK;
}

static bool take_memory(davy_roads *roads, const davy_site_emergency *emergency)
{
    const size_t junctions = emergency->junction_count, count = emergency->road_count;

    roads->junctions = davy_arena_array(&roads->arena, junctions + 1, sizeof *roads->junctions);
    roads->first = davy_arena_array(&roads->arena, junctions + 1, sizeof *roads->first);
    roads->arcs = davy_arena_array(&roads->arena, 2 * count + 1, sizeof *roads->arcs);
    roads->tails = davy_arena_array(&roads->arena, count + 1, sizeof *roads->tails);
    roads->heads = davy_arena_array(&roads->arena, count + 1, sizeof *roads->heads);
    roads->lengths = davy_arena_array(&roads->arena, count + 1, sizeof *roads->lengths);
    return roads->junctions && roads->first && roads->arcs && roads->tails && roads->heads &&
           roads->lengths;
}

/** Counting sort by tail: how many arcs leave each junction, where its first is, then the arcs. */
static void lay_arcs(davy_roads *roads, const davy_site_emergency *emergency, uint32_t *next)
{
    for (size_t r = 0; r < emergency->road_count; r++) {
        roads->first[emergency->roads[r].from + 1]++;
        if (!emergency->roads[r].one_way)
            roads->first[emergency->roads[r].to + 1]++;
    }
    for (uint32_t j = 0; j < roads->junction_count; j++) {
        roads->first[j + 1] += roads->first[j];
        next[j] = roads->first[j];
    }
    roads->arc_count = roads->first[roads->junction_count];
    for (uint32_t r = 0; r < roads->road_count; r++) {
        const davy_site_road *road = &emergency->roads[r];
        davy_arc arc = {.to = (uint32_t) road->to,
                        .road = r,
                        .length_m = roads->lengths[r],
                        .speed = road->speed};

        roads->arcs[next[road->from]++] = arc;
        arc.to = (uint32_t) road->from;
        if (!road->one_way)
            roads->arcs[next[road->to]++] = arc;
    }
}

davy_status davy_roads_init(davy_roads *roads, const davy_site_emergency *emergency)
{
    uint32_t *next;
    davy_status status = check(emergency);

    *roads = (davy_roads){0};
    if (status != DAVY_OK)
        return status;
    next = davy_arena_array(&roads->arena, emergency->junction_count + 1, sizeof *next);
    if (!next || !take_memory(roads, emergency)) {
        davy_roads_clear(roads);
        return davy_fail(DAVY_ERR_NOMEM, "roads of %zu stretches", emergency->road_count);
    }
    roads->junction_count = (uint32_t) emergency->junction_count;
    roads->road_count = (uint32_t) emergency->road_count;
    for (size_t j = 0; j < emergency->junction_count; j++)
        roads->junctions[j] =
            (davy_site_point){emergency->junctions[j].east, emergency->junctions[j].north};
    for (size_t r = 0; r < emergency->road_count; r++) {
        const davy_site_road *road = &emergency->roads[r];

        roads->tails[r] = (uint32_t) road->from;
        roads->heads[r] = (uint32_t) road->to;
        roads->lengths[r] = fmax(road->length_m, davy_metres_between(roads->junctions[road->from],
                                                                     roads->junctions[road->to]));
    }
    lay_arcs(roads, emergency, next);
    return DAVY_OK;
}

void davy_roads_clear(davy_roads *roads)
{
    davy_arena_clear(&roads->arena);
    *roads = (davy_roads){0};
}

uint32_t davy_roads_nearest(const davy_roads *roads, davy_site_point point)
{
    uint32_t nearest = DAVY_NOWHERE;
    double least = INFINITY;

    for (uint32_t j = 0; j < roads->junction_count; j++) {
        const double metres = davy_metres_between(roads->junctions[j], point);

        if (metres < least) {
            least = metres;
            nearest = j;
        }
    }
    return nearest;
}
