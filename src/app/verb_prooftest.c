/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy prooftest`: send marked deviations through a running daemon and see where they arrive.
 */
#include "app/client.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "core/buffer.h"
#include "core/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const davy_usage usage = {
    "prooftest", "[DETECTOR | PATTERN ...] | list | show ID",
    "Prove that a deviation still reaches those who are told of alarms.",
    "A pattern is over keys of conditions (\"T-101/*:hihi\") or names of detectors; without one "
    "all\n"
    "conditions are tested. Each gets a marked deviation that goes the way of all samples and "
    "ends\n"
    "by itself; times are milliseconds after the sample that decided was sent. No receiver is "
    "told\n"
    "of it without --notify. list tells past tests and which proofs failed or are overdue, show "
    "one "
    "test.\n"};

#define LOOK_NS (200 * DAVY_NS_PER_MS)

struct settings {
    davy_client client;
    bool notify, json;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

/* Why it failed; else that its alarm would be told to nobody. */
static const char *show_remark(const json_t *item, const char *path, char text[DAVY_PRINT_CELL_MAX])
{
    static const char *const silenced[] = {"shelved", "suppressed", "out-of-service"};
    const char *remark = davy_print_value(item, path, text);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(silenced) && strcmp(remark, "-") == 0; i++)
        if (strcmp(text_of(item, "alarm_state"), silenced[i]) == 0)
            return "its alarm is silenced: nobody would be told now";
    return remark;
}

static davy_status print_items(const json_t *items)
{
    static const davy_print_field fields[] = {
        {"condition", "condition", false, NULL},   {"outcome", "outcome", false, NULL},
        {"accepted", "accepted_ms", true, NULL},   {"durable", "durable_ms", true, NULL},
        {"found", "found_ms", true, NULL},         {"recorded", "recorded_ms", true, NULL},
        {"announced", "announced_ms", true, NULL}, {"remark", "why", false, show_remark},
    };

    return davy_print_objects("items", fields, DAVY_ARRAY_LENGTH(fields), items);
}

static void print_receivers(const json_t *items)
{
    const json_t *item, *receiver;
    char text[DAVY_PRINT_CELL_MAX];
    size_t i, j;

    json_array_foreach(items, i, item)
    {
        json_array_foreach(json_object_get(item, "receivers"), j, receiver)
        {
            if (strcmp(text_of(receiver, "state"), "not told") != 0)
                (void) printf("%s: %s %s after %s ms\n", text_of(item, "condition"),
                              text_of(receiver, "name"), text_of(receiver, "state"),
                              davy_print_value(receiver, "confirmed_ms", text));
        }
    }
}

static davy_status print_test(const json_t *test)
{
    const json_t *items = json_object_get(test, "items");
    davy_status status = print_items(items);

    print_receivers(items);
    (void) printf("proof test %" JSON_INTEGER_FORMAT " %s: %" JSON_INTEGER_FORMAT
                  " passed, %" JSON_INTEGER_FORMAT " failed\n",
                  json_integer_value(json_object_get(test, "id")), text_of(test, "state"),
                  json_integer_value(json_object_get(test, "passed")),
                  json_integer_value(json_object_get(test, "failed")));
    return status;
}

static davy_status tell(const struct settings *settings, json_t *test)
{
    davy_status status = settings->json ? davy_print_json(json_incref(test)) : print_test(test);
    json_int_t failed = json_integer_value(json_object_get(test, "failed"));

    if (status == DAVY_OK && failed > 0)
        status = davy_fail(DAVY_ERR_UNAVAILABLE,
                           "%lld of the conditions did not reach their end: the daemon's alarm is"
                           " davy:prooftest",
                           (long long) failed);
    else if (status == DAVY_OK && strcmp(text_of(test, "state"), "interrupted") == 0)
        status = davy_fail(DAVY_ERR_UNAVAILABLE, "the test was broken off: %s",
                           json_is_string(json_object_get(test, "why")) ? text_of(test, "why")
                                                                        : "davy ended");
    json_decref(test);
    return status;
}

static davy_status ask(const struct settings *settings, const char *id, json_t **test)
{
    char path[96];

    (void) snprintf(path, sizeof path, "/api/v1/prooftests/%.20s", id);
    return davy_client_call(&settings->client, "GET", path, NULL, test);
}

static davy_status await(const struct settings *settings, const char *id)
{
    const struct timespec pause = {0, LOOK_NS};
    json_t *test = NULL;
    davy_status status = ask(settings, id, &test);

    while (status == DAVY_OK && strcmp(text_of(test, "state"), "running") == 0) {
        json_decref(test);
        test = NULL;
        (void) nanosleep(&pause, NULL);
        status = ask(settings, id, &test);
    }
    return status == DAVY_OK ? tell(settings, test) : status;
}

static json_t *make_order(const struct settings *settings, const davy_option_list *words)
{
    json_t *order = json_object();
    davy_buffer patterns = {0};

    for (size_t i = 0; i < words->count; i++)
        davy_buffer_printf(&patterns, "%s%s", i > 0 ? "," : "", words->items[i]);
    if (patterns.bytes)
        json_object_set_new(order, "patterns", json_string(patterns.bytes));
    if (settings->notify)
        json_object_set_new(order, "receivers", json_string("drill"));
    davy_buffer_clear(&patterns);
    return order;
}

static davy_status test_now(const struct settings *settings, const davy_option_list *words)
{
    json_t *order = make_order(settings, words), *answer = NULL;
    char id[32];
    davy_status status =
        davy_client_call(&settings->client, "POST", "/api/v1/prooftests", order, &answer);

    (void) snprintf(id, sizeof id, "%" JSON_INTEGER_FORMAT,
                    json_integer_value(json_object_get(answer, "id")));
    json_decref(order);
    json_decref(answer);
    return status == DAVY_OK ? await(settings, id) : status;
}

static davy_status print_list(const json_t *answer)
{
    static const davy_print_field fields[] = {
        {"id", "id", true, NULL},
        {"began", "began", false, NULL},
        {"by", "by", false, NULL},
        {"state", "state", false, NULL},
        {"passed", "passed", true, NULL},
        {"failed", "failed", true, NULL},
        {"patterns", "patterns", false, NULL},
    };

    return davy_print_objects("prooftests", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(answer, "prooftests"));
}

/* What a person has to do something about. */
static void print_complaints(const json_t *answer)
{
    const json_t *condition;
    size_t index;

    json_array_foreach(json_object_get(answer, "conditions"), index, condition)
    {
        const json_t *item = json_object_get(condition, "item");

        if (strcmp(text_of(item, "outcome"), "failed") == 0)
            (void) printf("%s failed: %s\n", text_of(condition, "condition"), text_of(item, "why"));
        if (json_is_true(json_object_get(condition, "overdue")))
            (void) printf("%s is overdue since %s\n", text_of(condition, "condition"),
                          text_of(condition, "due"));
    }
}

static davy_status list(const struct settings *settings)
{
    json_t *answer = NULL;
    davy_status status =
        davy_client_call(&settings->client, "GET", "/api/v1/prooftests", NULL, &answer);

    if (status == DAVY_OK)
        status = settings->json ? davy_print_json(json_incref(answer)) : print_list(answer);
    if (status == DAVY_OK && !settings->json)
        print_complaints(answer);
    json_decref(answer);
    return status;
}

static davy_status show(const struct settings *settings, const char *id)
{
    json_t *test = NULL;
    davy_status status = ask(settings, id, &test);

    return status == DAVY_OK ? tell(settings, test) : status;
}

static int prove(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    davy_status status;

    if (words->count == 1 && strcmp(words->items[0], "list") == 0)
        status = list(settings);
    else if (words->count == 2 && strcmp(words->items[0], "show") == 0)
        status = show(settings, words->items[1]);
    else
        status = test_now(settings, words);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("prooftest", status);
}

static int prooftest(int argc, char **argv)
{
    struct settings settings = {.client = {.data = DAVY_DATA_FOLDER}};
    const davy_option options[] = {
        {"notify", DAVY_OPTION_FLAG, &settings.notify, NULL,
         "send a drill to everyone whom the routes name, and wait for it to be confirmed"},
        DAVY_CLIENT_OPTIONS(&settings.client, &settings.json),
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 64, argc, argv, prove,
                          &settings);
}

const davy_verb davy_verb_prooftest = {"prooftest", "prove that alarms reach their end", prooftest};
