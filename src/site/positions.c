/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"
#include "site/schema.h"
#include "site/values.h"

#include <string.h>

#define POSITION(field) offsetof(davy_site_position, field)

/* Operator positions: who looks after which assets. */

static void read_position_name(davy_site_reader *reader, const davy_site_where *where,
                               const davy_yaml_node *node, const davy_site_field *field,
                               void *object)
{
    const davy_site_position *position = object;

    davy_site_read_unique_name(reader, where, node, field, object);
    if (position->name && strcmp(position->name, DAVY_SITE_POSITION_NAME) == 0)
        davy_site_refuse(reader, where, node, "give the position another name",
                         "the position '" DAVY_SITE_POSITION_NAME
                         "' is there already: it looks after what belongs to no other");
}

/* Give an asset to a position. False after a fault: it has another one. */
static bool take_asset(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, davy_site_asset *asset, size_t position)
{
    if (asset->position != DAVY_SITE_POSITION && asset->position != position) {
        davy_site_refuse(reader, where, node,
                         "an asset belongs to one position: take it out of the other, or write "
                         "the pattern narrower",
                         "the asset '%s' belongs to positions[%zu] already", asset->name,
                         asset->position - 1);
        return false;
    }
    asset->position = position;
    return true;
}

static void take_pattern(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, size_t position)
{
    const char *pattern = davy_site_scalar(reader, where, node, field);
    davy_site *site = reader->site;
    size_t matches = 0;

    if (!pattern)
        return;
    for (size_t i = 0; i < site->asset_count; i++) {
        davy_site_asset *asset = &site->assets[i];

        if (!asset->name || strchr(pattern, ',') || !davy_pattern_matches(pattern, asset->name))
            continue;
        matches++;
        if (!take_asset(reader, where, node, asset, position))
            return;
    }
    if (matches == 0)
        davy_site_refuse(reader, where, node,
                         "name assets, one pattern each, for example [\"T-*\", P-301]",
                         "no asset matches '%.60s'", pattern);
}

static void read_position_assets(davy_site_reader *reader, const davy_site_where *where,
                                 const davy_yaml_node *node, const davy_site_field *field,
                                 void *object)
{
    size_t position = 1 + (size_t) ((const davy_site_position *) object - reader->site->positions);
    davy_site_where inner = {.parent = where};

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length == 0)
        davy_site_refuse_value(reader, where, node, field, "the list is empty");
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++)
        take_pattern(reader, &inner, entry, field, position);
}

static const davy_site_field position_fields[] = {
    {"name", read_position_name, POSITION(name), .required = true,
     .aside = offsetof(davy_site_reader, positions), .write = "name: tank-farm"},
    {"title", davy_site_read_text, POSITION(title), .write = "title: Tank farm desk"},
    {"assets", read_position_assets, .required = true, .write = "assets: [\"T-*\", P-301]"},
};

const davy_site_schema davy_site_schema_position = {
    .what = "position", .fields = position_fields, .count = DAVY_ARRAY_LENGTH(position_fields)};

static const davy_site_position no_position;

const davy_site_list davy_site_list_positions = {
    .schema = &davy_site_schema_position,
    .defaults = &no_position,
    .size = sizeof(davy_site_position),
    .line = POSITION(line),
    .names = offsetof(davy_site_reader, positions),
    .max = DAVY_SITE_POSITIONS_MAX,
};

davy_status davy_site_complete_positions(davy_site *site)
{
    davy_site_position *all = davy_arena_array(&site->arena, site->position_count + 1, sizeof *all);

    if (!all)
        return davy_fail(DAVY_ERR_NOMEM, "%zu positions", site->position_count + 1);
    all[DAVY_SITE_POSITION] = (davy_site_position){.name = DAVY_SITE_POSITION_NAME};
    if (site->position_count > 0)
        memcpy(all + 1, site->positions, site->position_count * sizeof *all);
    site->positions = all;
    site->position_count++;
    for (size_t i = 0; i < site->position_count; i++)
        if (!all[i].title)
            all[i].title = all[i].name;
    return DAVY_OK;
}

const char *davy_site_position_name(const davy_site *site, size_t position)
{
    return position < site->position_count ? site->positions[position].name
                                           : DAVY_SITE_POSITION_NAME;
}

bool davy_site_find_position(const davy_site *site, const char *name, size_t *position)
{
    for (size_t i = 0; i < site->position_count; i++) {
        if (strcmp(site->positions[i].name, name) == 0) {
            *position = i;
            return true;
        }
    }
    return false;
}

size_t davy_site_detector_position(const davy_site *site, const davy_site_detector *detector)
{
    size_t position = DAVY_SITE_POSITION;

    for (size_t i = 0; i < detector->signal_count; i++) {
        size_t other = site->assets[site->signals[detector->signals[i]].asset].position;

        if (i > 0 && other != position)
            return DAVY_SITE_POSITION;
        position = other;
    }
    return position;
}
