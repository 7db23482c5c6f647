/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "respond/threat/threats_private.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records of threats: "begun", "computed" from frozen inputs, "ended". What is in memory is a fold
 * of the first and the last; the impact is computed anew after a restart. */

/* "scenario " and a name that may be as long as a path. */
#define SUBJECT_MAX (sizeof DAVY_THREAT_SUBJECT + DAVY_PATH_MAX)

/* Takes the body. */
static davy_status append(davy_threats *threats, const davy_threat *threat, json_t *body,
                          uint64_t *sequence)
{
    char subject[SUBJECT_MAX];
    char *text = body ? json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    davy_record record = {.time_ns = davy_wall_ns(threats->parts.clock),
                          .kind = DAVY_RECORD_IMPACT,
                          .subject = subject,
                          .body = text};
    davy_status status;

    (void) snprintf(subject, sizeof subject, DAVY_THREAT_SUBJECT "%s", threat->name);
    status = text ? davy_records_append(threats->parts.records, &record, 1)
                  : davy_fail(DAVY_ERR_NOMEM, "record of '%s'", threat->name);
    free(text);
    json_decref(body);
    if (status == DAVY_OK && sequence)
        *sequence = record.sequence;
    return status;
}

static json_t *alarms_of(const davy_threat *threat)
{
    json_t *list = json_array();

    for (size_t i = 0; i < threat->alarm_count; i++)
        (void) json_array_append_new(list,
                                     json_pack("{s:s, s:s, s:I}", "key", threat->alarms[i].key,
                                               "detector", threat->alarms[i].detector, "occurrence",
                                               (json_int_t) threat->alarms[i].occurrence));
    return list;
}

static davy_status record_event(davy_threats *threats, const davy_threat *threat, const char *event,
                                const char *by, const char *comment)
{
    return append(threats, threat,
                  json_pack("{s:s, s:s?, s:s?, s:o}", "event", event, "by", by, "comment", comment,
                            "alarms", alarms_of(threat)),
                  NULL);
}

davy_status davy_threat_record_begin(davy_threats *threats, const davy_threat *threat,
                                     const char *by, const char *comment)
{
    return record_event(threats, threat, "begun", by, comment);
}

davy_status davy_threat_record_end(davy_threats *threats, const davy_threat *threat, const char *by,
                                   const char *comment)
{
    return record_event(threats, threat, "ended", by, comment);
}

static json_t *assumptions_of(const davy_threat *threat)
{
    json_t *list = json_array();

    for (unsigned part = 0; part < DAVY_WEATHER_PARTS; part++)
        if (threat->weather.assumed & 1U << part)
            (void) json_array_append_new(
                list, json_string(davy_weather_part_name((davy_weather_part) part)));
    return list;
}

davy_status davy_threat_record_impact(davy_threats *threats, const davy_threat *threat,
                                      const davy_impact_input *input, uint64_t *sequence)
{
    return append(threats, threat,
                  json_pack("{s:s, s:o?, s:s, s:o, s:s}", "event", "computed", "inputs",
                            davy_impact_freeze(input, threats->site), "hash", threat->hash,
                            "assumed", assumptions_of(threat), "davy", DAVY_VERSION),
                  sequence);
}

/* The fold ---------------------------------------------------------------------------------- */

static void fold_alarms(davy_threat *threat, const json_t *list)
{
    threat->alarm_count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *key = json_string_value(json_object_get(one, "key"));
        const char *detector = json_string_value(json_object_get(one, "detector"));
        davy_threat_alarm alarm = {
            .occurrence = (uint64_t) json_integer_value(json_object_get(one, "occurrence"))};

        if (!key)
            continue;
        (void) snprintf(alarm.key, sizeof alarm.key, "%s", key);
        (void) snprintf(alarm.detector, sizeof alarm.detector, "%s", detector ? detector : "");
        (void) davy_threat_note_alarm(threat, &alarm);
    }
}

static void fold_event(davy_threats *threats, const davy_record *record, const json_t *body)
{
    const char *event = json_string_value(json_object_get(body, "event"));
    const char *by = json_string_value(json_object_get(body, "by"));
    davy_threat *threat;

    if (!event || strcmp(event, "computed") == 0)
        return;
    threat = davy_threat_of(threats, record->subject + sizeof DAVY_THREAT_SUBJECT - 1, true);
    if (!threat)
        return;
    threat->active = strcmp(event, "begun") == 0;
    if (threat->active)
        threat->since_ns = record->time_ns;
    (void) snprintf(threat->by, sizeof threat->by, "%s", by ? by : "");
    fold_alarms(threat, json_object_get(body, "alarms"));
}

static davy_status fold(void *context, const davy_record *record)
{
    json_t *body;

    if (strncmp(record->subject, DAVY_THREAT_SUBJECT, sizeof DAVY_THREAT_SUBJECT - 1) != 0 ||
        strstr(record->body, "\"event\":\"computed\""))
        return DAVY_OK; /* most are, and tell nothing of what has begun */
    body = json_loads(record->body, 0, NULL);
    if (body)
        fold_event(context, record, body);
    else
        davy_log(DAVY_LOG_WARNING, "threat", "record %llu is passed over",
                 (unsigned long long) record->sequence);
    json_decref(body);
    return DAVY_OK;
}

davy_status davy_threats_rebuild(davy_threats *threats)
{
    return davy_records_scan(threats->parts.records, DAVY_RECORD_IMPACT, NULL, 0, 0, fold, threats);
}
