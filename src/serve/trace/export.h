/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/transfer.h"
#include "serve/trace/otlp.h"

#include <stdatomic.h>

/**
 * @file
 * Export: traces to a collector over HTTP, again while it is away, and not for ever.
 *
 * Stage: serve. One thread. Names and passwords in the address go to the collector and into no log.
 *
 * Source: OTLP, "OTLP/HTTP Response" and "Throttling": 429, 502, 503 and 504 are tried again after
 * Retry-After, or after a time that doubles; any other refusal is final.
 */
typedef struct davy_exporter {
    void *curl;    /* CURL */
    void *headers; /* struct curl_slist */
    char *shown;   /* the address without who asks and without its query */
    davy_otlp_resource resource;
    davy_buffer body, answer;
    davy_transfer transfer;
    bool troubled; /* told already */
    const _Atomic int64_t *stop_by_ns;
} davy_exporter;

/** @param stop_by_ns  what runs is broken off at this monotonic time; 0: never */
DAVY_MUST_CHECK davy_status davy_export_open(davy_exporter *exporter, const char *url,
                                             const _Atomic int64_t *stop_by_ns);
/** Zeroed and half-opened are fine. */
void davy_export_close(davy_exporter *exporter);

/** Send, and count what became of them. Waits between attempts. */
void davy_export_send(davy_tracer *tracer, const davy_trace *traces, size_t count);
