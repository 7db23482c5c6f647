/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/registry/registry.h"

#include <jansson.h>

/**
 * @file
 * Paths, numbers and locks, shared by the files of the registry.
 *
 * Stage: models. Within `FOLDER/NAME/` stand the versions, `aliases.json`, `history.jsonl`, `.lock`
 * and the drafts of trainers.
 */
#define DAVY_REGISTRY_PATH 4096
#define DAVY_REGISTRY_NAME 128

/** "FOLDER/NAME" or "FOLDER/NAME/LEAF". */
DAVY_MUST_CHECK davy_status davy_registry_path(char path[DAVY_REGISTRY_PATH], const char *folder,
                                               const char *name, const char *leaf);

/** DAVY_ERR_NOT_FOUND when there is no such version. */
DAVY_MUST_CHECK davy_status davy_registry_check(const char *folder, const char *name,
                                                unsigned version);

/**
 * Longest wait for a lock. A folder is locked while a version is written, asked a thousand samples
 * and published: seconds, and minutes where they are large pictures and the machine is busy.
 */
#define DAVY_REGISTRY_WAIT_S 600U

/**
 * Hold a lock file against all others; the lock goes with the descriptor, also when its process
 * dies. The file names the process and the thread that held it last.
 *
 * @return DAVY_ERR_EXISTS with the file and its holder when it is held for longer than that, or
 *         after seconds when this very thread holds it and would wait for itself
 */
DAVY_MUST_CHECK davy_status davy_registry_hold(const char *path, unsigned wait_s, int *descriptor);

/** Hold a model's folder against another trainer. */
DAVY_MUST_CHECK davy_status davy_registry_lock(const char *folder, const char *name,
                                               int *descriptor);

/** Versions of a model in rising order; the caller frees them. */
DAVY_MUST_CHECK davy_status davy_registry_versions(const char *folder, const char *name,
                                                   unsigned **versions, size_t *count);

/** The aliases of a model, as an object of versions: an empty one when it has none yet. */
DAVY_MUST_CHECK davy_status davy_registry_aliases(const char *folder, const char *name,
                                                  json_t **out);

/** Write a move into the history, synced. */
DAVY_MUST_CHECK davy_status davy_registry_record(const char *folder, const char *name,
                                                 const davy_alias_move *move);

/** Move an alias while the model is locked, and write the move into the history. */
DAVY_MUST_CHECK davy_status davy_registry_move(const char *folder, const char *name,
                                               const char *alias, unsigned version,
                                               const char *why);

/** Remove a draft or a copy that was not finished: a folder of plain files, whatever their names.
 */
void davy_registry_remove(const char *path);
