/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <gnutls/gnutls.h>

/**
 * @file
 * Bytes to and from a peer over a socket that never blocks, plain or in TLS 1.3.
 *
 * Stage: serve. The certificate is the HTTP server's (serve/access/tls.h). A client has to agree on
 * "h2" (RFC 7301). One thread.
 */
typedef struct davy_transport {
    int socket;
    gnutls_session_t tls; /* NULL: plain */
    bool is_ready;        /* bytes may pass: the handshake is over */
} davy_transport;

/** What sessions of TLS show their clients; freed with gnutls_certificate_free_credentials(). */
DAVY_MUST_CHECK davy_status davy_transport_credentials(gnutls_certificate_credentials_t *out);

/** @param credentials  NULL: plain. The socket is the caller's still. */
DAVY_MUST_CHECK davy_status davy_transport_open(davy_transport *transport, int socket,
                                                gnutls_certificate_credentials_t credentials);
/** A zeroed one is fine. The socket stays open. */
void davy_transport_close(davy_transport *transport);

/** As recv() and send(): -1 with EAGAIN when nothing can pass now, which is so during a handshake;
 * any other error ends the connection. */
ssize_t davy_transport_receive(davy_transport *transport, void *bytes, size_t length);
ssize_t davy_transport_send(davy_transport *transport, const void *bytes, size_t length);

/** Bytes that came from the socket and were not taken yet: epoll does not know of them. */
bool davy_transport_has_more(const davy_transport *transport);
