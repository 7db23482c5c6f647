/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "serve/api/training.h"

/**
 * @file
 * Jobs: a queue of them, each run in a process of its own that cannot disturb the daemon.
 *
 * Stage: app.
 *
 *     queued -> running -> done | failed | cancelled
 *        \         \-----> interrupted: davy ended, or was ended, before the job
 *         \--> cancelled | interrupted
 *
 * A job is a verb of this very program, without a shell: `davy train`, or `davy replay` for a
 * what-if (whatif_jobs.h). It is kept as DATA/jobs/ID.json whenever its state changes, and before
 * its order is answered; a record that says "running" when davy starts was interrupted. The newest
 * DAVY_JOBS_KEPT are kept. Each kind has a queue of its own, so that a what-if does not wait for a
 * training.
 *
 * A job never delays an alarm: its process has the scheduling class SCHED_IDLE, which gets the
 * time that nobody else wants, disk time of class idle, limits on memory, CPU time and file size,
 * and is what the kernel ends first when memory runs out. It ends with the daemon, however that
 * ends.
 */
#define DAVY_JOBS_WAITING_MAX 64  /* orders that wait; a person looks before there are more */
#define DAVY_JOBS_KEPT        500 /* records of jobs that have ended */
#define DAVY_JOB_CPU_S        ((uint64_t) 24 * 3600) /* unless an order says less or more */

typedef struct davy_jobs davy_jobs;

typedef struct davy_job_kind davy_job_kind;
extern const davy_job_kind davy_job_kind_training;

typedef struct davy_jobs_options {
    const davy_job_kind *kind;
    const char *program;  /* path of davy; NULL: this process's own */
    const char *data;     /* data folder: jobs/ and uploads/ are in it */
    const char *registry; /* folder of models */
    const davy_clock *clock;
    /* A job began, went on or ended: an object of schema Job without its log. Optional. */
    void (*announce)(void *context, const char *json);
    void *context;
} davy_jobs_options;

/** Read what is kept; what was interrupted is told and kept so. All texts are copied. */
DAVY_MUST_CHECK davy_status davy_jobs_open(const davy_jobs_options *options, davy_jobs **out);
/** End the running job and begin no other; orders are refused from now on. NULL is fine. */
void davy_jobs_stop(davy_jobs *jobs);
/** Nobody asks any more. NULL is fine. */
void davy_jobs_close(davy_jobs *jobs);

/** For the routes; valid until davy_jobs_close(). */
davy_trainings davy_jobs_trainings(davy_jobs *jobs);
