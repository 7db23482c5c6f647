/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/routes/closures.h"

#include <math.h>
#include <string.h>

typedef struct box {
    double west, east, south, north;
} box;

static box box_of(const davy_zone *zone)
{
    box b = {INFINITY, -INFINITY, INFINITY, -INFINITY};

    for (size_t i = 0; i < zone->count; i++) {
        b.west = fmin(b.west, zone->ring[i].east);
        b.east = fmax(b.east, zone->ring[i].east);
        b.south = fmin(b.south, zone->ring[i].north);
        b.north = fmax(b.north, zone->ring[i].north);
    }
    return b;
}

/** May anything within `half` metres of the middle of p and q touch what is in the box? */
static bool near_box(const box *b, davy_site_point p, davy_site_point q, double half)
{
    const double reach = half + 1.0; /* an edge has some width: see davy_zone_crosses() */
    const double east = (p.east + q.east) / 2.0, north = (p.north + q.north) / 2.0;

    return east + reach >= b->west && east - reach <= b->east && north + reach >= b->south &&
           north - reach <= b->north;
}

static double sum_to_foci(davy_site_point p, davy_site_point a, davy_site_point b)
{
    return davy_metres_between(p, a) + davy_metres_between(p, b);
}

/**
 * The least sum of distances to the foci along the straight line from p to q, by halving the
 * interval in thirds: the sum is convex. 60 rounds leave 3e-11 of the line.
 */
static double least_sum(davy_site_point p, davy_site_point q, davy_site_point a, davy_site_point b)
{
    double low = 0.0, high = 1.0, least = fmin(sum_to_foci(p, a, b), sum_to_foci(q, a, b));

    for (int round = 0; round < 60; round++) {
        const double third = (high - low) / 3.0, t = low + third, u = high - third;
        const davy_site_point at_t = {p.east + t * (q.east - p.east),
                                      p.north + t * (q.north - p.north)};
        const davy_site_point at_u = {p.east + u * (q.east - p.east),
                                      p.north + u * (q.north - p.north)};
        const double sum_t = sum_to_foci(at_t, a, b), sum_u = sum_to_foci(at_u, a, b);

        least = fmin(least, fmin(sum_t, sum_u));
        if (sum_t < sum_u)
            high = u;
        else
            low = t;
    }
    return least;
}

/** Does the zone's edge come into the ellipse with foci a and b and this major axis? */
static bool edge_in_ellipse(const davy_zone *zone, davy_site_point a, davy_site_point b,
                            double axis)
{
    for (size_t i = 0; i < zone->count; i++) {
        const davy_site_point p = zone->ring[i], q = zone->ring[(i + 1) % zone->count];
        const double near = fmin(sum_to_foci(p, a, b), sum_to_foci(q, a, b));

        if (near <= axis)
            return true;
        /* No point of the line is farther than half of it from one of its ends. */
        if (near - davy_metres_between(p, q) <= axis && least_sum(p, q, a, b) <= axis)
            return true;
    }
    return false;
}

static bool touches(const davy_zone *zone, const box *around, davy_site_point a, davy_site_point b,
                    double length_m)
{
    const double straight = davy_metres_between(a, b);

    if (zone->count == 0 || !near_box(around, a, b, length_m / 2.0))
        return false;
    if (davy_zone_crosses(zone, a, b))
        return true;
    return length_m > straight * (1.0 + DAVY_ROAD_STRAIGHT) &&
           edge_in_ellipse(zone, a, b, length_m);
}

static uint64_t mask_of_way(const davy_closed *closed, davy_site_point a, davy_site_point b,
                            double length_m)
{
    uint64_t mask = 0;

    for (size_t c = 0; c < closed->count; c++) {
        const box around = box_of(closed->closures[c].zone);

        if (touches(closed->closures[c].zone, &around, a, b, length_m))
            mask |= UINT64_C(1) << c;
    }
    return mask;
}

static uint64_t mask_of_point(const davy_closed *closed, davy_site_point point)
{
    uint64_t mask = 0;

    for (size_t c = 0; c < closed->count; c++)
        if (closed->closures[c].zone->count > 0 &&
            davy_zone_contains(closed->closures[c].zone, point))
            mask |= UINT64_C(1) << c;
    return mask;
}

