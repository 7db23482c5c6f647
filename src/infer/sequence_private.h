/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "infer/sequence.h"

#include <pthread.h>
#include <sys/queue.h>

/**
 * @file
 * Inside of sequences, for their two files and their test. The lock guards who is in which; what a
 * sequence remembers belongs to the one whose turn it is.
 */
#define DAVY_SEQUENCE_CHAINS 256

/** Bytes that the states of all sequences of a version may take. */
#define DAVY_SEQUENCES_MEMORY_MAX ((size_t) 256 << 20)

struct davy_sequence {
    char *client, *id;
    size_t users;              /* in it or waiting for their turn */
    uint64_t tickets, serving; /* turns */
    bool ended;
    int64_t used_ns; /* monotonic */
    pthread_cond_t turn;
    davy_place place;    /* of a watcher */
    davy_tensor *states; /* [state_count] of a graph; owns their data */
    LIST_ENTRY(davy_sequence) same;
    TAILQ_ENTRY(davy_sequence) use;
};

LIST_HEAD(davy_sequence_list, davy_sequence);

struct davy_sequences {
    const davy_served *served;
    const davy_served_info *info;
    davy_pool *pool;
    const davy_clock *clock;
    size_t count, most;
    pthread_mutex_t lock;
    struct davy_sequence_list table[DAVY_SEQUENCE_CHAINS]; /* by client and id */
    TAILQ_HEAD(davy_sequence_line, davy_sequence) by_use;  /* the one used longest ago first */
};

/* sequence_state.c */

/** Whether the states of the config can be kept, and for how many sequences. */
DAVY_MUST_CHECK davy_status davy_sequence_check_states(davy_sequences *sequences);
DAVY_MUST_CHECK davy_status davy_sequence_make_states(const davy_served_info *info,
                                                      davy_sequence *sequence);
/** All zero, as at the start. */
void davy_sequence_clear_states(davy_sequence *sequence);
