/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Removing day files: when their time is over, and when the disk runs full.
 *
 * Stage: store. What goes is one file of one UTC day and one class of retention, whole; records are
 * never touched. The caller says what day it is, what must stay, and hears of each file before it
 * goes. Nothing is removed while a backup reads, nor of the day of `now_ns` or later.
 */

/** A stretch of time whose days stay: what happened then is evidence. */
typedef struct davy_store_hold {
    int64_t from_ns, to_ns;
} davy_store_hold;

/** A file that is about to go; the texts are borrowed for the call. */
typedef struct davy_store_removal {
    const char *file;       /* below the data folder */
    const char *class_name; /* "default" for that of the rest */
    int64_t from_ns, to_ns; /* the day */
    uint64_t bytes;         /* on the disk */
    uint64_t samples;       /* 0 as well when the file does not say */
    int64_t kept_ns;        /* how long its class says that it is kept at least */
} davy_store_removal;

typedef struct davy_store_retention {
    int64_t now_ns; /* wall */
    const davy_store_hold *holds;
    size_t hold_count;
    /* Any status but DAVY_OK keeps the file and ends the walk. */
    davy_status (*removes)(void *context, const davy_store_removal *removal);
    void *context;
} davy_store_retention;

/** What a walk did. */
typedef struct davy_store_removed {
    uint64_t files, bytes;
    uint64_t held; /* files whose time is over and that are held */
} davy_store_removed;

struct davy_store;

/** Remove what is past the time of its class. DAVY_ERR_UNAVAILABLE while a backup reads. */
DAVY_MUST_CHECK davy_status davy_store_remove_expired(struct davy_store *store,
                                                      const davy_store_retention *retention,
                                                      davy_store_removed *removed);

/** Remove the oldest file that may go when the disk is full; DAVY_ERR_NOT_FOUND when none may. */
DAVY_MUST_CHECK davy_status davy_store_remove_oldest(struct davy_store *store,
                                                     const davy_store_retention *retention,
                                                     davy_store_removed *removed);

/** What the day files of a class take; the default has the name "default". */
typedef void (*davy_store_class_visit)(void *context, const char *class_name, uint64_t bytes);
DAVY_MUST_CHECK davy_status davy_store_visit_classes(struct davy_store *store,
                                                     davy_store_class_visit visit, void *context);

/** The end of the newest day that has samples in a day file; DAVY_ERR_NOT_FOUND without one. */
DAVY_MUST_CHECK davy_status davy_store_newest_day(struct davy_store *store, int64_t *end_ns);
