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
 * Stage: serve. keys.json in the data folder (mode 0600) holds name, role, hash and dates. A key is
 * 256 random bits, so a fast keyed hash (BLAKE2b of libsodium) is enough and is compared in
 * constant time; slow password hashes are for passwords, which davy has none of.
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

typedef struct davy_keys davy_keys;

/** Open the file, or begin an empty one. */
DAVY_MUST_CHECK davy_status davy_keys_open(const char *file, davy_keys **out);
/** NULL is fine. */
void davy_keys_close(davy_keys *keys);

/** Make a key; its text is written to `text` and never again. DAVY_ERR_EXISTS for a name in use. */
DAVY_MUST_CHECK davy_status davy_keys_create(davy_keys *keys, const char *name, davy_role role,
                                             int64_t now_ns, char text[DAVY_KEY_MAX]);
DAVY_MUST_CHECK davy_status davy_keys_revoke(davy_keys *keys, const char *name);

/** Role of a key's text, and its name; DAVY_ROLE_NONE when it is not known. */
davy_role davy_keys_check(davy_keys *keys, const char *text, char name[DAVY_KEY_NAME_MAX]);

/** Role that a key of this name has now; DAVY_ROLE_NONE when there is none (it was revoked). */
davy_role davy_keys_role(davy_keys *keys, const char *name);

typedef davy_status (*davy_keys_visit)(void *context, const char *name, davy_role role,
                                       int64_t created_ns);
DAVY_MUST_CHECK davy_status davy_keys_list(davy_keys *keys, davy_keys_visit visit, void *context);

/** Keys there are. */
size_t davy_keys_count(davy_keys *keys);

/** Read the file again if it has changed on disk (`davy key` beside a running daemon). */
DAVY_MUST_CHECK davy_status davy_keys_refresh(davy_keys *keys);
