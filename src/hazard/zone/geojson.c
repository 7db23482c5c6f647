/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/zone/geojson.h"

#include "core/json.h"
#include "hazard/air/reach.h"
#include "hazard/zone/map.h"

static void write_point(davy_buffer *out, double latitude, double longitude, davy_site_point point)
{
    const davy_map_place place = davy_map_of(latitude, longitude, point);

    davy_buffer_printf(out, "[%.7f,%.7f]", place.longitude, place.latitude);
}

static void write_polygon(davy_buffer *out, const davy_zone *zone, double latitude,
                          double longitude)
{
    davy_json_object(out, "geometry");
    davy_json_text(out, "type", "Polygon");
    davy_json_array(out, "coordinates");
    davy_json_array(out, NULL);
    for (size_t i = 0; i <= zone->count; i++) {
        if (i > 0)
            davy_buffer_append_text(out, ",");
        write_point(out, latitude, longitude, zone->ring[i % zone->count]);
    }
    davy_json_array_end(out);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static void write_feature(davy_buffer *out, const davy_zone *zone, size_t id, double latitude,
                          double longitude)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "type", "Feature");
    davy_json_object(out, "properties");
    davy_json_unsigned(out, "id", id);
    davy_json_text(out, "effect", davy_effect_name(zone->effect));
    davy_json_text(out, "endpoint", zone->endpoint);
    davy_json_integer(out, "severity", zone->severity);
    davy_json_number(out, "distance", davy_reach_far(zone->reach));
    davy_json_object_end(out);
    write_polygon(out, zone, latitude, longitude);
    davy_json_object_end(out);
}

void davy_zone_geojson(davy_buffer *out, const char *key, const davy_zone *zones, size_t count,
                       double latitude, double longitude)
{
    davy_json_object(out, key);
    davy_json_text(out, "type", "FeatureCollection");
    davy_json_array(out, "features");
    for (size_t i = 0; i < count; i++)
        if (zones[i].count > 0)
            write_feature(out, &zones[i], i + 1, latitude, longitude);
    davy_json_array_end(out);
    davy_json_object_end(out);
}
