/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/samples/samples.h"

/**
 * @file
 * A page: the next samples of one signal, in memory of a fixed size.
 *
 * Stage: serve.
 */
#define DAVY_SAMPLES_PAGE ((size_t) 16384)

typedef struct davy_samples_page {
    int64_t times[DAVY_SAMPLES_PAGE];
    double values[DAVY_SAMPLES_PAGE];
    uint8_t quality[DAVY_SAMPLES_PAGE];
    size_t count;
    bool more; /* the signal goes on after it */
} davy_samples_page;

/** Load the first samples of [*from_ns, to_ns) and move *from_ns behind the last of them. */
DAVY_MUST_CHECK davy_status davy_samples_page_load(davy_store *store, davy_signal_id signal,
                                                   int64_t *from_ns, int64_t to_ns,
                                                   davy_samples_page *page);

/** Room for the steps of a signal; DAVY_OK and *steps NULL when the query is not summarised. */
DAVY_MUST_CHECK davy_status davy_samples_steps(const davy_samples_query *query,
                                               davy_store_bucket **steps, size_t *count);

/** Summarise a signal into these steps. */
DAVY_MUST_CHECK davy_status davy_samples_summarise(const davy_samples_query *query,
                                                   davy_signal_id signal, davy_store_bucket *steps,
                                                   size_t count);

/** Share of the samples of a step that something was wrong with: bad or uncertain. A step without
 * samples has none: NaN. */
double davy_samples_anomaly_rate(const davy_store_bucket *step);
