/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/handover/past.h"

#include "alarm/reason.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

void davy_handover_subject(const davy_site *site, size_t position,
                           char subject[DAVY_HANDOVER_SUBJECT_MAX])
{
    (void) snprintf(subject, DAVY_HANDOVER_SUBJECT_MAX, DAVY_HANDOVER_SUBJECT "%s",
                    davy_site_position_name(site, position));
}

/* A handover is told when the next begins: its taking stands behind its giving. */
struct reading {
    davy_handover_see see;
    void *context;
    davy_handover now;
};

static void end_of(struct reading *reading)
{
    if (reading->now.id != 0)
        reading->see(reading->context, &reading->now);
    reading->now = (davy_handover){0};
}

static void copy_text(char *into, size_t capacity, const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));

    (void) snprintf(into, capacity, "%s", text ? text : "");
}

static davy_handover_side side_of(const davy_record *record, const json_t *body)
{
    davy_handover_side side = {.time_ns = record->time_ns};

    copy_text(side.by, sizeof side.by, body, "by");
    copy_text(side.comment, sizeof side.comment, body, "comment");
    return side;
}

static davy_status read_record(void *context, const davy_record *record)
{
    struct reading *reading = context;
    json_t *body = json_loads(record->body, 0, NULL);
    const char *action = json_string_value(json_object_get(body, "action"));

    if (action && strcmp(action, "handover.given") == 0) {
        end_of(reading);
        reading->now.id = record->sequence;
        reading->now.given = side_of(record, body);
    } else if (action && strcmp(action, "handover.taken") == 0 &&
               json_integer_value(json_object_get(body, "id")) == (json_int_t) reading->now.id &&
               reading->now.taken.time_ns == 0) {
        reading->now.taken = side_of(record, body);
    }
    json_decref(body);
    return DAVY_OK;
}

davy_status davy_handover_visit(const davy_handover_source *source, size_t position,
                                davy_handover_see see, void *context)
{
    struct reading reading = {.see = see, .context = context};
    char subject[DAVY_HANDOVER_SUBJECT_MAX];
    davy_status status;

    davy_handover_subject(source->site, position, subject);
    status =
        davy_records_scan(source->records, DAVY_RECORD_AUDIT, subject, 0, 0, read_record, &reading);
    if (status == DAVY_OK)
        end_of(&reading);
    return status;
}

struct last {
    davy_handover *given, *taken;
};

static void keep_last(void *context, const davy_handover *handover)
{
    const struct last *last = context;

    *last->given = *handover;
    if (handover->taken.time_ns != 0)
        *last->taken = *handover;
}

davy_status davy_handover_last(const davy_handover_source *source, size_t position,
                               davy_handover *given, davy_handover *taken)
{
    *given = *taken = (davy_handover){0};
    return davy_handover_visit(source, position, keep_last, &(struct last){given, taken});
}

struct json_t *davy_handover_side_json(const davy_handover_side *side)
{
    if (side->time_ns == 0)
        return json_null();
    return json_pack("{s:o, s:s, s:o}", "time", davy_alarm_time_json(side->time_ns), "by", side->by,
                     "comment", davy_alarm_text_json(side->comment));
}
