/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/labels.h"

#include "alarm/entry.h"
#include "core/pattern.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void davy_labels_clear(davy_labels *labels)
{
    for (size_t i = 0; i < labels->count; i++) {
        free(labels->items[i].key);
        free(labels->items[i].by);
    }
    free(labels->items);
    *labels = (davy_labels){0};
}

static const char *text_of(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

static int64_t integer_of(const json_t *body, const char *key)
{
    return json_integer_value(json_object_get(body, key));
}

/* Alarms that somebody has answered -------------------------------------------------------- */

struct keys {
    const char *patterns;
    char **items; /* [count] */
    size_t count, capacity;
};

static bool has(const struct keys *keys, const char *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->items[i], key) == 0)
            return true;
    return false;
}

static davy_status add_key(struct keys *keys, const char *key)
{
    if (keys->count == keys->capacity) {
        const size_t capacity = keys->capacity ? 2 * keys->capacity : 16;
        char **items = realloc(keys->items, capacity * sizeof *items);

        if (!items)
            return davy_fail(DAVY_ERR_NOMEM, "%zu alarms with answers", capacity);
        keys->items = items;
        keys->capacity = capacity;
    }
    keys->items[keys->count] = strdup(key);
    return keys->items[keys->count++] ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", key);
}

static davy_status find_key(void *context, const davy_record *record)
{
    struct keys *keys = context;

    if (!strstr(record->body, "\"" DAVY_ALARM_JUDGED "\"") || has(keys, record->subject) ||
        !davy_pattern_matches(keys->patterns, record->subject))
        return DAVY_OK;
    return add_key(keys, record->subject);
}

/* The occurrences of one alarm --------------------------------------------------------------- */

struct walk {
    davy_labels *labels;
    const char *key;
    uint64_t occurrence; /* that the label below is of; 0: none yet */
    davy_label now;      /* `by` is owned */
};

static davy_status add_label(davy_labels *labels, const davy_label *label)
{
    if (labels->count == labels->capacity) {
        const size_t capacity = labels->capacity ? 2 * labels->capacity : 16;
        davy_label *items = realloc(labels->items, capacity * sizeof *items);

        if (!items)
            return davy_fail(DAVY_ERR_NOMEM, "%zu answers", capacity);
        labels->items = items;
        labels->capacity = capacity;
    }
    labels->items[labels->count] = *label;
    labels->items[labels->count].key = strdup(label->key);
    labels->items[labels->count].by = strdup(label->by ? label->by : "");
    labels->count++;
    return labels->items[labels->count - 1].key && labels->items[labels->count - 1].by
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "answer to alarm '%s'", label->key);
}

static davy_status finish_occurrence(struct walk *walk)
{
    davy_status status = DAVY_OK;

    if (walk->now.verdict != DAVY_ALARM_UNJUDGED && walk->now.from_ns < walk->now.to_ns)
        status = add_label(walk->labels, &walk->now);
    free(walk->now.by);
    walk->now = (davy_label){.key = (char *) (uintptr_t) walk->key, .to_ns = INT64_MAX};
    return status;
}

/* Of a model: where its score went beyond the limit, which is before the alarm's on-delay. Records
 * without that have it as the begin of their window. */
static int64_t first_time(const json_t *body)
{
    const json_t *reason = json_object_get(body, "reason");
    const json_t *window = json_object_get(reason, "window");
    const char *above = text_of(reason, "above");
    const char *text = above ? above : json_string_value(json_array_get(window, 0));
    int64_t since_ns = integer_of(body, "since"), from_ns;

    if (text && davy_timestamp_parse(text, &from_ns) == DAVY_OK && from_ns < since_ns)
        return from_ns;
    return since_ns;
}

static void take_end(struct walk *walk, const davy_record *record, const json_t *body)
{
    const int64_t ended_ns = integer_of(body, "ended");

    if (ended_ns != 0)
        walk->now.to_ns = ended_ns;
    else if (!json_is_true(json_object_get(body, "active")) && walk->now.to_ns == INT64_MAX)
        walk->now.to_ns = record->time_ns; /* its condition was taken out of the site */
}

static davy_status take_verdict(struct walk *walk, const json_t *body)
{
    const json_t *judgement = json_object_get(body, "judgement");
    const char *by = text_of(judgement, "by");

    walk->now.verdict = davy_alarm_verdict_find(text_of(judgement, "verdict"));
    return davy_text_replace(&walk->now.by, by)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "answer to alarm '%s'", walk->key);
}

static davy_status take_body(struct walk *walk, const davy_record *record, const json_t *body)
{
    const uint64_t occurrence = (uint64_t) integer_of(body, "occurrences");
    davy_status status = DAVY_OK;

    if (occurrence == 0)
        return DAVY_OK;
    if (occurrence != walk->occurrence) {
        status = finish_occurrence(walk);
        walk->occurrence = occurrence;
        walk->now.from_ns = first_time(body);
    }
    take_end(walk, record, body);
    return status == DAVY_OK ? take_verdict(walk, body) : status;
}

static davy_status take_record(void *context, const davy_record *record)
{
    json_t *body = json_loads(record->body, 0, NULL);
    davy_status status = body ? take_body(context, record, body) : DAVY_OK;

    json_decref(body);
    return status;
}

static davy_status read_key(davy_records *records, const char *key, davy_labels *labels)
{
    struct walk walk = {.labels = labels, .key = key};
    davy_status status =
        davy_records_scan(records, DAVY_RECORD_ALARM, key, 0, 0, take_record, &walk);

    if (status == DAVY_OK)
        return finish_occurrence(&walk);
    free(walk.now.by);
    return status;
}

davy_status davy_labels_read(davy_records *records, const char *patterns, davy_labels *out)
{
    struct keys keys = {.patterns = patterns};
    davy_labels labels = {0};
    davy_status status = davy_records_scan(records, DAVY_RECORD_ALARM, NULL, 0, 0, find_key, &keys);

    for (size_t i = 0; i < keys.count && status == DAVY_OK; i++)
        status = read_key(records, keys.items[i], &labels);
    for (size_t i = 0; i < keys.count; i++)
        free(keys.items[i]);
    free(keys.items);
    if (status == DAVY_OK)
        *out = labels;
    else
        davy_labels_clear(&labels);
    return status;
}
