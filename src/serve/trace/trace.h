/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/request.h"
#include "serve/trace/tracer.h"

/**
 * @file
 * A trace: where the time of one request went, as spans of OpenTelemetry.
 *
 * Stage: serve. A request carries one from its first byte to its last; whoever works on it marks
 * moments, which costs a look at the clock, and nothing is sent before the request is over. Without
 * a tracer nothing is done at all.
 *
 *     server span  begun ................................................ ended
 *       decode       worked ... asked
 *       queue                     arrived ... started
 *       run                                   started ... ran
 *       encode                                          answered ... written
 *
 * Source: W3C Trace Context, Recommendation of 23 November 2021, section 3.2 (traceparent); its
 * Level 2 draft (traceresponse); OpenTelemetry's semantic conventions for HTTP and RPC.
 */

/** "00-" 32 digits "-" 16 digits "-01" and a zero. */
#define DAVY_TRACEPARENT_MAX 56

typedef struct davy_trace_ids {
    unsigned char trace[16], span[8];
    bool sampled;
} davy_trace_ids;

/** Read a traceparent. False for what is none: the request then begins a trace of its own. */
bool davy_traceparent_read(const char *text, davy_trace_ids *out);
void davy_traceparent_write(const davy_trace_ids *ids, char text[DAVY_TRACEPARENT_MAX]);

/** Moments in the order in which they come. */
typedef enum davy_trace_moment {
    DAVY_TRACE_BEGUN,    /* the request line was read */
    DAVY_TRACE_WORKED,   /* a worker has it */
    DAVY_TRACE_ASKED,    /* the model is asked */
    DAVY_TRACE_ARRIVED,  /* in the model's queue */
    DAVY_TRACE_STARTED,  /* its batch runs */
    DAVY_TRACE_RAN,      /* its part of the batch is there */
    DAVY_TRACE_ANSWERED, /* the model has answered */
    DAVY_TRACE_WRITTEN,  /* the answer is bytes */
    DAVY_TRACE_ENDED,    /* they are sent */
    DAVY_TRACE_MOMENTS
} davy_trace_moment;

/** Characters that are kept of what a stranger sent. */
#define DAVY_TRACE_TEXT_MAX 160

typedef struct davy_trace {
    davy_tracer *tracer; /* NULL: no trace is kept */
    davy_trace_ids ids;  /* of the server span */
    unsigned char parent[8];
    bool has_parent;
    int64_t at_ns[DAVY_TRACE_MOMENTS]; /* monotonic; 0: it did not come to that */
    char model[DAVY_TRACE_TEXT_MAX];   /* "" when none answered */
    unsigned version;
    size_t batch;
    /* Set when it ends: */
    int64_t wall_ns;   /* wall clock at monotonic 0 */
    bool rpc;          /* gRPC; else HTTP */
    const char *route; /* template of the path, or the method of gRPC; a constant; NULL: none */
    char method[16], path[DAVY_TRACE_TEXT_MAX], address[48];
    const char *scheme; /* "http" or "https"; a constant */
    unsigned code;      /* of HTTP or gRPC; HTTP 0: there was no answer */
} davy_trace;

/** A request begins, with a trace of its own. @param tracer  NULL: none is kept */
void davy_trace_begin(davy_trace *trace, davy_tracer *tracer, int64_t now_ns);

/**
 * Take the trace on that the caller is in. For callers who have shown a key: a stranger could else
 * choose that all he asks is sent on.
 *
 * @param traceparent  as it came, or "" for none; what is none leaves the trace as it is
 */
void davy_trace_follow(davy_trace *trace, const char *traceparent);

/** What the answer tells the caller: traceresponse. False when there is no trace. */
bool davy_trace_response(const davy_trace *trace, char text[DAVY_TRACEPARENT_MAX]);

void davy_trace_mark(davy_trace *trace, davy_trace_moment moment);

/** The model has answered: who it was, and when its batch ran. */
void davy_trace_answered(davy_trace *trace, const davy_infer_response *response);

/** The request is over: hand the trace to the exporter when it is one of those that are sent. */
void davy_trace_end(davy_trace *trace);
