/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_map.h"

#include "data/page_plot.h"
#include "hazard/air/reach.h"

#include <math.h>
#include <stdio.h>

/* Of the picture, in its own units. */
#define WIDTH  920.0
#define HEIGHT 540.0
#define MARGIN 60.0

/* Names that fit; beyond that a mark alone stands for a place or an asset. */
enum { NAMES = 40, LABELS = 16 };

typedef struct map {
    davy_buffer *html;
    const davy_impact *impact;
    davy_effect effect;
    double west, south, scale; /* of the lower left corner in m; units of the picture for a metre */
    double labels[LABELS][2];
    size_t label_count, name_count;
} map;

static double x_of(const map *of, double east)
{
    return MARGIN + (east - of->west) * of->scale;
}

static double y_of(const map *of, double north)
{
    return HEIGHT - MARGIN - (north - of->south) * of->scale;
}

static bool is_seen(const map *of, davy_site_point at)
{
    const double x = x_of(of, at.east), y = y_of(of, at.north);

    return x > 4 && x < WIDTH - 4 && y > 4 && y < HEIGHT - 4; /* a NaN is not */
}

/* The box of the zones and the source. A hundred metres when nothing is reached. */
static void fit(map *of)
{
    const davy_scenario *scenario = &of->impact->scenario;
    double west = scenario->east, east = west, south = scenario->north, north = south, size;

    for (size_t i = 0; i < of->impact->zone_count; i++)
        for (size_t j = 0;
             of->impact->zones[i].effect == of->effect && j < of->impact->zones[i].count; j++) {
            const davy_site_point at = of->impact->zones[i].ring[j];

            west = fmin(west, at.east);
            east = fmax(east, at.east);
            south = fmin(south, at.north);
            north = fmax(north, at.north);
        }
    size = fmax(fmax(east - west, north - south), 100);
    of->scale = fmin((WIDTH - 2 * MARGIN) / fmax(east - west, 0.2 * size),
                     (HEIGHT - 2 * MARGIN) / fmax(north - south, 0.2 * size));
    of->west = 0.5 * (west + east) - 0.5 * (WIDTH - 2 * MARGIN) / of->scale;
    of->south = 0.5 * (south + north) - 0.5 * (HEIGHT - 2 * MARGIN) / of->scale;
}

static const char *colour_of(int severity)
{
    return severity == 3 ? "#b3372a" : severity == 2 ? "#d97706" : "#c9a227";
}

static void draw_ring(const map *of, const davy_site_point *ring, size_t count,
                      const char *attributes)
{
    davy_buffer_append_text(of->html, "<path d=\"");
    for (size_t i = 0; i < count; i++)
        davy_buffer_printf(of->html, "%c%.1f %.1f", i == 0 ? 'M' : 'L', x_of(of, ring[i].east),
                           y_of(of, ring[i].north));
    davy_buffer_printf(of->html, "Z\" %s/>", attributes);
}

/* Down past the labels that are there already. */
static double free_place(map *of, double x, double y)
{
    for (size_t i = 0; i < of->label_count; i++)
        if (fabs(of->labels[i][0] - x) < 190 && fabs(of->labels[i][1] - y) < 15) {
            y = of->labels[i][1] + 15;
            i = (size_t) -1; /* from the first one again */
        }
    if (of->label_count < LABELS) {
        of->labels[of->label_count][0] = x;
        of->labels[of->label_count++][1] = y;
    }
    return y;
}

/* The point of the zone farthest from the source; of a circle the one in the east. */
static davy_site_point tip_of(const map *of, const davy_zone *zone)
{
    const davy_scenario *scenario = &of->impact->scenario;
    davy_site_point tip = zone->ring[0];
    double farthest = 0;

    for (size_t i = 0; i < zone->count; i++) {
        const double east = zone->ring[i].east - scenario->east;
        const double distance = hypot(east, zone->ring[i].north - scenario->north);

        if (distance + 0.01 * east > farthest) {
            farthest = distance + 0.01 * east;
            tip = zone->ring[i];
        }
    }
    return tip;
}

static void write_label(map *of, const davy_zone *zone)
{
    const davy_answer far = {
        .kind = DAVY_ANSWER_VALUE, .value = davy_reach_far(zone->reach), .far = NAN};
    const davy_site_point tip = tip_of(of, zone);
    const bool left = tip.east < of->impact->scenario.east;
    const double x =
        left ? fmax(x_of(of, tip.east) - 5, 175) : fmin(x_of(of, tip.east) + 5, WIDTH - 175);
    const double y = free_place(of, x, y_of(of, tip.north));
    char text[DAVY_ANSWER_TEXT_MAX];

    davy_buffer_printf(of->html, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\"%s>", x, y,
                       left ? " text-anchor=\"end\"" : "");
    davy_page_text(of->html, zone->endpoint);
    davy_buffer_printf(of->html, " · %s</text>", davy_impact_distance_text(&far, text));
}

static void draw_zone(map *of, const davy_zone *zone)
{
    char attributes[160];

    if (zone->count == 0)
        return;
    (void) snprintf(attributes, sizeof attributes,
                    "fill=\"%s\" fill-opacity=\".16\" stroke=\"%s\" stroke-width=\"1.6\"%s",
                    colour_of(zone->severity), colour_of(zone->severity),
                    zone->reach.kind == DAVY_ANSWER_OUTSIDE ? " stroke-dasharray=\"6 4\"" : "");
    draw_ring(of, zone->ring, zone->count, attributes);
    write_label(of, zone);
}

