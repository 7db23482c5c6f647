/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm_json.h"
#include "core/quantity.h"
#include "serve/handlers.h"
#include "serve/json.h"
#include "serve/limits.h"

static davy_status write_alarm(void *context, const davy_alarm *alarm)
{
    json_t *object = davy_alarm_json(alarm);

    if (!object)
        return davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", alarm->key);
    davy_json_tree(context, NULL, object);
    json_decref(object);
    return DAVY_OK;
}

static davy_status read_filter(const davy_call *call, davy_alarm_filter *filter)
{
    static const char *const words[] = {
        [DAVY_ALARMS_STANDING] = "standing",
        [DAVY_ALARMS_ACTIVE] = "active",
        [DAVY_ALARMS_SHELVED] = "shelved",
        [DAVY_ALARMS_ALL] = "all",
    };
    const char *word = davy_target_parameter(&call->target, "state");

    *filter = DAVY_ALARMS_STANDING;
    if (!word)
        return DAVY_OK;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strcmp(word, words[i]) == 0) {
            *filter = (davy_alarm_filter) i;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_INVALID, "'state' is not standing, active, shelved or all");
}

davy_status davy_handle_alarms(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    davy_alarm_filter filter;
    davy_status status = read_filter(call, &filter);

    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_array(out, "alarms");
    status = davy_alarms_visit(call->system->alarms, filter, write_alarm, out);
    davy_json_array_end(out);
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_answer_json(call) : status;
}

static davy_status read_id(const davy_call *call, uint64_t *id)
{
    if (!davy_digits_parse(call->id, id))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no alarm '%.32s'", call->id);
    return DAVY_OK;
}

davy_status davy_handle_alarm(davy_call *call)
{
    uint64_t id;
    davy_status status = read_id(call, &id);

    if (status == DAVY_OK)
        status = davy_alarms_get(call->system->alarms, id, write_alarm, &call->answer.body);
    return status == DAVY_OK ? davy_answer_json(call) : status;
}

/* -- Actions --------------------------------------------------------------------------------------
 */

#define COMMENT                                      \
    {                                                \
        "comment", false, DAVY_ALARM_COMMENT_MAX - 1 \
    }

static const struct {
    const char *name; /* last segment of the path */
    davy_alarm_action action;
    davy_json_field fields[2];
} actions[] = {
    {"acknowledge", DAVY_ALARM_ACKNOWLEDGE, {COMMENT}},
    {"comment", DAVY_ALARM_COMMENT, {COMMENT}},
    {"shelve", DAVY_ALARM_SHELVE, {COMMENT, {"duration", false, 32}}},
    {"unshelve", DAVY_ALARM_UNSHELVE, {COMMENT}},
    {"out-of-service", DAVY_ALARM_TAKE_OUT_OF_SERVICE, {COMMENT}},
    {"return-to-service", DAVY_ALARM_RETURN_TO_SERVICE, {COMMENT}},
};

static size_t action_of(const davy_call *call)
{
    const char *name = call->target.segments[call->target.segment_count - 1];
    size_t i = 0;

    while (strcmp(actions[i].name, name) != 0) /* the router let only these in */
        i++;
    return i;
}

static davy_status read_request(const davy_call *call, size_t action, json_t **body,
                                davy_alarm_request *request)
{
    size_t fields = actions[action].fields[1].name ? 2 : 1;
    const char *duration;
    davy_status status =
        davy_json_read(call->body.bytes, call->body.length, actions[action].fields, fields, body);

    if (status != DAVY_OK)
        return status;
    *request = (davy_alarm_request){
        .action = actions[action].action,
        .by = call->by,
        .comment = davy_json_get(*body, "comment"),
    };
    duration = davy_json_get(*body, "duration");
    if (duration && davy_duration_parse(duration, &request->duration_ns) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "'duration'");
    return davy_alarm_request_check(request);
}

static davy_status write_key(void *context, const davy_alarm *alarm)
{
    (void) snprintf(context, DAVY_CONDITION_KEY_MAX, "%s", alarm->key);
    return DAVY_OK;
}

/* Who, what and with which words: kept before the alarm is touched. */
static davy_status audit(const davy_call *call, size_t action, const char *key, uint64_t id,
                         const char *outcome, const json_t *body)
{
    char name[48];
    davy_buffer more = {0};
    davy_status status;

    (void) snprintf(name, sizeof name, "alarm.%s", actions[action].name);
    davy_json_object(&more, NULL);
    davy_json_unsigned(&more, "id", id);
    davy_json_tree(&more, "body", body);
    davy_json_object_end(&more);
    status = davy_buffer_ok(&more);
    if (status == DAVY_OK)
        status = davy_call_audit(call, name, key, outcome, more.bytes);
    davy_buffer_clear(&more);
    return status;
}

/* A request that was right and met a state that does not allow it. */
static davy_status answer_conflict(davy_call *call, size_t action, const char *key, uint64_t id,
                                   const json_t *body)
{
    char why[DAVY_ERROR_MAX];
    davy_status status;

    (void) snprintf(why, sizeof why, "%s", davy_error());
    status = audit(call, action, key, id, "refused", body);
    if (status == DAVY_OK)
        davy_answer_problem(call, 409, why);
    return status;
}

