/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/zone/ring.h"

#include <math.h>
#include <stdlib.h>

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>

/* A context of GEOS with the geometries of one call. */
enum { GEOMETRIES = 64 };

typedef struct work {
    GEOSContextHandle_t geos;
    GEOSGeometry *kept[GEOMETRIES];
    int count;
} work;

static void work_close(work *of)
{
    while (of->count > 0)
        GEOSGeom_destroy_r(of->geos, of->kept[--of->count]);
    if (of->geos)
        GEOS_finish_r(of->geos);
}

static GEOSGeometry *keep(work *of, GEOSGeometry *geometry)
{
    if (geometry && of->count == GEOMETRIES) {
        GEOSGeom_destroy_r(of->geos, geometry);
        return NULL;
    }
    if (geometry)
        of->kept[of->count++] = geometry;
    return geometry;
}

static davy_status work_open(work *of)
{
    *of = (work){.geos = GEOS_init_r()};
    return of->geos ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "geometry of a zone");
}

/* NULL without memory, or of fewer than three points. */
static GEOSGeometry *polygon_of(work *of, const davy_site_point *ring, size_t count)
{
    GEOSCoordSequence *line;
    GEOSGeometry *closed;

    if (count < 3)
        return NULL;
    line = GEOSCoordSeq_create_r(of->geos, (unsigned) count + 1, 2);
    if (!line)
        return NULL;
    for (size_t i = 0; i <= count; i++) {
        const davy_site_point *point = &ring[i % count];

        if (!GEOSCoordSeq_setXY_r(of->geos, line, (unsigned) i, point->east, point->north)) {
            GEOSCoordSeq_destroy_r(of->geos, line);
            return NULL;
        }
    }
    closed = GEOSGeom_createLinearRing_r(of->geos, line);
    return closed ? keep(of, GEOSGeom_createPolygon_r(of->geos, closed, NULL, 0)) : NULL;
}

static double area_of(work *of, const GEOSGeometry *geometry)
{
    double area = 0;

    return geometry && GEOSArea_r(of->geos, geometry, &area) ? area : 0;
}

/* The largest polygon in it; NULL when there is none. */
static const GEOSGeometry *largest(work *of, const GEOSGeometry *geometry)
{
    const GEOSGeometry *best = NULL;
    const int count = geometry ? GEOSGetNumGeometries_r(of->geos, geometry) : 0;

    for (int i = 0; i < count; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(of->geos, geometry, i);
        const int type = GEOSGeomTypeId_r(of->geos, part);

        if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION)
            part = largest(of, part);
        else if (type != GEOS_POLYGON)
            continue;
        if (part && area_of(of, part) > area_of(of, best))
            best = part;
    }
    return best;
}

static void turn_around(davy_site_point *ring, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const davy_site_point other = ring[i];

        ring[i] = ring[count - 1 - i];
        ring[count - 1 - i] = other;
    }
}

/* The outer line of a polygon. */
static davy_status read_ring(work *of, const GEOSGeometry *polygon, davy_site_point *out,
                             size_t capacity, size_t *out_count)
{
    const GEOSGeometry *shell = GEOSGetExteriorRing_r(of->geos, polygon);
    const GEOSCoordSequence *line = shell ? GEOSGeom_getCoordSeq_r(of->geos, shell) : NULL;
    unsigned size = 0;

    if (!line || !GEOSCoordSeq_getSize_r(of->geos, line, &size) || size < 4)
        return davy_fail(DAVY_ERR_NOMEM, "geometry of a zone");
    if (size - 1 > capacity)
        return davy_fail(DAVY_ERR_FULL, "a zone of %u points, more than %zu", size - 1, capacity);
    for (unsigned i = 0; i + 1 < size; i++)
        (void) GEOSCoordSeq_getXY_r(of->geos, line, i, &out[i].east, &out[i].north);
    *out_count = size - 1;
    if (davy_ring_area(out, *out_count) < 0)
        turn_around(out, *out_count);
    return DAVY_OK;
}

double davy_ring_area(const davy_site_point *ring, size_t count)
{
    double twice = 0;

    for (size_t i = 0; i < count; i++) { /* from its first point: small figures, few lost digits */
        const davy_site_point *a = &ring[i], *b = &ring[(i + 1) % count];

        twice += (a->east - ring->east) * (b->north - ring->north) -
                 (b->east - ring->east) * (a->north - ring->north);
    }
    return 0.5 * twice;
}

