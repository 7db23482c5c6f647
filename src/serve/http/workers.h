/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Worker threads for requests that may wait for a disk, so that the event loops never do.
 *
 * Stage: serve. A request's connection is suspended while its job waits and runs, and resumed
 * after it. Jobs are linked through themselves: a queue allocates nothing and only its length is
 * bounded.
 */
struct MHD_Connection;

typedef struct davy_job {
    void (*run)(struct davy_job *job);
    struct MHD_Connection *connection; /* resumed after run; NULL: nobody waits */
    struct davy_job *next;
} davy_job;

typedef struct davy_workers davy_workers;

/** @param queue_max  jobs that may wait before davy_workers_submit() refuses new requests */
DAVY_MUST_CHECK davy_status davy_workers_start(size_t threads, size_t queue_max,
                                               davy_workers **out);

/** Do what waits, end the threads. Later submissions are refused. */
void davy_workers_stop(davy_workers *workers);

/** After davy_workers_stop(). NULL is fine. */
void davy_workers_destroy(davy_workers *workers);

/**
 * Suspend the job's connection, if it has one, and hand the job over.
 *
 * @param new_request  false for the next piece of an answer that has begun: it passes the bound
 * @return false when the queue is full or the workers have stopped: nothing happened
 */
bool davy_workers_submit(davy_workers *workers, davy_job *job, bool new_request);

/** Jobs that wait. */
size_t davy_workers_waiting(davy_workers *workers);
