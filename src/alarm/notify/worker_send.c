/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/worker_private.h"

#include "alarm/notify/backoff.h"
#include "alarm/notify/render.h"
#include "core/log.h"
#include "core/utf8.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A queue that cannot be read, or whose ends cannot be kept, is asked again after so long. */
#define DISK_NS DAVY_NS_PER_S

#define LINE_BYTES 300

void davy_worker_close_receiver(davy_worker *worker)
{
    if (!worker->open)
        return;
    worker->kind->close(worker->state);
    worker->open = false;
}

/* -- One attempt ------------------------------------------------------------------------------ */

static davy_status open_receiver(davy_worker *worker)
{
    davy_status status;

    if (worker->open)
        return DAVY_OK;
    memset(worker->state, 0, worker->kind->state_size);
    worker->open = true; /* half open: davy_worker_close_receiver() takes it down */
    status = worker->kind->open(worker->state, &worker->setup);
    /* A setting that is wrong is a fault of the receiver, not of this message. */
    return status == DAVY_ERR_INVALID ? DAVY_ERR_UNAVAILABLE : status;
}

static davy_status hand_over(davy_worker *worker, const char *body, const json_t *message,
                             int64_t *asked_ns)
{
    const char *id = json_string_value(json_object_get(message, "id"));
    char line[LINE_BYTES];
    davy_delivery delivery;
    davy_status status;

    davy_buffer_reset(&worker->body);
    status = davy_render(message, body, worker->receiver.format, &worker->body);
    if (status != DAVY_OK)
        return status;
    davy_render_line(message, line, sizeof line);
    delivery = (davy_delivery){.id = id ? id : "",
                               .body = worker->body.bytes ? worker->body.bytes : "",
                               .length = worker->body.length,
                               .type = davy_render_type(worker->receiver.format),
                               .line = line,
                               .message = message,
                               .time_ns = davy_wall_ns(worker->parts.clock)};
    status = open_receiver(worker);
    return status == DAVY_OK ? worker->kind->send(worker->state, &delivery, asked_ns) : status;
}

static void note_success(davy_worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    if (worker->failed_ns)
        davy_log(DAVY_LOG_INFO, "notify", "receiver '%s' takes messages again",
                 worker->receiver.name);
    worker->failed_ns = 0;
    worker->error[0] = '\0';
    pthread_mutex_unlock(&worker->lock);
    worker->failures = 0;
    worker->again_ns = 0;
}

static void note_failure(davy_worker *worker, int64_t now_ns, int64_t asked_ns)
{
    char error[sizeof worker->error];

    (void) davy_utf8_show(davy_error(), strlen(davy_error()), error, sizeof error);
    davy_worker_close_receiver(worker);
    worker->failures++;
    worker->again_ns = now_ns + davy_backoff_ns(worker->failures, asked_ns, randombytes_random());
    pthread_mutex_lock(&worker->lock);
    if (!worker->failed_ns)
        worker->failed_ns = now_ns ? now_ns : 1;
    if (strcmp(worker->error, error) != 0 && !atomic_load(&worker->stopping))
        davy_log(DAVY_LOG_WARNING, "notify", "receiver '%s': %s", worker->receiver.name, error);
    memcpy(worker->error, error, sizeof error);
    worker->retry_ns = worker->again_ns;
    pthread_mutex_unlock(&worker->lock);
}

/* Deliver one text; the answer is what becomes of it. */
static davy_status attempt(davy_worker *worker, const char *body, size_t length)
{
    json_t *message = json_loadb(body, length, 0, NULL);
    int64_t asked_ns = 0;
    davy_status status = message ? hand_over(worker, body, message, &asked_ns)
                                 : davy_fail(DAVY_ERR_INVALID, "the message is not as it was kept");

    json_decref(message);
    worker->used_ns = davy_monotonic_ns(worker->parts.clock);
    if (status == DAVY_OK)
        note_success(worker);
    else
        note_failure(worker, worker->used_ns, asked_ns);
    return status;
}

/* -- What is due ------------------------------------------------------------------------------ */

static void log_given_up(const davy_worker *worker, const char *id)
{
    davy_log(DAVY_LOG_ERROR, "notify", "receiver '%s' has refused message %s %d times: given up",
             worker->receiver.name, id, DAVY_NOTIFY_REFUSALS);
}

/* An end that cannot be kept is tried again; the message itself is not sent twice meanwhile. */
static int64_t keep_end(davy_worker *worker, davy_notify_end end, const char *error)
{
    davy_status status;

    worker->done = worker->message.number;
    status = davy_notify_queue_finish(worker->parts.queue, worker->receiver.name, worker->done, end,
                                      error, davy_wall_ns(worker->parts.clock));
    if (status != DAVY_OK && !worker->unended)
        davy_log(DAVY_LOG_WARNING, "notify",
                 "receiver '%s' has messages again after a restart that it has already: %s",
                 worker->receiver.name, davy_error());
    worker->unended = status != DAVY_OK;
    return 0;
}

