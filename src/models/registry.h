/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model.h"

/**
 * @file
 * Registry: models by name and integer version, with movable aliases.
 *
 * Stage: models. `FOLDER/NAME/VERSION/` holds a model, `FOLDER/NAME/aliases.json` its aliases
 * (`champion` is given to the first version). A version appears whole by a rename or not at all.
 */

/** Open "name", "name@alias" or "name@3" (name alone is its champion). */
DAVY_MUST_CHECK davy_status davy_registry_open(const char *folder, const char *reference,
                                               davy_model **out);

/** The version a reference names now, without opening it. */
DAVY_MUST_CHECK davy_status davy_registry_resolve(const char *folder, const char *reference,
                                                  char *name, size_t name_capacity,
                                                  unsigned *version);

/** Move an alias. */
DAVY_MUST_CHECK davy_status davy_registry_set_alias(const char *folder, const char *name,
                                                    const char *alias, unsigned version);

typedef davy_status (*davy_registry_visit)(void *context, const char *name, unsigned version,
                                           const char *aliases /* "champion,challenger" or "" */);

/** Visit every version, by name and number. */
DAVY_MUST_CHECK davy_status davy_registry_list(const char *folder, davy_registry_visit visit,
                                               void *context);
