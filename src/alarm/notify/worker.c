/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/worker_private.h"

#include "core/log.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* -- Settings --------------------------------------------------------------------------------- */

static const char *keep(davy_worker *worker, const char *text, bool *fine)
{
    const char *copy = text ? davy_arena_text(&worker->arena, text, strlen(text)) : NULL;

    *fine = *fine && (copy || !text);
    return copy;
}

static const char *const *keep_all(davy_worker *worker, const char *const *texts, size_t count,
                                   bool *fine)
{
    const char **copies = davy_arena_array(&worker->arena, count + 1, sizeof *copies);

    *fine = *fine && copies;
    for (size_t i = 0; i < count && *fine; i++)
        copies[i] = keep(worker, texts[i], fine);
    return copies;
}

/* The site may be gone while the receiver is still at work. */
static bool copy_receiver(davy_worker *worker, const davy_site_receiver *from)
{
    davy_site_receiver *to = &worker->receiver;
    const char **const texts[] = {&to->name,        &to->kind,     &to->address,
                                  &to->secret_file, &to->username, &to->password_file,
                                  &to->topic,       &to->sender,   &to->program};
    bool fine = true;

    *to = *from;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++)
        *texts[i] = keep(worker, *texts[i], &fine);
    to->recipients = keep_all(worker, from->recipients, from->recipient_count, &fine);
    to->arguments = keep_all(worker, from->arguments, from->argument_count, &fine);
    to->paths = keep_all(worker, from->paths, from->path_count, &fine);
    return fine;
}

static bool copy_setup(davy_worker *worker, const davy_site *site)
{
    const char *slash = site->file ? strrchr(site->file, '/') : NULL;
    size_t length = slash ? (size_t) (slash - site->file) : 0;
    bool fine = true;

    worker->setup.receiver = &worker->receiver;
    worker->setup.interrupted = &worker->stopping;
    worker->setup.site = keep(worker, site->name, &fine);
    worker->setup.folder = davy_arena_text(&worker->arena, slash ? site->file : "", length);
    return fine && worker->setup.folder;
}

davy_status davy_worker_create(const davy_worker_parts *parts, const davy_site *site,
                               const davy_site_receiver *receiver, davy_worker **out)
{
    davy_worker *worker = calloc(1, sizeof *worker);
    pthread_condattr_t monotonic;

    if (!worker)
        return davy_fail(DAVY_ERR_NOMEM, "receiver '%s'", receiver->name);
    davy_arena_init(&worker->arena, 0);
    worker->parts = *parts;
    worker->kind = davy_receiver_kind_find(receiver->kind);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    worker->state = worker->kind ? calloc(1, worker->kind->state_size) : NULL;
    if (!worker->state || !copy_receiver(worker, receiver) || !copy_setup(worker, site)) {
        davy_worker_destroy(worker);
        return davy_fail(DAVY_ERR_NOMEM, "receiver '%s'", receiver->name);
    }
    if (davy_worker_lacks(worker))
        davy_log(DAVY_LOG_WARNING, "notify", "receiver '%s': %s", receiver->name,
                 davy_worker_lacks(worker));
    *out = worker;
    return DAVY_OK;
}

void davy_worker_stop(davy_worker *worker)
{
    atomic_store(&worker->stopping, true);
    if (!worker->started)
        return;
    davy_worker_wake(worker);
    pthread_join(worker->thread, NULL);
    worker->started = false;
}

void davy_worker_destroy(davy_worker *worker)
{
    if (!worker)
        return;
    davy_worker_stop(worker);
    davy_worker_close_receiver(worker);
    davy_unkept_clear(&worker->unkept);
    davy_buffer_clear(&worker->message.body);
    davy_buffer_clear(&worker->body);
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->lock);
    davy_arena_clear(&worker->arena);
    free(worker->state);
    free(worker);
}

const davy_site_receiver *davy_worker_receiver(const davy_worker *worker)
{
    return &worker->receiver;
}

const char *davy_worker_lacks(const davy_worker *worker)
{
    return worker->kind->lacks ? worker->kind->lacks() : NULL;
}

/* -- The thread ------------------------------------------------------------------------------- */

/* Until something is due, or `wait_ns` have passed. */
static void wait(davy_worker *worker, int64_t wait_ns)
{
    struct timespec until;
    int64_t ns;

    clock_gettime(CLOCK_MONOTONIC, &until);
    ns = until.tv_nsec + (wait_ns < DAVY_WORKER_SLEEP_NS ? wait_ns : DAVY_WORKER_SLEEP_NS);
    until.tv_sec += ns / DAVY_NS_PER_S;
    until.tv_nsec = ns % DAVY_NS_PER_S;
    pthread_mutex_lock(&worker->lock);
    if (!worker->woken && wait_ns > 0 && !atomic_load(&worker->stopping))
        (void) pthread_cond_timedwait(&worker->wake, &worker->lock, &until);
    worker->woken = false;
    pthread_mutex_unlock(&worker->lock);
}

static void *run_worker(void *argument)
{
    davy_worker *worker = argument;

    while (!atomic_load(&worker->stopping))
        wait(worker, davy_worker_step(worker));
    return NULL;
}

davy_status davy_worker_start(davy_worker *worker)
{
    sigset_t all, before;
    int code;

    /* Signals are for others: SIGPIPE of a peer that is gone would end the process. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&worker->thread, NULL, run_worker, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of receiver '%s'", worker->receiver.name);
    worker->started = true;
    return DAVY_OK;
}

void davy_worker_wake(davy_worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->woken = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

void davy_worker_get_status(davy_worker *worker, davy_worker_status *status)
{
    int64_t now_ns = davy_monotonic_ns(worker->parts.clock);

    *status = (davy_worker_status){0};
    if (davy_notify_queue_count(worker->parts.queue, worker->receiver.name, &status->counts) !=
        DAVY_OK)
        status->counts = (davy_notify_counts){0}; /* a disk that fails is told elsewhere */
    pthread_mutex_lock(&worker->lock);
    status->unkept = worker->unkept.count;
    status->lost = worker->unkept.lost;
    status->heartbeat_ns = worker->heartbeat_wall_ns;
    if (worker->failed_ns) {
        status->failing_ns = now_ns > worker->failed_ns ? now_ns - worker->failed_ns : 1;
        status->again_ns = worker->retry_ns > now_ns ? worker->retry_ns - now_ns : 0;
    }
    memcpy(status->error, worker->error, sizeof status->error);
    pthread_mutex_unlock(&worker->lock);
}
