/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/notify.h"
#include "alarm/notify/routing.h"
#include "alarm/notify/worker.h"

#include <pthread.h>

/**
 * @file
 * The inside of davy_notify, shared by the files that follow the records, keep the receivers and
 * answer questions.
 *
 * Stage: alarm, inside.
 */
struct davy_notify {
    davy_notify_parts parts;
    davy_notify_queue *queue;
    pthread_t thread;
    bool started, stopping; /* stopping: under `door` */

    pthread_mutex_t lock; /* for all below */
    const davy_site *site;
    davy_timezone *zone;
    davy_worker *workers[DAVY_SITE_RECEIVERS_MAX]; /* as the site's receivers */
    size_t worker_count;
    uint64_t cursor;         /* followed and kept */
    uint64_t ahead;          /* followed, and sent from memory while nothing can be kept */
    int64_t wall_lead_ns;    /* wall clock less monotonic clock, to see a step */
    int64_t purged_ns;       /* monotonic */
    char problem[200];       /* why messages cannot be kept; "" when they can */
    uint64_t followed;       /* records, since opening */
    char damage[200];        /* what was found when it was opened; "" when nothing */
    int64_t damage_until_ns; /* monotonic: told so long */

    /* Word that others leave; nobody who holds this lock waits for anything. */
    pthread_mutex_t door;
    pthread_cond_t wake;
    bool woken;
    davy_notice_draft urgent[DAVY_NOTIFY_URGENT_MAX]; /* a ring */
    size_t urgent_first, urgent_count;
    uint64_t urgent_lost;
};

/** Follow what is new. Under the lock. @return nanoseconds until the next look */
int64_t davy_notify_follow(davy_notify *notify);

/** The worker of a receiver, or NULL. Under the lock. */
davy_worker *davy_notify_worker(const davy_notify *notify, const char *receiver);
