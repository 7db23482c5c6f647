/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"
#include "serve/access/tls.h"
#include "serve/http/budget.h"
#include "serve/http/workers.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * HTTP/2 for whole requests: a body comes in, a body and trailers go out, as gRPC's unary calls
 * are.
 *
 * Stage: serve. One thread owns all connections and waits for none; nghttp2 has the protocol. A
 * request that is whole goes to a worker and comes back through a list and an eventfd. A request
 * belongs to the loop or to one worker, never to both; one whose peer went away meanwhile is
 * dropped when it comes back.
 *
 * Source: RFC 9113. What one peer may cost is bounded below, and by nghttp2 (floods of settings,
 * pings and resets).
 */

/** Connections; each may have as many calls open. A gateway has one connection a program. */
#define DAVY_HTTP2_CONNECTIONS_MAX 512
#define DAVY_HTTP2_STREAMS_MAX     64

/** Bytes of all headers of a request: gRPC's own default. */
#define DAVY_HTTP2_HEADERS_MAX ((size_t) 8 * 1024)

/** Bytes that a peer may have under way, of one body and of all on its connection: with these a
 * picture crosses a link of 10 Gbit/s and 1 ms without a pause. */
#define DAVY_HTTP2_WINDOW ((int32_t) 1024 * 1024)

/** A request is whole this long after its first byte, plus its bytes at the slowest rate. */
#define DAVY_HTTP2_REQUEST_MS           20000
#define DAVY_HTTP2_RATE_MIN_BYTES_PER_S 4096

/** A peer that takes nothing of an answer, or says nothing as a new connection, has this long. */
#define DAVY_HTTP2_STALL_MS 20000

typedef struct davy_http2 davy_http2;
struct davy_http2_connection;

/** One request and its answer. */
typedef struct davy_http2_request {
    davy_job job; /* first, so that the job is the request */
    davy_http2 *server;
    struct davy_http2_connection *connection; /* NULL: the peer is gone. The loop's alone */
    struct davy_http2_request *next;          /* of its connection */
    int32_t stream;
    int64_t begun_ns; /* monotonic */
    char address[48]; /* of the peer */
    char method[8], path[160];
    char authorization[4096]; /* a bearer token of an identity provider has two or three KiB */
    char certificate[DAVY_TLS_FINGERPRINT_MAX]; /* SHA-256 of the peer's; "" for none */
    char content_type[64], encoding[32], timeout[16], traceparent[128];
    davy_buffer body;
    davy_budget budget;      /* of the body */
    bool too_long;           /* the body went past its limit; the rest was thrown away */
    bool is_working;         /* a worker has it */
    unsigned status;         /* of HTTP; to be set by the worker, and what follows */
    const char *answer_type; /* a constant */
    davy_buffer answer;
    char traceresponse[64]; /* "" for none */
    size_t sent;
    char trailers[2][2][1024]; /* name and value; "" for none */
} davy_http2_request;

typedef struct davy_http2_options {
    const char *listen; /* "127.0.0.1:8081" */
    bool tls;        /* with the certificate of the HTTP server, which runs (serve/access/tls.h) */
    bool insecure;   /* plain beyond the loopback */
    size_t body_max; /* bytes of a request's body */
    davy_budget bodies; /* of all bodies that are held */
    davy_workers *workers;
    void (*answer)(void *context, davy_http2_request *request); /* on a worker */
    void *context;
} davy_http2_options;

DAVY_MUST_CHECK davy_status davy_http2_start(const davy_http2_options *options, davy_http2 **out);
/** Closes all connections. The workers have stopped before. NULL is fine. */
void davy_http2_stop(davy_http2 *server);
/** "127.0.0.1:41237" */
const char *davy_http2_address(const davy_http2 *server);