davy_status davy_ring_repair(davy_site_point *ring, size_t *count, size_t capacity)
{
    const GEOSGeometry *polygon, *best;
    davy_status status;
    work of;

    for (size_t i = 0; i < *count; i++)
        if (!isfinite(ring[i].east) || !isfinite(ring[i].north))
            return davy_fail(DAVY_ERR_INVALID, "point %zu of a zone is no place", i);
    status = work_open(&of);
    if (status != DAVY_OK)
        return status;
    polygon = polygon_of(&of, ring, *count);
    best = polygon && GEOSisValid_r(of.geos, polygon) == 1
               ? polygon
               : largest(&of, polygon ? keep(&of, GEOSMakeValid_r(of.geos, polygon)) : NULL);
    if (best && area_of(&of, best) > 0)
        status = read_ring(&of, best, ring, capacity, count);
    else
        *count = 0;
    work_close(&of);
    return status;
}

bool davy_ring_is_valid(const davy_site_point *ring, size_t count)
{
    const GEOSGeometry *polygon;
    bool valid = false;
    work of;

    if (work_open(&of) != DAVY_OK)
        return false;
    polygon = polygon_of(&of, ring, count);
    if (polygon)
        valid = GEOSisValid_r(of.geos, polygon) == 1 && davy_ring_area(ring, count) > 0;
    work_close(&of);
    return valid;
}

/* Widened by `margin` and a tolerance, then straightened by no more than the tolerance. */
static const GEOSGeometry *straighten(work *of, const GEOSGeometry *polygon, double margin,
                                      double tolerance)
{
    static const double mitre = 2; /* corners as sharp as 60 degrees keep their point */
    GEOSGeometry *wide =
        keep(of, GEOSBufferWithStyle_r(of->geos, polygon, margin + tolerance, 1, GEOSBUF_CAP_FLAT,
                                       GEOSBUF_JOIN_MITRE, mitre));
    GEOSGeometry *straight =
        wide ? keep(of, GEOSTopologyPreserveSimplify_r(of->geos, wide, tolerance)) : NULL;

    return straight && GEOSCovers_r(of->geos, straight, polygon) == 1 ? largest(of, straight)
                                                                      : NULL;
}

static size_t points_of(work *of, const GEOSGeometry *polygon)
{
    const GEOSGeometry *shell = GEOSGetExteriorRing_r(of->geos, polygon);
    const int count = shell ? GEOSGetNumCoordinates_r(of->geos, shell) : 0;

    return count > 0 ? (size_t) count - 1 : 0;
}

/*
 * The least tolerance that leaves few enough points, of a row that doubles from 1/4096 of the
 * polygon's width to half of it; then the box around it.
 */
static const GEOSGeometry *around(work *of, const GEOSGeometry *polygon, double margin,
                                  size_t capacity)
{
    GEOSGeometry *wide;

    for (int halvings = 12; halvings >= 1; halvings--) {
        const double tolerance = ldexp(sqrt(area_of(of, polygon)), -halvings);
        const GEOSGeometry *straight = straighten(of, polygon, margin, tolerance);

        if (straight && points_of(of, straight) <= capacity)
            return straight;
    }
    wide = keep(of, GEOSBuffer_r(of->geos, polygon, margin, 1));
    return wide ? keep(of, GEOSEnvelope_r(of->geos, wide)) : NULL;
}

davy_status davy_ring_around(const davy_site_point *ring, size_t count, double margin,
                             davy_site_point *out, size_t capacity, size_t *out_count)
{
    const GEOSGeometry *polygon, *wide;
    davy_status status;
    work of;

    if (capacity < 4)
        return davy_fail(DAVY_ERR_INVALID, "a zone is drawn with 4 points at least");
    status = work_open(&of);
    if (status != DAVY_OK)
        return status;
    polygon = polygon_of(&of, ring, count);
    wide = polygon ? around(&of, polygon, margin, capacity) : NULL;
    status = wide ? read_ring(&of, wide, out, capacity, out_count)
                  : davy_fail(DAVY_ERR_INVALID, "a zone that is no polygon has no outline");
    work_close(&of);
    return status;
}

const char *davy_ring_geos_version(void)
{
    return GEOSversion();
}
