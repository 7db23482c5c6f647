/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/prometheus/promql.h"
#include "store/store.h"

/**
 * @file
 * One signal by a query, step by step, in one pass over its samples.
 *
 * Stage: serve. At a step t a function sees the samples with t - window < time <= t, as Prometheus
 * 3.0 does ("left-open"). Samples of quality bad and those without a number are in no figure. A
 * selector alone gives the newest sample of the five minutes before t, and nothing when that
 * sample is bad: an older good value is never shown as that of t.
 *
 * Source: Prometheus documentation, "Querying basics" (staleness, 5 minutes), "Query functions";
 * the extrapolation of rate: its promql/functions.go, extrapolatedRate.
 */
#define DAVY_PROMETHEUS_LOOKBACK_NS (INT64_C(300) * 1000000000)

/** Samples of one window that are held at once, 16 MiB of them. */
#define DAVY_PROMETHEUS_WINDOW_MAX ((size_t) 1024 * 1024)

/** Samples that the windows of one request may see together, as Prometheus'
 * query.max-samples: about a second of work. */
#define DAVY_PROMETHEUS_SEEN_MAX UINT64_C(50000000)

typedef struct davy_prometheus_range {
    davy_wanted wanted;                /* who waits for it */
    int64_t start_ns, end_ns, step_ns; /* start, start + step, ... <= end; 0 <= start */
    void (*point)(void *context, int64_t time_ns, double value);
    void *context;
    uint64_t seen; /* of all signals of the request; begins at 0 */
} davy_prometheus_range;

/** DAVY_ERR_INVALID when a request has seen more than DAVY_PROMETHEUS_SEEN_MAX. */
DAVY_MUST_CHECK davy_status davy_prometheus_check_seen(const davy_prometheus_range *range);

/**
 * The same of a function that looks at one window after another, from summaries of the store, which
 * decode little: min, max and count are exact, sums are added up in another order. Not `answered`
 * when windows do not consist of whole steps, when there are too many, and when a value that is no
 * number has got into a sum.
 */
DAVY_MUST_CHECK davy_status davy_prometheus_from_steps(davy_store *store, davy_signal_id signal,
                                                       const davy_promql *query,
                                                       davy_prometheus_range *range,
                                                       bool *answered);

/** Give the points of a signal in the order of time. DAVY_ERR_INVALID when it is too much work,
 * DAVY_ERR_TIMEOUT when nobody waits for it any more. */
DAVY_MUST_CHECK davy_status davy_prometheus_evaluate(davy_store *store, davy_signal_id signal,
                                                     const davy_promql *query,
                                                     davy_prometheus_range *range);
