/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/book.h"

#include "core/json.h"
#include "respond/incident/fold.h"
#include "respond/incident/request.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct davy_incidents {
    davy_incidents_parts parts;
    pthread_mutex_t lock;
    davy_incident *list; /* [count], incident i has id i + 1 */
    size_t count, capacity;
    size_t unreadable;
    bool stale; /* an event is in the records and, for want of memory, not here */
};

/* From the records ----------------------------------------------------------------------------- */

uint64_t davy_incident_of(const char *subject)
{
    const size_t length = sizeof DAVY_INCIDENT_SUBJECT - 1;
    char *end;
    unsigned long long id;

    if (strncmp(subject, DAVY_INCIDENT_SUBJECT, length) != 0 || subject[length] < '1' ||
        subject[length] > '9')
        return 0;
    id = strtoull(subject + length, &end, 10);
    return *end == '\0' && id <= DAVY_INCIDENTS_MAX ? id : 0;
}

static davy_incident *find(davy_incidents *book, uint64_t id)
{
    return id >= 1 && id <= book->count ? &book->list[id - 1] : NULL;
}

/* Room for a new one, which is not counted yet. */
static davy_incident *reserve(davy_incidents *book)
{
    if (book->count == book->capacity) {
        const size_t capacity = book->capacity ? 2 * book->capacity : 16;
        davy_incident *list = reallocarray(book->list, capacity, sizeof *list);

        if (!list)
            return NULL;
        book->list = list;
        book->capacity = capacity;
    }
    book->list[book->count] = (davy_incident){.id = book->count + 1};
    return &book->list[book->count];
}

static void forget(davy_incidents *book)
{
    for (size_t i = 0; i < book->count; i++)
        davy_incident_clear(&book->list[i]);
    book->count = 0;
    book->unreadable = 0;
}

/* A new incident has the next id: the book has no holes. */
static davy_status fold(davy_incidents *book, uint64_t id, const davy_incident_event *event,
                        uint64_t sequence, int64_t time_ns)
{
    davy_incident *incident = find(book, id);
    davy_status status;

    if (event->kind == DAVY_INCIDENT_BEGIN && id != book->count + 1)
        return davy_fail(DAVY_ERR_INVALID, "incident %llu begins out of turn",
                         (unsigned long long) id);
    if (event->kind == DAVY_INCIDENT_BEGIN)
        incident = reserve(book);
    if (!incident && event->kind == DAVY_INCIDENT_BEGIN)
        return davy_fail(DAVY_ERR_NOMEM, "incidents");
    if (!incident)
        return davy_fail(DAVY_ERR_INVALID, "incident %llu has not begun", (unsigned long long) id);
    status = davy_incident_apply(incident, event, sequence, time_ns);
    if (event->kind == DAVY_INCIDENT_BEGIN && status == DAVY_OK)
        book->count++;
    else if (event->kind == DAVY_INCIDENT_BEGIN)
        davy_incident_clear(incident);
    return status;
}

/* A record that is damaged, or of a later davy, is passed over and counted. */
static davy_status read_record(void *context, const davy_record *record)
{
    davy_incidents *book = context;
    json_t *body = json_loads(record->body, JSON_REJECT_DUPLICATES, NULL);
    davy_incident_event event;
    davy_status status = davy_incident_event_read(body, &event);

    if (status == DAVY_OK)
        status = fold(book, davy_incident_of(record->subject), &event, record->sequence,
                      record->time_ns);
    json_decref(body);
    if (status == DAVY_ERR_NOMEM)
        return status;
    if (status != DAVY_OK)
        book->unreadable++;
    return DAVY_OK;
}

static davy_status rebuild(davy_incidents *book)
{
    davy_status status;

    forget(book);
    status =
        davy_records_scan(book->parts.records, DAVY_RECORD_INCIDENT, NULL, 0, 0, read_record, book);
    book->stale = status != DAVY_OK;
    return status;
}

davy_status davy_incidents_open(const davy_incidents_parts *parts, davy_incidents **out)
{
    davy_incidents *book = calloc(1, sizeof *book);
    davy_status status;

    if (!book)
        return davy_fail(DAVY_ERR_NOMEM, "incidents");
    book->parts = *parts;
    pthread_mutex_init(&book->lock, NULL);
    status = rebuild(book);
    if (status != DAVY_OK) {
        davy_incidents_close(book);
        return status;
    }
    *out = book;
    return DAVY_OK;
}

