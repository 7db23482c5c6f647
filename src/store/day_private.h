/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/day.h"

#include <sqlite3.h>

/**
 * @file
 * The inside of a day file. Private to day.c, which opens and reads, day_change.c and day_check.c.
 *
 * Stage: store.
 */
#define DAVY_DAY_VERSION 2

enum {
    SELECT_HEADS,
    SELECT_ALL,
    SELECT_ONE,
    SELECT_SIGNAL,
    SELECT_NEWEST,
    SELECT_ALL_NEWEST,
    SELECT_BLOB,
    SELECT_LAST_BLOB,
    SELECT_TOTAL,
    SELECT_SHARERS,
    INSERT_BLOB,
    INSERT_HEAD,
    DELETE_HEAD,
    DELETE_BLOB,
    UPDATE_TOTAL,
    STATEMENTS
};

struct davy_day {
    davy_day_file file;
    unsigned epoch;
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS]; /* prepared on first use */
    davy_codec_work *work;
    davy_day_totals totals; /* between begin and end: as they will be */
    uint64_t fold;
    int64_t last_blob;
    int64_t times_id; /* blob in `times`, 0 for none: neighbours in a poll group share it */
    davy_buffer times;
};

/** A statement, prepared on first use. */
DAVY_MUST_CHECK davy_status davy_day_prepare(davy_day *day, int which, sqlite3_stmt **out);

/** Step a statement that must give one row. */
DAVY_MUST_CHECK davy_status davy_day_step_row(davy_day *day, sqlite3_stmt *statement,
                                              const char *what);

/** Step and reset a statement that may give a row. */
DAVY_MUST_CHECK davy_status davy_day_find_any(davy_day *day, sqlite3_stmt *select, bool *found);

DAVY_MUST_CHECK davy_status davy_day_read_totals(davy_day *day, davy_day_totals *totals,
                                                 uint64_t *fold);

/** Read heads and blobs of one moment, until davy_day_rest(): else a chunk could be merged away
 * between the two. */
DAVY_MUST_CHECK davy_status davy_day_begin_reading(davy_day *day);
