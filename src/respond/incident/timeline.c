/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/book.h"

#include "core/timestamp.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* All of an impact is in its record, and in the evidence; a timeline says what it was of. */
static void shorten(json_t *body)
{
    const json_t *impact = json_object_get(body, "impact");
    json_t *brief;

    if (!impact)
        return;
    brief =
        json_pack("{s:I}", "zones", (json_int_t) json_array_size(json_object_get(impact, "zones")));
    (void) json_object_set(brief, "scenario", json_object_get(impact, "scenario"));
    (void) json_object_set(brief, "computed", json_object_get(impact, "computed"));
    (void) json_object_set_new(body, "impact", brief);
    (void) json_object_del(body, "inputs");
}

static davy_status write_event(void *context, const davy_record *record)
{
    davy_buffer *out = context;
    json_t *body = json_loads(record->body, 0, NULL);
    char time[DAVY_TIMESTAMP_MAX];
    char *text;

    if (!json_is_object(body)) {
        json_decref(body);
        return DAVY_OK;
    }
    davy_timestamp_format(record->time_ns, 3, time);
    shorten(body);
    (void) json_object_set_new(body, "sequence", json_integer((json_int_t) record->sequence));
    (void) json_object_set_new(body, "time", json_string(time));
    text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "a timeline");
    if (out->bytes[out->length - 1] != '[')
        davy_buffer_append_text(out, ",");
    davy_buffer_append_text(out, text);
    free(text);
    return DAVY_OK;
}

davy_status davy_incident_timeline(davy_records *records, uint64_t id, uint64_t after, size_t limit,
                                   davy_buffer *out)
{
    char subject[DAVY_INCIDENT_SUBJECT_MAX];
    davy_status status;

    (void) snprintf(subject, sizeof subject, DAVY_INCIDENT_SUBJECT "%llu", (unsigned long long) id);
    davy_buffer_append_text(out, "[");
    status = davy_buffer_ok(out);
    if (status == DAVY_OK)
        status = davy_records_scan(records, DAVY_RECORD_INCIDENT, subject, after, limit,
                                   write_event, out);
    davy_buffer_append_text(out, "]");
    return status == DAVY_OK ? davy_buffer_ok(out) : status;
}
