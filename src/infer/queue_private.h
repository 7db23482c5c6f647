/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/queue.h"

/**
 * @file
 * Inside of a queue, for its three files. All of it is behind the lock.
 */
TAILQ_HEAD(davy_ask_list, davy_ask);

/** Those who wait at one level of priority: in time, and behind them those whose time is over. */
typedef struct davy_level {
    struct davy_ask_list lists[2]; /* by davy_ask.late */
    size_t waiting, rows;
    int64_t more_ns; /* of explanations */
} davy_level;

struct davy_queue {
    davy_queue_options options;
    pthread_mutex_t lock;
    davy_level levels[DAVY_PRIORITIES_MAX];
    unsigned level_count;
    size_t waiting;
    size_t free_places[DAVY_PLACES_MAX], free_count;
    davy_ask *gathering; /* the leader that has not composed its batch yet */
    bool wants_company;  /* it waits for its delay to end or its batch to be full */
    davy_forecast forecast;
    double slowness; /* how much longer than measured runs take now; at least 1 */
};

/** The most urgent that waits, or the one behind `ask`; NULL at the end. */
davy_ask *davy_queue_next(davy_queue *queue, const davy_ask *ask);
void davy_queue_insert(davy_queue *queue, davy_ask *ask);
void davy_queue_remove(davy_queue *queue, davy_ask *ask);

/* queue_batch.c */

/** Rows of the largest batch that is put together: a longer run would hold up other models. */
size_t davy_queue_most(const davy_queue *queue);

/** Asks that fit behind a leader, from the front, and whether waiting for more is of no use. */
size_t davy_queue_company(davy_queue *queue, const davy_ask *leader, bool *complete);

/* queue_admit.c */

/** Give an ask its level and its time, or refuse it with a sentence. */
DAVY_MUST_CHECK davy_status davy_queue_admit(davy_queue *queue, davy_ask *ask);
/** A run of so many rows took so long: how much slower than measured the box is now. */
void davy_queue_learn(davy_queue *queue, size_t rows, int64_t ns);