void davy_incidents_close(davy_incidents *book)
{
    if (!book)
        return;
    forget(book);
    free(book->list);
    pthread_mutex_destroy(&book->lock);
    free(book);
}

/* An event is asked for ------------------------------------------------------------------------ */

static void announce(const davy_incidents *book, const davy_incident *incident,
                     const davy_incident_event *event)
{
    davy_buffer text = {0};

    if (!book->parts.announce)
        return;
    davy_json_object(&text, NULL);
    davy_json_text(&text, "event", davy_incident_event_name(event->kind));
    davy_json_unsigned(&text, "sequence", incident->last);
    davy_buffer_append_text(&text, ",\"incident\":");
    davy_incident_json_write(&text, incident, false);
    davy_json_object_end(&text);
    if (davy_buffer_ok(&text) == DAVY_OK)
        book->parts.announce(book->parts.context, text.bytes);
    davy_buffer_clear(&text);
}

static void tell(const davy_incidents *book, const davy_incident *incident,
                 const davy_incident_event *event)
{
    announce(book, incident, event);
    if (event->kind == DAVY_INCIDENT_PUBLISH && book->parts.send)
        book->parts.send(book->parts.context, incident,
                         &incident->alerts[incident->alert_count - 1]);
}

/* On the disk, then in memory, then to those who listen. */
static davy_status keep(davy_incidents *book, uint64_t id, json_t *body, int64_t now_ns,
                        uint64_t *sequence)
{
    char subject[DAVY_INCIDENT_SUBJECT_MAX];
    char *text = json_dumps(body, JSON_COMPACT);
    davy_record record = {
        .time_ns = now_ns, .kind = DAVY_RECORD_INCIDENT, .subject = subject, .body = text};
    davy_incident_event event;
    davy_status status = text ? davy_incident_event_read(body, &event)
                              : davy_fail(DAVY_ERR_NOMEM, "an event of an incident");

    (void) snprintf(subject, sizeof subject, DAVY_INCIDENT_SUBJECT "%llu", (unsigned long long) id);
    if (status == DAVY_OK)
        status = davy_records_append(book->parts.records, &record, 1);
    free(text);
    if (status != DAVY_OK)
        return status;
    *sequence = record.sequence;
    if (fold(book, id, &event, record.sequence, record.time_ns) == DAVY_OK)
        tell(book, find(book, id), &event);
    else
        book->stale = true;
    return DAVY_OK;
}

/* The lock is taken, and what is in memory is what the records say. */
static davy_status enter(davy_incidents *book)
{
    davy_status status;

    pthread_mutex_lock(&book->lock);
    status = book->stale ? rebuild(book) : DAVY_OK;
    if (status != DAVY_OK)
        pthread_mutex_unlock(&book->lock);
    return status;
}

davy_status davy_incidents_begin(davy_incidents *book, const char *by, const struct json_t *body,
                                 uint64_t *id)
{
    davy_incident_event event;
    json_t *kept = NULL;
    uint64_t sequence;
    davy_status status = davy_incident_event_read(body, &event);

    if (status == DAVY_OK && event.kind != DAVY_INCIDENT_BEGIN)
        status = davy_fail(DAVY_ERR_INVALID, "an incident begins without 'type'");
    if (status == DAVY_OK)
        status = davy_incident_request_body(&book->parts, &event, by, &kept);
    if (status == DAVY_OK)
        status = enter(book);
    if (status == DAVY_OK) {
        *id = book->count + 1;
        status = book->count < DAVY_INCIDENTS_MAX
                     ? keep(book, *id, kept, davy_wall_ns(book->parts.clock), &sequence)
                     : davy_fail(DAVY_ERR_FULL, "there are %zu incidents, the most that are kept",
                                 DAVY_INCIDENTS_MAX);
        pthread_mutex_unlock(&book->lock);
    }
    json_decref(kept);
    return status;
}

/* A resource is in one place. A drill does not hold what an incident needs. */
static davy_status check_resource(davy_incidents *book, const davy_incident *incident,
                                  const davy_incident_event *event)
{
    if (event->kind != DAVY_INCIDENT_RESOURCE ||
        davy_state_is_settled(DAVY_STATES_RESOURCE, event->state))
        return DAVY_OK;
    for (size_t i = 0; i < book->count; i++) {
        const davy_incident *other = &book->list[i];
        const davy_incident_resource *held = davy_incident_resource_find(other, event->name);

        if (other != incident && held && (incident->drill || !other->drill) &&
            !davy_state_is_settled(DAVY_STATES_RESOURCE, held->state))
            return davy_fail(DAVY_ERR_EXISTS, "'%.64s' is %s for incident %llu: release it there",
                             event->name, davy_state_name(DAVY_STATES_RESOURCE, held->state),
                             (unsigned long long) other->id);
    }
    return DAVY_OK;
}

