/* SPDX-License-Identifier: Apache-2.0 */
#include "site/nearest.h"
#include "site/schema.h"
#include "site/values.h"

#include <stdio.h>
#include <string.h>

/* Routes: which alarms go to which receivers, and what happens when nobody acknowledges. */

#define ROUTE(field)     offsetof(davy_site_route, field)
#define HEARTBEAT(field) offsetof(davy_site_heartbeat, field)

static void refuse_receiver(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const char *name)
{
    davy_nearest nearest = {.word = name};
    char remedy[DAVY_SITE_REMEDY_MAX] = "add it under 'receivers'";

    for (size_t i = 0; i < reader->site->receiver_count; i++)
        if (reader->site->receivers[i].name)
            davy_nearest_offer(&nearest, reader->site->receivers[i].name);
    if (nearest.best)
        (void) snprintf(remedy, sizeof remedy, "did you mean '%s'?", nearest.best);
    davy_site_refuse(reader, where, node, remedy, "no receiver has the name '%.60s'", name);
}

/* A list of names of receivers becomes their indices; one that is named twice is kept once. */
static void read_to(davy_site_reader *reader, const davy_site_where *where,
                    const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    size_t *count = (size_t *) (void *) ((char *) object + field->aside);
    davy_site_where inner = {.parent = where};
    unsigned char taken[DAVY_SITE_RECEIVERS_MAX] = {0};
    size_t *indices, index;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length == 0)
        davy_site_refuse_value(reader, where, node, field, "the list is empty");
    indices = davy_arena_array(&reader->site->arena, node->length, sizeof *indices);
    if (!indices) {
        davy_site_no_memory(reader);
        return;
    }
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++) {
        const char *name = davy_site_scalar(reader, &inner, entry, field);

        if (name && !davy_names_find(&reader->receivers, name, &index))
            refuse_receiver(reader, &inner, entry, name);
        else if (name && !taken[index]++)
            indices[(*count)++] = index;
    }
    memcpy((char *) object + field->offset, &indices, sizeof indices);
}

static void check_position(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const char *name)
{
    const davy_site *site = reader->site;
    davy_nearest nearest = {.word = name};
    char remedy[DAVY_SITE_REMEDY_MAX] = "add it under 'positions'";
    size_t index;

    if (strcmp(name, DAVY_SITE_POSITION_NAME) == 0 ||
        davy_names_find(&reader->positions, name, &index))
        return;
    for (size_t i = 0; i < site->position_count; i++)
        if (site->positions[i].name)
            davy_nearest_offer(&nearest, site->positions[i].name);
    if (nearest.best)
        (void) snprintf(remedy, sizeof remedy, "did you mean '%s'?", nearest.best);
    davy_site_refuse(reader, where, node, remedy, "no position has the name '%.60s'", name);
}

static void read_positions(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_site_route *route = object;
    davy_site_where inner = {.parent = where};

    davy_site_read_texts(reader, where, node, field, object);
    if (node->kind != DAVY_YAML_SEQUENCE || route->position_count == 0)
        return;
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++)
        if (route->positions[inner.index])
            check_position(reader, &inner, entry, route->positions[inner.index]);
}

static const davy_site_field escalate_fields[] = {
    {"after", davy_site_read_duration, ROUTE(escalate_after_ns), .required = true,
     .low = 1000 * DAVY_SITE_MS, .high = DAVY_SITE_DAY, .write = "after: 10min"},
    {"to", read_to, ROUTE(escalate_to), .required = true, .aside = ROUTE(escalate_count),
     .write = "to: [mail]"},
};

const davy_site_schema davy_site_schema_escalate = {
    .what = "escalate", .fields = escalate_fields, .count = DAVY_ARRAY_LENGTH(escalate_fields)};

/* Departments are free words: those of the alarms' rules. */
static const davy_site_field route_fields[] = {
    {"to", read_to, ROUTE(to), .required = true, .aside = ROUTE(to_count), .write = "to: [phone]"},
    {"positions", read_positions, ROUTE(positions), .aside = ROUTE(position_count),
     .write = "positions: [tank-farm]"},
    {"departments", davy_site_read_texts, ROUTE(departments), .aside = ROUTE(department_count),
     .write = "departments: [process]"},
    {"priority", davy_site_read_choice, ROUTE(priority), .with = davy_site_priorities,
     .write = "priority: high"},
    {"transitions", davy_site_read_texts, ROUTE(transitions), .aside = ROUTE(transition_count),
     .write = "transitions: [raised, returned]"},
    {"schedule", davy_site_read_spans, ROUTE(spans), .aside = ROUTE(span_count),
     .write = "schedule: \"Mon-Fri 08:00-18:00\""},
    {"escalate", davy_site_read_nested, 0, .with = &davy_site_schema_escalate,
     .write = "escalate: {after: 10min, to: [mail]}"},
};

const davy_site_schema davy_site_schema_route = {
    .what = "route", .fields = route_fields, .count = DAVY_ARRAY_LENGTH(route_fields)};

static const davy_site_route no_route = {.priority = DAVY_PRIORITY_LOW};

const davy_site_list davy_site_list_routes = {
    .schema = &davy_site_schema_route,
    .defaults = &no_route,
    .size = sizeof(davy_site_route),
    .line = ROUTE(line),
    .names = offsetof(davy_site_reader, routes),
    .max = DAVY_SITE_ROUTES_MAX,
};

static const davy_site_field heartbeat_fields[] = {
    {"to", read_to, HEARTBEAT(to), .required = true, .aside = HEARTBEAT(to_count),
     .write = "to: [phone]"},
    {"every", davy_site_read_duration, HEARTBEAT(every_ns), .required = true,
     .low = 1000 * DAVY_SITE_MS, .high = DAVY_SITE_DAY, .write = "every: 1min"},
};

const davy_site_schema davy_site_schema_heartbeat = {
    .what = "heartbeat", .fields = heartbeat_fields, .count = DAVY_ARRAY_LENGTH(heartbeat_fields)};
