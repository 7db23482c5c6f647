/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Chores: what a host does beside answering, one after another, in one thread that gives way.
 *
 * Stage: infer. Measuring a version, asking a shadow, taking a canary back. The thread has a lower
 * priority than all others of the process.
 */
typedef struct davy_chores davy_chores;

/** Work, and what to free when it is done or will not be. */
typedef struct davy_chore {
    void (*run)(void *context);
    void (*free)(void *context);
    void *context;
} davy_chore;

DAVY_MUST_CHECK davy_status davy_chores_create(davy_chores **out);
/** NULL is fine. */
void davy_chores_destroy(davy_chores *chores);
/** Begin to work; what was added before waits until then. */
DAVY_MUST_CHECK davy_status davy_chores_start(davy_chores *chores);
/** Finish the running chore, leave the others, take no more. NULL is fine. */
void davy_chores_stop(davy_chores *chores);

/**
 * Takes ownership of the context, also when it is refused.
 *
 * @param most  refuse when so many wait
 * @return whether it will be done
 */
bool davy_chores_add(davy_chores *chores, const davy_chore *chore, size_t most);

/** Wait until nothing is left to do. For tests, and before a measurement. */
void davy_chores_settle(davy_chores *chores);
