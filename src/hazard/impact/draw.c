/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/reach.h"
#include "hazard/impact/parts.h"
#include "hazard/zone/ring.h"

#include <math.h>
#include <string.h>

/* Points of a circle, which lies outside of what it draws, and of each side of a cloud. */
enum { CIRCLE = 72, SIDE = 96 };

/* m: beyond the plane that a site is drawn on. */
static const double furthest = 1e6;

davy_impact_models *davy_impact_add(davy_impact_work *work, const davy_impact_wish *wish)
{
    davy_impact *impact = work->impact;
    davy_impact_models *models = &impact->models[impact->zone_count];

    if (impact->zone_count == DAVY_IMPACT_ZONES_MAX)
        return NULL;
    impact->zones[impact->zone_count++] = (davy_zone){.effect = wish->effect,
                                                      .endpoint = wish->endpoint,
                                                      .level = wish->level,
                                                      .severity = wish->severity,
                                                      .band_low = NAN,
                                                      .band_high = NAN};
    return models;
}

bool davy_impact_has(const davy_impact_wish *wishes, size_t count, double level)
{
    for (size_t i = 0; i < count; i++)
        if (fabs(wishes[i].level - level) < 1e-3 * level)
            return true;
    return false;
}

void davy_impact_add_model(davy_impact_models *models, const char *name, davy_answer reach)
{
    if (models->count < DAVY_IMPACT_MODELS_MAX)
        models->items[models->count++] = (davy_impact_model){.name = name, .reach = reach};
}

/* Nearest and farthest of the models that are in their range; of all when none is. What draws the
 * zone is in the band in any case. */
static void set_band(davy_zone *zone, const davy_impact_models *models)
{
    bool vouched = false;

    for (size_t i = 0; i < models->count; i++)
        vouched = vouched || models->items[i].reach.kind != DAVY_ANSWER_OUTSIDE;
    for (size_t i = 0; i < models->count; i++) {
        const davy_answer *reach = &models->items[i].reach;
        const double far = davy_reach_far(*reach);

        if (vouched && reach->kind == DAVY_ANSWER_OUTSIDE && i != models->drawn)
            continue;
        zone->band_low = fmin(zone->band_low, far); /* of a NaN and a number it is the number */
        zone->band_high = fmax(zone->band_high, far);
    }
}

/* The newest zone with the model that draws it. */
static davy_zone *choose(davy_impact_work *work, size_t drawn)
{
    davy_impact *impact = work->impact;
    davy_zone *zone = &impact->zones[impact->zone_count - 1];
    davy_impact_models *models = &impact->models[impact->zone_count - 1];

    models->drawn = drawn;
    zone->reach = models->items[drawn].reach;
    zone->model = models->items[drawn].name;
    set_band(zone, models);
    return zone;
}

static void keep_ring(davy_impact_work *work, davy_zone *zone, davy_site_point *ring, size_t count)
{
    davy_site_point *kept;

    for (size_t i = 0; i < count; i++)
        if (!(fabs(ring[i].east) < furthest) || !(fabs(ring[i].north) < furthest))
            return; /* it is told, and fits on no map */
    if (work->status == DAVY_OK)
        work->status = davy_ring_repair(ring, &count, DAVY_ZONE_POINTS_MAX);
    if (work->status != DAVY_OK || count == 0)
        return;
    kept = davy_arena_array(&work->impact->arena, count, sizeof *kept);
    if (!kept) {
        work->status = davy_fail(DAVY_ERR_NOMEM, "zone");
        return;
    }
    memcpy(kept, ring, count * sizeof *kept);
    zone->ring = kept;
    zone->count = count;
}

static void circle(davy_impact_work *work, davy_zone *zone, davy_site_point centre, double within)
{
    const double radius = within / cos(M_PI / CIRCLE);
    davy_site_point ring[DAVY_ZONE_POINTS_MAX];

    if (!(radius > 0) || !isfinite(radius) || work->impact->input.reaches_only)
        return;
    for (size_t i = 0; i < CIRCLE; i++)
        ring[i] = (davy_site_point){centre.east + radius * cos(2 * M_PI * (double) i / CIRCLE),
                                    centre.north + radius * sin(2 * M_PI * (double) i / CIRCLE)};
    keep_ring(work, zone, ring, CIRCLE);
}

/* Where the wind comes from nobody knows, the zone is all around: it may be anywhere in it. */
void davy_impact_draw_circle(davy_impact_work *work, size_t drawn)
{
    davy_zone *zone = choose(work, drawn);
    const davy_impact_models *models = &work->impact->models[work->impact->zone_count - 1];
    const double far = davy_reach_far(zone->reach);

    if (models->centre > 0 && isnan(work->impact->air.from))
        circle(work, zone, work->source, far + models->centre);
    else if (models->centre > 0)
        circle(work, zone, davy_air_place(&work->impact->air, work->source, models->centre, 0),
               far);
    else
        circle(work, zone, work->source, far);
}

/* Distances close together at both ends, where the width changes fast. */
static double along(double near, double far, size_t i)
{
    return near + (far - near) * 0.5 * (1 - cos(M_PI * (double) i / (SIDE - 1)));
}

void davy_impact_draw_cloud(davy_impact_work *work, double level)
{
    static const davy_answer not_asked = {DAVY_ANSWER_NO_DATA, NAN, NAN, .given = NAN};
    const davy_cloud *cloud = &work->cloud;
    davy_impact_models *models = &work->impact->models[work->impact->zone_count - 1];
    davy_answer reaches[DAVY_CLOUD_MODELS_MAX];
    davy_site_point ring[DAVY_ZONE_POINTS_MAX];
    const davy_cloud_model *model;
    davy_zone *zone;
    double near = 0, far;

    for (size_t i = 0; i < cloud->count; i++) {
        reaches[i] = work->impact->input.reaches_only && !davy_cloud_decides(cloud, reaches, i)
                         ? not_asked
                         : davy_cloud_reach(cloud, &cloud->models[i], level);
        davy_impact_add_model(models, cloud->models[i].name, reaches[i]);
    }
    if (cloud->count == 0)
        davy_impact_add_model(models, "dispersion", cloud->lacking);
    zone = choose(work, cloud->count > 0 ? davy_cloud_preferred(cloud, reaches) : 0);
    far = davy_reach_far(zone->reach);
    if (cloud->count == 0 || !(far > 0) || !isfinite(far) || work->impact->input.reaches_only)
        return;
    if (isnan(work->impact->air.from)) {
        circle(work, zone, work->source, far);
        return;
    }
    model = &cloud->models[models->drawn];
    near = isfinite(zone->reach.far) ? zone->reach.value : -davy_cloud_upwind(model, far);
    for (size_t i = 0; i < SIDE; i++) {
        const double x = along(near, far, i);
        const double width = davy_cloud_half_width(cloud, model, level, x);

        ring[i] = davy_air_place(&work->impact->air, work->source, x, width);
        ring[2 * SIDE - 1 - i] = davy_air_place(&work->impact->air, work->source, x, -width);
    }
    keep_ring(work, zone, ring, (size_t) 2 * SIDE);
}
