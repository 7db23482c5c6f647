/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm_json.h"

#include "alarm/entry.h"
#include "alarm/reason.h"
#include "core/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

static void set_if(json_t *object, const char *key, const char *text)
{
    if (text)
        set(object, key, json_string(text));
}

static void write_advice(davy_buffer *out, const davy_alarm *alarm)
{
    davy_alarm_text_write(out, "cause", alarm->cause);
    davy_alarm_text_write(out, "consequence", alarm->consequence);
    davy_json_number(out, "respond_within",
                     alarm->respond_within_ns > 0
                         ? (double) alarm->respond_within_ns / (double) DAVY_NS_PER_S
                         : NAN);
    davy_json_array(out, "actions");
    for (size_t i = 0; i < alarm->action_count; i++)
        davy_json_text(out, NULL, alarm->actions[i]);
    davy_json_array_end(out);
}

/* What an alarm is of: it has one of these. */
static void write_subject(davy_buffer *out, const davy_alarm *alarm)
{
    if (alarm->signal)
        davy_json_text(out, "signal", alarm->signal);
    if (alarm->detector)
        davy_json_text(out, "detector", alarm->detector);
    if (alarm->source)
        davy_json_text(out, "source", alarm->source);
    davy_alarm_text_write(out, "asset", alarm->asset);
}

static void write_state(davy_buffer *out, const davy_alarm *alarm)
{
    davy_json_text(out, "state", davy_alarm_state_name(alarm->state));
    davy_json_text(out, "evaluated", davy_alarm_state_name(alarm->evaluated));
    davy_json_boolean(out, "active", alarm->active);
    davy_json_boolean(out, "acknowledged", alarm->acknowledged);
    davy_json_boolean(out, "latched", alarm->latched);
    davy_alarm_text_write(out, "department", alarm->department);
    davy_json_text(out, "priority", davy_priority_name(alarm->priority));
    davy_json_time(out, "since", alarm->since_ns);
    davy_json_time(out, "ended", alarm->ended_ns);
    davy_json_time(out, "changed", alarm->changed_ns);
    davy_json_time(out, "shelved_until", alarm->shelved_until_ns);
    davy_json_boolean(out, "one_shot", alarm->one_shot);
    davy_json_integer(out, "shelve_max", alarm->shelve_max_ns / DAVY_NS_PER_S);
    davy_json_time(out, "out_until", alarm->out_until_ns);
    davy_alarm_text_write(out, "suppressed_by", alarm->suppressed_by);
    davy_json_unsigned(out, "occurrences", alarm->occurrences);
    davy_json_unsigned(out, "re_alarms", alarm->re_alarms);
}

void davy_alarm_json_write(davy_buffer *out, const davy_alarm *alarm)
{
    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", alarm->id);
    davy_json_text(out, "key", alarm->key);
    davy_json_text(out, "kind", davy_condition_kind_name(alarm->kind));
    write_subject(out, alarm);
    write_state(out, alarm);
    davy_alarm_text_write(out, "comment", alarm->comment);
    davy_alarm_text_write(out, "by", alarm->by);
    davy_json_raw(out, "judgement", alarm->judgement);
    write_advice(out, alarm);
    davy_json_raw(out, "reason", alarm->reason ? alarm->reason : DAVY_ALARM_REASON_NONE);
    if (!alarm->durable)
        davy_json_boolean(out, "durable", false);
    davy_json_object_end(out);
}

struct json_t *davy_alarm_json(const davy_alarm *alarm)
{
    davy_buffer text = {0};
    json_t *json;

    davy_alarm_json_write(&text, alarm);
    json = davy_buffer_ok(&text) == DAVY_OK ? json_loadb(text.bytes, text.length, 0, NULL) : NULL;
    davy_buffer_clear(&text);
    return json;
}

/* History ---------------------------------------------------------------------------------- */

