/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy handover`: the shift handover of a running daemon, shown, given and taken.
 */
#include "app/client.h"
#include "app/local_times.h"
#include "app/table_print.h"
#include "app/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "handover", "[show | give | take ID | list]",
    "What the next shift of an operator position must know, given by one key and taken by another.",
    "show (also without a word) tells what stands, is shelved, suppressed or out of service, "
    "where\n"
    "davy is blind, and floods and changes since the last handover. give keeps that page and "
    "signs\n"
    "it with the key of this call; take signs it with the key of the next shift.\n"};

struct settings {
    davy_client client;
    const char *position, *comment;
    bool json;
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A section of the page: a heading with its count, and a table of what is in it. */
typedef struct page_section {
    const char *name, *items, *title;
    davy_print_field fields[7];
    size_t field_count;
} page_section;

#define ALARM_FIELDS                        \
    {{"priority", "priority", false, NULL}, \
     {"state", "state", false, NULL},       \
     {"since", "since", false, NULL},       \
     {"alarm", "key", false, NULL}},        \
        4

/* What a person has silenced. @param until  key of its end */
#define SILENCED_FIELDS(until)            \
    {{"until", until, false, NULL},       \
     {"by", "by", false, NULL},           \
     {"comment", "comment", false, NULL}, \
     {"alarm", "key", false, NULL}},      \
        4

/* A change of settings without a reason is told; what needs none is not. */
static const char *reason_cell(const json_t *change, const char *path,
                               char text[DAVY_PRINT_CELL_MAX])
{
    (void) text;
    return json_is_true(json_object_get(change, path)) ? "NO REASON" : "";
}

static const page_section sections[] = {
    {"standing", "alarms", "Standing", ALARM_FIELDS},
    {"shelved", "alarms", "Shelved", SILENCED_FIELDS("shelved_until")},
    {"suppressed", "alarms", "Suppressed by design", ALARM_FIELDS},
    {"out_of_service", "alarms", "Out of service", SILENCED_FIELDS("out_until")},
    {"degraded", "alarms", "Sources, signals and models that say nothing good", ALARM_FIELDS},
    {"floods",
     "floods",
     "Floods of alarms",
     {{"began", "began", false, NULL},
      {"ended", "ended", false, NULL},
      {"alarms", "alarms", true, NULL},
      {"in 10 min", "peak", true, NULL},
      {"first out", "first_out", false, NULL}},
     5},
    {"changes",
     "changes",
     "Changes",
     {{"time", "time", false, NULL},
      {"by", "by", false, NULL},
      {"action", "action", false, NULL},
      {"subject", "subject", false, NULL},
      {"what", "text", false, NULL},
      {"reason", "flagged", false, reason_cell},
      {"outcome", "outcome", false, NULL}},
     7},
};

static davy_status print_section(const json_t *page, const page_section *section)
{
    const json_t *part = json_object_get(page, section->name);
    const json_t *items = json_object_get(part, section->items);
    const json_int_t left_out = json_integer_value(json_object_get(part, "left_out"));
    davy_status status;

    (void) printf("\n%s: %" JSON_INTEGER_FORMAT "\n", section->title,
                  json_integer_value(json_object_get(part, "count")));
    if (json_array_size(items) == 0)
        return DAVY_OK;
    status = davy_print_objects(section->name, section->fields, section->field_count, items);
    if (left_out > 0)
        (void) printf("and %" JSON_INTEGER_FORMAT " more\n", left_out);
    return status;
}

static davy_status print_page(const json_t *page)
{
    const json_t *given = json_object_get(page, "given");
    const char *title = text_of(page, "title"), *since = text_of(page, "since");
    davy_status status = DAVY_OK;

    (void) printf("Handover of %s at %s; since %s\n", title ? title : text_of(page, "position"),
                  text_of(page, "now"), since ? since : "the beginning: none was taken yet");
    if (json_is_object(given))
        (void) printf("'%s' gave it at %s: davy handover take %" JSON_INTEGER_FORMAT "\n",
                      text_of(given, "by"), text_of(given, "time"),
                      json_integer_value(json_object_get(given, "id")));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(sections) && status == DAVY_OK; i++)
        status = print_section(page, &sections[i]);
    return status;
}

static davy_status print_past(const json_t *answer)
{
    static const davy_print_field fields[] = {
        {"id", "id", true, NULL},        {"given", "given.time", false, NULL},
        {"by", "given.by", false, NULL}, {"taken", "taken.time", false, NULL},
        {"by", "taken.by", false, NULL},
    };

    return davy_print_objects("handovers", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(answer, "handovers"));
}

static davy_status ask_for(const struct settings *settings, const char *route,
                           davy_status (*print)(const json_t *answer))
{
    char path[256];
    json_t *answer = NULL;
    davy_status status;

    (void) snprintf(path, sizeof path, "/api/v1/%s?position=%.150s", route, settings->position);
    status = davy_client_call(&settings->client, "GET", path, NULL, &answer);
    if (status == DAVY_OK && !settings->json)
        davy_local_times(&settings->client, answer);
    if (status == DAVY_OK)
        status = settings->json ? davy_print_json(json_incref(answer)) : print(answer);
    json_decref(answer);
    return status;
}

static davy_status sign(const struct settings *settings, const char *path, const char *what)
{
    json_t *body = json_pack("{s:s}", "position", settings->position);
    json_t *answer = NULL;
    davy_status status;

    if (settings->comment)
        json_object_set_new(body, "comment", json_string(settings->comment));
    status = davy_client_call(&settings->client, "POST", path, body, &answer);
    if (status == DAVY_OK && settings->json)
        status = davy_print_json(json_incref(answer));
    else if (status == DAVY_OK)
        (void) printf("handover %" JSON_INTEGER_FORMAT " %s by '%s'\n",
                      json_integer_value(json_object_get(answer, "id")), what,
                      text_of(answer, "by"));
    json_decref(body);
    json_decref(answer);
    return status;
}

static davy_status take(const struct settings *settings, const char *id)
{
    char path[96];

    (void) snprintf(path, sizeof path, "/api/v1/handovers/%.20s/take", id);
    return sign(settings, path, "taken");
}

static int hand_over(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    const char *what = words->count > 0 ? words->items[0] : "show";
    davy_status status;

    if (words->count <= 1 && strcmp(what, "show") == 0)
        status = ask_for(settings, "handover", print_page);
    else if (words->count == 1 && strcmp(what, "list") == 0)
        status = ask_for(settings, "handovers", print_past);
    else if (words->count == 1 && strcmp(what, "give") == 0)
        status = sign(settings, "/api/v1/handovers", "given");
    else if (words->count == 2 && strcmp(what, "take") == 0 &&
             words->items[1][strspn(words->items[1], "0123456789")] == '\0')
        status = take(settings, words->items[1]);
    else
        status =
            davy_fail(DAVY_ERR_INVALID, "call it as: davy handover %s; see davy handover --help",
                      usage.positional);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("handover", status);
}

static int handover(int argc, char **argv)
{
    struct settings settings = {.client = {.data = DAVY_DATA_FOLDER}, .position = "site"};
    const davy_option options[] = {
        {"position", DAVY_OPTION_TEXT, &settings.position, "NAME",
         "operator position (site: what belongs to no other)"},
        {"comment", DAVY_OPTION_TEXT, &settings.comment, "TEXT", "words to sign with"},
        DAVY_CLIENT_OPTIONS(&settings.client, &settings.json),
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 2, argc, argv, hand_over,
                          &settings);
}

const davy_verb davy_verb_handover = {"handover", "tell the next shift, and sign", handover};
