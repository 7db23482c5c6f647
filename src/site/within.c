/* SPDX-License-Identifier: Apache-2.0 */
#include "site/within.h"

#include <math.h>

/* Corners held against edges, of all places together: some hundred places of 256 corners in each
 * other, a tenth of a second. Places beyond count each for itself. */
static const size_t work_max = (size_t) 1 << 26;

struct box {
    double west, east, south, north;
};

static struct box box_of(const davy_site_place *place)
{
    struct box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};

    for (size_t i = 0; i < place->outline_count; i++) {
        box.west = fmin(box.west, place->outline[i].east);
        box.east = fmax(box.east, place->outline[i].east);
        box.south = fmin(box.south, place->outline[i].north);
        box.north = fmax(box.north, place->outline[i].north);
    }
    return box;
}

static double area_of(const davy_site_place *place)
{
    double twice = 0;

    for (size_t i = 0; i < place->outline_count; i++) {
        const davy_site_point a = place->outline[i];
        const davy_site_point b = place->outline[(i + 1) % place->outline_count];

        twice += a.east * b.north - a.north * b.east;
    }
    return fabs(twice) / 2;
}

/* Twice the area of the triangle; its sign tells on which side of a-b the point c is. */
static double turn(davy_site_point a, davy_site_point b, davy_site_point c)
{
    return (b.east - a.east) * (c.north - a.north) - (b.north - a.north) * (c.east - a.east);
}

static bool is_on(davy_site_point a, davy_site_point b, davy_site_point c)
{
    return turn(a, b, c) == 0 && fmin(a.east, b.east) <= c.east && c.east <= fmax(a.east, b.east) &&
           fmin(a.north, b.north) <= c.north && c.north <= fmax(a.north, b.north);
}

/* In the ring, or on its edge: a ray to the east meets the edge an odd number of times. */
static bool holds_point(const davy_site_place *place, davy_site_point point)
{
    bool inside = false;

    for (size_t i = 0; i < place->outline_count; i++) {
        const davy_site_point a = place->outline[i];
        const davy_site_point b = place->outline[(i + 1) % place->outline_count];

        if (is_on(a, b, point))
            return true;
        if ((a.north > point.north) != (b.north > point.north) &&
            (turn(a, b, point) > 0) == (b.north > a.north))
            inside = !inside;
    }
    return inside;
}

/* Both ends of each stretch lie strictly on both sides of the other. */
static bool cross(davy_site_point a, davy_site_point b, davy_site_point c, davy_site_point d)
{
    return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

static bool holds(const davy_site_place *outer, const davy_site_place *inner)
{
    for (size_t i = 0; i < inner->outline_count; i++)
        if (!holds_point(outer, inner->outline[i]))
            return false;
    for (size_t i = 0; i < inner->outline_count; i++)
        for (size_t k = 0; k < outer->outline_count; k++)
            if (cross(inner->outline[i], inner->outline[(i + 1) % inner->outline_count],
                      outer->outline[k], outer->outline[(k + 1) % outer->outline_count]))
                return false;
    return true;
}

/* Cheap: may the one hold the other at all? */
static bool may_hold(const davy_site_place *outer, const davy_site_place *inner)
{
    struct box a, b;

    if (outer->kind == DAVY_PLACE_MUSTER || outer->outside != inner->outside ||
        outer->outline_count < 3)
        return false;
    a = box_of(outer);
    b = box_of(inner);
    return a.west <= b.west && b.east <= a.east && a.south <= b.south && b.north <= a.north;
}

void davy_places_nest(davy_site_place *places, size_t count)
{
    size_t work = 0;

    for (size_t i = 0; i < count; i++) {
        const double area = area_of(&places[i]);
        double least = INFINITY;

        places[i].within = 0;
        for (size_t k = 0; k < count && places[i].kind != DAVY_PLACE_MUSTER; k++) {
            const double ground = area_of(&places[k]);

            work += places[i].outline_count + places[k].outline_count;
            if (work > work_max)
                return;
            /* of two equal ones the earlier holds the later, and not the other way round */
            if (k == i || ground < area || (ground == area && k > i) || ground >= least ||
                !may_hold(&places[k], &places[i]))
                continue;
            work += places[i].outline_count * places[k].outline_count;
            if (holds(&places[k], &places[i])) {
                places[i].within = 1 + k;
                least = ground;
            }
        }
    }
}

void davy_places_apart(const davy_site_emergency *emergency, const double *people, double *apart)
{
    for (size_t i = 0; i < emergency->place_count; i++)
        apart[i] = people[i];
    for (size_t i = 0; i < emergency->place_count; i++)
        if (emergency->places[i].within > 0)
            apart[emergency->places[i].within - 1] -= people[i];
    for (size_t i = 0; i < emergency->place_count; i++)
        apart[i] = fmax(0, apart[i]);
}
