/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/auth.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "serve/access/identify.h"

/* Room for what a record of a denial is about. */
#define SUBJECT_MAX 256

/* What waits for a model is a query: it counts against the key's day. */
static bool is_query(const davy_exchange *exchange)
{
    return exchange->match.route && exchange->match.route->lane == DAVY_LANE_INFER;
}

static bool is_look(const davy_exchange *exchange)
{
    return strcmp(exchange->method, "GET") == 0 || strcmp(exchange->method, "HEAD") == 0;
}

const char *davy_session_cookie(const davy_server *server)
{
    return server->tls ? "__Host-davy_session" : "davy_session";
}

/* -- By a key or a token ----------------------------------------------------------------------- */

/* "POST /v2/models/pump/infer": what a record of a denial is about. */
static void write_subject(const davy_exchange *exchange, char subject[SUBJECT_MAX])
{
    (void) snprintf(subject, SUBJECT_MAX, "%s %.*s", exchange->method,
                    (int) strcspn(exchange->raw_target, "?"), exchange->raw_target);
}

davy_denial davy_exchange_deny(davy_exchange *exchange, bool wrong_key, const char *why)
{
    char subject[SUBJECT_MAX];

    write_subject(exchange, subject);
    return davy_call_deny(&exchange->call, subject, wrong_key, why);
}

static bool takes_form_key(const davy_exchange *exchange)
{
    return exchange->match.route && exchange->match.route->body == DAVY_BODY_FORM;
}

/* Whose Authorization this is; else the answer. */
static bool by_authorization(davy_exchange *exchange, const char *authorization)
{
    static const unsigned codes[] = {
        [DAVY_IDENTITY_NONE] = 401, [DAVY_IDENTITY_WRONG] = 401, [DAVY_IDENTITY_TOO_MANY] = 429};
    davy_call *call = &exchange->call;
    char subject[SUBJECT_MAX];
    unsigned retry_after_s = 0;
    davy_identity identity;

    write_subject(exchange, subject);
    identity = davy_call_identify(call, authorization, subject, &retry_after_s);
    if (identity == DAVY_IDENTITY_FOUND)
        return true;
    if (identity == DAVY_IDENTITY_NONE && !is_look(exchange))
        (void) davy_exchange_deny(exchange, false, "denied: no key");
    if (identity == DAVY_IDENTITY_LATER) { /* with its own time after which to ask again */
        davy_reply_status(call, DAVY_ERR_UNAVAILABLE);
        return false;
    }
    davy_reply_problem(call, codes[identity],
                       identity == DAVY_IDENTITY_NONE && takes_form_key(exchange)
                           ? "this needs a key: Authorization: Bearer KEY, or the field "
                             "api_key before the picture"
                           : davy_error());
    call->answer.retry_after_s = retry_after_s;
    return false;
}

/* -- By a session ------------------------------------------------------------------------------ */

/* The value of the session's cookie, "a=1; davy_session=TOKEN"; false when there is none. A cookie
 * of that name twice is somebody else's doing and no session. */
static bool cookie_find(const char *cookies, const char *name, char token[DAVY_SESSION_TOKEN_MAX])
{
    size_t length = strlen(name), found = 0;

    for (const char *at = cookies; at && *at; at += strcspn(at, ";"), at += strspn(at, "; ")) {
        size_t value = strcspn(at, ";") - length - 1;

        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        if (++found > 1 || value >= DAVY_SESSION_TOKEN_MAX)
            return false;
        memcpy(token, at + length + 1, value);
        token[value] = '\0';
    }
    return found == 1;
}

/* The key as it is now: a session does not outlive it, nor keep what was taken from it. */
static bool key_lives(davy_keys *keys, davy_key *key)
{
    davy_key now;

    if (davy_oidc_is_name(key->name))
        return true; /* its session ends with the token */
    if (!davy_keys_find(keys, key->name, &now) || now.created_ns != key->created_ns)
        return false;
    *key = now;
    return true;
}

static bool csrf_fits(const char *token, const char *shown)
{
    char expected[DAVY_SESSION_TOKEN_MAX];

    davy_session_csrf(token, expected);
    return shown && strlen(shown) == strlen(expected) &&
           sodium_memcmp(shown, expected, strlen(expected)) == 0;
}

static bool by_session(davy_exchange *exchange, const char *token, const char *csrf)
{
    davy_call *call = &exchange->call;
    davy_denial denial;
    davy_key found;
    uint64_t id = 0;

    if (!davy_sessions_find(exchange->server->sessions, token,
                            davy_monotonic_ns(call->system->clock), &found, &id) ||
        !key_lives(call->system->keys, &found)) {
        denial = davy_exchange_deny(exchange, true, "denied: no such session");
        davy_reply_problem(call, denial.too_many ? 429 : 401,
                           denial.too_many ? "too many wrong keys from this address"
                                           : "the session is over: sign in");
        call->answer.retry_after_s = denial.too_many ? denial.retry_after_s : 0;
        return false;
    }
    if (!is_look(exchange) && !csrf_fits(token, csrf)) {
        (void) davy_exchange_deny(exchange, false, "denied: no X-CSRF-Token");
        davy_reply_problem(call, 403, "with a session this needs its token in X-CSRF-Token");
        return false;
    }
    davy_call_become(call, &found);
    call->session = id;
    davy_session_csrf(token, call->csrf);
    return true;
}

/* -- By a certificate -------------------------------------------------------------------------- */

/* A browser shows its certificate to whoever made it ask: was that a page of another site? */
static bool is_from_elsewhere(const davy_credentials *shown)
{
    const char *origin = shown->origin ? strstr(shown->origin, "://") : NULL;

    if (shown->fetch_site && strcmp(shown->fetch_site, "same-origin") != 0 &&
        strcmp(shown->fetch_site, "none") != 0)
        return true;
    return shown->origin && (!origin || !shown->host || strcasecmp(origin + 3, shown->host) != 0);
}

static bool by_certificate(davy_exchange *exchange, const davy_credentials *shown)
{
    const union MHD_ConnectionInfo *info =
        exchange->server->tls
            ? MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
            : NULL;
    char fingerprint[DAVY_TLS_FINGERPRINT_MAX];

    if (!info || !davy_tls_fingerprint(info->tls_session, fingerprint) ||
        !davy_call_identify_certificate(&exchange->call, fingerprint))
        return false;
    if (!is_from_elsewhere(shown))
        return true;
    (void) davy_exchange_deny(exchange, false, "denied: a page of another site");
    davy_reply_problem(&exchange->call, 403, "a page of another site asked");
    return false;
}

/* -- Who asks ---------------------------------------------------------------------------------- */

static bool find_who(davy_exchange *exchange, const davy_credentials *shown)
{
    char token[DAVY_SESSION_TOKEN_MAX];

    if (!shown->authorization && shown->cookies == 1 &&
        cookie_find(shown->cookie, davy_session_cookie(exchange->server), token))
        return by_session(exchange, token, shown->csrf);
    if (!shown->authorization && by_certificate(exchange, shown))
        return true;
    return exchange->call.answer.code == 0 && by_authorization(exchange, shown->authorization);
}

bool davy_exchange_identify(davy_exchange *exchange, const davy_credentials *shown)
{
    davy_call *call = &exchange->call;
    unsigned retry_after_s = 0;

    if (!find_who(exchange, shown))
        return false;
    if (davy_call_take(call, is_query(exchange), &retry_after_s))
        return true;
    davy_reply_problem(call, 429, davy_error());
    call->answer.retry_after_s = retry_after_s;
    return false;
}
