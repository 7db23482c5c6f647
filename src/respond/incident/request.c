/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/request.h"

#include "core/timestamp.h"
#include "respond/incident/alert.h"

#include <jansson.h>
#include <string.h>

static davy_status describe_alarm(void *context, const davy_alarm *alarm)
{
    json_t *object = context;
    char since[DAVY_TIMESTAMP_MAX] = "";

    if (alarm->since_ns != 0)
        davy_timestamp_format(alarm->since_ns, 3, since);
    (void) json_object_set_new(object, "key", json_string(alarm->key));
    (void) json_object_set_new(object, "priority",
                               json_string(davy_priority_name(alarm->priority)));
    (void) json_object_set_new(object, "state", json_string(davy_alarm_state_name(alarm->state)));
    (void) json_object_set_new(object, "since", since[0] ? json_string(since) : json_null());
    return DAVY_OK;
}

/* What davy knows of the alarms at this moment goes on record. */
static davy_status describe_alarms(const davy_incidents_parts *parts, const json_t *asked,
                                   json_t *body)
{
    json_t *list = asked ? json_array() : NULL;
    davy_status status = DAVY_OK;
    size_t index;
    const json_t *id;

    json_array_foreach(asked, index, id)
    {
        json_t *object = json_object();

        (void) json_object_set(object, "id", (json_t *) id);
        if (!json_is_integer(id))
            status = davy_fail(DAVY_ERR_INVALID, "'alarms' is not a list of ids");
        else if (status == DAVY_OK && parts->alarms)
            status = davy_alarms_get(parts->alarms, (uint64_t) json_integer_value(id),
                                     describe_alarm, object);
        (void) json_array_append_new(list, object);
    }
    if (status == DAVY_ERR_NOT_FOUND)
        status = davy_fail_in(DAVY_ERR_INVALID, "'alarms'");
    if (list)
        (void) json_object_set_new(body, "alarms", list);
    return status;
}

davy_status davy_incident_request_body(const davy_incidents_parts *parts,
                                       const davy_incident_event *event, const char *by,
                                       json_t **out)
{
    json_t *body = json_copy((json_t *) event->body);
    davy_status status = body ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "an event");

    if (event->by || event->cap || event->inputs || event->hash)
        status = davy_fail(DAVY_ERR_INVALID, "'%s' is not for the one who asks to say",
                           event->by       ? "by"
                           : event->cap    ? "cap"
                           : event->inputs ? "inputs"
                                           : "hash");
    if (status == DAVY_OK)
        status = describe_alarms(parts, event->alarms, body);
    (void) json_object_set_new(body, "type", json_string(davy_incident_event_name(event->kind)));
    (void) json_object_set_new(body, "by", json_string(by));
    if (status == DAVY_OK)
        *out = body;
    else
        json_decref(body);
    return status;
}

/* Those that the person names, or all that take CAP. */
static davy_status name_receivers(const davy_site *site, const davy_incident_event *event,
                                  json_t *body)
{
    json_t *names = json_array();
    size_t index;
    const json_t *name;

    for (size_t i = 0; i < site->receiver_count && !event->receivers; i++)
        if (site->receivers[i].format == DAVY_NOTICE_CAP)
            (void) json_array_append_new(names, json_string(site->receivers[i].name));
    json_array_foreach(event->receivers, index, name)
    {
        size_t i = 0;

        while (i < site->receiver_count &&
               strcmp(site->receivers[i].name, json_string_value(name)) != 0)
            i++;
        if (i == site->receiver_count) {
            json_decref(names);
            return davy_fail(DAVY_ERR_INVALID, "the site has no receiver '%.64s'",
                             json_string_value(name));
        }
        (void) json_array_append(names, (json_t *) name);
    }
    (void) json_object_del(body, "receivers");
    if (json_array_size(names) > 0)
        (void) json_object_set(body, "receivers", names);
    json_decref(names);
    return DAVY_OK;
}

davy_status davy_incident_request_alert(const davy_incidents_parts *parts,
                                        const davy_incident *incident,
                                        const davy_incident_event *event, int64_t now_ns,
                                        json_t *body)
{
    const davy_incident_alert_order order = {.message = event->message,
                                             .text = event->text,
                                             .response = event->response,
                                             .addresses = event->addresses,
                                             .now_ns = now_ns};
    davy_buffer cap = {0};
    const davy_site *site;
    davy_status status;

    if (event->kind != DAVY_INCIDENT_PUBLISH || !parts->acquire_site)
        return DAVY_OK;
    site = parts->acquire_site(parts->context);
    status = davy_incident_alert_write(incident, site, &order, &cap);
    if (status == DAVY_OK)
        status = name_receivers(site, event, body);
    parts->release_site(parts->context, site);
    if (status == DAVY_OK)
        (void) json_object_set_new(body, "cap", json_stringn(cap.bytes, cap.length));
    davy_buffer_clear(&cap);
    return status;
}
