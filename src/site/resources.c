/* SPDX-License-Identifier: Apache-2.0 */
#include "site/schema.h"
#include "site/values.h"

#include <math.h>
#include <string.h>

/* Resources: who and what is sent when something has happened. */

#define RESOURCE(field) offsetof(davy_site_resource, field)

/* From a crew on foot to an engine on an empty motorway, m/s. */
#define SPEED_LOW  1.0
#define SPEED_HIGH (150.0 * 1000.0 / 3600.0)

/* Levels of protection, 29 CFR 1910.120 appendix B: A is a gas-tight suit with breathing air. */
static void read_ppe(davy_site_reader *reader, const davy_site_where *where,
                     const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    static const char *const levels[] = {"A", "B", "C", "D", NULL};
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && davy_site_choose(reader, where, node, text, levels, &index))
        ((davy_site_resource *) object)->ppe = *levels[index];
}

/* What it is, it can do: who writes no list means the type. */
static void complete_resource(davy_site_reader *reader, const davy_site_where *where,
                              const davy_yaml_node *node, void *object)
{
    davy_site_resource *resource = object;
    const char **types;

    (void) where;
    if (!resource->type || davy_yaml_get(node, "capabilities"))
        return;
    types = davy_arena_array(&reader->site->arena, 1, sizeof *types);
    if (!types) {
        davy_site_no_memory(reader);
        return;
    }
    types[0] = resource->type;
    resource->capabilities = types;
    resource->capability_count = 1;
}

static const davy_site_field resource_fields[] = {
    {"name", davy_site_read_unique_name, RESOURCE(name), .required = true,
     .aside = offsetof(davy_site_reader, resources), .write = "name: fire-engine-1"},
    {"type", davy_site_read_text, RESOURCE(type), .required = true, .write = "type: foam engine"},
    {"at", davy_site_read_pair, RESOURCE(east), .low = -DAVY_SITE_METRES, .high = DAVY_SITE_METRES,
     .write = "at: [400, 10]"},
    {"crew", davy_site_read_integer, RESOURCE(crew), .low = 0, .high = 10000, .write = "crew: 6"},
    {"capabilities", davy_site_read_texts, RESOURCE(capabilities),
     .aside = RESOURCE(capability_count), .write = "capabilities: [foam, water]"},
    {"ppe", read_ppe, .write = "ppe: B"},
    {"speed", davy_site_read_quantity, RESOURCE(speed), .with = "m/s", .low = SPEED_LOW,
     .high = SPEED_HIGH, .write = "speed: 60 km/h"},
};

const davy_site_schema davy_site_schema_resource = {.what = "resource",
                                                    .fields = resource_fields,
                                                    .count = DAVY_ARRAY_LENGTH(resource_fields),
                                                    .check = complete_resource};

static const davy_site_resource no_resource = {.east = NAN, .north = NAN, .speed = NAN};

const davy_site_list davy_site_list_resources = {
    .schema = &davy_site_schema_resource,
    .defaults = &no_resource,
    .size = sizeof(davy_site_resource),
    .line = RESOURCE(line),
    .names = offsetof(davy_site_reader, resources),
    .max = DAVY_SITE_RESOURCES_MAX,
};
