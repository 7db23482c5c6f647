/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Keeping rollups: the thread that makes them, and which days it has to look at. Private to the
 * stage.
 *
 * Stage: store. A day is looked at when the store is opened and after chunks were sealed into it;
 * of today nothing is made, it changes all the time and is short. The thread works a quarter of its
 * time at most, so that those who write are not held up.
 */
typedef struct davy_rollup_keeper {
    pthread_t thread;
    bool runs;
    pthread_mutex_t
        make_lock;        /* one making at a time; taken before `lock` and the store's seal_lock */
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t wake;
    bool stop;
    int32_t *due; /* days to look at, ascending */
    size_t count, capacity;
    int64_t worked_ns; /* monotonic: since when the thread works without a rest */
} davy_rollup_keeper;

struct davy_store;

void davy_rollup_keeper_init(davy_rollup_keeper *keeper);
void davy_rollup_keeper_clear(davy_rollup_keeper *keeper);

/** Start and stop the thread. All days there are, are looked at. */
DAVY_MUST_CHECK davy_status davy_rollup_keeper_start(struct davy_store *store);
void davy_rollup_keeper_stop(struct davy_store *store);

/** Chunks were sealed into this day. */
void davy_rollup_keeper_note(davy_rollup_keeper *keeper, int32_t number);

/** All days there are, are to be looked at. */
DAVY_MUST_CHECK davy_status davy_rollup_keeper_note_all(struct davy_store *store);
