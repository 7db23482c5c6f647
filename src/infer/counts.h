/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/histogram.h"
#include "infer/request.h"
#include "infer/stats.h"

/**
 * @file
 * What is counted of one version.
 *
 * Stage: infer. Triton's rules: a request of N samples is one request and N inferences; requests
 * that ran together are one execution, and each of them took as long as the whole batch.
 */

/** How often, and how long in all. */
typedef struct davy_stat {
    _Atomic uint64_t count, ns;
} davy_stat;

typedef struct davy_batch_stat {
    _Atomic size_t size; /* samples; 0: a free place */
    davy_stat input, compute, output;
} davy_batch_stat;

/** Sizes of batches that are told apart; a server that sees more of them does not batch. */
#define DAVY_STATS_SIZES 64

/** Reasons of a failure, as Triton's metrics have them. */
typedef enum davy_failure {
    DAVY_FAILURE_REJECTED, /* by a queue, a time-out, the measured capacity */
    DAVY_FAILURE_BACKEND,  /* while it ran */
    DAVY_FAILURE_OTHER     /* its inputs did not fit */
} davy_failure;
#define DAVY_FAILURES 3

struct davy_infer_stats {
    _Atomic uint64_t inferences, executions;
    _Atomic int64_t last_ns; /* wall clock; 0: never */
    davy_stat success, fail[DAVY_FAILURES], queue, input, compute, output;
    davy_batch_stat batches[DAVY_STATS_SIZES];
    davy_histogram request_time, queue_time, compute_time;
};

/** A request was answered. @param rows  its own samples */
void davy_stats_add_success(davy_infer_stats *stats, size_t rows, int64_t request_ns,
                            const davy_infer_times *times);
void davy_stats_add_failure(davy_infer_stats *stats, davy_failure failure, int64_t request_ns);
/** A batch was run. @param rows  samples of all requests in it */
void davy_stats_add_execution(davy_infer_stats *stats, size_t rows, const davy_infer_times *times);
