/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "serve/call.h"

/**
 * @file
 * Samples as JSON, made piece by piece in flat memory.
 *
 * Stage: serve. The answer has a column per property ("times", "values", ...), so raw samples are
 * read once per column, a page at a time. A signal that fits a page is read once. For a longer one
 * the later columns stop at the last time of the first and must show the same times; when late
 * samples came in between, the answer is cut off, so that a value never stands beside the time of
 * another. Steps of a summary are few and are held for one signal at a time.
 */
typedef struct davy_samples_signal {
    davy_signal_id id;
    const char *path, *unit;
} davy_samples_signal;

typedef struct davy_samples_query {
    davy_store *store;
    davy_arena arena; /* of the texts and the array; the producer clears it */
    davy_samples_signal *signals;
    size_t count;
    int64_t from_ns, to_ns; /* from <= time < to */
    int64_t step_ns;        /* 0: raw samples */
} davy_samples_query;

/** Samples that a page holds. */
#define DAVY_SAMPLES_PAGE ((size_t) 16384)

/** A producer for the answer; takes over the query's arena, also on failure. */
DAVY_MUST_CHECK davy_status davy_samples_producer(const davy_samples_query *query,
                                                  davy_producer *out);
