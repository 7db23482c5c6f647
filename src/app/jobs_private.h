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
 * A queue of jobs, shared by its files: orders (jobs.c), the thread that runs them (jobs_run.c),
 * and a file for each kind (jobs_train.c, whatif_jobs.c). All but the thread itself, and what says
 * so, is called with the guard held.
 *
 * Stage: app.
 */
typedef struct davy_queued_job {
    struct davy_queued_job *next; /* the next younger */
    json_t *record;
    davy_buffer words; /* its argv, each closed by a zero; dropped when it has ended */
    size_t word_count;
    char upload[DAVY_UPLOAD_ID_MAX]; /* that it reads; "" for none */
    davy_job_limits limits;
} davy_queued_job;

/** What an order becomes: its record, words and limits. Files of its own are removed when it fails.
 */
typedef davy_status davy_job_maker(davy_jobs *jobs, uint64_t id, const void *order,
                                   davy_queued_job *job);

/** What differs between kinds of jobs. */
struct davy_job_kind {
    const char *folder; /* of the records, in the data folder */
    size_t waiting_max; /* orders that wait */
    size_t kept_max;    /* records */
    size_t output_max;  /* bytes of the standard output */
    /* The process is over. False: this is no result, and the last line of the log says why. */
    bool (*take_output)(davy_jobs *jobs, json_t *record, bool ended_well, const char *output);
    void (*remove_inputs)(davy_jobs *jobs, uint64_t id); /* it has ended; optional */
    void (*remove_answer)(davy_jobs *jobs, uint64_t id); /* its record goes; optional */
    void (*tidy)(davy_jobs *jobs);                       /* every ten minutes; optional */
};

struct davy_jobs {
    const davy_job_kind *kind;
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

/** An order becomes a job that waits, kept before this returns. Takes the guard, as the three
 * below.
 * @param out  its record, a copy */
DAVY_MUST_CHECK davy_status davy_jobs_order(davy_jobs *jobs, davy_job_maker *make,
                                            const void *order, json_t **out);
DAVY_MUST_CHECK davy_status davy_jobs_cancel(davy_jobs *jobs, uint64_t id, json_t **out);
DAVY_MUST_CHECK davy_status davy_jobs_get(davy_jobs *jobs, uint64_t id, json_t **out);
DAVY_MUST_CHECK davy_status davy_jobs_list(davy_jobs *jobs, json_t **out);

/** NULL without such a job. */
davy_queued_job *davy_jobs_find(const davy_jobs *jobs, uint64_t id);

/** Add to the argv of a job: a word, or an option in one word, so that no value is taken for an
 * option. */
void davy_jobs_add_word(davy_queued_job *job, const char *word);
void davy_jobs_add_option(davy_queued_job *job, const char *key, const char *value);
/** The first words of a job: this verb of this program, on its data, telling what it does as JSON.
 */
void davy_jobs_call(const davy_jobs *jobs, davy_queued_job *job, const char *verb);

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
