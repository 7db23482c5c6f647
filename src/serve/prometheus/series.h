/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "serve/prometheus/promql.h"
#include "store/store.h"

/**
 * @file
 * Signals as series with labels: the metric davy_signal, the path, its parts before ("asset") and
 * behind ("signal") the last slash, and the unit.
 *
 * Stage: serve.
 */
#define DAVY_PROMETHEUS_LABELS 5

/** In the order of their names. */
extern const char *const davy_prometheus_labels[DAVY_PROMETHEUS_LABELS];

typedef struct davy_prometheus_series {
    davy_signal_id id;
    const char *labels[DAVY_PROMETHEUS_LABELS]; /* "": absent */
} davy_prometheus_series;

typedef struct davy_prometheus_list {
    const davy_promql *queries; /* a signal that one of them selects is in it */
    size_t query_count;         /* 0: all signals */
    davy_arena arena;           /* of the texts and the array; the caller clears it */
    davy_prometheus_series *series;
    size_t count, capacity;
} davy_prometheus_list;

/** Series of one answer, and some 50 MB for it: twice the signals that a daemon is measured with.
 */
#define DAVY_PROMETHEUS_SERIES_MAX 200000

/** Fill a zeroed list with the signals that its queries select, by path. DAVY_ERR_INVALID for more
 * than DAVY_PROMETHEUS_SERIES_MAX. */
DAVY_MUST_CHECK davy_status davy_prometheus_select(davy_store *store, davy_prometheus_list *list);

/** What a function makes of series is no longer the metric: their names go. */
void davy_prometheus_drop_names(davy_prometheus_list *list);

/** {"__name__": ..., "path": ...} without those that are absent. */
void davy_prometheus_write_labels(davy_buffer *out, const char *key,
                                  const davy_prometheus_series *series);
