/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/reason.h"
#include "app/prooftest_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A test is a record "started", one of each condition, and one "finished" or "interrupted" with its
 * reason; its id is the sequence of the first. One that has no last record and does not run ended
 * with the daemon. "planned" names conditions that are to be proved and have never been.
 */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

davy_status davy_prooftest_keep(const davy_prooftest_parts *parts, json_t *body, davy_record *kept)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    davy_record record = {.time_ns = davy_wall_ns(parts->clock),
                          .kind = DAVY_RECORD_PROOF,
                          .subject = DAVY_PROOFTEST_SUBJECT,
                          .body = text};
    davy_status status = text ? davy_records_append(parts->records, &record, 1)
                              : davy_fail(DAVY_ERR_NOMEM, "record of a proof test");

    record.body = NULL;
    if (status == DAVY_OK && kept)
        *kept = record;
    free(text);
    json_decref(body);
    return status;
}

/* Tests as they are read, by id. */
struct reading {
    json_t *tests; /* {id: test} */
    bool with_items;
    uint64_t running;
};

static void key_of(uint64_t id, char key[32])
{
    (void) snprintf(key, 32, "%020llu", (unsigned long long) id);
}

static void begin(struct reading *reading, const davy_record *record, const json_t *body)
{
    char key[32];
    json_t *test = json_pack(
        "{s:I, s:s, s:n, s:o, s:O?, s:n, s:O?, s:O?, s:O?, s:i, s:i}", "id",
        (json_int_t) record->sequence, "state",
        record->sequence == reading->running ? "running" : "interrupted", "why", "began",
        davy_alarm_time_json(record->time_ns), "by", json_object_get(body, "by"), "ended",
        "patterns", json_object_get(body, "patterns"), "notify", json_object_get(body, "notify"),
        "conditions", json_object_get(body, "conditions"), "passed", 0, "failed", 0);

    if (reading->with_items)
        (void) json_object_set_new(test, "items", json_array());
    key_of(record->sequence, key);
    (void) json_object_set_new(reading->tests, key, test);
}

static void count(json_t *test, const char *outcome)
{
    json_t *number = json_object_get(test, outcome);

    if (number)
        (void) json_integer_set(number, json_integer_value(number) + 1);
}

static davy_status read_record(void *context, const davy_record *record)
{
    struct reading *reading = context;
    json_t *body = json_loads(record->body, 0, NULL);
    const char *action = text_of(body, "action");
    json_t *test;
    char key[32];

    key_of((uint64_t) json_integer_value(json_object_get(body, "test")), key);
    test = json_object_get(reading->tests, key);
    if (strcmp(action, "started") == 0)
        begin(reading, record, body);
    else if (test && strcmp(action, "finished") == 0) {
        (void) json_object_set_new(test, "state", json_string("finished"));
        (void) json_object_set_new(test, "ended", davy_alarm_time_json(record->time_ns));
    } else if (test && strcmp(action, "interrupted") == 0) {
        (void) json_object_set(test, "why", json_object_get(body, "why"));
        (void) json_object_set_new(test, "ended", davy_alarm_time_json(record->time_ns));
    } else if (test && strcmp(action, "proved") == 0) {
        json_t *item = json_object_get(body, "item");

        count(test, text_of(item, "outcome"));
        if (reading->with_items)
            (void) json_array_append(json_object_get(test, "items"), item);
    }
    json_decref(body);
    return DAVY_OK;
}

static davy_status read_all(davy_records *records, uint64_t after, struct reading *reading)
{
    reading->tests = json_object();
    return davy_records_scan(records, DAVY_RECORD_PROOF, DAVY_PROOFTEST_SUBJECT, after, 0,
                             read_record, reading);
}

davy_status davy_prooftest_read(davy_records *records, uint64_t id, uint64_t running, json_t **out)
{
    struct reading reading = {.with_items = true, .running = running};
    davy_status status = read_all(records, id > 0 ? id - 1 : 0, &reading);
    json_t *test;
    char key[32];

    key_of(id, key);
    test = json_incref(json_object_get(reading.tests, key));
    if (status == DAVY_OK && !test)
        status =
            davy_fail(DAVY_ERR_NOT_FOUND, "there is no proof test %llu", (unsigned long long) id);
    json_decref(reading.tests);
    if (status == DAVY_OK)
        *out = test;
    else
        json_decref(test);
    return status;
}

davy_status davy_prooftest_list(davy_records *records, size_t limit, uint64_t running, json_t **out)
{
    struct reading reading = {.running = running};
    davy_status status = read_all(records, 0, &reading);
    json_t *list = json_array(), *test;
    const char *key;

    /* An object of jansson keeps the order in which its keys came. */
    json_object_foreach(reading.tests, key, test)
    {
        (void) json_array_insert(list, 0, test);
        if (json_array_size(list) > limit)
            (void) json_array_remove(list, limit);
    }
    json_decref(reading.tests);
    if (status == DAVY_OK)
        *out = list;
    else
        json_decref(list);
    return status;
}

static void read_planned(davy_prooftest_plan *plan, const json_t *conditions, int64_t time_ns)
{
    const json_t *condition;
    size_t index;

    json_array_foreach(conditions, index, condition)
    {
        const char *key = json_string_value(condition);

        if (key && !json_object_get(plan->latest, key))
            (void) json_object_set_new(plan->latest, key,
                                       json_pack("{s:I}", "planned_ns", (json_int_t) time_ns));
    }
}

static davy_status read_latest(void *context, const davy_record *record)
{
    davy_prooftest_plan *plan = context;
    json_t *body = json_loads(record->body, 0, NULL);
    json_t *item = json_object_get(body, "item");

    if (item)
        davy_prooftest_plan_proved(plan,
                                   (uint64_t) json_integer_value(json_object_get(body, "test")),
                                   record->time_ns, item);
    read_planned(plan, json_object_get(body, "conditions"), record->time_ns);
    json_decref(body);
    return DAVY_OK;
}

davy_status davy_prooftest_latest(davy_records *records, davy_prooftest_plan *plan)
{
    plan->latest = json_object();
    if (!plan->latest)
        return davy_fail(DAVY_ERR_NOMEM, "earlier proof tests");
    return davy_records_scan(records, DAVY_RECORD_PROOF, DAVY_PROOFTEST_SUBJECT, 0, 0, read_latest,
                             plan);
}
