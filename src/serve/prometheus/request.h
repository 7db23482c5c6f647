/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/call.h"
#include "serve/prometheus/series.h"

/**
 * @file
 * What the handlers of this room share: forms, selectors, and the frame of an answer.
 *
 * Stage: serve. Source: Prometheus documentation, "HTTP API".
 */

/** Run a handler with a form's parameters among those of the address. */
davy_status davy_prometheus_with_form(davy_call *call, davy_status (*handle)(davy_call *call));

/** The signals that one of the `match[]` selects; all without one, when it may be absent. */
DAVY_MUST_CHECK davy_status davy_prometheus_matching(const davy_call *call, bool required,
                                                     davy_prometheus_list *out);

/** Most entries of a list, `limit`; SIZE_MAX when it is absent or 0. */
DAVY_MUST_CHECK davy_status davy_prometheus_limit(const davy_call *call, size_t *out);

/** Behind the entries of a list; one that the limit cut gets Prometheus' warning. */
void davy_prometheus_end_list(davy_buffer *out, bool cut);

/** {"status": "success", and what is put behind it, and }. */
davy_buffer *davy_prometheus_begin(davy_call *call);
davy_status davy_prometheus_end(davy_call *call);

/** [1435781430.781, "1"] */
void davy_prometheus_write_point(davy_buffer *out, const char *key, int64_t time_ns, double value);
