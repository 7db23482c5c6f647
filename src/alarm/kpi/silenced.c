/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/silenced.h"

#include "alarm/change/ledger.h"

#include <jansson.h>

struct pass {
    davy_kpi *kpi;
    const davy_alarm_track *track;
    uint64_t *after;
};

/* A condition that no alarm has a record of belongs to nobody in particular. */
static size_t position_of(const davy_alarm_track *track, const char *key)
{
    size_t alarm;

    return key && davy_alarm_track_find(track, key, &alarm)
               ? davy_alarm_track_at(track, alarm)->position
               : DAVY_SITE_POSITION;
}

static davy_status take_change(void *context, const davy_record *record)
{
    const struct pass *pass = context;
    json_t *body = json_loads(record->body, 0, NULL);
    const json_int_t more = json_integer_value(json_object_get(body, "silenced_more"));
    const json_t *key;
    size_t index;

    *pass->after = record->sequence;
    if (davy_change_is_flagged(body)) {
        json_array_foreach(json_object_get(body, "silenced"), index, key) davy_kpi_silence(
            pass->kpi, position_of(pass->track, json_string_value(key)), record->time_ns, 1);
        davy_kpi_silence(pass->kpi, DAVY_SITE_POSITION, record->time_ns,
                         more > 0 ? (uint64_t) more : 0);
    }
    json_decref(body);
    return DAVY_OK;
}

davy_status davy_kpi_take_silenced(davy_kpi *kpi, const davy_alarm_track *track,
                                   davy_records *records, uint64_t *after)
{
    struct pass pass = {kpi, track, after};

    return davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_SETTINGS, *after, 0,
                             take_change, &pass);
}
