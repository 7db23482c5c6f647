/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/keys.h"

/**
 * @file
 * Bearer tokens of an OpenID Connect issuer: people who sign in elsewhere.
 *
 * Stage: serve. The issuer's document and keys are fetched by a thread of their own, kept, fetched
 * again every hour and when a token names a key that is not there; no request waits for a network.
 * A token is believed when one of those keys signed it, it comes from that issuer, is for this
 * audience, and its time is now. What it may is a claim of it, mapped to a role.
 *
 * Source: OpenID Connect Core 1.0 section 3.1.3.7 and Discovery 1.0 section 4, RFC 7519, RFC 8725.
 */
typedef struct davy_oidc davy_oidc;

typedef struct davy_oidc_options {
    const char *issuer;   /* https://..., as tokens have it; http:// on the loopback alone */
    const char *audience; /* what tokens must be for */
    const char *claim;    /* where roles stand, "realm_access.roles"; NULL: "roles" */
    const char *const
        *roles; /* "plant-operators=operator"; none: the claim says davy's own words */
    size_t role_count;
} davy_oidc_options;

/** Who a token speaks for. */
typedef struct davy_oidc_who {
    davy_key key;    /* named "oidc:SUBJECT"; its role is DAVY_ROLE_NONE when no role is mapped */
    int64_t ends_ns; /* UTC; when the token does */
} davy_oidc_who;

/** Check the options and begin to fetch. An issuer that does not answer is asked again. */
DAVY_MUST_CHECK davy_status davy_oidc_start(const davy_oidc_options *options, davy_oidc **out);
/** NULL is fine. */
void davy_oidc_stop(davy_oidc *oidc);

/** A token that was believed a moment ago and still is: cheap. */
bool davy_oidc_recall(davy_oidc *oidc, const char *token, int64_t wall_ns, davy_oidc_who *who);

/** DAVY_ERR_DENIED, with a sentence, for a token that is not believed; DAVY_ERR_UNAVAILABLE while
 * the issuer's keys are not there. */
DAVY_MUST_CHECK davy_status davy_oidc_check(davy_oidc *oidc, const char *token, int64_t wall_ns,
                                            davy_oidc_who *who);

/** True for a name that a token gave; no key has such a name. */
bool davy_oidc_is_name(const char *name);
