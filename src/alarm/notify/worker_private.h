/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/unkept.h"
#include "alarm/notify/worker.h"
#include "core/arena.h"

#include <pthread.h>

/**
 * @file
 * The inside of davy_worker, shared by the file that makes and runs it and the one that sends.
 *
 * Stage: alarm, inside.
 */
struct davy_worker {
    davy_worker_parts parts;
    davy_arena arena; /* the receiver's settings */
    davy_site_receiver receiver;
    davy_receiver_setup setup;
    const davy_receiver_kind *kind;
    pthread_t thread;
    bool started;
    atomic_bool stopping;

    /* Its thread's, or the tests'. */
    void *state; /* of the kind */
    bool open;
    int64_t used_ns;       /* monotonic: the last message */
    int64_t again_ns;      /* monotonic: not before */
    int64_t next_heart_ns; /* monotonic */
    unsigned failures;     /* in a row */
    int64_t done;          /* number of the last message that ended */
    bool unended;          /* its end could not be kept */
    int64_t refused;       /* number of the message that was refused last */
    unsigned refusals;     /* of it, in a row */
    davy_notify_message message;
    davy_buffer body;

    pthread_mutex_t lock; /* for all below */
    pthread_cond_t wake;
    bool woken;
    int64_t heart_ns;  /* 0: none */
    int64_t failed_ns; /* monotonic: first failure since the last success; 0: none */
    int64_t retry_ns, heartbeat_wall_ns;
    char error[200];
    davy_unkept unkept;
};

/** Close the connection, if it is open or half open. */
void davy_worker_close_receiver(davy_worker *worker);

/** Longest sleep: what wakes a worker is told to it, this is for what nobody tells. */
#define DAVY_WORKER_SLEEP_NS (5 * DAVY_NS_PER_S)
