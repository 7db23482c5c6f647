/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/history.h"

#include "alarm/kpi/kpi_json.h"
#include "alarm/kpi/silenced.h"

struct pass {
    davy_alarm_track *track;
    davy_kpi *kpi;
};

static davy_status take(void *context, const davy_record *record)
{
    struct pass *pass = context;
    davy_alarm_move move;
    bool moved;
    davy_status status = davy_alarm_track_take(pass->track, record, &move, &moved);

    return status == DAVY_OK && moved ? davy_kpi_take(pass->kpi, &move) : status;
}

davy_status davy_kpi_history(davy_records *records, const davy_site *site, int64_t from_ns,
                             int64_t to_ns, int64_t now_ns, const char *position,
                             struct json_t **out)
{
    struct pass pass = {0};
    int64_t end_ns = to_ns < now_ns ? to_ns : now_ns;
    uint64_t changes = 0;
    davy_status status;

    if (from_ns < 0 || from_ns >= end_ns)
        return davy_fail(DAVY_ERR_INVALID, "the time from 'from' to 'to' has no past in it");
    status = davy_alarm_track_create(site, &pass.track);
    if (status == DAVY_OK)
        status = davy_kpi_create(site->position_count, from_ns, end_ns, &pass.kpi);
    if (status == DAVY_OK)
        status = davy_records_scan(records, DAVY_RECORD_ALARM, NULL, 0, 0, take, &pass);
    if (status == DAVY_OK)
        status = davy_kpi_take_silenced(pass.kpi, pass.track, records, &changes);
    if (status == DAVY_OK) {
        davy_kpi_pass(pass.kpi, end_ns);
        status = davy_kpi_json(&(davy_kpi_source){site, pass.track, pass.kpi, from_ns, end_ns},
                               position, out);
    }
    davy_kpi_destroy(pass.kpi);
    davy_alarm_track_destroy(pass.track);
    return status;
}
