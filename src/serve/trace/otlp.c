/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/trace/otlp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "serve/api/json.h"

enum { KIND_INTERNAL = 1, KIND_SERVER = 2, STATUS_ERROR = 2 };

/* Flags of a span: those of the traceparent, and whether it is known that its parent is elsewhere.
 */
enum { FLAG_SAMPLED = 1, FLAG_KNOWN = 0x100, FLAG_REMOTE = 0x200 };

/* ---------------------------------------------------------------------------------- values */

static void write_hex(davy_buffer *out, const char *key, const unsigned char *bytes, size_t count)
{
    char text[33];

    (void) sodium_bin2hex(text, sizeof text, bytes, count);
    davy_json_text(out, key, text);
}

/* JSON's numbers are doubles to many, and these are not. */
static void write_long(davy_buffer *out, const char *key, int64_t value)
{
    char text[24];

    (void) snprintf(text, sizeof text, "%" PRId64, value);
    davy_json_text(out, key, text);
}

static void begin_attribute(davy_buffer *out, const char *key)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "key", key);
    davy_json_object(out, "value");
}

static void end_attribute(davy_buffer *out)
{
    davy_json_object_end(out);
    davy_json_object_end(out);
}

static void write_word(davy_buffer *out, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    begin_attribute(out, key);
    davy_json_text(out, "stringValue", value);
    end_attribute(out);
}

static void write_count(davy_buffer *out, const char *key, int64_t value)
{
    begin_attribute(out, key);
    write_long(out, "intValue", value);
    end_attribute(out);
}

/* ----------------------------------------------------------------------------------- spans */

static void begin_span(davy_buffer *out, const davy_trace *trace, const unsigned char span[8],
                       const unsigned char *parent, int kind)
{
    int flags = FLAG_SAMPLED | FLAG_KNOWN;

    if (kind == KIND_SERVER && parent)
        flags |= FLAG_REMOTE;
    davy_json_object(out, NULL);
    write_hex(out, "traceId", trace->ids.trace, sizeof trace->ids.trace);
    write_hex(out, "spanId", span, 8);
    if (parent)
        write_hex(out, "parentSpanId", parent, 8);
    davy_json_integer(out, "flags", flags);
    davy_json_integer(out, "kind", kind);
}

static void write_times(davy_buffer *out, const davy_trace *trace, davy_trace_moment from,
                        davy_trace_moment to)
{
    write_long(out, "startTimeUnixNano", trace->wall_ns + trace->at_ns[from]);
    write_long(out, "endTimeUnixNano", trace->wall_ns + trace->at_ns[to]);
}

/* A word of the standard, or none of a stranger's making (semantic conventions for HTTP). */
static const char *method_of(const davy_trace *trace)
{
    static const char *const known[] = {"GET",   "HEAD",    "POST",  "PUT",    "DELETE",
                                        "PATCH", "OPTIONS", "TRACE", "CONNECT"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++)
        if (strcmp(trace->method, known[i]) == 0)
            return known[i];
    return "_OTHER";
}

static const char *rpc_code(unsigned code)
{
    static const char *const names[] = {"OK",
                                        "CANCELLED",
                                        "UNKNOWN",
                                        "INVALID_ARGUMENT",
                                        "DEADLINE_EXCEEDED",
                                        "NOT_FOUND",
                                        "ALREADY_EXISTS",
                                        "PERMISSION_DENIED",
                                        "RESOURCE_EXHAUSTED",
                                        "FAILED_PRECONDITION",
                                        "ABORTED",
                                        "OUT_OF_RANGE",
                                        "UNIMPLEMENTED",
                                        "INTERNAL",
                                        "UNAVAILABLE",
                                        "DATA_LOSS",
                                        "UNAUTHENTICATED"};

    return code < DAVY_ARRAY_LENGTH(names) ? names[code] : "UNKNOWN";
}

/* Codes that are a server's fault: 5xx of HTTP; of gRPC those that the conventions list. */
static bool is_fault(const davy_trace *trace)
{
    static const unsigned faults = 1U << 2 | 1U << 4 | 1U << 12 | 1U << 13 | 1U << 14 | 1U << 15;

    return trace->rpc ? trace->code < 17 && (faults >> trace->code & 1) : trace->code >= 500;
}

static void write_http(davy_buffer *out, const davy_trace *trace)
{
    const char *method = method_of(trace);
    char code[16];

    write_word(out, "http.request.method", method);
    if (strcmp(method, "_OTHER") == 0)
        write_word(out, "http.request.method_original", trace->method);
    write_word(out, "http.route", trace->route);
    write_word(out, "url.path", trace->path);
    write_word(out, "url.scheme", trace->scheme);
    if (trace->code > 0)
        write_count(out, "http.response.status_code", trace->code);
    (void) snprintf(code, sizeof code, "%u", trace->code);
    if (is_fault(trace))
        write_word(out, "error.type", code);
}

static void write_rpc(davy_buffer *out, const davy_trace *trace)
{
    write_word(out, "rpc.system.name", "grpc");
    write_word(out, "rpc.method", trace->route ? trace->route : "_OTHER");
    if (!trace->route)
        write_word(out, "rpc.method_original", trace->path);
    write_word(out, "rpc.response.status_code", rpc_code(trace->code));
    if (is_fault(trace))
        write_word(out, "error.type", rpc_code(trace->code));
}

