/* SPDX-License-Identifier: Apache-2.0 */
#include "site/sources.h"

#include "core/quantity.h"
#include "site/nearest.h"

#include <stdio.h>
#include <string.h>

/* Longest name of a host (RFC 1035, section 2.3.4). */
#define HOST_MAX 255

const davy_site_kind *const davy_site_kinds[] = {&davy_site_kind_replay, &davy_site_kind_lines,
                                                 &davy_site_kind_modbus, &davy_site_kind_mqtt,
                                                 NULL};

const davy_site_kind *davy_site_kind_find(const char *name)
{
    for (size_t i = 0; name && davy_site_kinds[i]; i++)
        if (strcmp(davy_site_kinds[i]->name, name) == 0)
            return davy_site_kinds[i];
    return NULL;
}

void davy_site_read_kind(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *names[DAVY_ARRAY_LENGTH(davy_site_kinds)] = {0};
    size_t index;

    for (size_t i = 0; davy_site_kinds[i]; i++)
        names[i] = davy_site_kinds[i]->name;
    if (text && davy_site_choose(reader, where, node, text, names, &index))
        ((davy_site_source *) object)->kind = names[index];
}

bool davy_site_is_address(const char *text, const char *scheme)
{
    const char *host, *colon;
    double port;

    if (strncmp(text, scheme, strlen(scheme)) != 0)
        return false;
    host = text + strlen(scheme);
    colon = strrchr(text, ':'); /* that of the scheme at least */
    if (colon <= host || colon - host > HOST_MAX || strpbrk(host, "/@ ?#"))
        return false;
    if (memchr(host, ':', (size_t) (colon - host)) && (*host != '[' || colon[-1] != ']'))
        return false;
    return strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
           davy_number_parse(colon + 1, &port) == DAVY_OK && port >= 1 && port <= 65535;
}

void davy_site_read_address(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *scheme = field->with;

    if (text && davy_site_is_address(text, scheme))
        ((davy_site_source *) object)->address = davy_site_keep(reader, text);
    else if (text)
        davy_site_refuse_value(reader, where, node, field, "'%.80s' is not %sHOST:PORT", text,
                               scheme);
}

void davy_site_read_scale(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    double scale;

    if (!davy_site_number(reader, where, node, field, &scale))
        return;
    if (scale == 0.0)
        davy_site_refuse(reader, where, node, "leave it out, or write for example 'scale: 0.1'",
                         "a scale of 0 makes every value the same");
    else
        ((davy_site_signal *) object)->from.scale = scale;
}

/* What is read of a source whose kind is missing or unknown: its name, which signals refer to. */
static const davy_site_field unknown_fields[] = {DAVY_SITE_ROWS_OF_SOURCES};

static const davy_site_schema unknown_schema = {.what = "source",
                                                .fields = unknown_fields,
                                                .count = DAVY_ARRAY_LENGTH(unknown_fields),
                                                .open = true};

static void read_source(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, void *entry)
{
    const davy_yaml_node *name = davy_yaml_get(node, "kind");
    const davy_site_kind *kind = davy_site_kind_find(name ? name->text : NULL);
    davy_site_source *source = entry;
    size_t line = source->line;

    if (kind)
        *source = kind->defaults;
    source->line = line;
    davy_site_read_mapping(reader, where, node, kind ? &kind->source : &unknown_schema, source);
}

static const davy_site_source no_source = {0};

const davy_site_list davy_site_list_sources = {
    .defaults = &no_source,
    .size = sizeof(davy_site_source),
    .line = offsetof(davy_site_source, line),
    .names = offsetof(davy_site_reader, sources),
    .max = DAVY_SITE_SOURCES_MAX,
    .read = read_source,
};

static void refuse_source(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const char *name)
{
    davy_nearest nearest = {.word = name};
    char remedy[DAVY_SITE_REMEDY_MAX] = "add it under 'sources'";

    for (size_t i = 0; i < reader->site->source_count; i++)
        if (reader->site->sources[i].name)
            davy_nearest_offer(&nearest, reader->site->sources[i].name);
    if (nearest.best)
        (void) snprintf(remedy, sizeof remedy, "did you mean '%s'?", nearest.best);
    davy_site_refuse(reader, where, node, remedy, "no source has the name '%.60s'", name);
}

void davy_site_read_from(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    /* `from: lines` is short for `from: {source: lines}`. */
    const davy_yaml_node bare = {
        .kind = DAVY_YAML_MAPPING, .line = node->line, .column = node->column};
    const davy_yaml_node *inner = davy_yaml_get(node, "source");
    const davy_site_where at = {.parent = where, .key = "source"};
    davy_site_signal *signal = object;
    const davy_site_kind *kind;
    const char *name;

    if (node->kind == DAVY_YAML_MAPPING && !inner) {
        davy_site_refuse(reader, where, node, "add for example 'source: plc-1'",
                         "'source' is missing");
        return;
    }
    name = davy_site_scalar(reader, inner ? &at : where, inner ? inner : node, field);
    if (!name)
        return;
    if (!davy_names_find(&reader->sources, name, &signal->from.source)) {
        refuse_source(reader, inner ? &at : where, inner ? inner : node, name);
        return;
    }
    kind = davy_site_kind_find(reader->site->sources[signal->from.source].kind);
    if (kind)
        davy_site_read_mapping(reader, where, inner ? node : &bare, &kind->from, signal);
}
