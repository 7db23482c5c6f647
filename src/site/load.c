/* SPDX-License-Identifier: Apache-2.0 */
#include "site/load.h"

#include "core/buffer.h"
#include "core/file.h"
#include "site/faults.h"
#include "site/schema.h"
#include "site/values.h"
#include "site/within.h"
#include "site/yaml_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A tree takes about ten times the bytes of its file; a file of brackets alone takes more. */
#define TREE_MAX ((size_t) 1024 * 1024 * 1024)

static davy_status create_site(const char *file, davy_site **out)
{
    davy_site *site = calloc(1, sizeof *site);

    if (!site)
        return davy_fail(DAVY_ERR_NOMEM, "site '%s'", file);
    davy_arena_init(&site->arena, 0);
    site->latitude = site->longitude = NAN;
    site->timezone = "UTC";
    site->emergency = davy_site_emergency_defaults;
    site->file = davy_arena_text(&site->arena, file, strlen(file));
    if (!site->file) {
        davy_site_destroy(site);
        return davy_fail(DAVY_ERR_NOMEM, "site '%s'", file);
    }
    *out = site;
    return DAVY_OK;
}

/* An MQTT source that names no topics subscribes to those of its signals, each once. */
static davy_status complete_topics(davy_site_reader *reader, davy_site_source *source)
{
    davy_site *site = reader->site;
    const char **topics;
    davy_names seen;
    size_t first;

    if (!source->kind || strcmp(source->kind, "mqtt") != 0 || source->topic_count > 0)
        return DAVY_OK;
    topics = davy_arena_array(&site->arena, source->bound_count, sizeof *topics);
    if (!topics || davy_names_init(&seen, reader->scratch, source->bound_count) != DAVY_OK)
        return davy_fail(DAVY_ERR_NOMEM, "topics of '%s'", source->name);
    for (size_t i = 0; i < source->bound_count; i++) {
        const char *topic = site->signals[site->bound[source->first_bound + i]].from.topic;

        if (davy_names_add(&seen, topic, i, &first))
            topics[source->topic_count++] = topic;
    }
    source->topics = topics;
    return DAVY_OK;
}

static davy_status complete_site(davy_site_reader *reader)
{
    davy_site *site = reader->site;
    davy_status status =
        site->by_path ? DAVY_OK : davy_site_index(site); /* a file without assets */

    if (!site->title)
        site->title = site->name;
    if (status == DAVY_OK)
        status = davy_site_complete_positions(site);
    davy_places_nest(site->emergency.places, site->emergency.place_count);
    for (size_t i = 0; i < site->source_count && status == DAVY_OK; i++)
        status = complete_topics(reader, &site->sources[i]);
    return status;
}

/* Tree and faults in, a complete site out. */
static davy_status read_site(davy_site_reader *reader, const char *text, size_t length)
{
    davy_yaml_fault fault;
    const davy_yaml_node *root;
    davy_status status = davy_yaml_parse(text, length, reader->scratch, &fault, &root);

    if (status == DAVY_ERR_INVALID) {
        status = davy_site_faults_add(reader->faults, fault.line, fault.column, "", fault.what,
                                      fault.remedy);
        return status == DAVY_OK ? davy_site_faults_fail(reader->faults) : status;
    }
    if (status != DAVY_OK)
        return status;
    davy_site_read_mapping(reader, NULL, root, &davy_site_schema_file, reader->site);
    if (reader->status != DAVY_OK)
        return reader->status;
    return reader->faults->count ? davy_site_faults_fail(reader->faults) : complete_site(reader);
}

static davy_status refuse_size(davy_site_faults *faults)
{
    davy_status status = davy_site_faults_add(faults, 0, 0, "", "the file is longer than 64 MiB",
                                              "split the plant into several sites");

    return status == DAVY_OK ? davy_site_faults_fail(faults) : status;
}

/* What is in force may be asked for when the file has been edited since. */
static davy_status keep_text(davy_site *site, const char *text, size_t length)
{
    site->text = davy_arena_text(&site->arena, text, length);
    site->text_length = length;
    return site->text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "site '%s'", site->file);
}

davy_status davy_site_parse(const char *file, const char *text, size_t length,
                            davy_site_faults *faults, davy_site **out)
{
    davy_arena scratch;
    davy_site_reader reader = {.faults = faults, .scratch = &scratch};
    davy_status status = davy_site_faults_start(file, faults);

    davy_arena_init(&scratch, TREE_MAX);
    if (status == DAVY_OK && length > DAVY_SITE_FILE_MAX)
        status = refuse_size(faults);
    if (status == DAVY_OK)
        status = create_site(file, &reader.site);
    if (status == DAVY_OK) {
        reader.texts.arena = &reader.site->arena;
        status = read_site(&reader, text, length);
    }
    if (status == DAVY_OK)
        status = keep_text(reader.site, text, length);
    davy_arena_clear(&scratch);
    if (status == DAVY_OK)
        *out = reader.site;
    else
        davy_site_destroy(reader.site);
    return status;
}

davy_status davy_site_load(const char *path, davy_site_faults *faults, davy_site **out)
{
    davy_buffer text = {0};
    davy_status status = davy_file_read(path, DAVY_SITE_FILE_MAX, &text);

    if (status == DAVY_ERR_FULL) {
        status = davy_site_faults_start(path, faults);
        if (status == DAVY_OK)
            status = refuse_size(faults);
    } else if (status == DAVY_OK) {
        status = davy_site_parse(path, text.bytes ? text.bytes : "", text.length, faults, out);
    }
    davy_buffer_clear(&text);
    return status;
}