size_t davy_closed_safe(const davy_closed *closed, uint64_t mask, davy_safe *out)
{
    size_t count = 0;
    double at = 0.0;

    while (at < INFINITY) {
        const double from = davy_closed_depart(closed, mask, at, 0.0);
        double to = INFINITY;

        if (!(from < INFINITY))
            break;
        for (size_t c = 0; c < closed->count; c++)
            if (mask >> c & 1 && closed->closures[c].from_s >= from)
                to = fmin(to, closed->closures[c].from_s);
        out[count++] = (davy_safe){from, to};
        at = to;
    }
    return count;
}

double davy_closed_depart(const davy_closed *closed, uint64_t mask, double at_s, double lasting_s)
{
    double at = at_s;
    bool moved = true;

    /* Each round puts `at` behind a closure that it never meets again. */
    while (moved) {
        moved = false;
        for (size_t c = 0; c < closed->count; c++) {
            const davy_closure *closure = &closed->closures[c];

            if (mask >> c & 1 && at < closure->to_s && at + lasting_s >= closure->from_s) {
                at = closure->to_s;
                moved = true;
            }
        }
    }
    return at;
}

static davy_status check(const davy_closure *closures, size_t count)
{
    if (count > DAVY_CLOSURES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu zones close roads: at most %zu at once", count,
                         DAVY_CLOSURES_MAX);
    for (size_t c = 0; c < count; c++)
        if (!(closures[c].from_s < closures[c].to_s) || isinf(closures[c].from_s))
            return davy_fail(
                DAVY_ERR_INVALID,
                "zone %zu closes roads from %g s to %g s: it has to end after it begins", c + 1,
                closures[c].from_s, closures[c].to_s);
    return DAVY_OK;
}

static void mark_roads(davy_closed *closed)
{
    const davy_roads *roads = closed->roads;

    for (size_t c = 0; c < closed->count; c++) {
        const box around = box_of(closed->closures[c].zone);

        for (uint32_t r = 0; r < roads->road_count; r++)
            if (touches(closed->closures[c].zone, &around, roads->junctions[roads->tails[r]],
                        roads->junctions[roads->heads[r]], roads->lengths[r]))
                closed->road_masks[r] |= UINT64_C(1) << c;
    }
}

static bool mark_junctions(davy_closed *closed)
{
    const uint32_t count = closed->roads->junction_count;
    davy_safe safe[DAVY_CLOSURES_MAX + 1];
    uint64_t *masks = davy_arena_array(&closed->arena, (size_t) count + 1, sizeof *masks);

    if (!masks)
        return false;
    for (uint32_t j = 0; j < count; j++) {
        masks[j] = mask_of_point(closed, closed->roads->junctions[j]);
        closed->safe_first[j + 1] =
            closed->safe_first[j] + (uint32_t) davy_closed_safe(closed, masks[j], safe);
    }
    closed->safe = davy_arena_array(&closed->arena, (size_t) closed->safe_first[count] + 1,
                                    sizeof *closed->safe);
    if (!closed->safe)
        return false;
    for (uint32_t j = 0; j < count; j++) {
        const size_t found = davy_closed_safe(closed, masks[j], safe);

        memcpy(closed->safe + closed->safe_first[j], safe, found * sizeof *safe);
    }
    return true;
}

davy_status davy_closed_init(davy_closed *closed, const davy_roads *roads,
                             const davy_closure *closures, size_t count)
{
    davy_status status = check(closures, count);

    *closed = (davy_closed){.roads = roads, .closures = closures, .count = count};
    if (status != DAVY_OK)
        return status;
    closed->road_masks =
        davy_arena_array(&closed->arena, (size_t) roads->road_count + 1, sizeof(uint64_t));
    closed->safe_first =
        davy_arena_array(&closed->arena, (size_t) roads->junction_count + 2, sizeof(uint32_t));
    if (!closed->road_masks || !closed->safe_first || !mark_junctions(closed)) {
        davy_closed_clear(closed);
        return davy_fail(DAVY_ERR_NOMEM, "closures of %u roads", roads->road_count);
    }
    mark_roads(closed);
    return DAVY_OK;
}

void davy_closed_clear(davy_closed *closed)
{
    davy_arena_clear(&closed->arena);
    *closed = (davy_closed){0};
}

davy_access davy_closed_access(const davy_closed *closed, davy_site_point at)
{
    davy_access access = {.at = at, .junction = davy_roads_nearest(closed->roads, at)};

    access.place_mask = mask_of_point(closed, at);
    if (access.junction != DAVY_NOWHERE) {
        const davy_site_point junction = closed->roads->junctions[access.junction];

        access.metres = davy_metres_between(at, junction);
        access.way_mask = mask_of_way(closed, at, junction, access.metres);
    }
    return access;
}
