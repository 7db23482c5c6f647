/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/follow.h"

#include "alarm/reason.h"
#include "core/quantity.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Notification as people and monitors see it. */

static void set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

static void set_count(json_t *object, const char *key, uint64_t count)
{
    set(object, key, json_integer((json_int_t) count));
}

static json_t *seconds_json(int64_t ns)
{
    const int64_t ms = ns / DAVY_NS_PER_MS;

    return ns > 0 ? json_real((double) ms / 1000.0) : json_null();
}

static json_t *receiver_json(davy_worker *worker)
{
    static const char *const formats[] = {"json", "text", "cap"};
    const davy_site_receiver *receiver = davy_worker_receiver(worker);
    davy_worker_status status;
    json_t *json = json_object();
    char place[300];

    davy_worker_get_status(worker, &status);
    davy_receiver_place(receiver, place, sizeof place);
    set(json, "name", json_string(receiver->name));
    set(json, "kind", json_string(receiver->kind));
    set(json, "place", json_string(place));
    set(json, "format", json_string(formats[receiver->format]));
    set_count(json, "waiting", status.counts.waiting);
    set_count(json, "confirmed", status.counts.confirmed);
    set_count(json, "given_up", status.counts.given_up + status.lost);
    set_count(json, "unkept", status.unkept);
    set(json, "last_confirmed", davy_alarm_time_json(status.counts.confirmed_ns));
    set(json, "last_heartbeat", davy_alarm_time_json(status.heartbeat_ns));
    set(json, "failing_s", seconds_json(status.failing_ns));
    set(json, "again_s", seconds_json(status.again_ns));
    set(json, "error", davy_alarm_text_json(status.error));
    set(json, "lacks", davy_alarm_text_json(davy_worker_lacks(worker)));
    return json;
}

davy_status davy_notify_receivers_json(davy_notify *notify, struct json_t **out)
{
    json_t *array = json_array();

    pthread_mutex_lock(&notify->lock);
    for (size_t i = 0; i < notify->worker_count; i++)
        (void) json_array_append_new(array, receiver_json(notify->workers[i]));
    pthread_mutex_unlock(&notify->lock);
    if (!array)
        return davy_fail(DAVY_ERR_NOMEM, "receivers");
    *out = array;
    return DAVY_OK;
}

static davy_status list_message(void *context, const davy_notify_row *row)
{
    json_t *body = json_loads(row->body, 0, NULL);
    json_t *json = json_object();
    const json_t *key = json_object_get(json_object_get(body, "data"), "key");

    set(json, "id", json_string(row->id));
    (void) json_object_set(json, "type", json_object_get(body, "type"));
    set(json, "alarm", davy_alarm_text_json(json_string_value(key)));
    (void) json_object_set(json, "text", json_object_get(body, "text"));
    set(json, "state", json_string(row->state));
    set(json, "due", davy_alarm_time_json(row->due_ns));
    set(json, "finished", davy_alarm_time_json(row->finished_ns));
    set_count(json, "tries", row->tries);
    set(json, "error", davy_alarm_text_json(row->error));
    json_decref(body);
    return json_array_append_new(context, json) == 0 ? DAVY_OK
                                                     : davy_fail(DAVY_ERR_NOMEM, "messages");
}

/* An unknown name is a fault of who asks, not an empty list. */
static davy_status find_receiver(davy_notify *notify, const char *receiver)
{
    bool found;

    pthread_mutex_lock(&notify->lock);
    found = davy_notify_worker(notify, receiver) != NULL;
    pthread_mutex_unlock(&notify->lock);
    return found ? DAVY_OK
                 : davy_fail(DAVY_ERR_NOT_FOUND, "no receiver has the name '%.60s'", receiver);
}

davy_status davy_notify_messages_json(davy_notify *notify, const char *receiver, size_t limit,
                                      struct json_t **out)
{
    davy_status status = find_receiver(notify, receiver);
    json_t *array;

    if (status != DAVY_OK)
        return status;
    array = json_array();
    status = davy_notify_queue_visit(notify->queue, receiver, limit, list_message, array);
    if (status != DAVY_OK) {
        json_decref(array);
        return status;
    }
    *out = array;
    return DAVY_OK;
}