static davy_status add(davy_incidents *book, uint64_t id, const davy_incident_event *event,
                       json_t *kept, uint64_t *sequence)
{
    const davy_incident *incident = find(book, id);
    const int64_t now_ns = davy_wall_ns(book->parts.clock);
    davy_status status;
    char why[DAVY_ERROR_MAX];

    if (!incident)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no incident %llu", (unsigned long long) id);
    status = davy_incident_check(incident, event);
    if (status == DAVY_OK)
        status = check_resource(book, incident, event);
    if (status == DAVY_OK)
        status = davy_incident_request_alert(&book->parts, incident, event, now_ns, kept);
    if (status == DAVY_ERR_INVALID || status == DAVY_ERR_FULL) {
        (void) snprintf(why, sizeof why, "%s", davy_error());
        return davy_fail(DAVY_ERR_EXISTS, "%s", why);
    }
    return status == DAVY_OK ? keep(book, id, kept, now_ns, sequence) : status;
}

static bool is_drill(davy_incidents *book, uint64_t id)
{
    const davy_incident *incident;
    bool drill;

    pthread_mutex_lock(&book->lock);
    incident = find(book, id);
    drill = incident && incident->drill;
    pthread_mutex_unlock(&book->lock);
    return drill;
}

davy_status davy_incidents_add(davy_incidents *book, uint64_t id, const char *by,
                               const struct json_t *body, uint64_t *sequence)
{
    davy_incident_event event;
    json_t *kept = NULL;
    davy_status status = davy_incident_event_read(body, &event);

    if (status == DAVY_OK && event.kind == DAVY_INCIDENT_BEGIN)
        status = davy_fail(DAVY_ERR_INVALID, "an event needs 'type'");
    if (status == DAVY_OK)
        status = davy_incident_request_body(&book->parts, &event, by, &kept);
    if (status == DAVY_OK)
        status = davy_incident_request_impact(&book->parts, &event, is_drill(book, id),
                                              davy_wall_ns(book->parts.clock), kept);
    if (status == DAVY_OK)
        status = davy_incident_event_read(kept, &event);
    if (status == DAVY_OK)
        status = enter(book);
    if (status == DAVY_OK) {
        status = add(book, id, &event, kept, sequence);
        pthread_mutex_unlock(&book->lock);
    }
    json_decref(kept);
    return status;
}

/* Looking -------------------------------------------------------------------------------------- */

davy_status davy_incidents_get(davy_incidents *book, uint64_t id, davy_incidents_visit visit,
                               void *context)
{
    const davy_incident *incident;
    davy_status status = enter(book);

    if (status != DAVY_OK)
        return status;
    incident = find(book, id);
    status = incident ? visit(context, incident)
                      : davy_fail(DAVY_ERR_NOT_FOUND, "there is no incident %llu",
                                  (unsigned long long) id);
    pthread_mutex_unlock(&book->lock);
    return status;
}

davy_status davy_incidents_each(davy_incidents *book, bool open_only, davy_incidents_visit visit,
                                void *context)
{
    davy_status status = enter(book);

    if (status != DAVY_OK)
        return status;
    for (size_t i = book->count; i > 0 && status == DAVY_OK; i--)
        if (!open_only || book->list[i - 1].state != DAVY_INCIDENT_CLOSED)
            status = visit(context, &book->list[i - 1]);
    pthread_mutex_unlock(&book->lock);
    return status;
}

davy_status davy_incidents_resend(davy_incidents *book)
{
    const int64_t since_ns = davy_wall_ns(book->parts.clock) - DAVY_INCIDENTS_RESEND_NS;
    davy_status status = enter(book);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < book->count && book->parts.send; i++)
        for (size_t a = 0; a < book->list[i].alert_count; a++)
            if (book->list[i].alerts[a].cap && book->list[i].alerts[a].time_ns > since_ns)
                book->parts.send(book->parts.context, &book->list[i], &book->list[i].alerts[a]);
    pthread_mutex_unlock(&book->lock);
    return DAVY_OK;
}

size_t davy_incidents_unreadable(davy_incidents *book)
{
    size_t count;

    pthread_mutex_lock(&book->lock);
    count = book->unreadable;
    pthread_mutex_unlock(&book->lock);
    return count;
}