/* The largest first, so that all can be seen. */
static void draw_zones(map *of)
{
    const davy_impact *impact = of->impact;
    double before = INFINITY;

    for (;;) {
        double next = -1;

        for (size_t i = 0; i < impact->zone_count; i++)
            if (impact->zones[i].effect == of->effect && impact->zones[i].count > 0 &&
                davy_reach_far(impact->zones[i].reach) < before)
                next = fmax(next, davy_reach_far(impact->zones[i].reach));
        if (next < 0)
            return;
        for (size_t i = 0; i < impact->zone_count; i++)
            if (impact->zones[i].effect == of->effect &&
                davy_reach_far(impact->zones[i].reach) == next)
                draw_zone(of, &impact->zones[i]);
        before = next;
    }
}

static void draw_name(map *of, davy_site_point at, const char *name)
{
    if (of->name_count++ >= NAMES)
        return;
    davy_buffer_printf(of->html, "<text x=\"%.1f\" y=\"%.1f\">", x_of(of, at.east) + 7,
                       y_of(of, at.north) + 4);
    davy_page_text(of->html, name);
    davy_buffer_append_text(of->html, "</text>");
}

static void draw_place(map *of, const davy_site_place *place)
{
    const davy_site_point at = place->outline[0];
    const double x = x_of(of, at.east), y = y_of(of, at.north);

    if (!is_seen(of, at))
        return;
    if (place->kind == DAVY_PLACE_MUSTER)
        davy_buffer_printf(of->html, "<path d=\"M%.1f %.1fl6 11h-12z\" fill=\"#1a7f4b\"/>", x,
                           y - 6);
    else if (place->outline_count > 2)
        draw_ring(of, place->outline, place->outline_count,
                  "fill=\"#5c6b7a\" fill-opacity=\".35\" stroke=\"#5c6b7a\"");
    else
        davy_buffer_printf(of->html,
                           "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#fff\" "
                           "stroke=\"#1d5f9e\" stroke-width=\"2\"/>",
                           x, y);
    draw_name(of, at, place->title ? place->title : place->name);
}

static void draw_site(map *of)
{
    const davy_site *site = of->impact->input.site;

    for (size_t i = 0; site && i < site->emergency.place_count; i++)
        draw_place(of, &site->emergency.places[i]);
    for (size_t i = 0; site && i < site->asset_count; i++) {
        const davy_site_point at = {site->assets[i].east, site->assets[i].north};

        if (!is_seen(of, at))
            continue;
        davy_buffer_printf(of->html, "<path d=\"M%.1f %.1fh6v6h-6z\" fill=\"#1b2733\"/>",
                           x_of(of, at.east) - 3, y_of(of, at.north) - 3);
        draw_name(of, at, site->assets[i].name);
    }
}

/* Where the wind goes, and how fast; north. */
static void draw_wind(const map *of)
{
    const davy_air *air = &of->impact->air;

    davy_buffer_append_text(of->html,
                            "<path d=\"M34 62V24m-5 8l5-9 5 9\" fill=\"none\" stroke=\"#5c6b7a\" "
                            "stroke-width=\"1.6\"/><text x=\"30\" y=\"78\">N</text>");
    if (isnan(air->from))
        return;
    davy_buffer_printf(of->html,
                       "<g transform=\"rotate(%.1f 90 46)\"><path d=\"M90 68V26m-7 11l7-13 7 13\" "
                       "fill=\"none\" stroke=\"#1d5f9e\" stroke-width=\"2.4\"/></g>",
                       air->from * 180 / M_PI + 180);
    davy_buffer_printf(of->html, "<text class=\"name\" x=\"116\" y=\"50\">%.3g m/s</text>",
                       air->wind);
}

/* A bar of 1, 2 or 5 times a power of ten. */
static void draw_scale(const map *of)
{
    const double room = 160 / of->scale, power = pow(10, floor(log10(room)));
    const double metres = power * (room >= 5 * power ? 5 : room >= 2 * power ? 2 : 1);
    char text[DAVY_ANSWER_TEXT_MAX];
    const davy_answer length = {.kind = DAVY_ANSWER_VALUE, .value = metres, .far = NAN};

    davy_buffer_printf(of->html,
                       "<path d=\"M30 %.0fv6h%.1fv-6\" fill=\"none\" stroke=\"#1b2733\" "
                       "stroke-width=\"1.6\"/><text class=\"name\" x=\"30\" y=\"%.0f\">%s</text>",
                       HEIGHT - 30, metres * of->scale, HEIGHT - 36,
                       davy_impact_distance_text(&length, text));
}

void davy_impact_map(davy_buffer *html, const davy_impact *impact, davy_effect effect)
{
    map of = {.html = html, .impact = impact, .effect = effect};
    const davy_site_point source = {impact->scenario.east, impact->scenario.north};

    fit(&of);
    davy_buffer_printf(html, "<svg class=\"scores\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">", WIDTH,
                       HEIGHT);
    draw_zones(&of);
    draw_site(&of);
    davy_buffer_printf(html,
                       "<path d=\"M%.1f %.1fm-6-6l12 12m0-12l-12 12\" stroke=\"#b3372a\" "
                       "stroke-width=\"2.6\"/>",
                       x_of(&of, source.east), y_of(&of, source.north));
    draw_wind(&of);
    draw_scale(&of);
    davy_buffer_append_text(html, "</svg>");
}
