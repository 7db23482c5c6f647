/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "infer/repository.h"
#include "infer/stats.h"

/**
 * @file
 * Host: a repository whose models are asked by many at a time.
 *
 * Stage: infer. There is no thread per model. Who asks waits in the model's queue; the first in it,
 * when an instance is free, leads: it takes those that fit behind it into one batch, runs it, and
 * wakes the others with their part. A lone request is run by its own thread at once, without a
 * switch. It is the way in which writers of the store share a sync.
 */
typedef struct davy_host davy_host;

typedef struct davy_host_options {
    davy_repository_options repository;
    size_t threads;   /* of the pool that a run may use; 0: one */
    size_t queue_max; /* requests that wait for one model; 0: the default */
    double api_share; /* of the CPUs on which models of requests run at a time, one at least; 0:
                       * all but one, which is left to the alarms' models */
} davy_host_options;

DAVY_MUST_CHECK davy_status davy_host_create(const davy_host_options *options, davy_host **out);
/** NULL is fine. Nobody asks any more. */
void davy_host_destroy(davy_host *host);
/**
 * Whether a request of one row could be answered by a thread that must not wait, as an event loop:
 * a run takes less than 0.1 ms as measured on this box, and nobody is ahead. A hint: the request
 * says `at_once`, and is refused when it was not so.
 */
bool davy_host_is_quick(davy_host *host, const char *name, const char *version);

/** Let nobody wait any more for an explanation, which may take minutes: they end with
 * DAVY_ERR_UNAVAILABLE. For a server that stops. */
void davy_host_stop_explaining(davy_host *host);
davy_repository *davy_host_repository(davy_host *host);

/**
 * Ask a model; returns when the answer is there. For any number of threads.
 *
 * @param response  zeroed or cleared; davy_infer_response_clear() afterwards, also after a failure,
 *                  whose refusal it tells
 * @return DAVY_ERR_INVALID for inputs that do not fit; DAVY_ERR_NOT_FOUND for a model, version or
 *         output; DAVY_ERR_FULL when a queue is full or too much is asked; DAVY_ERR_TIMEOUT in the
 *         queue; DAVY_ERR_UNAVAILABLE while it is not ready
 */
DAVY_MUST_CHECK davy_status davy_host_infer(davy_host *host, const davy_infer_request *request,
                                            davy_infer_response *response);

/**
 * What was seen of the traffic of a model (davy_repository_set_traffic()): requests and failures of
 * the canary, answers of the shadow that were compared, and the newest that disagreed. A JSON
 * object.
 */
DAVY_MUST_CHECK davy_status davy_host_traffic_json(davy_host *host, const char *name,
                                                   davy_buffer *out);

/** What a version can do on this box, measured when it was loaded. */
typedef struct davy_certificate {
    size_t count; /* batch sizes measured */
    struct {
        size_t batch;
        int64_t p50_ns, p99_ns;
    } at[DAVY_PREFERRED_MAX];
} davy_certificate;
DAVY_MUST_CHECK davy_status davy_host_certificate(davy_host *host, const char *name,
                                                  const char *version, davy_certificate *out);
