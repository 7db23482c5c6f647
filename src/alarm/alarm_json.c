/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm_json.h"

#include "alarm/advice/judgement.h"
#include "alarm/entry.h"
#include "alarm/reason.h"

#include <jansson.h>
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

void davy_alarm_json_advise(struct json_t *alarm, const davy_site_rule *rule)
{
    json_t *actions = json_array();

    for (size_t i = 0; i < rule->action_count; i++)
        (void) json_array_append_new(actions, json_string(rule->actions[i]));
    set(alarm, "cause", davy_alarm_text_json(rule->cause));
    set(alarm, "consequence", davy_alarm_text_json(rule->consequence));
    set(alarm, "respond_within",
        rule->respond_within_ns > 0
            ? json_real((double) rule->respond_within_ns / (double) DAVY_NS_PER_S)
            : json_null());
    set(alarm, "actions", actions);
}

static void set_advice(json_t *json, const davy_alarm *alarm)
{
    davy_alarm_json_advise(json, &(davy_site_rule){.cause = alarm->cause,
                                                   .consequence = alarm->consequence,
                                                   .respond_within_ns = alarm->respond_within_ns,
                                                   .actions = alarm->actions,
                                                   .action_count = alarm->action_count});
}

struct json_t *davy_alarm_json(const davy_alarm *alarm)
{
    json_t *json = json_object();

    set(json, "id", json_integer((json_int_t) alarm->id));
    set(json, "key", json_string(alarm->key));
    set(json, "kind", json_string(davy_condition_kind_name(alarm->kind)));
    set_if(json, "signal", alarm->signal);
    set_if(json, "detector", alarm->detector);
    set_if(json, "source", alarm->source);
    set(json, "asset", davy_alarm_text_json(alarm->asset));
    set(json, "state", json_string(davy_alarm_state_name(alarm->state)));
    set(json, "evaluated", json_string(davy_alarm_state_name(alarm->evaluated)));
    set(json, "active", json_boolean(alarm->active));
    set(json, "acknowledged", json_boolean(alarm->acknowledged));
    set(json, "latched", json_boolean(alarm->latched));
    set(json, "department", davy_alarm_text_json(alarm->department));
    set(json, "priority", json_string(davy_priority_name(alarm->priority)));
    set(json, "since", davy_alarm_time_json(alarm->since_ns));
    set(json, "ended", davy_alarm_time_json(alarm->ended_ns));
    set(json, "changed", davy_alarm_time_json(alarm->changed_ns));
    set(json, "shelved_until", davy_alarm_time_json(alarm->shelved_until_ns));
    set(json, "one_shot", json_boolean(alarm->one_shot));
    set(json, "shelve_max", json_integer(alarm->shelve_max_ns / DAVY_NS_PER_S));
    set(json, "out_until", davy_alarm_time_json(alarm->out_until_ns));
    set(json, "suppressed_by", davy_alarm_text_json(alarm->suppressed_by));
    set(json, "occurrences", json_integer((json_int_t) alarm->occurrences));
    set(json, "re_alarms", json_integer((json_int_t) alarm->re_alarms));
    set(json, "comment", davy_alarm_text_json(alarm->comment));
    set(json, "by", davy_alarm_text_json(alarm->by));
    set(json, "judgement", davy_judgement_json(alarm->judgement));
    set_advice(json, alarm);
    set(json, "reason", davy_alarm_reason_json(alarm->reason));
    if (!alarm->durable)
        set(json, "durable", json_false());
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
