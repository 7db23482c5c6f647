/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_private.h"

#include "store/database.h"
#include "store/head_row.h"

static davy_status check_chunk(davy_day *day, sqlite3_stmt *row, davy_points *points, bool *good)
{
    davy_chunk_head head;
    davy_status status;

    *good = davy_day_read_head(day, row, &head);
    if (!*good)
        return DAVY_OK;
    points->count = 0;
    status = davy_day_decode(day, &head, points);
    *good = status == DAVY_OK;
    return status == DAVY_ERR_CORRUPT ? DAVY_OK : status;
}

/* Walk all heads; *seen (but for the bytes) and *fold are what `total` should say. */
static davy_status check_chunks(davy_day *day, davy_day_totals *seen, uint64_t *damaged,
                                uint64_t *fold)
{
    davy_points points = {0};
    sqlite3_stmt *select;
    int answer = SQLITE_DONE;
    davy_status status = davy_day_prepare(day, SELECT_ALL, &select);

    if (status != DAVY_OK)
        return status;
    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        uint64_t sequence = (uint64_t) sqlite3_column_int64(select, 2);
        bool good;

        status = check_chunk(day, select, &points, &good);
        *fold ^= davy_head_row_checksum(select);
        seen->chunks++;
        seen->samples += davy_head_row_points(select);
        seen->sequence = sequence > seen->sequence ? sequence : seen->sequence;
        *damaged += !good;
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot read the chunks");
    sqlite3_reset(select);
    davy_points_clear(&points);
    return status;
}

/* That its tables can be asked and written to, and that no note of a late chunk is wrong. */
static davy_status check_tables(davy_day *day, uint64_t *damaged)
{
    sqlite3_stmt *statement;
    bool has, astray = false;
    davy_status status = davy_day_has_notes(day, &has);

    for (int which = 0; which < (has ? STATEMENTS : STATEMENTS_OF_ALL) && status == DAVY_OK;
         which++)
        if (which !=
            INSERT_HEAD) /* of a file of format 1 it lacks columns, until it is written to */
            status = davy_day_prepare(day, which, &statement);
    if (status == DAVY_OK)
        status = davy_database_check(day->database);
    if (status == DAVY_OK && has)
        status = davy_day_has_astray(day, &astray);
    *damaged += astray;
    return status;
}

davy_status davy_day_verify(davy_day *day, uint64_t *checked, uint64_t *damaged)
{
    uint64_t fold = 0, expected = 0;
    davy_day_totals totals = {0}, seen = {0};
    davy_status status = davy_day_begin_reading(day); /* one moment for both reads */

    if (status != DAVY_OK)
        return status;
    status = check_chunks(day, &seen, damaged, &fold);
    *checked += seen.chunks;
    if (status == DAVY_OK)
        status = davy_day_read_totals(day, &totals, &expected);
    if (status == DAVY_OK && (totals.chunks != seen.chunks || totals.samples != seen.samples ||
                              totals.sequence != seen.sequence || fold != expected))
        ++*damaged;
    if (status == DAVY_OK)
        status = check_tables(day, damaged);
    davy_day_rest(day);
    if (status == DAVY_ERR_CORRUPT) {
        ++*damaged;
        status = DAVY_OK;
    }
    return status;
}
