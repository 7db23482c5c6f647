/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Whether somebody still waits for an answer, asked by those who work on it.
 *
 * Stage: core. Whoever hands out long work tells with it whom to ask; the work asks between pieces
 * of some milliseconds and ends with DAVY_ERR_TIMEOUT when nobody waits any more. The one who
 * answers is asked by one thread at a time and keeps it cheap.
 */
typedef struct davy_wanted {
    bool (*ask)(void *context); /* NULL: somebody waits to the end */
    void *context;
} davy_wanted;

/** NULL is fine: somebody waits to the end. */
static inline bool davy_is_wanted(const davy_wanted *wanted)
{
    return !wanted || !wanted->ask || wanted->ask(wanted->context);
}
