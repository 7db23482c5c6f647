/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * A signed token, taken apart: "header.claims.signature", each in base64url.
 *
 * Stage: serve. Pure: text in, parts out; nothing is believed before jwks.h has verified it. Two
 * algorithms are known, and a token can name no other: "none", keyed hashes, and headers that bring
 * their own key (jwk, jku, x5c) or ask for extensions (crit, zip) get it nowhere.
 *
 * Source: RFC 7515 (JWS), RFC 7519 (JWT), RFC 8725 (best practices).
 */
typedef enum davy_jwt_algorithm { DAVY_JWT_RS256, DAVY_JWT_ES256 } davy_jwt_algorithm;

/** Bytes of a token; one with some hundred groups fits. */
#define DAVY_JWT_MAX ((size_t) 8192)
/** Bytes of a key's id with its zero. */
#define DAVY_JWT_KID_MAX 128
/** Bytes of a signature: RSA of 8192 bits. */
#define DAVY_JWT_SIGNATURE_MAX ((size_t) 1024)

typedef struct davy_jwt {
    davy_jwt_algorithm algorithm;
    char kid[DAVY_JWT_KID_MAX]; /* "" when the token names none */
    const char *text;           /* the token; borrowed */
    size_t signed_length;       /* bytes of it that are signed: header and claims */
    unsigned char signature[DAVY_JWT_SIGNATURE_MAX];
    size_t signature_length;
    json_t *claims; /* an object */
} davy_jwt;

/** Take a token apart. DAVY_ERR_INVALID, with a sentence, and nothing to clear when it is none. */
DAVY_MUST_CHECK davy_status davy_jwt_parse(const char *text, davy_jwt *jwt);
void davy_jwt_clear(davy_jwt *jwt);
