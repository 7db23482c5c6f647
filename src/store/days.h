/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/day.h"
#include "store/day_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The day files of a store and a pool of connections to them.
 *
 * Stage: store. A day has a file for each class of retention that anything of it was sealed under.
 * A query or the sealer borrows a connection and puts it back; a few idle ones are kept, since
 * opening costs more than a small query. Any thread may call.
 */
typedef struct davy_days davy_days;

/** Classes that files of one folder may be of: those of today's site file and of earlier ones. */
#define DAVY_DAYS_CLASSES_MAX 256

/** Find the day files of a folder, which is made unless `read_only`. */
DAVY_MUST_CHECK davy_status davy_days_open(const char *folder, bool read_only, davy_days **out);

/** No connection may be out. NULL is fine. */
void davy_days_close(davy_days *days);

/** The number of a class of retention, given on first use; "" is 0, the default. */
DAVY_MUST_CHECK davy_status davy_days_class(davy_days *days, const char *name, uint16_t *class_id);

/** The name of a class, borrowed until the pool is closed; "" for the default. */
const char *davy_days_class_name(davy_days *days, uint16_t class_id);

/** How many files went since the pool was opened. Who put an answer together from several looks at
 * files and finds another number than before asks again: a file may have gone in between. */
uint64_t davy_days_struck(davy_days *days);

/** Numbers of the days [from, to] that have a file, ascending, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_days_list(davy_days *days, int32_t from, int32_t to,
                                           int32_t **numbers, size_t *count);

/** Files of the days [from, to], by day and class, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_days_files(davy_days *days, int32_t from, int32_t to,
                                            davy_day_file **files, size_t *count);

/** Borrow a connection to a file that is there; DAVY_ERR_NOT_FOUND when it is not, or not any more:
 * its time was over. */
DAVY_MUST_CHECK davy_status davy_days_get(davy_days *days, davy_day_file file, davy_day **out);

/** Borrow one, and make the file when there is none. */
DAVY_MUST_CHECK davy_status davy_days_make(davy_days *days, davy_day_file file, davy_day **out);

/** Give it back; NULL is fine. `broken`: do not use it again. */
void davy_days_put(davy_days *days, davy_day *day, bool broken);

/**
 * Put the names of the day files and of what belongs to them on disk, before points in them are
 * forgotten elsewhere. SQLite does so itself when it makes a file, and passes over a failure; what
 * a power cut then leaves is a database without its -wal, or one that an old journal empties.
 */
DAVY_MUST_CHECK davy_status davy_days_sync(davy_days *days);

/** Rename a damaged day file, so that a new one can be begun; what it still holds can be rescued.
 * It is missed until a person removes it. */
DAVY_MUST_CHECK davy_status davy_days_set_aside(davy_days *days, davy_day_file file);

/**
 * Remove a day file for good. It is gone in one step; what a crash leaves of it is swept when the
 * folder is opened. Who has borrowed a connection reads on undisturbed.
 *
 * @param bytes  room that this gave
 */
DAVY_MUST_CHECK davy_status davy_days_remove(davy_days *days, davy_day_file file, uint64_t *bytes);

/** Files that were set aside, are marked as gone, or are missed by a reader. */
uint64_t davy_days_missed(davy_days *days);

/**
 * Look into the folder again, for what a person has done there while the store is open: what was
 * set aside and is removed now is missed no more, and a day file that was put back answers again.
 * By the writer, one thread at a time.
 *
 * @param returned  files that were put back
 */
DAVY_MUST_CHECK davy_status davy_days_look_again(davy_days *days, size_t *returned);

/** What is missed: the name of a file that was set aside (and its bytes, 0: it is gone whole), or
 * of one that a reader misses. A status other than DAVY_OK ends the walk and is given. */
typedef davy_status (*davy_days_miss)(void *context, const char *name, uint64_t bytes);
DAVY_MUST_CHECK davy_status davy_days_visit_missed(davy_days *days, davy_days_miss visit,
                                                   void *context);

/** Path of a file. */
void davy_days_path(davy_days *days, davy_day_file file, char *path, size_t capacity);
