/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Bell: wakes one thread that waits, until a moment on the monotonic clock.
 *
 * Stage: infer. A wait that steps with the wall clock would end an hour too late.
 */
typedef struct davy_bell {
    pthread_cond_t condition;
} davy_bell;

void davy_bell_init(davy_bell *bell);
void davy_bell_clear(davy_bell *bell);

/**
 * Wait with the lock held; may wake without a reason.
 *
 * @param until_ns  monotonic; 0: for ever
 * @return false when the moment has come
 */
bool davy_bell_wait(davy_bell *bell, pthread_mutex_t *lock, int64_t until_ns);
void davy_bell_ring(davy_bell *bell);
