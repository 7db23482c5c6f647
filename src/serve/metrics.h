/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stdint.h>

/**
 * @file
 * Counts of requests, and the text that Prometheus reads.
 *
 * Stage: serve. Counting is a few atomic additions on the event loop.
 *
 * Source: Prometheus, "Exposition formats", text version 0.0.4.
 */
struct davy_route;

typedef struct davy_metrics davy_metrics;

DAVY_MUST_CHECK davy_status davy_metrics_create(davy_metrics **out);
/** NULL is fine. */
void davy_metrics_destroy(davy_metrics *metrics);

/** One answer. @param route  NULL for a path that names none */
void davy_metrics_count(davy_metrics *metrics, const struct davy_route *route, unsigned code,
                        int64_t taken_ns);

/** Requests by route and code, and how long they took. */
void davy_metrics_write(const davy_metrics *metrics, davy_buffer *out);

/** One figure with its help and type; `labels` as in `state="lost"`, or NULL. The help is written
 * when `help` is not NULL: once per name. */
void davy_metrics_figure(davy_buffer *out, const char *name, const char *type, const char *help,
                         const char *labels, double value);