static void write_name(davy_buffer *out, const davy_trace *trace)
{
    const char *method = method_of(trace);
    char name[192];

    if (trace->rpc)
        (void) snprintf(name, sizeof name, "%s", trace->route ? trace->route : "grpc");
    else
        (void) snprintf(name, sizeof name, "%s%s%s",
                        strcmp(method, "_OTHER") == 0 ? "HTTP" : method, trace->route ? " " : "",
                        trace->route ? trace->route : "");
    davy_json_text(out, "name", name);
}

static void write_server_span(davy_buffer *out, const davy_trace *trace)
{
    begin_span(out, trace, trace->ids.span, trace->has_parent ? trace->parent : NULL, KIND_SERVER);
    write_name(out, trace);
    write_times(out, trace, DAVY_TRACE_BEGUN, DAVY_TRACE_ENDED);
    davy_json_array(out, "attributes");
    if (trace->rpc)
        write_rpc(out, trace);
    else
        write_http(out, trace);
    write_word(out, "client.address", trace->address);
    if (trace->model[0]) {
        write_word(out, "davy.model.name", trace->model);
        write_count(out, "davy.model.version", trace->version);
    }
    davy_json_array_end(out);
    if (is_fault(trace)) {
        davy_json_object(out, "status");
        davy_json_integer(out, "code", STATUS_ERROR);
        davy_json_object_end(out);
    }
    davy_json_object_end(out);
}

/* Parts of a request; what it did not come to is left out. */
static const struct {
    const char *name;
    davy_trace_moment from, to;
} parts[] = {
    {"decode", DAVY_TRACE_WORKED, DAVY_TRACE_ASKED},
    {"queue", DAVY_TRACE_ARRIVED, DAVY_TRACE_STARTED},
    {"run", DAVY_TRACE_STARTED, DAVY_TRACE_RAN},
    {"encode", DAVY_TRACE_ANSWERED, DAVY_TRACE_WRITTEN},
};

static void write_part(davy_buffer *out, const davy_trace *trace, size_t i)
{
    unsigned char span[8];

    randombytes_buf(span, sizeof span);
    begin_span(out, trace, span, trace->ids.span, KIND_INTERNAL);
    davy_json_text(out, "name", parts[i].name);
    write_times(out, trace, parts[i].from, parts[i].to);
    if (parts[i].to == DAVY_TRACE_RAN) {
        davy_json_array(out, "attributes");
        write_count(out, "davy.batch.size", (int64_t) trace->batch);
        davy_json_array_end(out);
    }
    davy_json_object_end(out);
}

/* --------------------------------------------------------------------------------- request */

void davy_otlp_resource_init(davy_otlp_resource *out)
{
    unsigned char random[16];
    char hex[33];

    randombytes_buf(random, sizeof random);
    random[6] = (random[6] & 0x0f) | 0x40; /* a random UUID, RFC 9562, section 5.4 */
    random[8] = (random[8] & 0x3f) | 0x80;
    (void) sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    (void) snprintf(out->instance, sizeof out->instance, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
                    hex + 12, hex + 16, hex + 20);
    if (gethostname(out->host, sizeof out->host) != 0)
        out->host[0] = '\0';
    out->host[sizeof out->host - 1] = '\0';
}

static void write_resource(davy_buffer *out, const davy_otlp_resource *resource)
{
    davy_json_object(out, "resource");
    davy_json_array(out, "attributes");
    write_word(out, "service.name", "davy");
    write_word(out, "service.version", DAVY_VERSION);
    write_word(out, "service.instance.id", resource->instance);
    write_word(out, "host.name", resource->host);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static void write_trace(davy_buffer *out, const davy_trace *trace)
{
    write_server_span(out, trace);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++)
        if (trace->at_ns[parts[i].from] > 0 && trace->at_ns[parts[i].to] > 0)
            write_part(out, trace, i);
}

void davy_otlp_write(const davy_otlp_resource *resource, const davy_trace *traces, size_t count,
                     davy_buffer *out)
{
    davy_json_object(out, NULL);
    davy_json_array(out, "resourceSpans");
    davy_json_object(out, NULL);
    write_resource(out, resource);
    davy_json_array(out, "scopeSpans");
    davy_json_object(out, NULL);
    davy_json_object(out, "scope");
    davy_json_text(out, "name", "davy");
    davy_json_text(out, "version", DAVY_VERSION);
    davy_json_object_end(out);
    davy_json_array(out, "spans");
    for (size_t i = 0; i < count; i++)
        write_trace(out, &traces[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
    davy_json_array_end(out);
    davy_json_object_end(out);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

uint64_t davy_otlp_refused(const char *json, size_t length, char reason[DAVY_ERROR_MAX])
{
    json_t *root = json_loadb(json, length, 0, NULL);
    const json_t *part = json_object_get(root, "partialSuccess");
    const json_t *count = json_object_get(part, "rejectedSpans");
    const char *text = json_string_value(json_object_get(part, "errorMessage"));
    const long long spans = json_is_string(count) ? strtoll(json_string_value(count), NULL, 10)
                                                  : json_integer_value(count);

    (void) snprintf(reason, DAVY_ERROR_MAX, "%.200s", text ? text : "");
    json_decref(root);
    return spans > 0 ? (uint64_t) spans : 0;
}
