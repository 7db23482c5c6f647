/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/workers.h"

#include <pthread.h>
#include <stdlib.h>

#include <microhttpd.h>

/* Handlers keep their bulk on the heap; SQLite's deepest calls need some tens of KiB. */
#define STACK_BYTES ((size_t) 512 * 1024)

struct davy_workers {
    pthread_mutex_t guard;
    pthread_cond_t changed;
    davy_job *first, *last;
    size_t waiting, queue_max;
    bool stopped;
    size_t thread_count;
    pthread_t threads[];
};

static davy_job *take(davy_workers *workers)
{
    davy_job *job = workers->first;

    if (!job)
        return NULL;
    workers->first = job->next;
    if (!workers->first)
        workers->last = NULL;
    workers->waiting--;
    return job;
}

static void *work(void *context)
{
    davy_workers *workers = context;
    davy_job *job;

    pthread_mutex_lock(&workers->guard);
    while ((job = take(workers)) || !workers->stopped) {
        struct MHD_Connection *connection;

        if (!job) {
            pthread_cond_wait(&workers->changed, &workers->guard);
            continue;
        }
        pthread_mutex_unlock(&workers->guard);
        connection = job->connection;
        job->run(job);
        if (connection)
            MHD_resume_connection(connection); /* from here on the job belongs to the event loop */
        pthread_mutex_lock(&workers->guard);
    }
    pthread_mutex_unlock(&workers->guard);
    return NULL;
}

davy_status davy_workers_start(size_t threads, size_t queue_max, davy_workers **out)
{
    davy_workers *workers = calloc(1, sizeof *workers + threads * sizeof workers->threads[0]);
    pthread_attr_t attributes;

    if (!workers)
        return davy_fail(DAVY_ERR_NOMEM, "the server's threads");
    pthread_mutex_init(&workers->guard, NULL);
    pthread_cond_init(&workers->changed, NULL);
    workers->queue_max = queue_max;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (workers->thread_count < threads &&
           pthread_create(&workers->threads[workers->thread_count], &attributes, work, workers) ==
               0)
        workers->thread_count++;
    pthread_attr_destroy(&attributes);
    if (workers->thread_count < threads) {
        davy_workers_stop(workers);
        davy_workers_destroy(workers);
        return davy_fail(DAVY_ERR_NOMEM, "cannot start %zu threads", threads);
    }
    *out = workers;
    return DAVY_OK;
}

void davy_workers_stop(davy_workers *workers)
{
    pthread_mutex_lock(&workers->guard);
    workers->stopped = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->guard);
    for (size_t i = 0; i < workers->thread_count; i++)
        pthread_join(workers->threads[i], NULL);
    workers->thread_count = 0;
}

void davy_workers_destroy(davy_workers *workers)
{
    if (!workers)
        return;
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->guard);
    free(workers);
}

bool davy_workers_submit(davy_workers *workers, davy_job *job, bool new_request)
{
    bool taken;

    pthread_mutex_lock(&workers->guard);
    taken = !workers->stopped && (!new_request || workers->waiting < workers->queue_max);
    if (taken) {
        if (job->connection)
            MHD_suspend_connection(job->connection);
        job->next = NULL;
        if (workers->last)
            workers->last->next = job;
        else
            workers->first = job;
        workers->last = job;
        workers->waiting++;
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->guard);
    return taken;
}

size_t davy_workers_waiting(davy_workers *workers)
{
    size_t waiting;

    pthread_mutex_lock(&workers->guard);
    waiting = workers->waiting;
    pthread_mutex_unlock(&workers->guard);
    return waiting;
}
