/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/form_key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "serve/limits.h"
#include "serve/oip/multipart.h"

/* DeepStack's clients send it as a field of the form, before the picture. */
#define FIELD "api_key"

typedef enum finding { NOT_YET, NONE, FOUND } finding;

static bool shows_certificate(const davy_exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        exchange->server->tls
            ? MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
            : NULL;
    char fingerprint[DAVY_TLS_FINGERPRINT_MAX];

    return info && davy_tls_fingerprint(info->tls_session, fingerprint);
}

bool davy_form_key_await(davy_exchange *exchange, const davy_credentials *shown)
{
    if (exchange->match.route->body != DAVY_BODY_FORM || !exchange->has_body ||
        shown->authorization || shown->cookies > 0 || shows_certificate(exchange))
        return false;
    if (atomic_fetch_add(&exchange->server->awaited_keys, 1) >= DAVY_HTTP_FORM_KEYS_MAX) {
        atomic_fetch_sub(&exchange->server->awaited_keys, 1);
        return false;
    }
    exchange->awaits_key = true;
    return true;
}

void davy_form_key_drop(davy_exchange *exchange)
{
    if (exchange->awaits_key)
        atomic_fetch_sub(&exchange->server->awaited_keys, 1);
    exchange->awaits_key = false;
}

/* As far as the form has come: fields that are not whole may become so. */
static finding find(davy_exchange *exchange, char *bearer, size_t capacity)
{
    davy_call *call = &exchange->call;
    const size_t length = call->body.length < DAVY_HTTP_FORM_KEY_WITHIN ? call->body.length
                                                                        : DAVY_HTTP_FORM_KEY_WITHIN;
    davy_oip_memory memory = {.budget = &call->budget};
    davy_multipart form;
    davy_multipart_part part;
    finding found = NOT_YET;
    bool more = true;
    davy_status status = davy_multipart_begin(call->content_type, call->body.bytes, length, &form);

    while (status == DAVY_OK && found == NOT_YET) {
        status = davy_multipart_next(&form, &memory, &part, &more);
        if (status == DAVY_OK && !more)
            found = NONE;
        else if (status == DAVY_OK && strcmp(part.name, FIELD) == 0)
            found = FOUND;
    }
    if (found == FOUND && memchr(part.bytes.at, 0, part.bytes.length))
        found = NONE;
    if (found == FOUND)
        (void) snprintf(bearer, capacity, "Bearer %.*s",
                        (int) (part.bytes.length < DAVY_KEY_MAX ? part.bytes.length : DAVY_KEY_MAX),
                        (const char *) part.bytes.at);
    else if (length == DAVY_HTTP_FORM_KEY_WITHIN)
        found = NONE;
    davy_arena_clear(&memory.arena);
    return found;
}

bool davy_form_key_take(davy_exchange *exchange, bool whole)
{
    char bearer[DAVY_KEY_MAX + 8];
    davy_credentials shown = {0};
    const finding found = find(exchange, bearer, sizeof bearer);

    if (found == NOT_YET && !whole)
        return false;
    davy_form_key_drop(exchange);
    if (found == FOUND) {
        shown.authorization = bearer;
        shown.authorizations = 1;
    }
    return davy_exchange_identify(exchange, &shown);
}
