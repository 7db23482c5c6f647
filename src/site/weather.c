/* SPDX-License-Identifier: Apache-2.0 */
#include "site/mentions.h"
#include "site/schema.h"
#include "site/values.h"

/* Which signals tell the weather, and when the people of the day are there. */

#define WEATHER(field)   offsetof(davy_site_weather, field)
#define EMERGENCY(field) offsetof(davy_site_emergency, field)

/* Masts: the wind of a roof is no wind of the ground, and towers end. */
#define MAST_LOW  1.0
#define MAST_HIGH 300.0

static const char *const grounds[] = {"rural", "urban", NULL};

void davy_site_read_ground(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && davy_site_choose(reader, where, node, text, grounds, &index))
        *((bool *) object + field->offset) = index == 1;
}

static const davy_site_field weather_fields[] = {
    {"wind_speed", davy_site_read_signal_mention, WEATHER(speed), .required = true, .with = "m/s",
     .write = "wind_speed: WS-1/speed"},
    {"wind_from", davy_site_read_signal_mention, WEATHER(from), .required = true, .with = "deg",
     .write = "wind_from: WS-1/direction"},
    {"temperature", davy_site_read_signal_mention, WEATHER(temperature), .with = "Cel",
     .write = "temperature: WS-1/temperature"},
    {"humidity", davy_site_read_signal_mention, WEATHER(humidity), .with = "%",
     .write = "humidity: WS-1/humidity"},
    {"radiation", davy_site_read_signal_mention, WEATHER(radiation), .with = "W/m2",
     .write = "radiation: WS-1/radiation"},
    {"cloud", davy_site_read_signal_mention, WEATHER(cloud), .with = "%",
     .write = "cloud: WS-1/cloud"},
    {"height", davy_site_read_quantity, WEATHER(height_m), .with = "m", .low = MAST_LOW,
     .high = MAST_HIGH, .write = "height: 10 m"},
    {"ground", davy_site_read_ground, WEATHER(urban), .write = "ground: rural"},
};

const davy_site_schema davy_site_schema_weather = {
    .what = "weather", .fields = weather_fields, .count = DAVY_ARRAY_LENGTH(weather_fields)};

void davy_site_read_weather(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_weather *weather = &((davy_site *) object)->emergency.weather;

    (void) field;
    weather->line = node->line;
    davy_site_read_mapping(reader, where, node, &davy_site_schema_weather, weather);
}

static const davy_site_field emergency_fields[] = {
    {"day", davy_site_read_spans, EMERGENCY(day), .aside = EMERGENCY(day_count),
     .write = "day: \"Mon-Fri 08:00-18:00\""},
};

const davy_site_schema davy_site_schema_emergency = {
    .what = "emergency", .fields = emergency_fields, .count = DAVY_ARRAY_LENGTH(emergency_fields)};

const davy_site_emergency davy_site_emergency_defaults = {.weather = {.speed = DAVY_SITE_NONE,
                                                                      .from = DAVY_SITE_NONE,
                                                                      .temperature = DAVY_SITE_NONE,
                                                                      .humidity = DAVY_SITE_NONE,
                                                                      .radiation = DAVY_SITE_NONE,
                                                                      .cloud = DAVY_SITE_NONE,
                                                                      .height_m = 10.0}};
