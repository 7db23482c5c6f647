/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/database.h"
#include "store/rollup_file.h"

/**
 * @file
 * The inside of a file of rollups. Private to rollup_file.c, which reads and writes blocks,
 * rollup_of_day.c, which knows whose they are, rollup_totals.c, which keeps what they are together,
 * rollup_verify.c, which checks them, and rollup_gone.c, which keeps what outlived its samples.
 *
 * Stage: store.
 */

enum {
    SELECT_THROUGH,
    SELECT_BLOCK,
    SELECT_ALL,
    SELECT_TOTAL,
    SELECT_GONE,
    SELECT_ANY_GONE,
    REPLACE_BLOCK,
    REPLACE_GONE,
    DELETE_GONE,
    UPDATE_TOTAL,
    DAVY_ROLLUP_STATEMENTS
};

struct davy_rollup_file {
    int32_t number;
    unsigned epoch;
    bool writes;
    sqlite3 *database;
    sqlite3_stmt *statements[DAVY_ROLLUP_STATEMENTS]; /* prepared on first use */
    davy_rollup_totals totals;                        /* between begin and end: as they will be */
    uint64_t fold;
};

/** What marks a new file with its day, as SQL. */
void davy_rollup_file_mark(int32_t number, char *sql, size_t size);

/** DAVY_ERR_CORRUPT when it is marked with another one. */
DAVY_MUST_CHECK davy_status davy_rollup_file_check_day(const davy_rollup_file *file);

DAVY_MUST_CHECK davy_status davy_rollup_file_prepare(davy_rollup_file *file, int which,
                                                     sqlite3_stmt **out);

DAVY_MUST_CHECK davy_status davy_rollup_file_read_totals(davy_rollup_file *file,
                                                         davy_rollup_totals *totals,
                                                         uint64_t *fold);

DAVY_MUST_CHECK davy_status davy_rollup_file_write_totals(davy_rollup_file *file);

/** What a stepped statement over (id, through, bytes) is at. */
typedef struct davy_rollup_row {
    int64_t id;
    uint64_t through;
    const uint8_t *bytes; /* until the statement is stepped or reset */
    size_t length;        /* with the checksum */
} davy_rollup_row;

davy_rollup_row davy_rollup_row_read(sqlite3_stmt *select);

/** The checksum at its end. */
uint32_t davy_rollup_row_checksum(const davy_rollup_row *row);

/** False when it is damaged. @param number  of the day */
bool davy_rollup_row_decode(davy_codec_work *work, int32_t number, const davy_rollup_row *row,
                            davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX], size_t *count);

/** The same for times in state, which davy_rollup_row_is_states() tells apart. */
bool davy_rollup_row_decode_states(davy_codec_work *work, int32_t number,
                                   const davy_rollup_row *row, davy_held_block *block);
bool davy_rollup_row_is_states(const davy_rollup_row *row);
