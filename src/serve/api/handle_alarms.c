/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm_json.h"
#include "core/quantity.h"
#include "core/timestamp.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

static davy_status write_alarm(void *context, const davy_alarm *alarm)
{
    davy_alarm_json_write(context, alarm);
    return davy_buffer_ok(context);
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
    return status == DAVY_OK ? davy_reply_json(call) : status;
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
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

static davy_status write_key(void *context, const davy_alarm *alarm)
{
    (void) snprintf(context, DAVY_CONDITION_KEY_MAX, "%s", alarm->key);
    return DAVY_OK;
}

davy_status davy_handle_alarm_related(davy_call *call)
{
    const davy_server_system *system = call->system;
    char key[DAVY_CONDITION_KEY_MAX];
    json_t *related = NULL;
    const davy_site *site;
    uint64_t id;
    davy_status status = read_id(call, &id);

    if (status == DAVY_OK)
        status = davy_alarms_get(system->alarms, id, write_key, key);
    if (status != DAVY_OK)
        return status;
    site = system->acquire_site(system->context);
    status = davy_alarm_watch_related(system->watch, site, key, &related);
    system->release_site(system->context, site);
    if (status != DAVY_OK)
        return status;
    davy_json_tree(&call->answer.body, NULL, related);
    json_decref(related);
    return davy_reply_json(call);
}

/* -- Actions --------------------------------------------------------------------------------------
 */

#define WORDS_MAX  (DAVY_ALARM_COMMENT_MAX - 1)
#define FIELDS_MAX 3

static const struct {
    const char *name; /* last segment of the path */
    davy_alarm_action action;
    davy_json_field fields[FIELDS_MAX];
} actions[] = {
    {"acknowledge", DAVY_ALARM_ACKNOWLEDGE, {{"comment", false, WORDS_MAX}}},
    {"reset", DAVY_ALARM_RESET, {{"comment", false, WORDS_MAX}}},
    {"comment", DAVY_ALARM_COMMENT, {{"comment", false, WORDS_MAX}}},
    {"shelve",
     DAVY_ALARM_SHELVE,
     {{"comment", false, WORDS_MAX},
      {"duration", false, 32},
      {"one_shot", false, DAVY_JSON_BOOLEAN}}},
    {"unshelve", DAVY_ALARM_UNSHELVE, {{"comment", false, WORDS_MAX}}},
    {"out-of-service",
     DAVY_ALARM_TAKE_OUT_OF_SERVICE,
     {{"reason", false, WORDS_MAX}, {"duration", false, 32}, {"until", false, 40}}},
    {"return-to-service", DAVY_ALARM_RETURN_TO_SERVICE, {{"comment", false, WORDS_MAX}}},
    {"judge",
     DAVY_ALARM_JUDGE,
     {{"verdict", true, 16}, {"comment", false, WORDS_MAX}, {"occurrence", false, 0}}},
};

static size_t action_of(const davy_call *call)
{
    const char *name = call->target.segments[call->target.segment_count - 1];
    size_t i = 0;

    while (strcmp(actions[i].name, name) != 0) /* the router let only these in */
        i++;
    return i;
}

static size_t fields_of(size_t action)
{
    size_t count = 0;

    while (count < FIELDS_MAX && actions[action].fields[count].name)
        count++;
    return count;
}

/* For how long: "30min", or a time. */
static davy_status read_length(const json_t *body, davy_alarm_request *request)
{
    const char *duration = davy_json_get(body, "duration");
    const char *until = davy_json_get(body, "until");

    if (duration && davy_duration_parse(duration, &request->duration_ns) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "'duration'");
    if (until && davy_timestamp_parse(until, &request->until_ns) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "'until'");
    return DAVY_OK;
}

static davy_status read_request(const davy_call *call, size_t action, uint64_t id, json_t **body,
                                davy_alarm_request *request)
{
    davy_status status = davy_json_read(call->body.bytes, call->body.length, actions[action].fields,
                                        fields_of(action), body);

    if (status != DAVY_OK)
        return status;
    *request = (davy_alarm_request){
        .action = actions[action].action,
        .by = call->by,
        .comment = davy_json_get(*body, "comment"),
        .one_shot = json_is_true(json_object_get(*body, "one_shot")),
    };
    if (!request->comment)
        request->comment = davy_json_get(*body, "reason");
    request->verdict = davy_alarm_verdict_find(davy_json_get(*body, "verdict"));
    request->occurrence = davy_json_get_number(*body, "occurrence");
    status = read_length(*body, request);
    return status == DAVY_OK ? davy_alarms_check(call->system->alarms, id, request) : status;
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
        davy_reply_problem(call, 409, why);
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
        status = read_request(call, action, id, &body, &request);
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
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* -- History --------------------------------------------------------------------------------------
 */

davy_status davy_handle_alarm_history(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    json_t *transitions = NULL;
    int64_t from_ns = 0, to_ns = 0;
    uint64_t limit = 0;
    davy_status status = davy_call_time(call, "from", &from_ns);

    if (status == DAVY_OK)
        status = davy_call_time(call, "to", &to_ns);
    if (status == DAVY_OK)
        status = davy_call_number(call, "limit", 1, DAVY_ALARM_HISTORY_MAX,
                                  DAVY_ALARM_HISTORY_DEFAULT, &limit);
    if (status == DAVY_OK)
        status = davy_alarm_history(call->system->records, from_ns, to_ns,
                                    davy_target_parameter(&call->target, "signal"), (size_t) limit,
                                    &transitions);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_tree(out, "transitions", transitions);
    davy_json_object_end(out);
    json_decref(transitions);
    return davy_reply_json(call);
}
