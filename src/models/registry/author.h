/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Who signs the versions of a registry: an Ed25519 key pair, made once.
 *
 * Stage: models. `FOLDER/.author.key` holds the secret half (32 bytes in hexadecimal, for its owner
 * alone) and is made when the first version is. The public half is in every model.json. Whoever can
 * read the key file can sign: back it up as one keeps a password.
 *
 * Source: RFC 8032 (Ed25519), as libsodium has it.
 */

/** A public key in hexadecimal, with its zero. */
#define DAVY_AUTHOR_MAX 65
/** Bytes of a signature. */
#define DAVY_SIGNATURE_SIZE 64

/** Clear it after use: it holds the secret. */
typedef struct davy_author {
    char key[DAVY_AUTHOR_MAX]; /* the public half */
    unsigned char secret[64];
} davy_author;

/**
 * Read the key pair of a registry, or make it.
 *
 * @return DAVY_ERR_DENIED when others than its owner may read the file
 */
DAVY_MUST_CHECK davy_status davy_author_open(const char *registry, davy_author *out);
void davy_author_clear(davy_author *author);

/** The public key of a registry; "" when it has none yet, or may not be read. */
void davy_author_key(const char *registry, char key[DAVY_AUTHOR_MAX]);

/** Sign bytes. */
void davy_author_sign(const davy_author *author, const void *bytes, size_t length,
                      unsigned char signature[DAVY_SIGNATURE_SIZE]);

/** DAVY_ERR_CORRUPT when the key did not sign these bytes, or is no key. */
DAVY_MUST_CHECK davy_status davy_author_check(const char *key, const void *bytes, size_t length,
                                              const unsigned char signature[DAVY_SIGNATURE_SIZE]);
