/* SPDX-License-Identifier: Apache-2.0 */
#include "site/schema.h"
#include "site/values.h"

#include <math.h>

#define ASSET(field) offsetof(davy_site_asset, field)

/* The array is there already: read_assets() has counted the signals of all assets. */
static void read_signals(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site *site = reader->site;
    davy_site_asset *asset = object;
    davy_site_where inner = {.parent = where};

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next) {
        davy_site_signal *signal = &site->signals[site->signal_count++];

        *signal = davy_site_signal_defaults;
        signal->asset = (size_t) (asset - site->assets);
        signal->line = entry->line;
        davy_site_read_mapping(reader, &inner, entry, &davy_site_schema_signal, signal);
        inner.index++;
    }
    asset->signal_count = node->length;
}

static void read_asset(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *entry)
{
    ((davy_site_asset *) entry)->first_signal = reader->site->signal_count;
    davy_site_read_mapping(reader, where, node, &davy_site_schema_asset, entry);
}

static const davy_site_field holds_fields[] = {
    {"chemical", davy_site_read_text, ASSET(chemical), .required = true,
     .write = "chemical: chlorine"},
    {"amount", davy_site_read_mass, ASSET(amount_kg), .required = true, .write = "amount: 20 t"},
    {"unit", davy_site_read_text, ASSET(unit), .write = "unit: tank farm 1"},
};

const davy_site_schema davy_site_schema_holds = {
    .what = "holds", .fields = holds_fields, .count = DAVY_ARRAY_LENGTH(holds_fields)};

static const davy_site_field asset_fields[] = {
    {"name", davy_site_read_owner_name, ASSET(name), .required = true,
     .aside = offsetof(davy_site_reader, assets), .write = "name: T-101"},
    {"kind", davy_site_read_text, ASSET(kind), .write = "kind: tank"},
    {"title", davy_site_read_text, ASSET(title), .write = "title: Chlorine tank 1"},
    {"at", davy_site_read_pair, ASSET(east), .low = -DAVY_SITE_METRES, .high = DAVY_SITE_METRES,
     .write = "at: [120, 40]"},
    {"holds", davy_site_read_nested, .with = &davy_site_schema_holds,
     .write = "holds: {chemical: chlorine, amount: 20 t}"},
    {"downstream", davy_site_read_nothing, .write = "downstream: [P-301, R-201]"},
    {"signals", read_signals, .write = "signals: [{name: pressure, unit: kPa}]"},
};

const davy_site_schema davy_site_schema_asset = {
    .what = "asset", .fields = asset_fields, .count = DAVY_ARRAY_LENGTH(asset_fields)};

static const davy_site_asset no_asset = {.kind = "", .east = NAN, .north = NAN};

static const davy_site_list assets_list = {
    .defaults = &no_asset,
    .size = sizeof(davy_site_asset),
    .line = ASSET(line),
    .names = offsetof(davy_site_reader, assets),
    .max = DAVY_SITE_ASSETS_MAX,
    .read = read_asset,
};

static size_t count_signals(const davy_yaml_node *assets)
{
    size_t count = 0;

    for (const davy_yaml_node *asset = assets->first; asset; asset = asset->next) {
        const davy_yaml_node *signals = davy_yaml_get(asset, "signals");

        if (signals && signals->kind == DAVY_YAML_SEQUENCE)
            count += signals->length;
    }
    return count;
}

void davy_site_read_assets(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site *site = object;
    size_t count = count_signals(node);

    if (count > DAVY_SITE_SIGNALS_MAX) {
        davy_site_refuse(reader, where, node, "split the plant into several sites",
                         "%zu signals are more than the %zu that are allowed", count,
                         DAVY_SITE_SIGNALS_MAX);
        return;
    }
    site->signals = davy_arena_array(&site->arena, count, sizeof *site->signals);
    if (!site->signals || davy_names_init(&reader->signals, reader->scratch, count) != DAVY_OK) {
        davy_site_no_memory(reader);
        return;
    }
    davy_site_read_list(
        reader, where, node,
        &(davy_site_field){.offset = field->offset, .aside = field->aside, .with = &assets_list},
        object);
    davy_site_read_downstream(reader, where, node);
    if (davy_site_index(site) != DAVY_OK)
        davy_site_no_memory(reader);
}
