/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * API keys with roles. A key is shown once; only its hash is kept.
 *
 * Stage: serve. keys.json in the data folder (mode 0600) holds name, role, hash, date and terms. A
 * key is 256 random bits, so a fast keyed hash (BLAKE2b of libsodium) is enough and is compared in
 * constant time; slow password hashes are for passwords, which davy has none of. A key made for a
 * client's certificate has no text and no hash: who proves that certificate is who it is.
 */
typedef enum davy_role {
    DAVY_ROLE_NONE,
    DAVY_ROLE_VIEWER,   /* looks */
    DAVY_ROLE_OPERATOR, /* acknowledges, shelves, comments, writes samples */
    DAVY_ROLE_ENGINEER, /* out of service, models, limits */
    DAVY_ROLE_ADMIN     /* keys */
} davy_role;

const char *davy_role_name(davy_role role);
/** DAVY_ROLE_NONE for an unknown word. */
davy_role davy_role_parse(const char *word);

/** Bytes of a key in text, "davy_" and 43 characters, with its zero. */
#define DAVY_KEY_MAX 64
/** Bytes of a key's name with its zero; letters, digits, '-', '_' and '.'. */
#define DAVY_KEY_NAME_MAX 64

/** Bytes of a key's model patterns with its zero: a dozen names or families. */
#define DAVY_KEY_MODELS_MAX 256
/** Bytes of a client certificate's SHA-256 in hexadecimal with its zero. */
#define DAVY_KEY_CERTIFICATE_MAX 65

/** What a key may within its role; zeroes: every model, any number of requests. */
typedef struct davy_key_terms {
    char models[DAVY_KEY_MODELS_MAX];           /* patterns, "t101,pump-*"; "" for every model */
    uint32_t rate;                              /* requests a second; 0 for no limit */
    uint32_t burst;                             /* requests at once; 0 for as many as a second's */
    uint32_t queries_per_day;                   /* requests to models; 0 for no limit */
    char certificate[DAVY_KEY_CERTIFICATE_MAX]; /* of a client, which stands for the key; or "" */
} davy_key_terms;

/** What is known of a key: all but its text. */
typedef struct davy_key {
    char name[DAVY_KEY_NAME_MAX];
    davy_role role;
    int64_t created_ns;
    davy_key_terms terms;
} davy_key;

/** Take patterns of models, separated by commas. DAVY_ERR_INVALID when they are none. */
DAVY_MUST_CHECK davy_status davy_key_set_models(davy_key_terms *terms, const char *models);
/** Take a certificate's SHA-256: 64 hexadecimal digits, with or without colons between bytes. */
DAVY_MUST_CHECK davy_status davy_key_set_certificate(davy_key_terms *terms, const char *text);

typedef struct davy_keys davy_keys;

/** Open the file, or begin an empty one. */
DAVY_MUST_CHECK davy_status davy_keys_open(const char *file, davy_keys **out);
/** NULL is fine. */
void davy_keys_close(davy_keys *keys);

/**
 * Make a key; its text is written to `text` and never again. DAVY_ERR_EXISTS for a name, or a
 * certificate, in use.
 *
 * @param terms  NULL for none. A key with a certificate has no text: `text` is "".
 */
DAVY_MUST_CHECK davy_status davy_keys_create(davy_keys *keys, const char *name, davy_role role,
                                             const davy_key_terms *terms, int64_t now_ns,
                                             char text[DAVY_KEY_MAX]);
DAVY_MUST_CHECK davy_status davy_keys_revoke(davy_keys *keys, const char *name);

/* These three look at the file first: a key that was revoked a moment ago, also by another process,
 * is not found. */

/** Find a key by its text; false when it is not known. */
bool davy_keys_check(davy_keys *keys, const char *text, davy_key *found);

/** Find a key by the SHA-256 of a client's certificate, in lower hexadecimal. */
bool davy_keys_check_certificate(davy_keys *keys, const char *fingerprint, davy_key *found);

/** Find a key by its name; false when there is none (it was revoked). */
bool davy_keys_find(davy_keys *keys, const char *name, davy_key *found);

typedef davy_status (*davy_keys_visit)(void *context, const davy_key *key);
DAVY_MUST_CHECK davy_status davy_keys_list(davy_keys *keys, davy_keys_visit visit, void *context);

/** Keys there are. */
size_t davy_keys_count(davy_keys *keys);

/** Read the file again if it has changed on disk (`davy key` beside a running daemon). */
DAVY_MUST_CHECK davy_status davy_keys_refresh(davy_keys *keys);
