/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model.h"

/**
 * @file
 * Registry: models by name and integer version, with movable aliases.
 *
 * Stage: models. `FOLDER/NAME/VERSION/` holds a model, `FOLDER/NAME/aliases.json` its aliases
 * (`champion` is given to every version that is trained), and `FOLDER/NAME/history.jsonl` a line
 * for every time an alias was moved. A version appears whole by a rename or not at all; it is
 * signed (models/registry/seal.h) and never changes.
 */

/** A version as a folder's name: digits without a leading zero; 0 for anything else. */
unsigned davy_registry_number(const char *text);

/** Open "name", "name@alias" or "name@3" (name alone is its champion). */
DAVY_MUST_CHECK davy_status davy_registry_open(const char *folder, const char *reference,
                                               davy_model **out);

/** The version a reference names now, without opening it. */
DAVY_MUST_CHECK davy_status davy_registry_resolve(const char *folder, const char *reference,
                                                  char *name, size_t name_capacity,
                                                  unsigned *version);

/** DAVY_ERR_CORRUPT when a model says that it is another one than its place in the registry says.
 */
DAVY_MUST_CHECK davy_status davy_registry_fits(const char *name, unsigned version,
                                               const char *said_name, unsigned said_version);

/** Move an alias to a version. */
DAVY_MUST_CHECK davy_status davy_registry_set_alias(const char *folder, const char *name,
                                                    const char *alias, unsigned version);

/**
 * Move an alias back to the version it named before; doing it again goes further back.
 *
 * @param version  where it is now
 * @return DAVY_ERR_NOT_FOUND when the history knows no earlier one
 */
DAVY_MUST_CHECK davy_status davy_registry_rollback(const char *folder, const char *name,
                                                   const char *alias, unsigned *version);

/** One move of an alias. */
typedef struct davy_alias_move {
    int64_t time_ns;
    char alias[128];
    unsigned from, to; /* from 0: it named nothing */
    char why[16];      /* train, promote or rollback */
    char who[64];      /* the account */
} davy_alias_move;

/** All moves of a model's aliases, the oldest first; the caller frees them. */
DAVY_MUST_CHECK davy_status davy_registry_history(const char *folder, const char *name,
                                                  davy_alias_move **moves, size_t *count);

/** The same from the bytes of a history. A line that a crash cut short is passed over. */
DAVY_MUST_CHECK davy_status davy_registry_history_parse(const char *bytes, size_t length,
                                                        davy_alias_move **moves, size_t *count);

/**
 * Copy a version with its seal into a folder that is not there yet, whole or not at all. What is
 * not as it was signed is not copied.
 */
DAVY_MUST_CHECK davy_status davy_registry_export(const char *folder, const char *name,
                                                 unsigned version, const char *destination);

typedef davy_status (*davy_registry_visit)(void *context, const char *name, unsigned version,
                                           const char *aliases /* "champion,challenger" or "" */);

/** Visit every version, by name and number. */
DAVY_MUST_CHECK davy_status davy_registry_list(const char *folder, davy_registry_visit visit,
                                               void *context);
