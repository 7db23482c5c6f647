/* SPDX-License-Identifier: Apache-2.0 */
#include "site/rings.h"

#include <math.h>

/* Twice the area of the triangle; its sign tells on which side of a-b the point c is. */
static double turn(davy_site_point a, davy_site_point b, davy_site_point c)
{
    return (b.east - a.east) * (c.north - a.north) - (b.north - a.north) * (c.east - a.east);
}

/* c is on the line a-b: is it between them? */
static bool between(davy_site_point a, davy_site_point b, davy_site_point c)
{
    return fmin(a.east, b.east) <= c.east && c.east <= fmax(a.east, b.east) &&
           fmin(a.north, b.north) <= c.north && c.north <= fmax(a.north, b.north);
}

static int sign(double value)
{
    return (value > 0) - (value < 0);
}

/* Source: Cormen et al., "Introduction to Algorithms", section 33.1: segments that intersect. */
static bool meet(davy_site_point a, davy_site_point b, davy_site_point c, davy_site_point d)
{
    const int ca = sign(turn(c, d, a)), cb = sign(turn(c, d, b));
    const int ac = sign(turn(a, b, c)), ad = sign(turn(a, b, d));

    if (ca * cb < 0 && ac * ad < 0)
        return true;
    /* The end of an edge is where the next one begins, which is looked at in its turn. */
    return (ca == 0 && between(c, d, a)) || (ac == 0 && between(a, b, c));
}

/* Neighbours share a point; they may not go back over one another. */
static bool folds_back(davy_site_point a, davy_site_point b, davy_site_point c)
{
    return turn(a, b, c) == 0 &&
           (a.east - b.east) * (c.east - b.east) + (a.north - b.north) * (c.north - b.north) > 0;
}

static bool edges_meet(const davy_site_point *ring, size_t count, size_t a, size_t b)
{
    const size_t a_end = (a + 1) % count, b_end = (b + 1) % count;

    if (a_end == b)
        return folds_back(ring[a], ring[b], ring[b_end]);
    if (b_end == a)
        return folds_back(ring[b], ring[a], ring[a_end]);
    return meet(ring[a], ring[a_end], ring[b], ring[b_end]);
}

davy_ring_fault davy_ring_check(const davy_site_point *ring, size_t count, size_t *a, size_t *b)
{
    double area = 0;

    if (count < 3)
        return DAVY_RING_SHORT;
    for (*a = 0; *a < count; ++*a) {
        const davy_site_point from = ring[*a], to = ring[(*a + 1) % count];

        if (from.east == to.east && from.north == to.north)
            return DAVY_RING_REPEAT;
        area += turn(ring[0], from, to);
    }
    for (*a = 0; *a < count; ++*a)
        for (*b = *a + 1; *b < count; ++*b)
            if (edges_meet(ring, count, *a, *b))
                return DAVY_RING_CROSS;
    return area == 0 ? DAVY_RING_EMPTY : DAVY_RING_FINE;
}
