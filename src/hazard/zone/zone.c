/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/zone/zone.h"

#include "core/buffer.h"
#include "hazard/zone/map.h"
#include "hazard/zone/ring.h"

#include <math.h>
#include <stdlib.h>

/* m: what is this near to an edge lies on it, whatever rounding says. */
static const double edge = 1e-3;

const char *davy_effect_name(davy_effect effect)
{
    static const char *const names[DAVY_EFFECTS] = {"toxic",    "flash-fire", "pool-fire",
                                                    "jet-fire", "fireball",   "explosion"};

    return names[effect];
}

static double cross(davy_site_point a, davy_site_point b, davy_site_point c)
{
    return (b.east - a.east) * (c.north - a.north) - (b.north - a.north) * (c.east - a.east);
}

/* From a point to a line between two. */
static double distance_to(davy_site_point p, davy_site_point a, davy_site_point b)
{
    const double east = b.east - a.east, north = b.north - a.north;
    const double length2 = east * east + north * north;
    double t = 0;

    if (length2 > 0)
        t = ((p.east - a.east) * east + (p.north - a.north) * north) / length2;
    t = fmin(fmax(t, 0), 1);
    return hypot(p.east - a.east - t * east, p.north - a.north - t * north);
}

/* Whether the boxes of two lines are an edge apart. */
static bool are_apart(davy_site_point a, davy_site_point b, davy_site_point c, davy_site_point d)
{
    return fmin(a.east, b.east) > fmax(c.east, d.east) + edge ||
           fmin(c.east, d.east) > fmax(a.east, b.east) + edge ||
           fmin(a.north, b.north) > fmax(c.north, d.north) + edge ||
           fmin(c.north, d.north) > fmax(a.north, b.north) + edge;
}

static bool do_touch(davy_site_point a, davy_site_point b, davy_site_point c, davy_site_point d)
{
    if (are_apart(a, b, c, d))
        return false;
    if ((cross(a, b, c) > 0) != (cross(a, b, d) > 0) &&
        (cross(c, d, a) > 0) != (cross(c, d, b) > 0))
        return true;
    return distance_to(a, c, d) <= edge || distance_to(b, c, d) <= edge ||
           distance_to(c, a, b) <= edge || distance_to(d, a, b) <= edge;
}

bool davy_zone_contains(const davy_zone *zone, davy_site_point point)
{
    bool inside = false;

    for (size_t i = 0; i < zone->count; i++) {
        const davy_site_point a = zone->ring[i], b = zone->ring[(i + 1) % zone->count];

        if (!are_apart(point, point, a, b) && distance_to(point, a, b) <= edge)
            return true;
        if ((a.north > point.north) != (b.north > point.north) &&
            point.east < a.east + (b.east - a.east) * (point.north - a.north) / (b.north - a.north))
            inside = !inside;
    }
    return inside;
}

bool davy_zone_crosses(const davy_zone *zone, davy_site_point a, davy_site_point b)
{
    for (size_t i = 0; i < zone->count; i++)
        if (do_touch(a, b, zone->ring[i], zone->ring[(i + 1) % zone->count]))
            return true;
    return davy_zone_contains(zone, a);
}

davy_status davy_zone_outline(const davy_zone *zone, double latitude, double longitude,
                              size_t points, char **text)
{
    static const double margin = 0.2; /* m: six decimals of a degree are 0.06 m off at most */
    davy_site_point ring[DAVY_ZONE_POINTS_MAX];
    davy_buffer out = {0};
    size_t count;
    davy_status status;

    if (points < 5 || isnan(latitude) || isnan(longitude) || zone->count == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "an outline needs a zone, the origin of its site and 5 pairs at least");
    if (points - 1 > DAVY_ZONE_POINTS_MAX)
        points = DAVY_ZONE_POINTS_MAX + 1;
    status = davy_ring_around(zone->ring, zone->count, margin, ring, points - 1, &count);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i <= count; i++) {
        const davy_map_place place = davy_map_of(latitude, longitude, ring[i % count]);

        davy_buffer_printf(&out, "%s%.6f,%.6f", i > 0 ? " " : "", place.latitude, place.longitude);
    }
    *text = davy_buffer_take(&out);
    return *text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "outline of a zone");
}
