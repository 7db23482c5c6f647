/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

/**
 * @file
 * TLS 1.3 of the server: its certificate and key, and the authority of its clients' certificates.
 *
 * Stage: serve. Nothing below TLS 1.3 is spoken (RFC 8446); sessions are not resumed, so a
 * certificate that was replaced is gone with its last connection. With a client authority every
 * connection must prove a certificate of it: a lock in front of the keys, not in their place.
 *
 * A reload reads the files again and, when they are good, puts them in the place of the old ones;
 * handshakes that have begun end with what they began with. libmicrohttpd hands no context to the
 * callback of a handshake, so that a process has one TLS server at a time.
 */
typedef struct davy_tls davy_tls;

typedef struct davy_tls_files {
    const char *certificate; /* PEM: the server's, then those between it and the authority's */
    const char *key;         /* PEM, not encrypted, not readable by everybody */
    const char *client_ca;   /* PEM: authorities of clients' certificates; NULL for none */
} davy_tls_files;

/** Priorities for MHD_OPTION_HTTPS_PRIORITIES. */
#define DAVY_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3"

/** Bytes of a certificate's SHA-256 in hexadecimal with its zero. */
#define DAVY_TLS_FINGERPRINT_MAX 65
/** Bytes of a pin as libcurl takes it, "sha256//" and base64, with its zero. */
#define DAVY_TLS_PIN_MAX 64

/** Read the files. The sentence of a failure names the file and the remedy; a certificate whose
 * time is over is taken with a line in the log, because alarms must not wait for a new one. */
DAVY_MUST_CHECK davy_status davy_tls_create(const davy_tls_files *files, davy_tls **out);
/** NULL is fine. Its server must have stopped. */
void davy_tls_destroy(davy_tls *tls);

/** Read the files again; on a failure the old ones go on. Here a certificate whose time is over is
 * a failure. */
DAVY_MUST_CHECK davy_status davy_tls_reload(davy_tls *tls);

/** What to show a client and what to ask of it: for MHD_OPTION_HTTPS_CERT_CALLBACK. */
gnutls_certificate_retrieve_function2 davy_tls_choose;

/** SHA-256 of the server's public key as libcurl's CURLOPT_PINNEDPUBLICKEY takes it. */
void davy_tls_pin(davy_tls *tls, char pin[DAVY_TLS_PIN_MAX]);

/** When the server's certificate ends, UTC nanoseconds. */
int64_t davy_tls_end(davy_tls *tls);

/** SHA-256 of the certificate that the client of a session proved, in lower hexadecimal; false
 * without one. */
bool davy_tls_fingerprint(gnutls_session_t session, char fingerprint[DAVY_TLS_FINGERPRINT_MAX]);
