/* SPDX-License-Identifier: Apache-2.0 */
#include "app/daemon_private.h"

#include "alarm/alarm_json.h"
#include "alarm/change/ledger.h"
#include "core/log.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

void davy_daemon_publish(void *context, const char *event, const char *json)
{
    davy_daemon *daemon = context;
    davy_server *server = atomic_load(&daemon->server);

    if (server)
        davy_server_publish(server, event, json);
}

void davy_daemon_tell_job(void *context, const char *json)
{
    davy_daemon_publish(context, "job", json);
}

void davy_daemon_tell_alarm(void *context, const davy_alarm *alarm, const char *transition)
{
    davy_daemon *daemon = context;
    json_t *object = davy_alarm_json(alarm);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    davy_log(alarm->active ? DAVY_LOG_WARNING : DAVY_LOG_INFO, "alarm", "%s %s", alarm->key,
             transition);
    if (text)
        davy_daemon_publish(context, "alarm", text);
    free(text);
    json_decref(object);
    if (alarm->durable)
        davy_notify_wake(daemon->notify);
    else
        davy_notify_urgent(daemon->notify, alarm, transition);
}

davy_status davy_daemon_audit(davy_daemon *daemon, const char *what)
{
    davy_record record = {
        .time_ns = davy_wall_ns(daemon->clock), .kind = DAVY_RECORD_AUDIT, .subject = "daemon"};
    json_t *object = json_pack("{s:s, s:s, s:s}", "action", what, "site", daemon->options.site,
                               "version", DAVY_VERSION);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    davy_status status;

    record.body = text ? text : "{}";
    status = davy_records_append(daemon->records, &record, 1);
    free(text);
    json_decref(object);
    return status;
}

void davy_daemon_note_settings(davy_daemon *daemon)
{
    const davy_site *site = davy_site_slot_acquire(daemon->slot);
    davy_change_found found;
    davy_status status = davy_change_note(daemon->records, daemon->options.data, site,
                                          davy_wall_ns(daemon->clock), &found);

    davy_site_slot_release(daemon->slot, site);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "daemon", "a change of the alarms' settings is not recorded: %s",
                 davy_error());
    else if (found.changed && !found.reasoned)
        davy_log(DAVY_LOG_WARNING, "daemon",
                 "%zu settings of alarms were changed without a reason; see 'davy alarms changes'",
                 found.count);
}

void davy_daemon_tell_model(void *context, const char *name, unsigned version, const char *state,
                            const char *reason)
{
    davy_daemon *daemon = context;
    json_t *object = json_pack("{s:s, s:i, s:s, s:s}", "name", name, "version", (int) version,
                               "state", state, "reason", reason ? reason : "");
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    char number[16] = ""; /* what is of the model is of no version */

    if (version > 0)
        (void) snprintf(number, sizeof number, "@%u", version);
    davy_log(reason && *reason ? DAVY_LOG_WARNING : DAVY_LOG_INFO, "models", "%s%s %s%s%s", name,
             number, state, reason && *reason ? ": " : "", reason ? reason : "");
    if (text)
        davy_daemon_publish(daemon, "model", text);
    free(text);
    json_decref(object);
}
