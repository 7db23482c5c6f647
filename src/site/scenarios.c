/* SPDX-License-Identifier: Apache-2.0 */
#include "site/mentions.h"
#include "site/scenario_schema.h"
#include "site/schema.h"
#include "site/selection.h"
#include "site/values.h"

#include <math.h>

/* Scenarios: what may happen to an asset, and which alarms mean that it does. */

#define SCENARIO(field) offsetof(davy_scenario, field)

/* Per year: from what nobody will live to see to three times a day. */
#define FREQUENCY_LOW  1e-12
#define FREQUENCY_HIGH 1000.0

static void read_when(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    ((davy_scenario *) object)->when = davy_site_select(reader, where, node, field).joined;
}

/* What the scenario leaves out, its asset says. */
static void complete(davy_scenario *scenario, const davy_site *site)
{
    const davy_site_asset *asset;

    if (scenario->asset == DAVY_SITE_NONE)
        return;
    asset = &site->assets[scenario->asset];
    if (isnan(scenario->east)) {
        scenario->east = asset->east;
        scenario->north = asset->north;
    }
    if (isnan(scenario->amount_kg) && !scenario->chemical)
        scenario->amount_kg = asset->amount_kg > 0 ? asset->amount_kg : NAN;
    if (!scenario->chemical)
        scenario->chemical = asset->chemical;
}

static bool needs_amount(davy_release_kind kind)
{
    return kind == DAVY_RELEASE_ALL || kind == DAVY_RELEASE_POOL || kind == DAVY_RELEASE_CHARGE;
}

static void check_scenario(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, void *object)
{
    const davy_yaml_node *release = davy_yaml_get(node, "release"); /* NULL: told already */
    davy_scenario *scenario = object;

    if (scenario->asset == DAVY_SITE_NONE && davy_yaml_get(node, "asset"))
        return; /* told already, and it may say all that is missed */
    complete(scenario, reader->site);
    if (isnan(scenario->east) && !davy_yaml_get(node, "at"))
        davy_site_refuse(reader, where, node, "add 'at: [120, 40]' here or to its asset",
                         "nothing says where the scenario happens");
    if (!scenario->chemical && !davy_yaml_get(node, "chemical"))
        davy_site_refuse(reader, where, node,
                         "add 'chemical: chlorine' here, or 'holds' to its asset",
                         "nothing says what escapes");
    if (scenario->amount_kg == 0)
        davy_site_refuse_key(reader, where, node, "amount", "write for example 'amount: 20 t'",
                             "nothing escapes from an amount of 0");
    if (isnan(scenario->amount_kg) && !davy_yaml_get(node, "amount") && release &&
        davy_yaml_get(release, "kind") && needs_amount(scenario->release.kind))
        davy_site_refuse(reader, where, node, "add 'amount: 20 t' here, or 'holds' to its asset",
                         "nothing says how much there is");
}

static const davy_site_field scenario_fields[] = {
    {"name", davy_site_read_unique_name, SCENARIO(name), .required = true,
     .aside = offsetof(davy_site_reader, scenarios), .write = "name: T-101-leak"},
    {"title", davy_site_read_text, SCENARIO(title), .write = "title: Leak of the chlorine tank"},
    {"asset", davy_site_read_asset_mention, SCENARIO(asset), .write = "asset: T-101"},
    {"at", davy_site_read_pair, SCENARIO(east), .low = -DAVY_SITE_METRES, .high = DAVY_SITE_METRES,
     .write = "at: [120, 40]"},
    {"chemical", davy_site_read_text, SCENARIO(chemical), .write = "chemical: chlorine"},
    {"amount", davy_site_read_mass, SCENARIO(amount_kg), .write = "amount: 20 t"},
    {"release", davy_site_read_nested, SCENARIO(release), .required = true,
     .with = &davy_site_schema_release, .write = "release: {kind: liquid hole, hole: 20 mm}"},
    {"endpoints", davy_site_read_endpoints, .write = "endpoints: [AEGL-2, {heat: 12.5 kW/m2}]"},
    {"when", read_when, .write = "when: [\"T-101/pressure:lo*\", T-101-health]"},
    {"frequency", davy_site_read_number, SCENARIO(frequency), .low = FREQUENCY_LOW,
     .high = FREQUENCY_HIGH, .write = "frequency: 1e-5"},
};

const davy_site_schema davy_site_schema_scenario = {.what = "scenario",
                                                    .fields = scenario_fields,
                                                    .count = DAVY_ARRAY_LENGTH(scenario_fields),
                                                    .check = check_scenario};

/* `release` stands in a structure of its own; a file that leaves it out is a fault. */
const davy_scenario davy_scenario_defaults = {
    .asset = DAVY_SITE_NONE,
    .east = NAN,
    .north = NAN,
    .amount_kg = NAN,
    .weather = {.wind = NAN,
                .wind_height_m = 10.0,
                .wind_from = NAN,
                .temperature_k = NAN,
                .humidity = NAN,
                .radiation = NAN,
                .cloud = NAN},
    .frequency = NAN,
};

static void read_scenario(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, void *entry)
{
    davy_scenario *scenario = entry;

    scenario->release = davy_scenario_release_defaults;
    scenario->weather.urban = reader->site->emergency.weather.urban;
    davy_site_read_mapping(reader, where, node, &davy_site_schema_scenario, scenario);
}

const davy_site_list davy_site_list_scenarios = {
    .defaults = &davy_scenario_defaults,
    .size = sizeof(davy_scenario),
    .line = SCENARIO(line),
    .names = offsetof(davy_site_reader, scenarios),
    .max = DAVY_SITE_SCENARIOS_MAX,
    .read = read_scenario,
};
