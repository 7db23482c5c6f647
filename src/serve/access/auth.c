/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/auth.h"

#include <string.h>
#include <strings.h>

#include <sodium.h>

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

/* -- By a key ---------------------------------------------------------------------------------- */

/* The key in "Bearer KEY" or "Token KEY"; NULL for another scheme. */
static const char *key_of(const char *authorization)
{
    static const char *const schemes[] = {"Bearer ", "Token "};

    for (size_t i = 0; authorization && i < DAVY_ARRAY_LENGTH(schemes); i++) {
        size_t length = strlen(schemes[i]);

        if (strncasecmp(authorization, schemes[i], length) == 0)
            return authorization + length + strspn(authorization + length, " ");
    }
    return NULL;
}

static bool refuse_wrong(davy_exchange *exchange, const char *why, const char *detail)
{
    davy_call *call = &exchange->call;
    davy_denial denial = davy_exchange_deny(exchange, true, why);

    if (denial.too_many) {
        davy_answer_problem(call, 429, "too many wrong keys from this address");
        call->answer.retry_after_s = denial.retry_after_s;
    } else {
        davy_answer_problem(call, 401, detail);
    }
    return false;
}

static bool by_key(davy_exchange *exchange, const char *text, davy_key *found)
{
    davy_keys *keys = exchange->call.system->keys;

    /* `davy key create` may have made it a moment ago; an unchanged file costs one stat. */
    return davy_keys_check(keys, text, found) ||
           (davy_keys_refresh(keys) == DAVY_OK && davy_keys_check(keys, text, found)) ||
           refuse_wrong(exchange, "denied: wrong key", "this key is not known");
}

/* -- By a token -------------------------------------------------------------------------------- */

static bool looks_like_token(const char *text)
{
    const char *dot = strchr(text, '.');

    return dot && strchr(dot + 1, '.');
}

/* A signature costs a fifth of a millisecond: who presented too much that was wrong waits, unless
 * the token is one that was believed before. */
static bool by_token(davy_exchange *exchange, const char *token, davy_key *found)
{
    davy_call *call = &exchange->call;
    const davy_clock *clock = call->system->clock;
    int64_t wall_ns = davy_wall_ns(clock);
    davy_oidc_who who = {0};
    davy_status status = DAVY_OK;

    if (!davy_oidc_recall(exchange->server->oidc, token, wall_ns, &who))
        status =
            davy_denials_is_over(exchange->server->denials, call->address, davy_monotonic_ns(clock))
                ? davy_fail(DAVY_ERR_DENIED, "too many wrong keys from this address")
                : davy_oidc_check(exchange->server->oidc, token, wall_ns, &who);
    if (status == DAVY_ERR_UNAVAILABLE)
        davy_answer_status(call, status);
    else if (status != DAVY_OK)
        (void) refuse_wrong(exchange, "denied: wrong token", davy_error());
    *found = who.key;
    call->ends_ns = who.ends_ns;
    return status == DAVY_OK;
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

static bool by_session(davy_exchange *exchange, const char *token, const char *csrf,
                       davy_key *found)
{
    davy_call *call = &exchange->call;
    uint64_t id = 0;

    if (!davy_sessions_find(exchange->server->sessions, token,
                            davy_monotonic_ns(call->system->clock), found, &id) ||
        !key_lives(call->system->keys, found))
        return refuse_wrong(exchange, "denied: no such session", "the session is over: sign in");
    if (!is_look(exchange) && !csrf_fits(token, csrf)) {
        (void) davy_exchange_deny(exchange, false, "denied: no X-CSRF-Token");
        davy_answer_problem(call, 403, "with a session this needs its token in X-CSRF-Token");
        return false;
    }
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

static bool by_certificate(davy_exchange *exchange, const davy_credentials *shown, davy_key *found)
{
    const union MHD_ConnectionInfo *info =
        exchange->server->tls
            ? MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
            : NULL;
    char fingerprint[DAVY_TLS_FINGERPRINT_MAX];

    if (!info || !davy_tls_fingerprint(info->tls_session, fingerprint) ||
        !davy_keys_check_certificate(exchange->call.system->keys, fingerprint, found))
        return false;
    if (!is_from_elsewhere(shown))
        return true;
    (void) davy_exchange_deny(exchange, false, "denied: a page of another site");
    davy_answer_problem(&exchange->call, 403, "a page of another site asked");
    return false;
}

/* -- Who asks ---------------------------------------------------------------------------------- */

static bool find_who(davy_exchange *exchange, const davy_credentials *shown, davy_key *found)
{
    char token[DAVY_SESSION_TOKEN_MAX];
    const char *key = key_of(shown->authorization);
    bool session = !shown->authorization && shown->cookies == 1 &&
                   cookie_find(shown->cookie, davy_session_cookie(exchange->server), token);

    if (key && exchange->server->oidc && looks_like_token(key))
        return by_token(exchange, key, found);
    if (key)
        return by_key(exchange, key, found);
    if (session)
        return by_session(exchange, token, shown->csrf, found);
    if (!shown->authorization && by_certificate(exchange, shown, found))
        return true;
    if (exchange->call.answer.code != 0)
        return false;
    /* Looking without a key is a door found shut; trying to change something is an attempt. */
    if (!is_look(exchange))
        (void) davy_exchange_deny(exchange, false, "denied: no key");
    davy_answer_problem(&exchange->call, 401, "this needs a key: Authorization: Bearer KEY");
    return false;
}

bool davy_exchange_identify(davy_exchange *exchange, const davy_credentials *shown)
{
    davy_call *call = &exchange->call;
    const davy_clock *clock = call->system->clock;
    unsigned retry_after_s = 0;
    davy_allowance left;

    if (!find_who(exchange, shown, &call->key))
        return false;
    call->role = call->key.role;
    memcpy(call->by, call->key.name, sizeof call->by);
    left = davy_allowances_take(exchange->server->allowances, &call->key, is_query(exchange),
                                davy_monotonic_ns(clock), davy_wall_ns(clock), &retry_after_s);
    if (left == DAVY_ALLOWANCE_LEFT)
        return true;
    davy_answer_problem(call, 429,
                        left == DAVY_ALLOWANCE_DAY
                            ? "this key has asked models as often as it may in a day"
                            : "this key asks more often in a second than it may");
    call->answer.retry_after_s = retry_after_s;
    return false;
}

void davy_call_charge(const davy_call *call, double answers)
{
    if (answers > 1)
        davy_allowances_charge(call->server->allowances, &call->key, answers,
                               davy_monotonic_ns(call->system->clock));
}
