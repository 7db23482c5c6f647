/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents over HTTP: respond/incident has what they are, and docs/incidents.md tells people. */
#include "respond/incident/alert.h"
#include "respond/incident/book.h"
#include "respond/incident/forms.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

#include <stdio.h>
#include <string.h>

static davy_status find_book(const davy_call *call, davy_incidents **out)
{
    *out = call->system->incidents;
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_UNAVAILABLE, "no incidents are kept here");
}

/* The number of the path. */
static davy_status read_id(const davy_call *call, davy_incidents **book, uint64_t *id)
{
    davy_status status = find_book(call, book);

    if (status == DAVY_OK && !davy_digits_parse(call->id, id))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no incident '%.32s'", call->id);
    return status;
}

static davy_status write_brief(void *context, const davy_incident *incident)
{
    davy_incident_json_write(context, incident, false);
    return DAVY_OK;
}

static davy_status write_whole(void *context, const davy_incident *incident)
{
    davy_incident_json_write(context, incident, true);
    return DAVY_OK;
}

static davy_status answer_brief(davy_call *call, davy_incidents *book, uint64_t id)
{
    davy_status status = davy_incidents_get(book, id, write_brief, &call->answer.body);

    if (status == DAVY_OK)
        status = davy_reply_json(call);
    if (status == DAVY_OK)
        call->answer.code = 201;
    return status;
}

