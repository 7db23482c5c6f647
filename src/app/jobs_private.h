/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/job_process.h"
#include "app/job_record.h"
#include "app/jobs.h"
#include "core/buffer.h"
#include "serve/api/uploads.h"

#include <pthread.h>

/**
 * @file
 * The queue of jobs, shared by its two files: orders (jobs.c) and the thread that runs them
 * (jobs_run.c). All but the thread itself is called with the guard held.
 *
 * Stage: app.
 */
typedef struct davy_queued_job {
    struct davy_queued_job *next; /* the next younger */
    json_t *record;
    davy_buffer words; /* its argv, each closed by a zero; dropped when it has ended */
    size_t word_count;
    char upload[DAVY_UPLOAD_ID_MAX]; /* "" for none */
    davy_job_limits limits;
} davy_queued_job;

struct davy_jobs {
    char *program, *data, *registry, *folder;
    const davy_clock *clock;
    void (*announce)(void *context, const char *json);
    void *context;
    uint64_t memory_bytes; /* that a job may have */
    int wake;              /* an eventfd */
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t guard; /* of all below */
    davy_queued_job *oldest, **end;
    size_t count;
    uint64_t last_id;
    bool stopping;
    davy_queued_job *running;
    davy_job_process process;
    davy_buffer output, errors; /* of it; of its errors the line that is not whole */
    davy_job_phase phase;
    bool asked_to_end;
    int64_t kill_ns, announced_ns;
};

/** What is told in an event and in a list: all but the log. NULL without memory. */
json_t *davy_jobs_brief(const json_t *record);

/** Keep a changed record and tell of it. */
void davy_jobs_keep(davy_jobs *jobs, const davy_queued_job *job);

/** A job has ended, or will not begin. */
void davy_jobs_end(davy_jobs *jobs, davy_queued_job *job, const char *state, const char *message);

/** Ask the running job to end in order; a while later it is ended. */
void davy_jobs_ask_to_end(davy_jobs *jobs, int64_t grace_ns);

/** Tell the thread that there is something new. */
void davy_jobs_wake(davy_jobs *jobs);

/** The thread: starts jobs and watches them; as long as it lives, so do they. */
void *davy_jobs_watch(void *jobs);