davy_status davy_notify_test(davy_notify *notify, const char *receiver, const char *by, char id[40])
{
    davy_notify_due due = {
        .receiver = receiver, .id = id, .time_ns = davy_wall_ns(notify->parts.clock)};
    davy_worker *worker;
    davy_status status;
    char *body;

    pthread_mutex_lock(&notify->lock);
    worker = davy_notify_worker(notify, receiver);
    body = worker ? davy_notice_encode_test(notify->site, receiver, by, due.time_ns, id) : NULL;
    due.body = body;
    status = !worker ? davy_fail(DAVY_ERR_NOT_FOUND, "no receiver has the name '%.60s'", receiver)
             : !body ? davy_fail(DAVY_ERR_NOMEM, "test of '%s'", receiver)
                     : davy_notify_queue_begin(notify->queue);
    if (status == DAVY_OK)
        status = davy_notify_queue_end(notify->queue, davy_notify_queue_add(notify->queue, &due));
    if (status == DAVY_OK)
        davy_worker_wake(worker);
    pthread_mutex_unlock(&notify->lock);
    free(body);
    return status;
}

/* True, with a sentence, when a receiver has failed for too long. */
static bool is_failing(davy_worker *worker, char *text, size_t capacity)
{
    davy_worker_status status;
    char span[32];

    davy_worker_get_status(worker, &status);
    if (status.failing_ns < DAVY_NOTIFY_FAILING_NS)
        return false;
    davy_duration_format(status.failing_ns / (60 * DAVY_NS_PER_S) * (60 * DAVY_NS_PER_S), span,
                         sizeof span);
    (void) snprintf(text, capacity, "receiver '%s' has failed for %s: %s",
                    davy_worker_receiver(worker)->name, span, status.error);
    return true;
}

bool davy_notify_is_failing(davy_notify *notify, char *text, size_t capacity)
{
    bool failing;

    pthread_mutex_lock(&notify->lock);
    failing = notify->problem[0] != '\0';
    if (failing)
        (void) snprintf(text, capacity, "messages to receivers cannot be kept: %s",
                        notify->problem);
    if (!failing && davy_monotonic_ns(notify->parts.clock) < notify->damage_until_ns) {
        failing = true;
        (void) snprintf(text, capacity, "%s", notify->damage);
    }
    for (size_t i = 0; i < notify->worker_count && !failing; i++)
        failing = is_failing(notify->workers[i], text, capacity);
    pthread_mutex_unlock(&notify->lock);
    return failing;
}

/* -- Figures ---------------------------------------------------------------------------------- */

/* One figure of all receivers. */
struct figure {
    const char *name, *kind, *about;
    double (*get)(const davy_worker_status *status);
};

static double get_waiting(const davy_worker_status *status)
{
    return (double) (status->counts.waiting + status->unkept);
}

static double get_confirmed(const davy_worker_status *status)
{
    return (double) status->counts.confirmed;
}

static double get_given_up(const davy_worker_status *status)
{
    return (double) (status->counts.given_up + status->lost);
}

static double get_failing(const davy_worker_status *status)
{
    return (double) status->failing_ns / (double) DAVY_NS_PER_S;
}

/* Names of a site are UTF-8 without control characters. */
static void put_label(davy_buffer *out, const char *name)
{
    for (; *name; name++)
        davy_buffer_printf(out, "%s%c", *name == '"' || *name == '\\' ? "\\" : "", *name);
}

void davy_notify_metrics(davy_notify *notify, davy_buffer *out)
{
    static const struct figure figures[] = {
        {"davy_receiver_waiting_messages", "gauge", "Messages that wait for a receiver.",
         get_waiting},
        {"davy_receiver_confirmed_messages_total", "counter", "Messages that it has confirmed.",
         get_confirmed},
        {"davy_receiver_given_up_messages_total", "counter",
         "Messages that it refused, or that were too many.", get_given_up},
        {"davy_receiver_failing_seconds", "gauge", "How long it has failed; 0 while it works.",
         get_failing},
    };
    davy_worker_status statuses[DAVY_SITE_RECEIVERS_MAX];

    pthread_mutex_lock(&notify->lock);
    for (size_t i = 0; i < notify->worker_count; i++)
        davy_worker_get_status(notify->workers[i], &statuses[i]);
    for (size_t f = 0; f < DAVY_ARRAY_LENGTH(figures); f++) {
        davy_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", figures[f].name, figures[f].about,
                           figures[f].name, figures[f].kind);
        for (size_t i = 0; i < notify->worker_count; i++) {
            davy_buffer_printf(out, "%s{receiver=\"", figures[f].name);
            put_label(out, davy_worker_receiver(notify->workers[i])->name);
            davy_buffer_printf(out, "\"} %.17g\n", figures[f].get(&statuses[i]));
        }
    }
    davy_buffer_printf(out,
                       "# HELP davy_notify_cursor Sequence of the last record that was followed.\n"
                       "# TYPE davy_notify_cursor gauge\n"
                       "davy_notify_cursor %llu\n",
                       (unsigned long long) notify->cursor);
    pthread_mutex_unlock(&notify->lock);
}
