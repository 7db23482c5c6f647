/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Names to numbers: a hash table that finds a name, or the one that was there first.
 *
 * Stage: site. The size is known when it is made. Names are borrowed.
 */
typedef struct davy_names {
    struct davy_name *slots;
    size_t mask; /* number of slots - 1, a power of two */
} davy_names;

/** A table for up to `count` names in the arena. */
DAVY_MUST_CHECK davy_status davy_names_init(davy_names *names, davy_arena *arena, size_t count);

/** Keep name -> number. False, and *first is the number it has, when the name is there already. */
bool davy_names_add(davy_names *names, const char *name, size_t number, size_t *first);

/** False when the name is not there. A zeroed table is empty. */
bool davy_names_find(const davy_names *names, const char *name, size_t *number);
