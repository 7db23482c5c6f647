/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/clock_trust.h"
#include "app/keeper.h"
#include "core/buffer.h"
#include "store/retain.h"
#include "store/terms.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * @file
 * The inside of the keeper. Private to keeper*.c.
 *
 * Stage: app.
 */

/* Days go while less than so many floors are free, so that samples need not be refused first. */
#define ROOM_FLOORS 2

struct davy_keeper {
    davy_keeper_parts parts;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* for stopping */
    pthread_cond_t wake;
    bool stopping;
    pthread_mutex_t terms_lock; /* for the terms */
    davy_terms terms;           /* that count, as noted in the data folder */
    atomic_uint_fast64_t removed_files, removed_bytes, held_files;
    /* The thread's. */
    davy_clock_trust trust;
    const char *doubt;                     /* why nothing is removed; NULL: it may be */
    davy_status filled, expired, roomless; /* how each went last, so that it is told once */
    int64_t looked_ns;                     /* monotonic, for days whose time is over */
};

/** Append a body to the audit records, and empty it. */
DAVY_MUST_CHECK davy_status davy_keeper_record(davy_keeper *keeper, davy_buffer *body);

/** Let a shorter time that has waited long enough count. */
void davy_keeper_ripen(davy_keeper *keeper);

/** Remove days whose time is over. */
void davy_keeper_remove_expired(davy_keeper *keeper);

/** Remove days that may go when the disk runs full, until there is room. */
void davy_keeper_make_room(davy_keeper *keeper);
