/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/queue.h"
#include "alarm/notify/receiver.h"

struct json_t;

/**
 * @file
 * One receiver at work: takes what is due to it in order, hands it over, waits and tries again.
 *
 * Stage: alarm. A worker has its own thread, its own connection and its own waiting times, so a
 * receiver that hangs delays itself alone. A message is confirmed before the next one is begun.
 *
 *     waiting --handed over--> confirmed
 *        |  ^
 *        |  '-- the receiver fails: backoff, then the same message
 *        '----- it refuses the message DAVY_NOTIFY_REFUSALS times --> given up
 */
typedef struct davy_worker davy_worker;

/** A message that the receiver itself refuses so often is given up. */
#define DAVY_NOTIFY_REFUSALS 5

/** A receiver that has failed for so long without a success is an alarm. */
#define DAVY_NOTIFY_FAILING_NS (120 * DAVY_NS_PER_S)

/** A connection without messages for so long is closed. */
#define DAVY_NOTIFY_QUIET_NS (10 * DAVY_NS_PER_S)

typedef struct davy_worker_parts {
    davy_notify_queue *queue;
    const davy_clock *clock;
    void *context;
    /* A sign of life as JSON, to be freed; NULL when davy cannot vouch for itself. */
    char *(*heartbeat)(void *context, int64_t every_ns);
} davy_worker_parts;

/** @param site  the receiver's settings are copied from it */
DAVY_MUST_CHECK davy_status davy_worker_create(const davy_worker_parts *parts,
                                               const davy_site *site,
                                               const davy_site_receiver *receiver,
                                               davy_worker **out);
/** NULL is fine. */
void davy_worker_destroy(davy_worker *worker);

DAVY_MUST_CHECK davy_status davy_worker_start(davy_worker *worker);
/** Ends its thread; an attempt on its way is broken off. */
void davy_worker_stop(davy_worker *worker);

/** Something is due to it. */
void davy_worker_wake(davy_worker *worker);

/** How often it gives a sign of life; 0: never. */
void davy_worker_set_heartbeat(davy_worker *worker, int64_t every_ns);

/** Hold a message in memory because the disk takes none. The oldest goes when there are too many.
 */
void davy_worker_push(davy_worker *worker, const davy_notify_due *due);

/**
 * What its thread does over and over: at most one attempt.
 *
 * @return nanoseconds until there may be something to do
 */
int64_t davy_worker_step(davy_worker *worker);

const davy_site_receiver *davy_worker_receiver(const davy_worker *worker);

/** What its kind lacks on this machine (alarm/notify/receiver.h), or NULL. */
const char *davy_worker_lacks(const davy_worker *worker);

typedef struct davy_worker_status {
    davy_notify_counts counts;
    size_t unkept;        /* in memory alone */
    uint64_t lost;        /* of those, given up */
    int64_t failing_ns;   /* it has failed for so long; 0: it does not */
    int64_t again_ns;     /* next attempt in so long; 0: now, or when something is due */
    int64_t heartbeat_ns; /* wall clock of the last sign of life; 0: none */
    char error[200];      /* of the last attempt; "" after a success */
} davy_worker_status;

void davy_worker_get_status(davy_worker *worker, davy_worker_status *status);
