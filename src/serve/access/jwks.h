/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/jwt.h"

/**
 * @file
 * The public keys of an issuer of tokens, and whether one of them signed a token.
 *
 * Stage: serve. A key signs by one algorithm only, which its kind decides: RSA of 2048 to 8192 bits
 * by RS256, the curve P-256 by ES256. A token's own word about its algorithm can only agree, so
 * that a public key is never taken for a secret one. Keys of other kinds are left aside.
 *
 * Source: RFC 7517 (JWK), RFC 7518 (JWA) sections 3.3, 3.4 and 6.
 */
typedef struct davy_jwks davy_jwks;

/** Keys that are kept; issuers have two or three. */
#define DAVY_JWKS_KEYS_MAX 32

/** Read a set. DAVY_ERR_INVALID when it holds no key that can be used. */
DAVY_MUST_CHECK davy_status davy_jwks_parse(const char *text, size_t length, davy_jwks **out);
/** NULL is fine. */
void davy_jwks_destroy(davy_jwks *keys);

/** DAVY_ERR_NOT_FOUND when no key has the token's id (or, when it names none, fits its algorithm);
 * DAVY_ERR_DENIED when the signature is not that key's. */
DAVY_MUST_CHECK davy_status davy_jwks_verify(const davy_jwks *keys, const davy_jwt *jwt);
