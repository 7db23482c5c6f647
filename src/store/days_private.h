/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/days.h"

#include <limits.h>
#include <pthread.h>

/**
 * @file
 * The inside of the pool of day files. Private to the stage.
 *
 * Stage: store. days.c lends connections, days_folder.c finds, renames and removes files.
 */

#define DAVY_DAYS_IDLE_MAX ((size_t) 16)

/** Classes that files of one folder may be of: those of today's site file and of earlier ones. */
#define DAVY_DAYS_CLASSES_MAX 256

struct davy_days {
    char folder[PATH_MAX - 80];
    bool read_only;
    pthread_rwlock_t names; /* held for reading while a file is opened, else while one is renamed */
    pthread_mutex_t lock;   /* for what follows; taken after `names` */
    davy_day_file *files;   /* ascending */
    size_t count, capacity;
    char classes[DAVY_DAYS_CLASSES_MAX][DAVY_DAY_CLASS_MAX];
    size_t class_count;
    davy_day *idle[DAVY_DAYS_IDLE_MAX]; /* longest idle first */
    size_t idle_count;
    unsigned epoch; /* goes up when a file is set aside: older connections may be to it */
};

/** Put a file on the list, or strike it off. Under the lock, or before anybody knows the pool. */
DAVY_MUST_CHECK davy_status davy_days_enlist(davy_days *days, davy_day_file file);
void davy_days_strike(davy_days *days, davy_day_file file);

/** An idle connection to a file, or NULL. */
davy_day *davy_days_take_idle(davy_days *days, davy_day_file file);

/** List what is in the folder; the writer sweeps what a crash left. */
DAVY_MUST_CHECK davy_status davy_days_look(davy_days *days);
