/* SPDX-License-Identifier: Apache-2.0 */
#include "site/scenario_schema.h"

#include "core/quantity.h"
#include "site/values.h"

#include <math.h>
#include <string.h>

/* Levels that a scenario asks for: names of tables, and numbers. */

#define ENDPOINT(field) offsetof(davy_scenario_endpoint, field)

/* Sets of exposure guidelines. The longest of those that begin alike stands first. */
static const char *const guidelines[] = {"AEGL-1", "AEGL-2", "AEGL-3", "ERPG-1", "ERPG-2", "ERPG-3",
                                         "PAC-1",  "PAC-2",  "PAC-3",  "IDLH",   NULL};

/* "AEGL-2", and "AEGL-2 60 min". */
static bool names_guideline(const char *text)
{
    int64_t ns;

    for (size_t i = 0; guidelines[i]; i++) {
        const size_t length = strlen(guidelines[i]);

        if (strncmp(text, guidelines[i], length) == 0)
            return !text[length] ||
                   (text[length] == ' ' && davy_duration_parse(text + length, &ns) == DAVY_OK);
    }
    return false;
}

static void read_name(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field,
                      davy_scenario_endpoint *endpoint)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    char remedy[DAVY_SITE_REMEDY_MAX];

    if (!text)
        return;
    if (names_guideline(text))
        endpoint->name = davy_site_keep(reader, text);
    else
        davy_site_refuse(reader, where, node,
                         davy_site_suggest(text, guidelines,
                                           "write a level like {heat: 12.5 kW/m2}, or one of",
                                           remedy),
                         "'%.60s' names no level", text);
}

/* A number with a unit; it is called as it is written. */
static void read_level(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_scenario_endpoint *endpoint = object;

    endpoint->quantity = (davy_endpoint_quantity) field->aside;
    davy_site_read_quantity(reader, where, node, field, object);
    if (node->kind == DAVY_YAML_SCALAR && !isnan(endpoint->level))
        endpoint->name = davy_site_keep(reader, node->text);
}

/* `aside` is the quantity. From a whiff to nothing but gas; from a warm day to a furnace; from
 * rattling panes to a crater. */
static const davy_site_field endpoint_fields[] = {
    {"toxic", read_level, ENDPOINT(level), .aside = DAVY_ENDPOINT_TOXIC, .with = "1", .low = 1e-10,
     .high = 1, .write = "toxic: 20 ppm"},
    {"heat", read_level, ENDPOINT(level), .aside = DAVY_ENDPOINT_HEAT, .with = "W/m2", .low = 100,
     .high = 1e6, .write = "heat: 12.5 kW/m2"},
    {"blast", read_level, ENDPOINT(level), .aside = DAVY_ENDPOINT_BLAST, .with = "Pa", .low = 100,
     .high = 1e8, .write = "blast: 13.8 kPa"},
    {"flammable", read_level, ENDPOINT(level), .aside = DAVY_ENDPOINT_FLAMMABLE, .with = "1",
     .low = 0.01, .high = 1, .write = "flammable: 50 %"},
};

static void check_endpoint(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, void *object)
{
    (void) object;
    if (node->length != 1)
        davy_site_refuse(reader, where, node, "write for example '{heat: 12.5 kW/m2}'",
                         "a level has one quantity and not %u", (unsigned) node->length);
}

const davy_site_schema davy_site_schema_endpoint = {.what = "endpoint",
                                                    .fields = endpoint_fields,
                                                    .count = DAVY_ARRAY_LENGTH(endpoint_fields),
                                                    .check = check_endpoint};

void davy_site_read_endpoints(davy_site_reader *reader, const davy_site_where *where,
                              const davy_yaml_node *node, const davy_site_field *field,
                              void *object)
{
    davy_scenario *scenario = object;
    davy_site_where inner = {.parent = where};

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length > DAVY_SCENARIO_ENDPOINTS_MAX) {
        davy_site_refuse(reader, where, node, "leave some out",
                         "%u levels are more than the %zu of one scenario", (unsigned) node->length,
                         DAVY_SCENARIO_ENDPOINTS_MAX);
        return;
    }
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++) {
        davy_scenario_endpoint *endpoint = &scenario->endpoints[scenario->endpoint_count++];

        *endpoint = (davy_scenario_endpoint){.level = NAN};
        if (entry->kind == DAVY_YAML_MAPPING)
            davy_site_read_mapping(reader, &inner, entry, &davy_site_schema_endpoint, endpoint);
        else
            read_name(reader, &inner, entry, field, endpoint);
    }
}
