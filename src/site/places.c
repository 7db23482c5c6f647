/* SPDX-License-Identifier: Apache-2.0 */
#include "site/mentions.h"
#include "site/rings.h"
#include "site/schema.h"
#include "site/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Places: buildings, open ground and muster points, with the people there. */

#define PLACE(field) offsetof(davy_site_place, field)

/* A city at the fence. */
#define PEOPLE_MAX 1e7

/* Of a building: a sealed control room, and a hall with its gates open. Per second. */
#define AIR_CHANGES_LOW  (0.01 / 3600.0)
#define AIR_CHANGES_HIGH (100.0 / 3600.0)

static const char *const place_kinds[] = {"building", "open", "muster", NULL};

/* As the ring closes in GeoJSON, whose first point is repeated at the end. */
static size_t open_ring(const davy_site_point *ring, size_t count)
{
    const bool closed =
        count > 1 && ring[0].east == ring[count - 1].east && ring[0].north == ring[count - 1].north;

    return closed ? count - 1 : count;
}

static void refuse_ring(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, const davy_site_place *place)
{
    const size_t count = place->outline_count;
    size_t a = 0, b = 0;

    switch (davy_ring_check(place->outline, count, &a, &b)) {
    case DAVY_RING_FINE:
        break;
    case DAVY_RING_SHORT:
        davy_site_refuse(reader, where, node, "write three points or more, or 'at' for one point",
                         "an outline of %zu points has no ground inside", count);
        break;
    case DAVY_RING_REPEAT:
        davy_site_refuse(reader, where, node, "take one of them out",
                         "points %zu and %zu of the outline are the same", a, (a + 1) % count);
        break;
    case DAVY_RING_CROSS:
        davy_site_refuse(reader, where, node, "write the points in the order of a walk around it",
                         "the outline crosses or touches itself: the edge from point %zu to %zu "
                         "meets the edge from point %zu to %zu",
                         a, (a + 1) % count, b, (b + 1) % count);
        break;
    case DAVY_RING_EMPTY:
        davy_site_refuse(reader, where, node, "write the points in the order of a walk around it",
                         "the outline has no ground inside");
        break;
    }
}

static void read_outline(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const size_t faults = reader->faults->count + reader->faults->left_out;
    const davy_site_field one = {.low = field->low, .high = field->high, .write = "[120, 40]"};
    davy_site_where inner = {.parent = where};
    davy_site_place *place = object;
    davy_site_point *ring;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length > DAVY_SITE_OUTLINE_MAX) {
        davy_site_refuse(reader, where, node, "leave out points that change little",
                         "%u points are more than the %zu of an outline", (unsigned) node->length,
                         DAVY_SITE_OUTLINE_MAX);
        return;
    }
    ring = davy_arena_array(&reader->site->arena, node->length, sizeof *ring);
    if (!ring) {
        davy_site_no_memory(reader);
        return;
    }
    for (const davy_yaml_node *point = node->first; point; point = point->next, inner.index++)
        davy_site_read_pair(reader, &inner, point, &one, &ring[inner.index]);
    place->outline = ring;
    place->outline_count = open_ring(ring, node->length);
    if (reader->faults->count + reader->faults->left_out == faults)
        refuse_ring(reader, where, node, place);
}

static void read_at(davy_site_reader *reader, const davy_site_where *where,
                    const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_place *place = object;
    davy_site_point *point = davy_arena_array(&reader->site->arena, 1, sizeof *point);

    if (!point) {
        davy_site_no_memory(reader);
        return;
    }
    davy_site_read_pair(reader, where, node, field, point);
    place->outline = point;
    place->outline_count = 1;
}

static const davy_site_field people_fields[] = {
    {"day", davy_site_read_number, PLACE(day), .required = true, .high = PEOPLE_MAX,
     .write = "day: 12"},
    {"night", davy_site_read_number, PLACE(night), .required = true, .high = PEOPLE_MAX,
     .write = "night: 4"},
};

