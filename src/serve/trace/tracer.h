/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Tracer: which requests are traced, and the way of their traces to a collector.
 *
 * Stage: serve. Traces wait in a bounded row in memory; a thread of its own sends them, so that no
 * request waits for a collector. What finds the row full is dropped and counted.
 *
 * Source: OpenTelemetry Protocol (OTLP) 1.x, sections "OTLP/HTTP", "OTLP/HTTP Throttling" and "JSON
 * Protobuf Encoding"; names of samplers as OTEL_TRACES_SAMPLER has them.
 */
typedef struct davy_tracer davy_tracer;
struct davy_trace;

typedef struct davy_tracer_options {
    const char *url;     /* "http://127.0.0.1:4318": without a path it is /v1/traces; NULL: none */
    const char *sampler; /* "parentbased_traceidratio"; NULL: parentbased_always_on */
    const char *share;   /* of a ratio, "0.1"; NULL: 1 */
} davy_tracer_options;

/** Start the thread. @return DAVY_ERR_INVALID with the option that is wrong */
DAVY_MUST_CHECK davy_status davy_tracer_create(const davy_tracer_options *options,
                                               davy_tracer **out);
/** Send what waits, for a second or two. Nobody hands over any more. NULL is fine. */
void davy_tracer_destroy(davy_tracer *tracer);

/** Ids for a trace that begins here: hashes of a count under a secret of this start, which cost a
 * hundredth of what the system's random bytes do. */
void davy_tracer_draw(davy_tracer *tracer, unsigned char trace[16], unsigned char span[8]);

/** Whether a trace that begins here is sent; `followed`: the caller decided so already. */
bool davy_tracer_samples(const davy_tracer *tracer, const unsigned char trace[16],
                         const bool *followed);

/** Take a copy of a trace; never waits for more than another copy. */
void davy_tracer_put(davy_tracer *tracer, const struct davy_trace *trace);

/** Figures for Prometheus. */
void davy_tracer_metrics(davy_tracer *tracer, davy_buffer *out);
