/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "store/days.h"

#include <limits.h>
#include <pthread.h>

/**
 * @file
 * The inside of the pool of day files. Private to the stage.
 *
 * Stage: store. days.c lends connections, days_folder.c finds, renames and removes files,
 * days_check.c tells which are damaged or gone, days_again.c what a person did about them.
 */

/* A chart of a month asks for day after day, signal after signal. */
#define DAVY_DAYS_IDLE_MAX ((size_t) 32)

struct davy_days {
    char folder[PATH_MAX - 80];
    bool read_only;
    pthread_rwlock_t names; /* held for reading while a file is opened, else while one is renamed */
    pthread_mutex_t lock;   /* for what follows; taken after `names` */
    davy_day_file *files;   /* ascending */
    size_t count, capacity;
    uint64_t struck; /* files that were taken off it */
    char classes[DAVY_DAYS_CLASSES_MAX][DAVY_DAY_CLASS_MAX];
    size_t class_count;
    davy_day *idle[DAVY_DAYS_IDLE_MAX]; /* longest idle first */
    size_t idle_count;
    size_t aside;     /* files that were set aside, or are marked as gone */
    davy_buffer gone; /* names of files that a reader missed, each ended by a zero */
    size_t gone_count;
    unsigned epoch; /* goes up when a file is set aside: older connections may be to it */
};

/** Put a file on the list, or strike it off. Under the lock, or before anybody knows the pool. */
DAVY_MUST_CHECK davy_status davy_days_enlist(davy_days *days, davy_day_file file);
void davy_days_strike(davy_days *days, davy_day_file file);
bool davy_days_is_listed(const davy_days *days, davy_day_file file);

/** An idle connection to a file, or NULL. */
davy_day *davy_days_take_idle(davy_days *days, davy_day_file file);

/** List what is in the folder; the writer sweeps what a crash left. */
DAVY_MUST_CHECK davy_status davy_days_look(davy_days *days);

/** Compare what is in the folder with what ought to be. The writer sets aside what is no day file
 * any more and marks what is gone; a reader takes note of it. */
DAVY_MUST_CHECK davy_status davy_days_check(davy_days *days);

/** True for a file that begins as SQLite's do; false as well when it cannot be read. */
bool davy_days_is_database(const char *path);

/** Write the list of the files that ought to be there. By one thread at a time. */
DAVY_MUST_CHECK davy_status davy_days_write_names(davy_days *days);

/** Rename a file and what stands beside it. */
DAVY_MUST_CHECK davy_status davy_days_rename_aside(const char *path);

/** True for a name that davy_days_rename_aside() gave to a database, or a mark of one that is gone.
 */
bool davy_days_is_aside(const char *name);
