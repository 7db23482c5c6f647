/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy incidents list|show|export`: incidents of a data folder, beside a running daemon or without
 * one, and the evidence of one.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "core/file.h"
#include "respond/incident/book.h"
#include "respond/incident/evidence.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "incidents", "list | show ID | export ID --out FILE",
    "List incidents, show one, or write its evidence.",
    "Evidence is one signed file with all that is on record of an incident: its events, the alarms "
    "and\n"
    "impacts of its time, and the site files they were computed from. `davy verify FILE` replays "
    "it.\n"
    "It is signed by the key that signs the models of the data folder.\n"};

struct settings {
    const char *data, *models, *out;
    bool json;
    davy_records *records;
    davy_incidents *incidents;
};

static davy_status read_id(const davy_option_list *words, uint64_t *id)
{
    char *end;

    if (words->count != 2)
        return davy_fail(DAVY_ERR_INVALID, "'%s' takes the number of an incident", words->items[0]);
    *id = strtoull(words->items[1], &end, 10);
    return words->items[1][0] >= '1' && words->items[1][0] <= '9' && *end == '\0'
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "'%s' is no number of an incident", words->items[1]);
}

/* Lists -----------------------------------------------------------------------------------------
 */

static davy_status add_brief(void *context, const davy_incident *incident)
{
    davy_buffer *out = context;

    if (out->length > 0 && out->bytes[out->length - 1] != '[')
        davy_buffer_append_text(out, ",");
    davy_incident_json_write(out, incident, false);
    return DAVY_OK;
}

static const char *scale_cell(const json_t *incident, const char *path,
                              char text[DAVY_PRINT_CELL_MAX])
{
    (void) snprintf(
        text, DAVY_PRINT_CELL_MAX, "%d",
        (int) json_integer_value(json_object_get(json_object_get(incident, "severity"), path)));
    return text;
}

static const char *drill_cell(const json_t *incident, const char *path,
                              char text[DAVY_PRINT_CELL_MAX])
{
    (void) text;
    return json_is_true(json_object_get(incident, path)) ? "EXERCISE" : "";
}

static davy_status list(struct settings *settings)
{
    static const davy_print_field fields[] = {
        {"id", "id", true, NULL},
        {"name", "name", false, NULL},
        {"state", "state", false, NULL},
        {"scale", "scale", true, scale_cell},
        {"drill", "drill", false, drill_cell},
        {"opened", "opened", false, NULL},
        {"by", "opened_by", false, NULL},
        {"closed", "closed", false, NULL},
    };
    davy_buffer text = {0};
    json_t *items;
    davy_status status;

    davy_buffer_append_text(&text, "[");
    status = davy_incidents_each(settings->incidents, false, add_brief, &text);
    davy_buffer_append_text(&text, "]");
    if (status == DAVY_OK)
        status = davy_buffer_ok(&text);
    items = status == DAVY_OK ? json_loads(text.bytes, 0, NULL) : NULL;
    if (status == DAVY_OK && settings->json)
        (void) printf("%s\n", text.bytes);
    else if (status == DAVY_OK && json_array_size(items) == 0)
        (void) printf("no incidents\n");
    else if (status == DAVY_OK)
        status = davy_print_objects("incidents", fields, DAVY_ARRAY_LENGTH(fields), items);
    json_decref(items);
    davy_buffer_clear(&text);
    return status;
}

static davy_status write_whole(void *context, const davy_incident *incident)
{
    davy_incident_json_write(context, incident, true);
    return DAVY_OK;
}

/* All of it, and its timeline: for programs, and for who pipes it into one. */
static davy_status show(struct settings *settings, uint64_t id)
{
    davy_buffer text = {0};
    davy_status status;

    davy_buffer_append_text(&text, "{\"incident\":");
    status = davy_incidents_get(settings->incidents, id, write_whole, &text);
    davy_buffer_append_text(&text, ",\"events\":");
    if (status == DAVY_OK)
        status = davy_incident_timeline(settings->records, id, 0, 0, &text);
    davy_buffer_append_text(&text, "}");
    if (status == DAVY_OK)
        status = davy_buffer_ok(&text);
    if (status == DAVY_OK)
        (void) printf("%s\n", text.bytes);
    davy_buffer_clear(&text);
    return status;
}

/* Evidence --------------------------------------------------------------------------------------
 */

static davy_status export_one(struct settings *settings, uint64_t id)
{
    char folder[PATH_MAX], user[DAVY_ALARM_BY_MAX];
    davy_author author = {0};
    davy_buffer file = {0};
    davy_evidence_order order = {.records = settings->records,
                                 .data = settings->data,
                                 .by = davy_verb_user(user, sizeof user),
                                 .incident = id,
                                 .now_ns = davy_wall_ns(davy_clock_system()),
                                 .author = &author};
    davy_status status;

    if (!settings->out)
        return davy_fail(DAVY_ERR_INVALID, "'export' needs --out FILE");
    status = davy_author_open(
        davy_models_folder(settings->data, settings->models, folder, sizeof folder), &author);
    if (status == DAVY_OK)
        status = davy_evidence_write(&order, &file);
    if (status == DAVY_OK)
        status = davy_file_replace(settings->out, file.bytes, file.length, 0644);
    if (status == DAVY_OK)
        (void) printf("%s: %zu bytes, signed by %s\n", settings->out, file.length, author.key);
    davy_author_clear(&author);
    davy_buffer_clear(&file);
    return status;
}

static davy_status open_data(struct settings *settings)
{
    davy_incidents_parts parts = {.clock = davy_clock_system()};
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", settings->data);
    status = davy_records_open_read_only(path, &settings->records);
    parts.records = settings->records;
    return status == DAVY_OK ? davy_incidents_open(&parts, &settings->incidents) : status;
}

static int call(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    const bool shows = strcmp(words->items[0], "show") == 0;
    const bool exports = strcmp(words->items[0], "export") == 0;
    uint64_t id = 0;
    davy_status status = DAVY_OK;

    if (!shows && !exports && strcmp(words->items[0], "list") != 0)
        status = davy_fail(DAVY_ERR_INVALID, "'%s' is not list, show or export", words->items[0]);
    if (status == DAVY_OK && (shows || exports))
        status = read_id(words, &id);
    if (status == DAVY_OK)
        status = open_data(settings);
    if (status == DAVY_OK)
        status = shows ? show(settings, id) : exports ? export_one(settings, id) : list(settings);
    davy_incidents_close(settings->incidents);
    davy_records_close(settings->records);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("incidents", status);
}

static int incidents(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR",
         "folder of models, whose key signs (DATA/models)"},
        {"out", DAVY_OPTION_TEXT, &settings.out, "FILE", "where the evidence goes"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print the list as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 2, argc, argv, call,
                          &settings);
}

const davy_verb davy_verb_incidents = {"incidents", "list incidents, and write the evidence of one",
                                       incidents};