static bool is_hopeless(davy_worker *worker, davy_status status)
{
    if (status != DAVY_ERR_INVALID || worker->refused != worker->message.number)
        worker->refusals = 0;
    if (status != DAVY_ERR_INVALID)
        return false;
    worker->refused = worker->message.number;
    return ++worker->refusals >= DAVY_NOTIFY_REFUSALS;
}

static int64_t send_kept(davy_worker *worker)
{
    davy_notify_message *message = &worker->message;
    davy_status status = attempt(worker, message->body.bytes, message->body.length);
    char error[DAVY_ERROR_MAX];

    if (status == DAVY_OK)
        return keep_end(worker, DAVY_NOTIFY_CONFIRMED, NULL);
    (void) snprintf(error, sizeof error, "%s", davy_error());
    if (is_hopeless(worker, status)) {
        log_given_up(worker, message->id);
        return keep_end(worker, DAVY_NOTIFY_GIVEN_UP, error);
    }
    if (davy_notify_queue_tried(worker->parts.queue, message->number, error) != DAVY_OK)
        davy_log(DAVY_LOG_DEBUG, "notify", "an attempt is not counted: %s", davy_error());
    return 0; /* the next step waits for again_ns */
}

static bool take_unkept(davy_worker *worker, davy_unkept_message *out)
{
    bool found;

    pthread_mutex_lock(&worker->lock);
    found = davy_unkept_take(&worker->unkept, out);
    pthread_mutex_unlock(&worker->lock);
    return found;
}

static bool send_unkept(davy_worker *worker)
{
    davy_unkept_message message;
    davy_status status;

    if (!take_unkept(worker, &message))
        return false;
    status = attempt(worker, message.body, strlen(message.body));
    if (status == DAVY_ERR_INVALID && ++message.refusals >= DAVY_NOTIFY_REFUSALS) {
        log_given_up(worker, message.id);
        status = DAVY_OK;
    }
    if (status == DAVY_OK) {
        free(message.body);
        return true;
    }
    pthread_mutex_lock(&worker->lock);
    davy_unkept_return(&worker->unkept, &message);
    pthread_mutex_unlock(&worker->lock);
    return true;
}

void davy_worker_push(davy_worker *worker, const davy_notify_due *due)
{
    pthread_mutex_lock(&worker->lock);
    davy_unkept_add(&worker->unkept, due->id, due->body);
    pthread_mutex_unlock(&worker->lock);
    davy_worker_wake(worker);
}

/* -- Signs of life ---------------------------------------------------------------------------- */

void davy_worker_set_heartbeat(davy_worker *worker, int64_t every_ns)
{
    pthread_mutex_lock(&worker->lock);
    worker->heart_ns = every_ns;
    pthread_mutex_unlock(&worker->lock);
}

static int64_t get_heart_ns(davy_worker *worker)
{
    int64_t every_ns;

    pthread_mutex_lock(&worker->lock);
    every_ns = worker->heart_ns;
    pthread_mutex_unlock(&worker->lock);
    return every_ns;
}

/* Sent when it is due and never later: an old sign of life is a lie. */
static void beat(davy_worker *worker, int64_t now_ns)
{
    int64_t every_ns = get_heart_ns(worker);
    char *body;

    if (every_ns == 0 || now_ns < worker->next_heart_ns)
        return;
    worker->next_heart_ns = now_ns + every_ns;
    body = worker->parts.heartbeat(worker->parts.context, every_ns);
    if (body && attempt(worker, body, strlen(body)) == DAVY_OK) {
        pthread_mutex_lock(&worker->lock);
        worker->heartbeat_wall_ns = davy_wall_ns(worker->parts.clock);
        pthread_mutex_unlock(&worker->lock);
    }
    free(body);
}

/* -- A step ----------------------------------------------------------------------------------- */

static int64_t rest(davy_worker *worker, int64_t now_ns)
{
    int64_t wait_ns = DAVY_WORKER_SLEEP_NS;

    if (worker->unended)
        (void) keep_end(worker, DAVY_NOTIFY_CONFIRMED, NULL);
    if (worker->open && now_ns - worker->used_ns >= DAVY_NOTIFY_QUIET_NS)
        davy_worker_close_receiver(worker);
    if (get_heart_ns(worker) && worker->next_heart_ns - now_ns < wait_ns)
        wait_ns = worker->next_heart_ns - now_ns;
    return wait_ns > 0 ? wait_ns : 0;
}

int64_t davy_worker_step(davy_worker *worker)
{
    int64_t now_ns = davy_monotonic_ns(worker->parts.clock);
    davy_status status;

    if (now_ns < worker->again_ns)
        return worker->again_ns - now_ns;
    beat(worker, now_ns);
    if (now_ns < worker->again_ns)
        return worker->again_ns - now_ns;
    status = davy_notify_queue_next(worker->parts.queue, worker->receiver.name, worker->done,
                                    &worker->message);
    if (status == DAVY_OK)
        return send_kept(worker);
    if (send_unkept(worker))
        return 0;
    return status == DAVY_ERR_NOT_FOUND ? rest(worker, now_ns) : DISK_NS;
}
