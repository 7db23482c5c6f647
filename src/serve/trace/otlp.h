/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/trace/trace.h"

/**
 * @file
 * Traces as OTLP's JSON: a request to a collector's /v1/traces.
 *
 * Stage: serve. Source: opentelemetry-proto 1.x, trace/v1/trace.proto and collector/trace/v1, in
 * the JSON that OTLP describes: ids in hexadecimal, 64-bit integers as texts, enumerations as
 * numbers. Names of attributes: semantic conventions for HTTP (stable) and RPC (`rpc.system.name`);
 * what they have no name for begins with `davy.`.
 */

/** Who sends: the resource. */
typedef struct davy_otlp_resource {
    char instance[40]; /* service.instance.id, new for every start */
    char host[65];     /* host.name; "" when unknown */
} davy_otlp_resource;

void davy_otlp_resource_init(davy_otlp_resource *out);

/** An ExportTraceServiceRequest of these traces. */
void davy_otlp_write(const davy_otlp_resource *resource, const davy_trace *traces, size_t count,
                     davy_buffer *out);

/**
 * What a collector says to it, an ExportTraceServiceResponse.
 *
 * @param reason  what it says of those it refused, or ""
 * @return how many spans it refused
 */
uint64_t davy_otlp_refused(const char *json, size_t length, char reason[DAVY_ERROR_MAX]);
