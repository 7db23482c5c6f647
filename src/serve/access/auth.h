/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/exchange.h"

/**
 * @file
 * Who asks: a key, a browser's session, or a client's certificate. Private to the stage.
 *
 * Stage: serve. The first that is shown decides, in this order: Authorization, the session's
 * cookie, the certificate. What a browser sends by itself (cookie, certificate) counts for less
 * than what a program says: with a cookie, what changes something needs the session's second token;
 * with a certificate, a request that another site's page made is denied.
 */

/** What the headers say of who asks; borrowed from the connection. NULL for what is not there. */
typedef struct davy_credentials {
    const char *authorization, *cookie, *csrf, *origin, *host, *fetch_site;
    unsigned authorizations, cookies;
} davy_credentials;

/** True when the call has a role, a name and terms now; else it has an answer. */
bool davy_exchange_identify(davy_exchange *exchange, const davy_credentials *shown);

/** Name of the session's cookie: a server with TLS binds it to itself (RFC 6265bis, "__Host-"). */
const char *davy_session_cookie(const davy_server *server);