const davy_site_schema davy_site_schema_people = {
    .what = "people", .fields = people_fields, .count = DAVY_ARRAY_LENGTH(people_fields)};

/* One number, or one of the day and one of the night. */
static void read_people(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_place *place = object;

    if (node->kind == DAVY_YAML_MAPPING)
        davy_site_read_mapping(reader, where, node, &davy_site_schema_people, place);
    else if (davy_site_number(reader, where, node, field, &place->day))
        place->night = place->day;
}

/* A key that means something for one kind alone. */
static void refuse_for_kind(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_place *place,
                            const char *key, davy_place_kind kind)
{
    char remedy[DAVY_SITE_REMEDY_MAX];

    if (place->kind == kind || !davy_yaml_get(node, key))
        return;
    (void) snprintf(remedy, sizeof remedy, "take it out, or write 'kind: %s'", place_kinds[kind]);
    davy_site_refuse_key(reader, where, node, key, remedy, "'%s' is of the kind '%s' alone", key,
                         place_kinds[kind]);
}

static void check_place(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, void *object)
{
    const davy_site_place *place = object;
    const bool outlined = davy_yaml_get(node, "outline") != NULL;
    const bool at = davy_yaml_get(node, "at") != NULL;

    if (outlined && at)
        davy_site_refuse_key(reader, where, node, "at", "keep one",
                             "'at' and 'outline' both say where the place is");
    else if (!outlined && !at)
        davy_site_refuse(reader, where, node,
                         "add 'outline: [[0, 0], [20, 0], [20, 10]]', or 'at: [900, 400]'",
                         "the file does not say where the place is");
    refuse_for_kind(reader, where, node, place, "air_changes", DAVY_PLACE_BUILDING);
    refuse_for_kind(reader, where, node, place, "capacity", DAVY_PLACE_MUSTER);
}

/* `kind` goes before what it gives a meaning to. */
static const davy_site_field place_fields[] = {
    {"name", davy_site_read_unique_name, PLACE(name), .required = true,
     .aside = offsetof(davy_site_reader, places), .write = "name: control-room"},
    {"title", davy_site_read_text, PLACE(title), .write = "title: Control room"},
    {"kind", davy_site_read_choice, PLACE(kind), .required = true, .with = place_kinds,
     .write = "kind: building"},
    {"outline", read_outline, .low = -DAVY_SITE_METRES, .high = DAVY_SITE_METRES,
     .write = "outline: [[0, 0], [20, 0], [20, 10], [0, 10]]"},
    {"at", read_at, .low = -DAVY_SITE_METRES, .high = DAVY_SITE_METRES, .write = "at: [900, 400]"},
    {"people", read_people, .high = PEOPLE_MAX, .write = "people: {day: 12, night: 4}"},
    {"badges", davy_site_read_signal_mention, PLACE(badges), .write = "badges: GATE/inside"},
    {"air_changes", davy_site_read_quantity, PLACE(air_changes), .with = "/s",
     .low = AIR_CHANGES_LOW, .high = AIR_CHANGES_HIGH, .write = "air_changes: 0.5/h"},
    {"capacity", davy_site_read_number, PLACE(capacity), .low = 1, .high = PEOPLE_MAX,
     .write = "capacity: 200"},
    {"outside", davy_site_read_boolean, PLACE(outside), .write = "outside: true"},
    {"sensitive", davy_site_read_boolean, PLACE(sensitive), .write = "sensitive: true"},
};

const davy_site_schema davy_site_schema_place = {.what = "place",
                                                 .fields = place_fields,
                                                 .count = DAVY_ARRAY_LENGTH(place_fields),
                                                 .check = check_place};

static const davy_site_place no_place = {
    .badges = DAVY_SITE_NONE, .air_changes = NAN, .capacity = NAN};

const davy_site_list davy_site_list_places = {
    .schema = &davy_site_schema_place,
    .defaults = &no_place,
    .size = sizeof(davy_site_place),
    .line = PLACE(line),
    .names = offsetof(davy_site_reader, places),
    .max = DAVY_SITE_PLACES_MAX,
};
