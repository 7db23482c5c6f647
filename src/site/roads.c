/* SPDX-License-Identifier: Apache-2.0 */
#include "site/mentions.h"
#include "site/schema.h"
#include "site/values.h"

#include <math.h>

/* Roads: junctions, and the stretches between them. */

#define JUNCTION(field)  offsetof(davy_site_junction, field)
#define ROAD(field)      offsetof(davy_site_road, field)
#define EMERGENCY(field) offsetof(davy_site_emergency, field)

#define KMH (1000.0 / 3600.0)

/* A walk beside a hose, and an engine on an empty motorway. */
#define SPEED_LOW  (1.0 * KMH)
#define SPEED_HIGH (150.0 * KMH)

/* When the file gives none: within plants 5 to 30 km/h are posted. */
#define SPEED_USUAL (30.0 * KMH)

/* Lengths are measured on plans, and junctions are placed to the metre. */
#define LENGTH_SLACK_M 2.0

static const davy_site_field junction_fields[] = {
    {"name", davy_site_read_unique_name, JUNCTION(name), .required = true,
     .aside = offsetof(davy_site_reader, junctions), .write = "name: gate"},
    {"at", davy_site_read_pair, JUNCTION(east), .required = true, .low = -DAVY_SITE_METRES,
     .high = DAVY_SITE_METRES, .write = "at: [0, 0]"},
};

const davy_site_schema davy_site_schema_junction = {
    .what = "junction", .fields = junction_fields, .count = DAVY_ARRAY_LENGTH(junction_fields)};

static const davy_site_junction no_junction = {.east = NAN, .north = NAN};

static const davy_site_list junctions_list = {
    .schema = &davy_site_schema_junction,
    .defaults = &no_junction,
    .size = sizeof(davy_site_junction),
    .line = JUNCTION(line),
    .names = offsetof(davy_site_reader, junctions),
    .max = DAVY_SITE_JUNCTIONS_MAX,
};

static void check_road(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    const davy_site_junction *junctions = reader->site->emergency.junctions;
    davy_site_road *road = object;
    double straight;

    if (road->from == DAVY_SITE_NONE || road->to == DAVY_SITE_NONE)
        return; /* told already */
    if (road->from == road->to) {
        davy_site_refuse_key(reader, where, node, "to", "name another junction, or take it out",
                             "the stretch ends where it begins");
        return;
    }
    straight = hypot(junctions[road->to].east - junctions[road->from].east,
                     junctions[road->to].north - junctions[road->from].north);
    if (isnan(road->length_m))
        road->length_m = straight;
    else if (road->length_m + LENGTH_SLACK_M < straight)
        davy_site_refuse_key(reader, where, node, "length", "measure it again, or move a junction",
                             "%.0f m are less than the straight line of %.0f m", road->length_m,
                             straight);
}

static const davy_site_field road_fields[] = {
    {"from", davy_site_read_junction_mention, ROAD(from), .required = true, .write = "from: gate"},
    {"to", davy_site_read_junction_mention, ROAD(to), .required = true, .write = "to: tank-farm"},
    {"speed", davy_site_read_quantity, ROAD(speed), .with = "m/s", .low = SPEED_LOW,
     .high = SPEED_HIGH, .write = "speed: 30 km/h"},
    {"length", davy_site_read_quantity, ROAD(length_m), .with = "m", .low = 1, .high = 1e6,
     .write = "length: 240 m"},
    {"one_way", davy_site_read_boolean, ROAD(one_way), .write = "one_way: true"},
};

const davy_site_schema davy_site_schema_stretch = {.what = "stretch",
                                                   .fields = road_fields,
                                                   .count = DAVY_ARRAY_LENGTH(road_fields),
                                                   .check = check_road};

static const davy_site_road no_road = {
    .from = DAVY_SITE_NONE, .to = DAVY_SITE_NONE, .length_m = NAN, .speed = SPEED_USUAL};

static const davy_site_list stretches_list = {
    .schema = &davy_site_schema_stretch,
    .defaults = &no_road,
    .size = sizeof(davy_site_road),
    .line = ROAD(line),
    .names = offsetof(davy_site_reader, stretches),
    .max = DAVY_SITE_ROADS_MAX,
};

/* Nobody comes to a junction without a stretch: it is a mistyped one, or one too many. */
static void check_roads(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, void *object)
{
    const davy_site_emergency *emergency = object;
    const davy_yaml_node *list = davy_yaml_get(node, "junctions");
    const davy_site_where inner = {.parent = where, .key = "junctions"};
    davy_site_where entry = {.parent = &inner};
    bool *reached = davy_arena_array(reader->scratch, emergency->junction_count, sizeof *reached);

    if (!reached) {
        davy_site_no_memory(reader);
        return;
    }
    for (size_t i = 0; i < emergency->road_count; i++) {
        const davy_site_road *road = &emergency->roads[i];

        if (road->from == DAVY_SITE_NONE || road->to == DAVY_SITE_NONE)
            return; /* it may be the one that is missed */
        reached[road->from] = reached[road->to] = true;
    }
    if (emergency->junction_count == 0 || !davy_yaml_get(node, "stretches"))
        return;
    for (const davy_yaml_node *junction = list->first; junction;
         junction = junction->next, entry.index++)
        if (!reached[entry.index] && emergency->junctions[entry.index].name)
            davy_site_refuse(reader, &entry, junction, "add a stretch to it, or take it out",
                             "no road reaches the junction '%s'",
                             emergency->junctions[entry.index].name);
}

static const davy_site_field roads_fields[] = {
    {"junctions", davy_site_read_list, EMERGENCY(junctions), .required = true,
     .aside = EMERGENCY(junction_count), .with = &junctions_list,
     .write = "junctions: [{name: gate, at: [0, 0]}]"},
    {"stretches", davy_site_read_list, EMERGENCY(roads), .required = true,
     .aside = EMERGENCY(road_count), .with = &stretches_list,
     .write = "stretches: [{from: gate, to: tank-farm}]"},
};

const davy_site_schema davy_site_schema_roads = {.what = "roads",
                                                 .fields = roads_fields,
                                                 .count = DAVY_ARRAY_LENGTH(roads_fields),
                                                 .check = check_roads};
