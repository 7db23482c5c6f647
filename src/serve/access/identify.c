/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/identify.h"

#include <string.h>
#include <strings.h>

#include "serve/exchange.h"

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

void davy_call_become(davy_call *call, const davy_key *key)
{
    call->key = *key;
    call->role = key->role;
    memcpy(call->by, key->name, sizeof call->by);
}

/* The sentence was said. */
static davy_identity refuse_wrong(davy_call *call, const char *subject, const char *why,
                                  unsigned *retry_after_s)
{
    const davy_denial denial = davy_call_deny(call, subject, true, why);

    if (!denial.too_many)
        return DAVY_IDENTITY_WRONG;
    (void) davy_fail(DAVY_ERR_DENIED, "too many wrong keys from this address");
    *retry_after_s = denial.retry_after_s;
    return DAVY_IDENTITY_TOO_MANY;
}

static davy_identity by_key(davy_call *call, const char *text, const char *subject,
                            unsigned *retry_after_s)
{
    davy_keys *keys = call->system->keys;
    davy_key found;

    /* Another call may be reading the file that has it: it is waited for before a key is wrong. */
    if (davy_keys_check(keys, text, &found) ||
        (davy_keys_refresh(keys) == DAVY_OK && davy_keys_check(keys, text, &found))) {
        davy_call_become(call, &found);
        return DAVY_IDENTITY_FOUND;
    }
    (void) davy_fail(DAVY_ERR_DENIED, "this key is not known");
    return refuse_wrong(call, subject, "denied: wrong key", retry_after_s);
}

static bool looks_like_token(const char *text)
{
    const char *dot = strchr(text, '.');

    return dot && strchr(dot + 1, '.');
}

/* A signature costs a fifth of a millisecond: who presented too much that was wrong waits, unless
 * the token is one that was believed before. */
static davy_identity by_token(davy_call *call, const char *token, const char *subject,
                              unsigned *retry_after_s)
{
    const davy_server *server = call->server;
    const davy_clock *clock = call->system->clock;
    const int64_t wall_ns = davy_wall_ns(clock);
    davy_oidc_who who = {0};
    davy_status status = DAVY_OK;

    if (!davy_oidc_recall(server->oidc, token, wall_ns, &who))
        status = davy_denials_is_over(server->denials, call->address, davy_monotonic_ns(clock))
                     ? davy_fail(DAVY_ERR_DENIED, "too many wrong keys from this address")
                     : davy_oidc_check(server->oidc, token, wall_ns, &who);
    if (status == DAVY_ERR_UNAVAILABLE)
        return DAVY_IDENTITY_LATER;
    if (status != DAVY_OK)
        return refuse_wrong(call, subject, "denied: wrong token", retry_after_s);
    davy_call_become(call, &who.key);
    call->ends_ns = who.ends_ns;
    return DAVY_IDENTITY_FOUND;
}

davy_identity davy_call_identify(davy_call *call, const char *authorization, const char *subject,
                                 unsigned *retry_after_s)
{
    const char *key = key_of(authorization);

    if (!key) {
        (void) davy_fail(DAVY_ERR_DENIED, "this needs a key: Authorization: Bearer KEY");
        return DAVY_IDENTITY_NONE;
    }
    return call->server->oidc && looks_like_token(key) ? by_token(call, key, subject, retry_after_s)
                                                       : by_key(call, key, subject, retry_after_s);
}

bool davy_call_identify_certificate(davy_call *call, const char *fingerprint)
{
    davy_key found;

    if (!davy_keys_check_certificate(call->system->keys, fingerprint, &found))
        return false;
    davy_call_become(call, &found);
    return true;
}

bool davy_call_take(davy_call *call, bool query, unsigned *retry_after_s)
{
    const davy_clock *clock = call->system->clock;
    const davy_allowance left =
        davy_allowances_take(call->server->allowances, &call->key, query, davy_monotonic_ns(clock),
                             davy_wall_ns(clock), retry_after_s);

    if (left != DAVY_ALLOWANCE_LEFT)
        (void) davy_fail(DAVY_ERR_FULL,
                         left == DAVY_ALLOWANCE_DAY
                             ? "this key has asked models as often as it may in a day"
                             : "this key asks more often in a second than it may");
    return left == DAVY_ALLOWANCE_LEFT;
}

void davy_call_charge(const davy_call *call, double answers)
{
    if (answers > 1)
        davy_allowances_charge(call->server->allowances, &call->key, answers,
                               davy_monotonic_ns(call->system->clock));
}
