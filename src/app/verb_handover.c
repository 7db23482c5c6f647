/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy handover`: the shift handover of a running daemon, shown, given and taken.
 */
#include "app/client.h"
#include "app/table_print.h"
#include "app/verb.h"

#include <inttypes.h>
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
    davy_print_column columns[5];
    size_t column_count;
    const char *keys[5];
} page_section;

#define ALARM_COLUMNS                       \
    {{"priority", false, false},            \
     {"state", false, false},               \
     {"since", false, false},               \
     {"alarm", false, false}},              \
        4,                                  \
    {                                       \
        "priority", "state", "since", "key" \
    }

static const page_section sections[] = {
    {"standing", "alarms", "Standing", ALARM_COLUMNS},
    {"shelved",
     "alarms",
     "Shelved",
     {{"until", false, false},
      {"by", false, false},
      {"comment", false, false},
      {"alarm", false, false}},
     4,
     {"shelved_until", "by", "comment", "key"}},
    {"suppressed", "alarms", "Suppressed by design", ALARM_COLUMNS},
    {"out_of_service",
     "alarms",
     "Out of service",
     {{"until", false, false},
      {"by", false, false},
      {"comment", false, false},
      {"alarm", false, false}},
     4,
     {"out_until", "by", "comment", "key"}},
    {"degraded", "alarms", "Sources, signals and models that say nothing good", ALARM_COLUMNS},
    {"floods",
     "floods",
     "Floods of alarms",
     {{"began", false, false}, {"ended", false, false}, {"first out", false, false}},
     3,
     {"began", "ended", "first_out"}},
    {"changes",
     "changes",
     "Changes",
     {{"time", false, false},
      {"by", false, false},
      {"action", false, false},
      {"subject", false, false},
      {"outcome", false, false}},
     5,
     {"time", "by", "action", "subject", "outcome"}},
};

static davy_status print_section(const json_t *page, const page_section *section)
{
    const json_t *part = json_object_get(page, section->name);
    const json_int_t left_out = json_integer_value(json_object_get(part, "left_out"));
    const json_t *item;
    davy_print *print;
    size_t index;
    davy_status status;

    (void) printf("\n%s: %" JSON_INTEGER_FORMAT "\n", section->title,
                  json_integer_value(json_object_get(part, "count")));
    if (json_array_size(json_object_get(part, section->items)) == 0)
        return DAVY_OK;
    status =
        davy_print_create(section->name, section->columns, section->column_count, false, &print);
    if (status != DAVY_OK)
        return status;
    json_array_foreach(json_object_get(part, section->items), index, item)
    {
        const char *cells[5];

        for (size_t i = 0; i < section->column_count; i++) {
            const char *text = text_of(item, section->keys[i]);

            cells[i] = text ? text : "-";
        }
        if (status == DAVY_OK)
            status = davy_print_row(print, cells);
    }
    davy_print_finish(print);
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
    static const davy_print_column columns[] = {
        {"id", true, true},      {"given", false, false}, {"by", false, false},
        {"taken", false, false}, {"by", false, false},
    };
    const json_t *handover;
    davy_print *print;
    size_t index;
    davy_status status =
        davy_print_create("handovers", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    json_array_foreach(json_object_get(answer, "handovers"), index, handover)
    {
        const json_t *given = json_object_get(handover, "given");
        const json_t *taken = json_object_get(handover, "taken");
        const bool is_taken = json_is_object(taken);
        char id[32];

        (void) snprintf(id, sizeof id, "%" JSON_INTEGER_FORMAT,
                        json_integer_value(json_object_get(handover, "id")));
        if (status == DAVY_OK)
            status = davy_print_row(
                print, (const char *const[]){id, text_of(given, "time"), text_of(given, "by"),
                                             is_taken ? text_of(taken, "time") : "-",
                                             is_taken ? text_of(taken, "by") : "-"});
    }
    davy_print_finish(print);
    return status;
}

static davy_status ask_for(const struct settings *settings, const char *route,
                           davy_status (*print)(const json_t *answer))
{
    char path[256];
    json_t *answer = NULL;
    davy_status status;

    (void) snprintf(path, sizeof path, "/api/v1/%s?position=%.150s", route, settings->position);
    status = davy_client_call(&settings->client, "GET", path, NULL, &answer);
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
        {"url", DAVY_OPTION_TEXT, &settings.client.url, "URL",
         "the daemon's address; else that of the data folder"},
        {"data", DAVY_OPTION_TEXT, &settings.client.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"key-file", DAVY_OPTION_TEXT, &settings.client.key_file, "FILE",
         "file with the key; else DAVY_KEY of the environment"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 2, argc, argv, hand_over,
                          &settings);
}

const davy_verb davy_verb_handover = {"handover", "tell the next shift, and sign", handover};
