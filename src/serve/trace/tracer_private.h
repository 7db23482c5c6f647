/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "core/sample.h"
#include "serve/trace/export.h"
#include "serve/trace/sampler.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * @file
 * Inside of a tracer: two rows of traces, one that is filled and one that is sent, which change
 * places. Requests hold the lock for one copy, the thread for an exchange of two pointers.
 *
 * Stage: serve.
 */

/** Traces of a row: with those of OpenTelemetry's own exporters, whose bound counts spans. */
#define DAVY_TRACER_WAITING_MAX ((size_t) 2048)

/** Traces of one request to the collector: some 300 KiB of JSON, of the 20 MiB that it takes. */
#define DAVY_TRACER_BATCH ((size_t) 128)

/** Time to send what is left when davy stops; libcurl looks at the clock once a second. */
#define DAVY_TRACER_STOP_NS DAVY_NS_PER_S

/** What became of traces. */
typedef enum davy_traces_end {
    DAVY_TRACES_SENT,
    DAVY_TRACES_FULL,      /* the row was full */
    DAVY_TRACES_REFUSED,   /* the collector did not want them */
    DAVY_TRACES_UNREACHED, /* it was not there for too long */
    DAVY_TRACES_STOPPED,   /* davy stopped before they went */
    DAVY_TRACES_ENDS
} davy_traces_end;

struct davy_tracer {
    davy_sampler sampler;
    uint64_t secret[2];
    _Atomic uint64_t drawn;
    davy_exporter exporter; /* the thread's alone */
    davy_trace *sending;    /* and these two */
    size_t sending_count;
    pthread_mutex_t lock; /* of the following */
    pthread_cond_t changed;
    davy_trace *waiting;
    size_t waiting_count;
    uint64_t ended[DAVY_TRACES_ENDS]; /* how many came to which end */
    atomic_bool stopping;
    _Atomic int64_t stop_by_ns; /* monotonic; 0: davy does not stop */
    pthread_t thread;
    bool runs;
};

/** Wait between attempts. @return false when davy stops */
bool davy_tracer_rest(davy_tracer *tracer, int64_t ns);
void davy_tracer_count(davy_tracer *tracer, davy_traces_end end, size_t count);
