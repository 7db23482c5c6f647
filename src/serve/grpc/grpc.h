/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/server.h"
#include "serve/trace/tracer.h"

/**
 * @file
 * gRPC: the Open Inference Protocol's six calls and gRPC's health, on a port of its own.
 *
 * Stage: serve. Unary calls over HTTP/2 (http2.h), plain or in gzip, with protobuf-c for messages.
 * A key or a token travels as HTTP's does, `authorization: Bearer KEY`, or a client's certificate
 * stands for it; health needs none, as over HTTP. With TLS it has the HTTP server's certificate.
 * What falls short: no streaming calls, no reflection.
 *
 * Source: grpc/grpc, doc/PROTOCOL-HTTP2.md, doc/compression.md, doc/health-checking.md.
 */
typedef struct davy_grpc davy_grpc;

/** What it shares with the HTTP server; all borrowed. */
typedef struct davy_grpc_parts {
    const davy_server_system *system;
    davy_server *server;
    davy_tracer *tracer;    /* NULL: no traces are kept */
    bool tls;               /* as the HTTP server has it */
    bool insecure;          /* plain beyond the loopback */
    size_t body_max;        /* of a message */
    _Atomic size_t *bodies; /* bytes of all bodies that are held */
    size_t bodies_max;
} davy_grpc_parts;

DAVY_MUST_CHECK davy_status davy_grpc_start(const char *listen, const davy_grpc_parts *parts,
                                            davy_grpc **out);
/** Finishes what runs, and closes. NULL is fine. */
void davy_grpc_stop(davy_grpc *grpc);
/** "127.0.0.1:41237" */
const char *davy_grpc_address(const davy_grpc *grpc);
