/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/day.h"

#include <sqlite3.h>

/**
 * @file
 * The inside of a day file. Private to day.c, which opens and reads, day_change.c, day_check.c and
 * day_late.c.
 *
 * Stage: store.
 */
#define DAVY_DAY_VERSION 4 /* of a new file */

/* Formats from which on a file has heads in bytes and notes of late chunks. An older one keeps its
 * heads as they are, and becomes of the second of these with its first late chunk. */
#define DAVY_DAY_VERSION_PACKED 4
#define DAVY_DAY_VERSION_LATE   3

enum {
    SELECT_HEADS,
    SELECT_ALL,
    SELECT_ONE,
    SELECT_SIGNAL,
    SELECT_SIGNAL_BELOW,
    SELECT_NEWEST,
    SELECT_ALL_NEWEST,
    SELECT_BLOB,
    SELECT_LAST_BLOB,
    SELECT_TOTAL,
    SELECT_SHARERS,
    SELECT_BEFORE,
    INSERT_BLOB,
    INSERT_HEAD,
    DELETE_HEAD,
    DELETE_BLOB,
    UPDATE_TOTAL,
    STATEMENTS_OF_ALL,
    SELECT_LATE = STATEMENTS_OF_ALL, /* what follows is of files with notes of late chunks */
    SELECT_ONE_LATE,
    SELECT_NEWEST_LATE,
    SELECT_ASTRAY,
    INSERT_LATE,
    DELETE_LATE,
    STATEMENTS
};

struct davy_day {
    davy_day_file file;
    unsigned epoch;
    unsigned settled; /* changes that had failed at the last davy_day_settle(); 0: none was made */
    bool packed;      /* its heads are in bytes */
    bool notes_late;  /* it had notes of late chunks when it was opened */
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS]; /* prepared on first use */
    davy_codec_work *work;
    davy_day_totals totals; /* between begin and end: as they will be */
    uint64_t fold;
    int64_t last_blob;
    int64_t times_id; /* blob in `times`, 0 for none: neighbours in a poll group share it */
    davy_buffer times;
};

/** Bring to disk what SQLite takes for committed: once, and after changes that failed. */
DAVY_MUST_CHECK davy_status davy_day_settle(davy_day *day);

/** A change failed, of whatever day file. */
void davy_day_note_failure(void);

/** A statement, prepared on first use. */
DAVY_MUST_CHECK davy_status davy_day_prepare(davy_day *day, int which, sqlite3_stmt **out);

/** Step a statement that must give one row. */
DAVY_MUST_CHECK davy_status davy_day_step_row(davy_day *day, sqlite3_stmt *statement,
                                              const char *what);

/** Step and reset a statement that may give a row. */
DAVY_MUST_CHECK davy_status davy_day_find_any(davy_day *day, sqlite3_stmt *select, bool *found);

DAVY_MUST_CHECK davy_status davy_day_read_totals(davy_day *day, davy_day_totals *totals,
                                                 uint64_t *fold);

/** The head in a row; false when it is damaged or not of this day. */
bool davy_day_read_head(const davy_day *day, sqlite3_stmt *row, davy_chunk_head *head);

/** Read heads and blobs of one moment, until davy_day_rest(): else a chunk could be merged away
 * between the two. */
DAVY_MUST_CHECK davy_status davy_day_begin_reading(davy_day *day);

/** True when the file has notes of late chunks. */
DAVY_MUST_CHECK davy_status davy_day_has_notes(davy_day *day, bool *has);

/** Note a chunk that is about to be added, if it overlaps one that is there. */
DAVY_MUST_CHECK davy_status davy_day_note_late(davy_day *day, const davy_chunk_head *head);

/** Take the note of a chunk out, if there is one. */
DAVY_MUST_CHECK davy_status davy_day_forget_late(davy_day *day, const davy_chunk_head *head);

/** Add to the heads of a signal that touch [from_ns, to_ns), as they were read, those of late
 * chunks that are noted and were not read: they are damaged, and of each its place is known. */
DAVY_MUST_CHECK davy_status davy_day_add_lost(davy_day *day, davy_signal_id signal, int64_t from_ns,
                                              int64_t to_ns, davy_chunk_heads *heads);

/** The highest sequence of a late chunk of a signal, as it is noted; 0 when there is none. */
DAVY_MUST_CHECK davy_status davy_day_newest_late(davy_day *day, davy_signal_id signal,
                                                 uint64_t *sequence);

/** True when a note fits no chunk. */
DAVY_MUST_CHECK davy_status davy_day_has_astray(davy_day *day, bool *found);
