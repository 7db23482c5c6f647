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
#include "app/local_times.h"
#include "app/table_print.h"
#include "app/verb.h"

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
    "--from and --to. Times: RFC 3339, seconds since 1970, now, or -7d for seven days ago; a day\n"
    "or time without an offset is the site's.\n"
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

static davy_status print_alarms(const davy_client *client, json_t *answer)
{
    static const davy_print_field fields[] = {
        {"id", "id", true, NULL},        {"priority", "priority", false, NULL},
        {"state", "state", false, NULL}, {"since", "since", false, NULL},
        {"alarm", "key", false, NULL},   {"reason", "reason.text", false, NULL},
    };

    davy_local_times(client, answer);
    return davy_print_objects("alarms", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(answer, "alarms"));
}

static davy_status list_alarms(const struct settings *settings, const davy_option_list *words)
{
    json_t *answer = NULL;
    char path[128];
    davy_status status;

    (void) words;
    (void) snprintf(path, sizeof path, "/api/v1/alarms?state=%.40s",
                    settings->state ? settings->state : "standing");
    status = davy_client_call(&settings->client, "GET", path, NULL, &answer);
    if (status == DAVY_OK)
        status = settings->json ? davy_print_json(json_incref(answer))
                                : print_alarms(&settings->client, answer);
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

static davy_status act(const struct settings *settings, const davy_option_list *words)
{
    json_t *body = body_of(settings);
    json_t *answer = NULL;
    char path[128];
    davy_status status;

    (void) snprintf(path, sizeof path, "/api/v1/alarms/%.20s/%.40s", words->items[1],
                    words->items[0]);
    status = davy_client_call(&settings->client, "POST", path, body, &answer);
    if (status == DAVY_OK && settings->json)
        status = davy_print_json(json_incref(answer));
    else if (status == DAVY_OK)
        (void) printf("%s: %s\n", text_of(answer, "key"), text_of(answer, "state"));
    json_decref(body);
    json_decref(answer);
    return status;
}

static davy_status report_alarms(const struct settings *settings, const davy_option_list *words)
{
    davy_alarms_report_wish wish = settings->report;

    (void) words;
    wish.json = settings->json;
    return davy_alarms_report(&settings->client, &wish);
}

static davy_status show_alarm(const struct settings *settings, const davy_option_list *words)
{
    return davy_alarms_show(&settings->client, words->items[1], settings->json);
}

static davy_status judge_alarm(const struct settings *settings, const davy_option_list *words)
{
    return davy_alarms_judge(&settings->client, words->items[1], words->items[2], settings->comment,
                             settings->json);
}

static davy_status print_changes(const struct settings *settings, const davy_option_list *words)
{
    (void) words;
    return davy_alarms_print_changes(&settings->client, settings->json);
}

static davy_status print_receivers(const struct settings *settings, const davy_option_list *words)
{
    (void) words;
    return davy_alarms_print_receivers(&settings->client, settings->json);
}

static davy_status test_receiver(const struct settings *settings, const davy_option_list *words)
{
    return davy_alarms_test_receiver(&settings->client, words->items[1]);
}

/* The calls there are, and the options that each takes, with a blank on both sides. */
static const struct call {
    const char *verb;
    size_t words;
    bool has_id; /* the second word is an alarm's id */
    const char *options;
    davy_status (*run)(const struct settings *settings, const davy_option_list *words);
} calls[] = {
    {"list", 1, false, " state ", list_alarms},
    {"report", 1, false, " from to position page ", report_alarms},
    {"changes", 1, false, "", print_changes},
    {"receivers", 1, false, "", print_receivers},
    {"test-receiver", 2, false, "", test_receiver},
    {"show", 2, true, "", show_alarm},
    {"judge", 3, true, " comment ", judge_alarm},
    {"acknowledge", 2, true, " comment ", act},
    {"reset", 2, true, " comment ", act},
    {"comment", 2, true, " comment ", act},
    {"shelve", 2, true, " for one-shot comment ", act},
    {"unshelve", 2, true, " comment ", act},
    {"out-of-service", 2, true, " for until reason comment ", act},
    {"return-to-service", 2, true, " comment ", act},
};

static bool is_id(const char *word)
{
    return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static const struct call *find_call(const davy_option_list *words)
{
    if (words->count == 0)
        return &calls[0];
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(calls); i++)
        if (strcmp(calls[i].verb, words->items[0]) == 0)
            return words->count == calls[i].words && (!calls[i].has_id || is_id(words->items[1]))
                       ? &calls[i]
                       : NULL;
    return NULL;
}

static bool takes(const struct call *call, const char *option)
{
    char word[32];

    (void) snprintf(word, sizeof word, " %s ", option);
    return strstr(call->options, word) != NULL;
}

/* An option that would be swallowed is a wrong call: who gives it means something by it. */
static davy_status check_options(const struct settings *settings, const struct call *call)
{
    const davy_alarms_report_wish *report = &settings->report;
    const struct {
        const char *option;
        bool is_given;
    } options[] = {
        {"state", settings->state}, {"for", settings->duration},  {"one-shot", settings->one_shot},
        {"until", settings->until}, {"reason", settings->reason}, {"comment", settings->comment},
        {"from", report->from},     {"to", report->to},           {"position", report->position},
        {"page", report->page},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(options); i++)
        if (options[i].is_given && !takes(call, options[i].option))
            return davy_fail(DAVY_ERR_INVALID, "'%s' takes no --%s; see davy alarms --help",
                             call->verb, options[i].option);
    return DAVY_OK;
}

static int manage_alarms(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    const struct call *call = find_call(words);
    davy_status status =
        call ? check_options(settings, call)
             : davy_fail(DAVY_ERR_INVALID, "call it as: davy alarms %s; see davy alarms --help",
                         usage.positional);

    if (status != DAVY_OK) {
        (void) davy_verb_fail("alarms", status);
        return EX_USAGE;
    }
    status = call->run(settings, words);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("alarms", status);
}

static int alarms(int argc, char **argv)
{
    struct settings settings = {.client = {.data = DAVY_DATA_FOLDER}};
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
        {"from", DAVY_OPTION_TEXT, &settings.report.from, "T", "report: first time"},
        {"to", DAVY_OPTION_TEXT, &settings.report.to, "T", "report: time after the last"},
        {"position", DAVY_OPTION_TEXT, &settings.report.position, "P",
         "report: one operator position"},
        {"page", DAVY_OPTION_TEXT, &settings.report.page, "FILE",
         "report: write a page with plots, in English and Chinese"},
        DAVY_CLIENT_OPTIONS(&settings.client, &settings.json),
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 3, argc, argv,
                          manage_alarms, &settings);
}

const davy_verb davy_verb_alarms = {"alarms", "list alarms and act on them", alarms};
