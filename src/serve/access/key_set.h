/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/keys.h"

#include <sys/types.h>
#include <time.h>

/**
 * @file
 * The keys as one reading of keys.json gives them, and their way to the disk. Private to keys.c.
 *
 *     {"version": 2, "salt": HEX, "keys": [{"name", "role", "hash": HEX, "created": RFC 3339,
 *      "models"?, "rate"?, "burst"?, "queries_per_day"?, "certificate"?: HEX}]}
 *
 * Stage: serve. The salt keys the hash, so equal keys of two installations have different hashes.
 * Version 1 had no terms and is read on. A file without terms is still written as version 1, so
 * that an older davy reads it; one with terms is not, because an older davy would not keep to them.
 */
#define DAVY_KEY_HASH_BYTES 32
#define DAVY_KEY_SALT_BYTES 32

typedef struct davy_key_entry {
    davy_key key;
    unsigned char hash[DAVY_KEY_HASH_BYTES]; /* unused when a certificate stands for the key */
} davy_key_entry;

typedef struct davy_key_set {
    unsigned char salt[DAVY_KEY_SALT_BYTES];
    bool salted;
    davy_key_entry *items;
    size_t count;
} davy_key_set;

/** Which bytes were read: a replaced file is another inode. */
typedef struct davy_key_stamp {
    ino_t inode;
    off_t size;
    struct timespec changed;
} davy_key_stamp;

/** True for 1 to 63 letters, digits, '-', '_' and '.'. */
bool davy_key_name_is_valid(const char *name);

/** Empty a set, its hashes too. */
void davy_key_set_clear(davy_key_set *set);

davy_key_entry *davy_key_set_find(const davy_key_set *set, const char *name);
davy_key_entry *davy_key_set_find_certificate(const davy_key_set *set, const char *fingerprint);
DAVY_MUST_CHECK davy_status davy_key_set_add(davy_key_set *set, const davy_key_entry *entry);

/** What the file is now; zeroes when there is none. DAVY_ERR_DENIED when others may read it. */
DAVY_MUST_CHECK davy_status davy_key_stamp_read(const char *file, davy_key_stamp *stamp);
bool davy_key_stamp_equal(const davy_key_stamp *a, const davy_key_stamp *b);

/** The file as it is now. The stamp is taken first: a change in between is seen the next time. */
DAVY_MUST_CHECK davy_status davy_key_set_load(const char *file, davy_key_set *set,
                                              davy_key_stamp *stamp);
DAVY_MUST_CHECK davy_status davy_key_set_save(const char *file, const davy_key_set *set);
