/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/clock.h"
#include "respond/incident/book.h"
#include "site/site.h"
#include "store/records.h"
#include "store/reserve.h"
#include "store/store.h"

/**
 * @file
 * The keeper: looks after the room on the disk.
 *
 * Stage: app. A thread of its own, because what it does waits for the disk: it removes days whose
 * time is over by the site's classes of retention, and before their time those that may go when the
 * disk runs full; and it takes the reserve for the records of alarms again when there is room.
 */
typedef struct davy_keeper davy_keeper;

typedef struct davy_keeper_parts {
    davy_store *store;
    davy_reserve *reserve;
    davy_records *records;     /* hear of each removal */
    davy_incidents *incidents; /* whose days stay */
    const davy_clock *clock;
    const char *data; /* folder */
    /* The site now, as davy_server_system has it. */
    void *context;
    const davy_site *(*acquire_site)(void *context);
    void (*release_site)(void *context, const davy_site *site);
} davy_keeper_parts;

DAVY_MUST_CHECK davy_status davy_keeper_create(const davy_keeper_parts *parts, davy_keeper **out);
DAVY_MUST_CHECK davy_status davy_keeper_start(davy_keeper *keeper);

/**
 * Keep by the classes of this site from now on. A shorter time that would remove days at once is
 * logged and recorded, and counts a day later (store/terms.h).
 */
DAVY_MUST_CHECK davy_status davy_keeper_take_site(davy_keeper *keeper, const davy_site *site);

/** True, with a sentence, while a shorter time waits. Any thread. */
bool davy_keeper_waits(davy_keeper *keeper, char *text, size_t capacity);

/** Ends the thread. NULL is fine. */
void davy_keeper_stop(davy_keeper *keeper);
/** NULL is fine. */
void davy_keeper_destroy(davy_keeper *keeper);

/** Figures in Prometheus text. */
void davy_keeper_metrics(davy_keeper *keeper, davy_buffer *out);

/** Hold the reserve of a data folder as far as there is room; on a full disk a little of it is
 * given, so that a daemon that starts can open its files. */
DAVY_MUST_CHECK davy_status davy_keeper_open_reserve(const char *data, uint64_t floor_bytes,
                                                     davy_reserve **out);
