/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy alarms`: alarms of a running daemon, listed and acted upon.
 */
#include "app/alarms_changes.h"
#include "app/alarms_receivers.h"
#include "app/alarms_report.h"
#include "app/alarms_show.h"
#include "app/client.h"
#include "app/table_print.h"
#include "app/verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "alarms",
    "[list | show ID | ACTION ID | judge ID VERDICT | report | changes | receivers |"
    " test-receiver NAME]",
    "List the alarms of a running daemon, act on one, or report on all.",
    "Actions: acknowledge, reset, comment, shelve, unshelve, out-of-service, return-to-service.\n"
    "A shelf needs --for or --one-shot, a comment needs --comment, and out-of-service needs\n"
    "--reason and an end: --for or --until.\n"
    "show tells one alarm with its advice, its reason and what went before it. judge answers\n"
    "whether its newest occurrence was true, false or known-work; the answer is kept as a label.\n"
    "A report has the figures of IEC 62682 for each operator position, of the last 30 days or\n"
    "--from and --to. Times: RFC 3339, seconds since 1970, now, or -7d for seven days ago.\n"
    "changes are those of the alarms' settings, with who gave which reason, or NO REASON.\n"
    "receivers are those who are told of alarms; test-receiver sends one of them a drill.\n"};

struct settings {
    davy_client client;
    const char *state, *comment, *reason, *duration, *until;
    davy_alarms_report_wish report;
    bool one_shot, json;
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static davy_status print_alarm(davy_print *print, const json_t *alarm)
{
    const json_t *reason = json_object_get(alarm, "reason");
    char id[32];
    const char *texts[] = {id,
                           text_of(alarm, "priority"),
                           text_of(alarm, "state"),
                           text_of(alarm, "since"),
                           text_of(alarm, "key"),
                           text_of(reason, "text")};

    (void) snprintf(id, sizeof id, "%" PRId64,
                    (int64_t) json_integer_value(json_object_get(alarm, "id")));
    return davy_print_row(print, texts);
}

static davy_status print_alarms(const json_t *answer)
{
    static const davy_print_column columns[] = {
        {"id", true, true},      {"priority", false, false}, {"state", false, false},
        {"since", false, false}, {"alarm", false, false},    {"reason", false, false},
    };
    const json_t *alarm;
    davy_print *print;
    size_t index;
    davy_status status =
        davy_print_create("alarms", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    json_array_foreach(json_object_get(answer, "alarms"), index, alarm)
    {
        if (status == DAVY_OK)
            status = print_alarm(print, alarm);
    }
    davy_print_finish(print);
    return status;
}

static davy_status list_alarms(const struct settings *settings)
{
    json_t *answer = NULL;
    char path[128];
    davy_status status;

    (void) snprintf(path, sizeof path, "/api/v1/alarms?state=%.40s", settings->state);
    status = davy_client_call(&settings->client, "GET", path, NULL, &answer);
    if (status == DAVY_OK)
        status = settings->json ? davy_print_json(json_incref(answer)) : print_alarms(answer);
    json_decref(answer);
    return status;
}

static json_t *body_of(const struct settings *settings)
{
    const struct {
        const char *key, *text;
    } texts[] = {
        {"comment", settings->comment},
        {"reason", settings->reason},
        {"duration", settings->duration},
        {"until", settings->until},
    };
    json_t *body = json_object();

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++)
        if (texts[i].text)
            json_object_set_new(body, texts[i].key, json_string(texts[i].text));
    if (settings->one_shot)
        json_object_set_new(body, "one_shot", json_true());
    return body;
}

static davy_status act(const struct settings *settings, const char *action, const char *id)
{
    json_t *body = body_of(settings);
    json_t *answer = NULL;
    char path[128];
    davy_status status;

    (void) snprintf(path, sizeof path, "/api/v1/alarms/%.20s/%.40s", id, action);
    status = davy_client_call(&settings->client, "POST", path, body, &answer);
    if (status == DAVY_OK && settings->json)
        status = davy_print_json(json_incref(answer));
    else if (status == DAVY_OK)
        (void) printf("%s: %s\n", text_of(answer, "key"), text_of(answer, "state"));
    json_decref(body);
    json_decref(answer);
    return status;
}

static davy_status report_alarms(const struct settings *settings)
{
    davy_alarms_report_wish wish = settings->report;

    wish.json = settings->json;
    return davy_alarms_report(&settings->client, &wish);
}

static bool is_action(const char *word)
{
    static const char *const actions[] = {"acknowledge",      "reset",    "comment",
                                          "shelve",           "unshelve", "out-of-service",
                                          "return-to-service"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(actions); i++)
        if (strcmp(actions[i], word) == 0)
            return true;
    return false;
}

static bool is_id(const char *word)
{
    return word[strspn(word, "0123456789")] == '\0';
}

/* Whatever is asked of one alarm by its id: the words are a verb, the id, and a verdict. */
static davy_status manage_one(const struct settings *settings, const davy_option_list *words)
{
    const char *verb = words->items[0], *id = words->items[1];

    if (words->count == 2 && is_action(verb))
        return act(settings, verb, id);
    if (words->count == 2 && strcmp(verb, "show") == 0)
        return davy_alarms_show(&settings->client, id, settings->json);
    if (words->count == 3 && strcmp(verb, "judge") == 0)
        return davy_alarms_judge(&settings->client, id, words->items[2], settings->comment,
                                 settings->json);
    return davy_fail(DAVY_ERR_INVALID, "call it as: davy alarms %s; see davy alarms --help",
                     usage.positional);
}

static int manage_alarms(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    davy_status status;

    if (words->count == 0 || (words->count == 1 && strcmp(words->items[0], "list") == 0))
        status = list_alarms(settings);
    else if (words->count == 1 && strcmp(words->items[0], "report") == 0)
        status = report_alarms(settings);
    else if (words->count == 1 && strcmp(words->items[0], "changes") == 0)
        status = davy_alarms_print_changes(&settings->client, settings->json);
    else if (words->count == 1 && strcmp(words->items[0], "receivers") == 0)
        status = davy_alarms_print_receivers(&settings->client, settings->json);
    else if (words->count == 2 && strcmp(words->items[0], "test-receiver") == 0)
        status = davy_alarms_test_receiver(&settings->client, words->items[1]);
    else if (words->count >= 2 && is_id(words->items[1]))
        status = manage_one(settings, words);
    else
        status = davy_fail(DAVY_ERR_INVALID, "call it as: davy alarms %s; see davy alarms --help",
                           usage.positional);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("alarms", status);
}

static int alarms(int argc, char **argv)
{
    struct settings settings = {.client = {.data = DAVY_DATA_FOLDER},
                                .state = "standing",
                                .report = {.from_ns = INT64_MIN, .to_ns = INT64_MIN}};
    const davy_option options[] = {
        {"state", DAVY_OPTION_TEXT, &settings.state, "STATE",
         "standing (default), active, shelved or all"},
        {"for", DAVY_OPTION_TEXT, &settings.duration, "D",
         "shelve, or take out of service, for so long: 30min"},
        {"one-shot", DAVY_OPTION_FLAG, &settings.one_shot, NULL, "shelve until the condition ends"},
        {"until", DAVY_OPTION_TEXT, &settings.until, "T",
         "take out of service until then: 2026-01-31T16:00:00Z"},
        {"reason", DAVY_OPTION_TEXT, &settings.reason, "TEXT", "why it is taken out of service"},
        {"comment", DAVY_OPTION_TEXT, &settings.comment, "TEXT", "words to keep with the action"},
        {"from", DAVY_OPTION_TIME, &settings.report.from_ns, "T", "report: first time"},
        {"to", DAVY_OPTION_TIME, &settings.report.to_ns, "T", "report: time after the last"},
        {"position", DAVY_OPTION_TEXT, &settings.report.position, "P",
         "report: one operator position"},
        {"page", DAVY_OPTION_TEXT, &settings.report.page, "FILE",
         "report: write a page with plots, in English and Chinese"},
        {"url", DAVY_OPTION_TEXT, &settings.client.url, "URL",
         "the daemon's address; else that of the data folder"},
        {"data", DAVY_OPTION_TEXT, &settings.client.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"key-file", DAVY_OPTION_TEXT, &settings.client.key_file, "FILE",
         "file with the key; else DAVY_KEY of the environment"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 3, argc, argv,
                          manage_alarms, &settings);
}

const davy_verb davy_verb_alarms = {"alarms", "list alarms and act on them", alarms};
