/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/denials.h"
#include "serve/call.h"

/**
 * @file
 * Who calls, by a key, a token of an issuer, or a client's certificate; and whether it may still
 * ask. Knows no wire: HTTP and gRPC ask here.
 *
 * Stage: serve. Wrong keys are counted by the address of the call and end in the audit, whichever
 * wire they came by, so that nobody has two ports to try them at.
 */
typedef enum davy_identity {
    DAVY_IDENTITY_FOUND,    /* the call has a role, a name and terms now */
    DAVY_IDENTITY_NONE,     /* nothing was shown that names anybody */
    DAVY_IDENTITY_WRONG,    /* what was shown is not believed */
    DAVY_IDENTITY_TOO_MANY, /* nor was much before it, from this address */
    DAVY_IDENTITY_LATER     /* the issuer's keys are not there yet */
} davy_identity;

/**
 * Find who shows an Authorization header ("Bearer KEY", "Token KEY", "Bearer TOKEN").
 *
 * @param call           its system, server and address are set; it is given who it is
 * @param subject        what was asked for, for the audit of a denial: "POST /v2/models/pump/infer"
 * @param retry_after_s  set with DAVY_IDENTITY_TOO_MANY
 * @return with a sentence in davy_error() unless it was found
 */
davy_identity davy_call_identify(davy_call *call, const char *authorization, const char *subject,
                                 unsigned *retry_after_s);

/** The same by the SHA-256 of a certificate that the client proved; false for one of no key. */
bool davy_call_identify_certificate(davy_call *call, const char *fingerprint);

/** The call is this key's. */
void davy_call_become(davy_call *call, const davy_key *key);

/** Take one request of its key. With a sentence when it may not now. */
bool davy_call_take(davy_call *call, bool query, unsigned *retry_after_s);

/** An answer cost as much as so many: the key's rate pays for the others. */
void davy_call_charge(const davy_call *call, double answers);

/** Count a denied attempt and put it into the audit, which nobody waits for. */
davy_denial davy_call_deny(const davy_call *call, const char *subject, bool wrong_key,
                           const char *why);
