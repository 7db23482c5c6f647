/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/grpc/http2.h"
#include "serve/grpc/transport.h"
#include "serve/http/listener.h"

#include <pthread.h>
#include <stdatomic.h>

#include <nghttp2/nghttp2.h>

/**
 * @file
 * A connection of HTTP/2 and the loop that owns it. Private to http2*.c.
 *
 * Stage: serve.
 */
typedef struct davy_http2_connection {
    davy_http2 *server;
    davy_transport transport;
    nghttp2_session *session;
    char address[48];
    davy_http2_request *requests; /* all that are open */
    const uint8_t *unsent;        /* of nghttp2, which the socket did not take yet */
    size_t unsent_length;
    int64_t heard_ns, taken_ns; /* monotonic: of the last byte in, and out */
    bool has_asked;
    bool is_watching_write; /* epoll tells when the socket takes more */
    struct davy_http2_connection *next;
} davy_http2_connection;

struct davy_http2 {
    davy_http2_options options;
    gnutls_certificate_credentials_t credentials; /* NULL: without TLS */
    int listener, epoll, wake;                    /* wake: an eventfd */
    char address[DAVY_LISTENER_MAX];
    pthread_t thread;
    bool has_thread;
    atomic_bool is_stopping;
    davy_http2_connection *connections;
    size_t connection_count;
    pthread_mutex_t guard; /* of done */
    davy_job *done;        /* requests that workers are through with */
};

/** A session of nghttp2 for a new connection. */
DAVY_MUST_CHECK davy_status davy_http2_session_create(davy_http2_connection *connection);

/** Take bytes of the peer. @return false when the connection is to be closed */
bool davy_http2_receive(davy_http2_connection *connection, const uint8_t *bytes, size_t length);

/** Hand the answer of a request to the session, which sends it as the peer takes it. */
bool davy_http2_submit(davy_http2_request *request);

/** End the stream of a request. */
void davy_http2_reset(davy_http2_request *request);

/** Take it out of its connection's list and free it, or leave it to the worker that has it. */
void davy_http2_drop(davy_http2_request *request);
/** Free one that no connection knows. */
void davy_http2_request_destroy(davy_http2_request *request);