davy_status davy_handle_incidents(davy_call *call)
{
    const char *state = davy_target_parameter(&call->target, "state");
    davy_buffer *out = &call->answer.body;
    davy_incidents *book;
    davy_status status = find_book(call, &book);

    if (status == DAVY_OK && state && strcmp(state, "open") != 0 && strcmp(state, "all") != 0)
        status = davy_fail(DAVY_ERR_INVALID, "'state' is open or all");
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_array(out, "incidents");
    status = davy_incidents_each(book, !state || strcmp(state, "all") != 0, write_brief, out);
    davy_json_array_end(out);
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

davy_status davy_handle_incident(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    davy_incidents *book;
    uint64_t id = 0;
    davy_status status = read_id(call, &book, &id);

    if (status == DAVY_OK)
        status = davy_incidents_get(book, id, write_whole, out);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

davy_status davy_handle_incident_timeline(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    davy_incidents *book;
    uint64_t id = 0, after = 0, limit = 0;
    davy_buffer seen = {0};
    davy_status status = read_id(call, &book, &id);

    if (status == DAVY_OK)
        status = davy_call_number(call, "after", 0, UINT64_MAX, 0, &after);
    if (status == DAVY_OK)
        status = davy_call_number(call, "limit", 1, DAVY_INCIDENT_TIMELINE_MAX,
                                  DAVY_INCIDENT_TIMELINE_MAX, &limit);
    if (status == DAVY_OK)
        status = davy_incidents_get(book, id, write_brief, &seen); /* is it there? */
    davy_buffer_clear(&seen);
    if (status != DAVY_OK)
        return status;
    davy_buffer_append_text(out, "{\"events\":");
    status = davy_incident_timeline(call->system->records, id, after, (size_t) limit, out);
    davy_buffer_append_text(out, "}");
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* The alert that stands, or was the last; or what would be sent, to be looked at before. */
struct wanted_alert {
    const davy_call *call;
    const char *draft; /* message; NULL: what was sent */
    davy_buffer *out;
};

static davy_status write_alert(void *context, const davy_incident *incident)
{
    const struct wanted_alert *wanted = context;
    const davy_server_system *system = wanted->call->system;
    const davy_incident_alert_order order = {
        .message = wanted->draft, .draft = true, .now_ns = davy_wall_ns(system->clock)};
    const davy_site *site;
    davy_status status;

    if (!wanted->draft) {
        const davy_incident_alert *last =
            incident->alert_count > 0 ? &incident->alerts[incident->alert_count - 1] : NULL;

        if (!last || !last->cap)
            return davy_fail(DAVY_ERR_NOT_FOUND, "the incident has published no alert");
        davy_buffer_append_text(wanted->out, last->cap);
        return davy_buffer_ok(wanted->out);
    }
    site = system->acquire_site(system->context);
    status = davy_incident_alert_write(incident, site, &order, wanted->out);
    system->release_site(system->context, site);
    return status;
}

davy_status davy_handle_incident_cap(davy_call *call)
{
    const char *draft = davy_target_parameter(&call->target, "draft");
    struct wanted_alert wanted = {call, draft, &call->answer.body};
    davy_incidents *book;
    uint64_t id = 0;
    davy_status status = read_id(call, &book, &id);

    if (status == DAVY_OK && draft && strcmp(draft, "Alert") != 0 && strcmp(draft, "Update") != 0 &&
        strcmp(draft, "Cancel") != 0)
        status = davy_fail(DAVY_ERR_INVALID, "'draft' is Alert, Update or Cancel");
    if (status == DAVY_OK)
        status = davy_incidents_get(book, id, write_alert, &wanted);
    if (status != DAVY_OK)
        return status;
    call->answer.code = 200;
    call->answer.type = "application/cap+xml";
    return DAVY_OK;
}

/* A page of its own: styles and the sketch are within it, and nothing runs. */
#define FORM_POLICY                                                                        \
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " \
    "frame-ancestors 'self'; sandbox"

struct wanted_form {
    davy_incident_form_order order;
    davy_buffer *out;
};

static davy_status write_form(void *context, const davy_incident *incident)
{
    const struct wanted_form *wanted = context;

    return davy_incident_form_write(incident, &wanted->order, wanted->out);
}

/* The timeline is read first: it waits for the disk, and the book does not. */
static davy_status fill_form(const davy_call *call, davy_incidents *book, uint64_t id,
                             struct wanted_form *wanted)
{
    const davy_site *site = call->system->acquire_site(call->system->context);
    davy_buffer events = {0};
    davy_timezone *zone = NULL;
    json_t *list;
    davy_status status =
        davy_incident_timeline(call->system->records, id, 0, DAVY_INCIDENT_TIMELINE_MAX, &events);

    if (davy_timezone_open(site->timezone, &zone) != DAVY_OK)
        zone = NULL;
    list = status == DAVY_OK ? json_loads(events.bytes, 0, NULL) : NULL;
    wanted->order.events = list;
    wanted->order.zone = zone;
    wanted->order.site = site->title ? site->title : site->name;
    if (status == DAVY_OK)
        status = davy_incidents_get(book, id, write_form, wanted);
    call->system->release_site(call->system->context, site);
    davy_timezone_close(zone);
    davy_buffer_clear(&events);
    json_decref(list);
    return status;
}

davy_status davy_handle_incident_form(davy_call *call)
{
    struct wanted_form wanted = {
        .order = {.prepared_by = call->by, .now_ns = davy_wall_ns(call->system->clock)},
        .out = &call->answer.body};
    davy_incidents *book;
    uint64_t id = 0;
    davy_status status = read_id(call, &book, &id);

    if (status == DAVY_OK && !davy_incident_form_find(call->version, &wanted.order.form))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no form '%.16s': 201, 204 and 214 are",
                           call->version);
    if (status == DAVY_OK)
        status = fill_form(call, book, id, &wanted);
    if (status != DAVY_OK)
        return status;
    call->answer.code = 200;
    call->answer.type = "text/html";
    call->answer.policy = FORM_POLICY;
    return DAVY_OK;
}

/* The record of an event says who did what, so it is the audit. */
davy_status davy_handle_incident_begin(davy_call *call)
{
    davy_incidents *book;
    json_t *body = NULL;
    uint64_t id = 0;
    davy_status status = find_book(call, &book);

    if (status == DAVY_OK)
        status = davy_json_parse(call->body.bytes, call->body.length, &body);
    if (status == DAVY_OK)
        status = davy_incidents_begin(book, call->by, body, &id);
    json_decref(body);
    if (status != DAVY_OK)
        return status;
    (void) snprintf(call->answer.location, sizeof call->answer.location, "/api/v1/incidents/%llu",
                    (unsigned long long) id);
    return answer_brief(call, book, id);
}

davy_status davy_handle_incident_event(davy_call *call)
{
    davy_incidents *book;
    json_t *body = NULL;
    uint64_t id = 0, sequence = 0;
    davy_status status = read_id(call, &book, &id);

    if (status == DAVY_OK)
        status = davy_json_parse(call->body.bytes, call->body.length, &body);
    if (status == DAVY_OK)
        status = davy_incidents_add(book, id, call->by, body, &sequence);
    json_decref(body);
    return status == DAVY_OK ? answer_brief(call, book, id) : status;
}
