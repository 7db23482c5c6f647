/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/sketch.h"

#include "data/page.h"

#include <jansson.h>
#include <math.h>

/* Of the picture, in its own units. */
#define SIDE   600.0
#define MARGIN 30.0

struct box {
    double west, south, east, north;
};

static double coordinate(const json_t *ring, size_t point, size_t axis)
{
    return json_number_value(json_array_get(json_array_get(ring, point), axis));
}

static void widen(struct box *box, double east, double north)
{
    box->west = fmin(box->west, east);
    box->east = fmax(box->east, east);
    box->south = fmin(box->south, north);
    box->north = fmax(box->north, north);
}

static struct box box_of(const davy_incident *incident, const json_t *zones)
{
    struct box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    size_t index;
    const json_t *zone;

    json_array_foreach(zones, index, zone)
    {
        const json_t *ring = json_object_get(zone, "ring");

        for (size_t i = 0; i < json_array_size(ring); i++)
            widen(&box, coordinate(ring, i, 0), coordinate(ring, i, 1));
    }
    if (box.west < box.east && !isnan(incident->east))
        widen(&box, incident->east, incident->north);
    return box;
}

/* The largest of 1, 2, 5 times a power of ten that is not longer. */
static double round_length(double longest)
{
    const double ten = pow(10, floor(log10(longest)));

    return longest >= 5 * ten ? 5 * ten : longest >= 2 * ten ? 2 * ten : ten;
}

/* Darker is worse. */
static const char *colour_of(const json_t *zone)
{
    static const char *const colours[] = {"#f0c419", "#f0c419", "#e67e22", "#c0392b"};
    const json_int_t severity = json_integer_value(json_object_get(zone, "severity"));

    return colours[severity >= 1 && severity <= 3 ? severity : 0];
}

static void draw_zone(const json_t *zone, const struct box *box, double scale, davy_buffer *html)
{
    const json_t *ring = json_object_get(zone, "ring");
    const char *endpoint = json_string_value(json_object_get(zone, "endpoint"));

    if (json_array_size(ring) < 3)
        return;
    davy_buffer_printf(html, "<polygon fill=\"%s\" fill-opacity=\".25\" stroke=\"%s\" points=\"",
                       colour_of(zone), colour_of(zone));
    for (size_t i = 0; i < json_array_size(ring); i++)
        davy_buffer_printf(html, "%.1f,%.1f ",
                           MARGIN + (coordinate(ring, i, 0) - box->west) * scale,
                           MARGIN + (box->north - coordinate(ring, i, 1)) * scale);
    davy_buffer_append_text(html, "\"><title>");
    davy_page_text(html, endpoint ? endpoint : "");
    davy_buffer_append_text(html, "</title></polygon>");
}

static void draw_marks(const davy_incident *incident, const struct box *box, double scale,
                       double height, davy_buffer *html)
{
    const double length = round_length((box->east - box->west) / 3);

    if (!isnan(incident->east))
        davy_buffer_printf(html, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#1b2733\"/>",
                           MARGIN + (incident->east - box->west) * scale,
                           MARGIN + (box->north - incident->north) * scale);
    davy_buffer_printf(html,
                       "<path d=\"M%.1f %.1fh%.1f\" stroke=\"#1b2733\" stroke-width=\"3\"/>"
                       "<text x=\"%.1f\" y=\"%.1f\">%g m</text>"
                       "<path d=\"M%.1f 34l6 14h-12z\" fill=\"#1b2733\"/>"
                       "<text x=\"%.1f\" y=\"28\">N</text>",
                       MARGIN, height - 12, length * scale, MARGIN + length * scale + 6, height - 8,
                       length, SIDE + MARGIN, SIDE + MARGIN - 4);
}

void davy_incident_sketch(const davy_incident *incident, davy_buffer *html)
{
    json_t *impact = incident->impact ? json_loads(incident->impact, 0, NULL) : NULL;
    const json_t *zones = json_object_get(impact, "zones");
    const struct box box = box_of(incident, zones);
    const double width = box.east - box.west, tall = box.north - box.south;
    size_t index;
    const json_t *zone;

    if (width > 0 && tall > 0 && isfinite(width) && isfinite(tall)) {
        const double scale = SIDE / fmax(width, tall);
        const double height = tall * scale + 3 * MARGIN;

        davy_buffer_printf(html, "<svg viewBox=\"0 0 %.0f %.0f\" style=\"max-width:40em\">",
                           SIDE + 2 * MARGIN, height);
        json_array_foreach(zones, index, zone) draw_zone(zone, &box, scale, html);
        draw_marks(incident, &box, scale, height, html);
        davy_buffer_append_text(html, "</svg>");
    }
    json_decref(impact);
}
