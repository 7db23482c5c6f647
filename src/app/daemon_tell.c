/* SPDX-License-Identifier: Apache-2.0 */
#include "app/daemon_private.h"

#include "alarm/alarm_json.h"
#include "alarm/change/ledger.h"
#include "core/json.h"
#include "core/log.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

void davy_daemon_publish(void *context, const char *event, const char *json)
{
    davy_daemon *daemon = context;
    davy_server *server = atomic_load(&daemon->server);

    if (server)
        davy_server_publish(server, event, json);
}

void davy_daemon_tell_incident(void *context, const char *json)
{
    davy_daemon_publish(context, "incident", json);
}

/* What cannot be put into the queue now is sent again after the next start. */
void davy_daemon_send_alert(void *context, const davy_incident *incident,
                            const davy_incident_alert *alert)
{
    davy_daemon *daemon = context;
    char identifier[64], text[256];
    davy_buffer data = {0};
    davy_notice_alert notice = {.identifier = identifier,
                                .text = text,
                                .cap = alert->cap,
                                .time_ns = alert->time_ns,
                                .exercise = incident->drill};
    davy_status status;

    (void) snprintf(identifier, sizeof identifier, "incident %llu %llu",
                    (unsigned long long) incident->id, (unsigned long long) alert->sequence);
    (void) snprintf(text, sizeof text, "%s%s: %.160s", incident->drill ? "EXERCISE: " : "",
                    alert->message, incident->name);
    davy_utf8_mend(text);
    davy_json_object(&data, NULL);
    davy_json_unsigned(&data, "incident", incident->id);
    davy_json_text(&data, "name", incident->name);
    davy_json_text(&data, "message", alert->message);
    davy_json_object_end(&data);
    notice.data = data.bytes;
    status = davy_buffer_ok(&data);
    if (status == DAVY_OK && alert->cap)
        status =
            davy_notify_alert(daemon->notify, &notice, alert->receivers, alert->receiver_count);
    davy_buffer_clear(&data);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "incident", "the alert of incident %llu is not sent: %s",
                 (unsigned long long) incident->id, davy_error());
}

void davy_daemon_tell_job(void *context, const char *json)
{
    davy_daemon_publish(context, "job", json);
}

void davy_daemon_tell_alarm(void *context, const davy_alarm *alarm, const char *transition)
{
    davy_daemon *daemon = context;
    davy_buffer text = {0};

    davy_log(alarm->active ? DAVY_LOG_WARNING : DAVY_LOG_INFO, "alarm", "%s %s", alarm->key,
             transition);
    davy_alarm_json_write(&text, alarm);
    if (davy_buffer_ok(&text) == DAVY_OK)
        davy_daemon_publish(context, "alarm", text.bytes);
    davy_buffer_clear(&text);
    davy_threats_alarm(daemon->threats, alarm);
    if (alarm->durable)
        davy_notify_wake(daemon->notify);
    else
        davy_notify_urgent(daemon->notify, alarm, transition);
}

/* Takes the reference to the body. */
static davy_status append(davy_daemon *daemon, const char *subject, json_t *body)
{
    davy_record record = {
        .time_ns = davy_wall_ns(daemon->clock), .kind = DAVY_RECORD_AUDIT, .subject = subject};
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    davy_status status;

    record.body = text ? text : "{}";
    status = davy_records_append(daemon->records, &record, 1);
    free(text);
    json_decref(body);
    return status;
}

davy_status davy_daemon_audit(davy_daemon *daemon, const char *what)
{
    return append(daemon, "daemon",
                  json_pack("{s:s, s:s, s:s}", "action", what, "site", daemon->options.site,
                            "version", DAVY_VERSION));
}

/* The plant is watched on when the record fails. */
static void note_model(davy_daemon *daemon, const char *model, json_t *body)
{
    if (append(daemon, model, body) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "daemon", "a change of model '%s' is not recorded: %s", model,
                 davy_error());
}

void davy_daemon_note_alias(void *context, const char *model, const char *alias, unsigned from,
                            unsigned to)
{
    davy_log(DAVY_LOG_INFO, "models", "%s@%s is version %u, and was %u", model, alias, to, from);
    note_model(context, model,
               json_pack("{s:s, s:s, s:i, s:i}", "action", "model.alias", "alias", alias, "from",
                         (int) from, "to", (int) to));
}

/* Of the model's name without its version: what uses it is found by that. */
void davy_daemon_note_swap(void *context, const char *detector, const char *from, const char *to)
{
    const char *whole = to ? to : from ? from : "";
    char model[DAVY_PATH_MAX];

    davy_log(DAVY_LOG_INFO, "detect", "detector '%s' has model %s, and had %s", detector,
             to ? to : "none", from ? from : "none");
    (void) snprintf(model, sizeof model, "%.*s", (int) strcspn(whole, "@"), whole);
    note_model(context, model,
               json_pack("{s:s, s:s, s:s?, s:s?}", "action", "model.detector", "detector", detector,
                         "from", from, "to", to));
}

/* A plant is watched on when the record fails. */
static void tell_change(davy_status status, const davy_change_found *found, const char *what)
{
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "daemon", "a change of %s is not recorded: %s", what,
                 davy_error());
    else if (found->flagged)
        davy_log(DAVY_LOG_WARNING, "daemon",
                 "%zu %s were changed without a reason; see 'davy alarms changes'", found->count,
                 what);
}

void davy_daemon_note_settings(davy_daemon *daemon)
{
    const davy_site *site = davy_site_slot_acquire(daemon->slot);
    const int64_t now_ns = davy_wall_ns(daemon->clock);
    const char *data = daemon->options.data;
    davy_change_found found;

    tell_change(davy_change_note_file(daemon->records, data, site, now_ns, &found), &found,
                "lines of the site file");
    tell_change(davy_change_note(daemon->records, data, site, now_ns, &found), &found,
                "settings of alarms");
    davy_site_slot_release(daemon->slot, site);
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
