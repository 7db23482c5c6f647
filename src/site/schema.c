/* SPDX-License-Identifier: Apache-2.0 */
#include "site/schema.h"

#include "site/rules.h"
#include "site/scenario_schema.h"
#include "site/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SITE(field) offsetof(davy_site, field)

#define ZONES "/usr/share/zoneinfo"

static void read_location(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_site *site = object;

    davy_site_read_pair(reader, where, node, field, object);
    if (fabs(site->latitude) > 90.0)
        davy_site_refuse(reader, where, node, "write [latitude, longitude] in degrees",
                         "a latitude of %g is not from -90 to 90", site->latitude);
}

/* A misspelt zone would silently be UTC. It is looked up where the machine has the zones. */
static void read_timezone(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    char path[128];
    bool known;

    if (!text)
        return;
    known =
        *text && *text != '/' && strlen(text) < 64 && !strstr(text, "..") && !strpbrk(text, " \\");
    (void) snprintf(path, sizeof path, "%s/%.64s", ZONES, text);
    if (known && access(ZONES "/UTC", F_OK) == 0)
        known = access(path, F_OK) == 0;
    if (known)
        ((davy_site *) object)->timezone = davy_site_keep(reader, text);
    else
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is not a time zone", text);
}

static const davy_site_field site_fields[] = {
    {"name", davy_site_read_name, SITE(name), .required = true, .write = "name: harbour"},
    {"title", davy_site_read_text, SITE(title), .write = "title: Harbour Chemical Park"},
    {"location", read_location, SITE(latitude), .low = -180.0, .high = 180.0,
     .write = "location: [30.657, 104.066]"},
    {"timezone", read_timezone, .write = "timezone: Asia/Shanghai"},
};

static const davy_site_schema site_schema = {
    .what = "site", .fields = site_fields, .count = DAVY_ARRAY_LENGTH(site_fields)};

/* In this order, wherever they stand in the file: signals name sources, positions name assets,
 * detectors name signals, rules and proof tests name the conditions of all three, routes name
 * receivers; places and the weather name signals, scenarios name assets and conditions. */
static const davy_site_field file_fields[] = {
    {"site", davy_site_read_nested, .required = true, .with = &site_schema,
     .write = "site: {name: harbour}"},
    {"sources", davy_site_read_list, SITE(sources), .aside = SITE(source_count),
     .with = &davy_site_list_sources, .write = "sources: [{name: lines, kind: lines}]"},
    {"assets", davy_site_read_assets, SITE(assets), .aside = SITE(asset_count),
     .write = "assets: [{name: T-101, signals: [...]}]"},
    {"positions", davy_site_read_list, SITE(positions), .aside = SITE(position_count),
     .with = &davy_site_list_positions, .write = "positions: [{name: tank-farm, assets: [T-*]}]"},
    {"detectors", davy_site_read_list, SITE(detectors), .aside = SITE(detector_count),
     .with = &davy_site_list_detectors, .write = "detectors: [{name: T-101-health, ...}]"},
    {"alarms", davy_site_read_rules, .write = "alarms: [{match: [\"T-101/*:hihi\"], latch: true}]"},
    {"resources", davy_site_read_list, SITE(resources), .aside = SITE(resource_count),
     .with = &davy_site_list_resources, .write = "resources: [{name: fire-engine-1, ...}]"},
    {"receivers", davy_site_read_list, SITE(receivers), .aside = SITE(receiver_count),
     .with = &davy_site_list_receivers, .write = "receivers: [{name: phone, kind: webhook, ...}]"},
    {"routes", davy_site_read_list, SITE(routes), .aside = SITE(route_count),
     .with = &davy_site_list_routes, .write = "routes: [{to: [phone], priority: high}]"},
    {"heartbeat", davy_site_read_nested, SITE(heartbeat), .with = &davy_site_schema_heartbeat,
     .write = "heartbeat: {to: [phone], every: 1min}"},
    {"prooftests", davy_site_read_list, SITE(prooftests), .aside = SITE(prooftest_count),
     .with = &davy_site_list_prooftests,
     .write = "prooftests: [{match: [\"T-101/*\"], interval: 30d}]"},
    {"retention", davy_site_read_list, SITE(classes), .aside = SITE(class_count),
     .with = &davy_site_list_classes,
     .write = "retention: [{class: bulk, match: [\"*/vibration\"], keep: 30d}]"},
    {"weather", davy_site_read_weather, .write = "weather: {wind_speed: WS-1/speed, ...}"},
    {"emergency", davy_site_read_nested, SITE(emergency), .with = &davy_site_schema_emergency,
     .write = "emergency: {day: \"Mon-Fri 08:00-18:00\"}"},
    {"places", davy_site_read_list, SITE(emergency.places), .aside = SITE(emergency.place_count),
     .with = &davy_site_list_places, .write = "places: [{name: muster-north, kind: muster, ...}]"},
    {"roads", davy_site_read_nested, SITE(emergency), .with = &davy_site_schema_roads,
     .write = "roads: {junctions: [...], stretches: [...]}"},
    {"scenarios", davy_site_read_list, SITE(emergency.scenarios),
     .aside = SITE(emergency.scenario_count), .with = &davy_site_list_scenarios,
     .write = "scenarios: [{name: T-101-leak, ...}]"},
};

const davy_site_schema davy_site_schema_file = {
    .what = "site file", .fields = file_fields, .count = DAVY_ARRAY_LENGTH(file_fields)};

const davy_site_schema *const davy_site_schemas[] = {
    &davy_site_schema_file,          &site_schema,
    &davy_site_schema_asset,         &davy_site_schema_holds,
    &davy_site_schema_signal,        &davy_site_schema_limits,
    &davy_site_schema_position,      &davy_site_schema_detector,
    &davy_site_schema_rule,          &davy_site_schema_resource,
    &davy_site_schema_route,         &davy_site_schema_escalate,
    &davy_site_schema_heartbeat,     &davy_site_schema_prooftest,
    &davy_site_schema_class,         &davy_site_schema_weather,
    &davy_site_schema_emergency,     &davy_site_schema_place,
    &davy_site_schema_people,        &davy_site_schema_roads,
    &davy_site_schema_junction,      &davy_site_schema_stretch,
    &davy_site_schema_scenario,      &davy_site_schema_release,
    &davy_site_schema_endpoint,      &davy_site_schema_scenario_file,
    &davy_site_schema_given_weather, &davy_site_schema_uncertain,
    &davy_site_schema_weather_row,   NULL,
};