davy_status davy_handle_alarm_action(davy_call *call)
{
    davy_alarms *alarms = call->system->alarms;
    char key[DAVY_CONDITION_KEY_MAX];
    size_t action = action_of(call);
    davy_alarm_request request;
    json_t *body = NULL;
    uint64_t id;
    davy_status status = read_id(call, &id);

    if (status == DAVY_OK)
        status = davy_alarms_get(alarms, id, write_key, key);
    if (status == DAVY_OK)
        status = read_request(call, action, &body, &request);
    if (status == DAVY_OK)
        status = audit(call, action, key, id, "requested", body);
    if (status == DAVY_OK) {
        status = davy_alarms_act(alarms, id, &request);
        if (status == DAVY_ERR_INVALID)
            status = answer_conflict(call, action, key, id, body);
    }
    json_decref(body);
    if (status != DAVY_OK || call->answer.code != 0)
        return status;
    status = davy_alarms_get(alarms, id, write_alarm, &call->answer.body);
    return status == DAVY_OK ? davy_answer_json(call) : status;
}

/* -- History --------------------------------------------------------------------------------------
 */

/* The newest transitions of a time, kept in a ring while the records go by in order. */
struct history {
    int64_t from_ns, to_ns;
    const char *signal; /* NULL for all */
    davy_buffer *ring;  /* [limit] one transition each, as JSON */
    size_t limit;
    size_t count; /* seen */
};

static void copy_text(davy_buffer *out, const json_t *body, const char *key, bool always)
{
    const char *text = json_string_value(json_object_get(body, key));

    if (text || always)
        davy_json_text(out, key, text);
}

static void write_transition(davy_buffer *out, const davy_record *record, const json_t *body)
{
    davy_json_object(out, NULL);
    davy_json_unsigned(out, "sequence", record->sequence);
    davy_json_time(out, "time", record->time_ns);
    davy_json_integer(out, "id", json_integer_value(json_object_get(body, "id")));
    davy_json_text(out, "key", record->subject);
    copy_text(out, body, "signal", false);
    copy_text(out, body, "detector", false);
    copy_text(out, body, "source", false);
    copy_text(out, body, "asset", true);
    copy_text(out, body, "transition", true);
    copy_text(out, body, "state", true);
    copy_text(out, body, "priority", true);
    copy_text(out, body, "text", true);
    copy_text(out, body, "by", true);
    copy_text(out, body, "comment", true);
    davy_json_object_end(out);
}

/* "known" makes an id known and "restored" repeats a state: neither happened in the plant. */
static bool is_told(const struct history *history, const json_t *body)
{
    const char *transition = json_string_value(json_object_get(body, "transition"));
    const char *signal = json_string_value(json_object_get(body, "signal"));

    if (!transition || strcmp(transition, "known") == 0 || strcmp(transition, "restored") == 0)
        return false;
    return !history->signal || (signal && strcmp(signal, history->signal) == 0);
}

static davy_status take_record(void *context, const davy_record *record)
{
    struct history *history = context;
    davy_buffer *place;
    json_t *body;
    davy_status status = DAVY_OK;

    if (record->time_ns < history->from_ns || record->time_ns >= history->to_ns)
        return DAVY_OK;
    body = json_loads(record->body, 0, NULL);
    if (body && is_told(history, body)) {
        place = &history->ring[history->count++ % history->limit];
        davy_buffer_reset(place);
        write_transition(place, record, body);
        status = davy_buffer_ok(place);
    }
    json_decref(body);
    return status;
}

static void write_history(davy_buffer *out, const struct history *history)
{
    size_t first = history->count > history->limit ? history->count - history->limit : 0;

    davy_json_object(out, NULL);
    davy_json_array(out, "transitions");
    for (size_t i = first; i < history->count; i++)
        davy_json_raw(out, NULL, history->ring[i % history->limit].bytes);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

davy_status davy_handle_alarm_history(davy_call *call)
{
    struct history history = {.signal = davy_target_parameter(&call->target, "signal")};
    uint64_t limit;
    davy_status status = davy_call_time(call, "from", &history.from_ns);

    if (status == DAVY_OK)
        status = davy_call_time(call, "to", &history.to_ns);
    if (status == DAVY_OK)
        status = davy_call_number(call, "limit", 1, DAVY_HTTP_HISTORY_MAX,
                                  DAVY_HTTP_HISTORY_DEFAULT, &limit);
    if (status != DAVY_OK)
        return status;
    history.limit = (size_t) limit;
    history.ring = calloc(history.limit, sizeof *history.ring);
    if (!history.ring)
        return davy_fail(DAVY_ERR_NOMEM, "the history of alarms");
    status = davy_records_scan(call->system->records, DAVY_RECORD_ALARM, NULL, 0, 0, take_record,
                               &history);
    if (status == DAVY_OK)
        write_history(&call->answer.body, &history);
    for (size_t i = 0; i < history.limit; i++)
        davy_buffer_clear(&history.ring[i]);
    free(history.ring);
    return status == DAVY_OK ? davy_answer_json(call) : status;
}
