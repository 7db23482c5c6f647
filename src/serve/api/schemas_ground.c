/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* What stands on the ground, as a site file says it. Lengths, times and pressures are in SI. */

static const davy_schema_field ground[] = {
    {"location", "number[]", "latitude, longitude of the origin", NULLABLE},
    {"weather", "GroundWeather", "which signals tell it", NULLABLE},
    {"places", "GroundPlace[]", NULL, REQUIRED},
    {"roads", "GroundRoad[]", NULL, REQUIRED},
    {"resources", "GroundResource[]", NULL, REQUIRED},
    {"scenarios", "GroundScenario[]", NULL, REQUIRED},
};
static const davy_schema_field ground_weather[] = {
    {"wind_speed", "string", "path of a signal", NULLABLE},
    {"wind_from", "string", NULL, NULLABLE},
    {"temperature", "string", NULL, NULLABLE},
    {"humidity", "string", NULL, NULLABLE},
    {"radiation", "string", NULL, NULLABLE},
    {"cloud", "string", NULL, NULLABLE},
    {"height", "number", "of the wind's instrument", REQUIRED},
    {"urban", "boolean", NULL, REQUIRED},
};
static const davy_schema_field ground_place[] = {
    {"name", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"kind", "string", "building, open or muster", REQUIRED},
    {"outline", "any[]", "pairs of metres east and north; one of them is a point", REQUIRED},
    {"day", "number", "people", NULLABLE},
    {"night", "number", "people", NULLABLE},
    {"badges", "string", "signal that counts the people", NULLABLE},
    {"air_changes", "number", "a second", NULLABLE},
    {"capacity", "number", "people", NULLABLE},
    {"outside", "boolean", "the public", REQUIRED},
    {"sensitive", "boolean", "school, hospital", REQUIRED},
};
static const davy_schema_field ground_road[] = {
    {"from", "string", "junction", REQUIRED}, {"to", "string", "junction", REQUIRED},
    {"from_at", "number[]", NULL, REQUIRED},  {"to_at", "number[]", NULL, REQUIRED},
    {"length", "number", NULL, REQUIRED},     {"speed", "number", NULL, REQUIRED},
    {"one_way", "boolean", NULL, REQUIRED},
};
static const davy_schema_field ground_resource[] = {
    {"name", "string", NULL, REQUIRED},
    {"type", "string", NULL, NULLABLE},
    {"at", "number[]", "where it stands when nobody has called it", NULLABLE},
    {"crew", "integer", NULL, REQUIRED},
    {"capabilities", "string[]", NULL, REQUIRED},
    {"ppe", "string", "A to D", NULLABLE},
    {"speed", "number", NULL, NULLABLE},
};
static const davy_schema_field ground_scenario[] = {
    {"name", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"asset", "string", NULL, NULLABLE},
    {"at", "number[]", NULL, NULLABLE},
    {"chemical", "string", "of the asset when null", NULLABLE},
    {"amount_kg", "number", NULL, NULLABLE},
    {"when", "string", "alarms that start it", NULLABLE},
    {"frequency", "number", "a year", NULLABLE},
    {"release", "GroundRelease", NULL, REQUIRED},
    {"endpoints", "GroundEndpoint[]", NULL, REQUIRED},
};
static const davy_schema_field ground_release[] = {
    {"kind", "string", "liquid hole, gas hole, rate, all, pool or charge", REQUIRED},
    {"hole", "number", "diameter", NULLABLE},
    {"rate", "number", NULL, NULLABLE},
    {"duration", "number", NULL, NULLABLE},
    {"height", "number", NULL, NULLABLE},
    {"pressure", "number", "absolute", NULLABLE},
    {"temperature", "number", "K", NULLABLE},
    {"head", "number", "of liquid above the hole", NULLABLE},
    {"dike", "number", "area", NULLABLE},
    {"depth", "number", "of a pool without a dike", NULLABLE},
    {"volume", "number", "congested", NULLABLE},
    {"congestion", "string", "low, medium or high", REQUIRED},
};
static const davy_schema_field ground_endpoint[] = {
    {"quantity", "string", "toxic, heat, blast or flammable", REQUIRED},
    {"name", "string", NULL, NULLABLE},
    {"level", "number", NULL, NULLABLE},
};

const davy_schema davy_ground_schemas[] = {
    SCHEMA("Ground", ground),
    SCHEMA("GroundWeather", ground_weather),
    SCHEMA("GroundPlace", ground_place),
    SCHEMA("GroundRoad", ground_road),
    SCHEMA("GroundResource", ground_resource),
    SCHEMA("GroundScenario", ground_scenario),
    SCHEMA("GroundRelease", ground_release),
    SCHEMA("GroundEndpoint", ground_endpoint),
};
const size_t davy_ground_schema_count = DAVY_ARRAY_LENGTH(davy_ground_schemas);