static const char *text_of(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

static bool is_transition(const json_t *body)
{
    const char *name = text_of(body, "transition");

    return name && strcmp(name, DAVY_ALARM_KNOWN) != 0 && strcmp(name, DAVY_ALARM_RESTORED) != 0;
}

static json_t *transition_from(const davy_record *record, const json_t *body)
{
    json_t *json = json_object();

    set(json, "sequence", json_integer((json_int_t) record->sequence));
    set(json, "time", davy_alarm_time_json(record->time_ns));
    set(json, "id", json_integer(json_integer_value(json_object_get(body, "id"))));
    set(json, "key", json_string(record->subject));
    set_if(json, "signal", text_of(body, "signal"));
    set_if(json, "detector", text_of(body, "detector"));
    set_if(json, "source", text_of(body, "source"));
    set_if(json, "asset", text_of(body, "asset"));
    set_if(json, "transition", text_of(body, "transition"));
    set_if(json, "state", text_of(body, "state"));
    set_if(json, "priority", text_of(body, "priority"));
    set(json, "text", json_string(text_of(body, "text") ? text_of(body, "text") : ""));
    set(json, "by", davy_alarm_text_json(text_of(body, "by")));
    set(json, "comment", davy_alarm_text_json(text_of(body, "comment")));
    if (strcmp(text_of(body, "transition"), DAVY_ALARM_JUDGED) == 0)
        set_if(json, "verdict", text_of(json_object_get(body, "judgement"), "verdict"));
    return json;
}

struct json_t *davy_alarm_transition_json(const davy_record *record)
{
    json_t *body = json_loads(record->body, 0, NULL);
    json_t *json = is_transition(body) ? transition_from(record, body) : NULL;

    json_decref(body);
    return json;
}

/* The newest transitions found so far, in a ring. */
struct history {
    int64_t from_ns, to_ns;
    const char *signal;
    json_t **items;      /* [limit] */
    size_t limit, count; /* count: all that were found */
};

static bool is_of_signal(const json_t *transition, const char *signal)
{
    const char *path = text_of(transition, "signal");

    return !signal || (path && strcmp(path, signal) == 0);
}

static davy_status collect(void *context, const davy_record *record)
{
    struct history *history = context;
    json_t *transition;
    json_t **place;

    if (record->time_ns < history->from_ns || record->time_ns >= history->to_ns)
        return DAVY_OK;
    transition = davy_alarm_transition_json(record);
    if (!transition || !is_of_signal(transition, history->signal)) {
        json_decref(transition);
        return DAVY_OK;
    }
    place = &history->items[history->count++ % history->limit];
    json_decref(*place);
    *place = transition;
    return DAVY_OK;
}

static json_t *in_order(struct history *history)
{
    size_t first = history->count > history->limit ? history->count - history->limit : 0;
    json_t *array = json_array();

    for (size_t i = first; i < history->count; i++)
        (void) json_array_append(array, history->items[i % history->limit]);
    return array;
}

davy_status davy_alarm_history(davy_records *records, int64_t from_ns, int64_t to_ns,
                               const char *signal, size_t limit, struct json_t **out)
{
    struct history history = {.from_ns = from_ns, .to_ns = to_ns, .signal = signal};
    davy_status status;
    json_t *array = NULL;

    history.limit = limit == 0                       ? DAVY_ALARM_HISTORY_DEFAULT
                    : limit > DAVY_ALARM_HISTORY_MAX ? DAVY_ALARM_HISTORY_MAX
                                                     : limit;
    history.items = calloc(history.limit, sizeof(json_t *));
    if (!history.items)
        return davy_fail(DAVY_ERR_NOMEM, "history of %zu transitions", history.limit);
    status = davy_records_scan(records, DAVY_RECORD_ALARM, NULL, 0, 0, collect, &history);
    if (status == DAVY_OK)
        array = in_order(&history);
    if (status == DAVY_OK && !array)
        status = davy_fail(DAVY_ERR_NOMEM, "history of %zu transitions", history.limit);
    for (size_t i = 0; i < history.limit; i++)
        json_decref(history.items[i]);
    free(history.items);
    if (status == DAVY_OK)
        *out = array;
    return status;
}
