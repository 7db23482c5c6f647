/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "models/registry/author.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * The seal of a version: a manifest of all its files with their hashes, and a signature over it.
 *
 * Stage: models. `manifest.json` names the model, the version, the author's public key and the
 * SHA-256 of every other file of the folder; `manifest.sig` is the Ed25519 signature of its bytes,
 * raw, so that any tool can check it. A version without either is not signed; one with only one of
 * them, or with a signature that does not fit, is refused by everything that opens a model.
 *
 * What a signature does not say: that the author may be trusted. Compare the key with the one you
 * know. And who may write into the folder can take the seal away: the version is then unsigned,
 * and every verb and the daemon say so.
 */
#define DAVY_SEAL_FILES_MAX ((size_t) 256)
#define DAVY_SEAL_NAME_MAX  128

typedef struct davy_seal_file {
    char name[DAVY_SEAL_NAME_MAX];
    char hash[65]; /* SHA-256 in hexadecimal */
} davy_seal_file;

/** What a manifest says. Zeroed is the seal of a version that is not signed. */
typedef struct davy_seal {
    bool is_signed;
    char author[DAVY_AUTHOR_MAX];
    char name[DAVY_SEAL_NAME_MAX];
    unsigned version;
    davy_seal_file *files;
    size_t count;
} davy_seal;

void davy_seal_clear(davy_seal *seal);

/** Sync all files of a folder, write their manifest, and sign it. */
DAVY_MUST_CHECK davy_status davy_seal_write(const char *folder, const char *name, unsigned version,
                                            const davy_author *author);

/** Read a manifest from its bytes; the signature is not looked at. The bytes may be a stranger's.
 */
DAVY_MUST_CHECK davy_status davy_seal_parse(const char *bytes, size_t length, davy_seal *out);

/** Read the seal of a folder and check its signature. DAVY_ERR_CORRUPT says what does not fit. */
DAVY_MUST_CHECK davy_status davy_seal_read(const char *folder, davy_seal *out);

/** The same beneath a descriptor of the folder. */
DAVY_MUST_CHECK davy_status davy_seal_read_at(int folder, davy_seal *out);

/**
 * Whether the bytes of a file are those that were signed; a version that is not signed has nothing
 * to say against them.
 */
DAVY_MUST_CHECK davy_status davy_seal_covers(const davy_seal *seal, const char *file,
                                             const void *bytes, size_t length);

/**
 * Read the seal of a folder whose model.json was read, and check that it is the one that was
 * signed; model.onnx is held by its hash in model.json.
 *
 * @param folder  its descriptor
 * @param signer  the author's key in the arena; "" for a version that is not signed
 */
DAVY_MUST_CHECK davy_status davy_seal_trust(int folder, const davy_buffer *json, davy_arena *arena,
                                            const char **signer);

/** Add a line for every file that was changed, is missing, or was not there when it was signed. */
DAVY_MUST_CHECK davy_status davy_seal_compare(const char *folder, const davy_seal *seal,
                                              davy_buffer *lines, size_t *count);

/** DAVY_ERR_CORRUPT when a folder is not as it was signed; one that is not signed passes. */
DAVY_MUST_CHECK davy_status davy_seal_check(const char *folder);
