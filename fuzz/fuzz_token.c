/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes what a stranger's bearer token and an issuer's keys are read by: the first line is a
 * token, the rest a set of keys. A token that is taken apart stays inside its text and its rooms;
 * whatever its claims are, the name they give is a name of a token and no key's.
 */
#include "serve/access/jwks.h"
#include "serve/access/oidc_claims.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_claims(const json_t *claims)
{
    static const char *const roles[] = {"operators=operator"};
    const davy_oidc_options options = {
        .issuer = "https://i.example", .audience = "davy", .roles = roles, .role_count = 1};
    davy_oidc_who who;

    if (davy_oidc_read_claims(&options, claims, INT64_C(1800000000000000000), &who) != DAVY_OK)
        return;
    assert(davy_oidc_is_name(who.key.name) && strlen(who.key.name) < DAVY_KEY_NAME_MAX);
    assert(who.key.role == DAVY_ROLE_NONE || who.key.role == DAVY_ROLE_OPERATOR);
    assert(who.ends_ns > INT64_C(1800000000000000000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(size + 1, 1);
    char *rest;
    davy_jwks *keys = NULL;
    davy_jwt jwt;

    if (!text)
        return 0;
    memcpy(text, data, size);
    rest = text + strcspn(text, "\n");
    if (*rest)
        *rest++ = '\0';
    if (davy_jwks_parse(rest, strlen(rest), &keys) != DAVY_OK)
        keys = NULL;
    if (davy_jwt_parse(text, &jwt) == DAVY_OK) {
        assert(jwt.signed_length < strlen(text) && jwt.signature_length <= sizeof jwt.signature);
        if (keys && davy_jwks_verify(keys, &jwt) == DAVY_OK)
            assert(jwt.signature_length > 0);
        check_claims(jwt.claims);
        davy_jwt_clear(&jwt);
    }
    davy_jwks_destroy(keys);
    free(text);
    return 0;
}
