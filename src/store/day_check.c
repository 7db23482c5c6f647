/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_private.h"

#include "store/database.h"
#include "store/head_row.h"

#include <stdio.h>

/* A walk over everything in a file. */
struct check {
    davy_day *day;
    uint64_t *damaged;
    davy_day_tell tell;
    void *context;
};

static void say(const struct check *check, const davy_chunk_head *head, const char *what)
{
    ++*check->damaged;
    check->tell(check->context, head, what);
}

static davy_status check_chunk(const struct check *check, sqlite3_stmt *row, davy_points *points)
{
    davy_chunk_head head;
    davy_status status;

    if (!davy_day_read_head(check->day, row, &head)) {
        say(check, NULL, "the head of a chunk does not fit its checksum");
        return DAVY_OK;
    }
    points->count = 0;
    status = davy_day_decode(check->day, &head, points);
    if (status != DAVY_ERR_CORRUPT)
        return status;
    say(check, &head, davy_error());
    return DAVY_OK;
}

/* Walk all heads; *seen (but for the bytes) and *fold are what `total` should say. */
static davy_status check_chunks(const struct check *check, davy_day_totals *seen, uint64_t *fold)
{
    davy_points points = {0};
    sqlite3_stmt *select;
    int answer = SQLITE_DONE;
    davy_status status = davy_day_prepare(check->day, SELECT_ALL, &select);

    if (status != DAVY_OK)
        return status;
    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        uint64_t sequence = (uint64_t) sqlite3_column_int64(select, 2);

        status = check_chunk(check, select, &points);
        *fold ^= davy_head_row_checksum(select);
        seen->chunks++;
        seen->samples += davy_head_row_points(select);
        seen->sequence = sequence > seen->sequence ? sequence : seen->sequence;
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(check->day->database, "cannot read the chunks");
    sqlite3_reset(select);
    davy_points_clear(&points);
    return status;
}

/* What is there beside what the file says that it has. */
static davy_status check_totals(const struct check *check, const davy_day_totals *seen,
                                uint64_t fold)
{
    davy_day_totals totals = {0};
    uint64_t expected = 0;
    char what[160];
    davy_status status = davy_day_read_totals(check->day, &totals, &expected);

    if (status != DAVY_OK || (totals.chunks == seen->chunks && totals.samples == seen->samples &&
                              totals.sequence == seen->sequence && fold == expected))
        return status;
    (void) snprintf(what, sizeof what,
                    "there are %llu chunks with %llu samples, there should be %llu with %llu%s",
                    (unsigned long long) seen->chunks, (unsigned long long) seen->samples,
                    (unsigned long long) totals.chunks, (unsigned long long) totals.samples,
                    totals.chunks == seen->chunks ? ", and they are not the same" : "");
    say(check, NULL, what);
    return DAVY_OK;
}

/* That its tables can be asked and written to, and that no note of a late chunk is wrong. */
static davy_status check_tables(const struct check *check)
{
    davy_day *day = check->day;
    sqlite3_stmt *statement;
    bool has, astray = false;
    davy_status status = davy_day_has_notes(day, &has);

    for (int which = 0; which < (has ? STATEMENTS : STATEMENTS_OF_ALL) && status == DAVY_OK;
         which++)
        if (which != INSERT_HEAD) /* of a file of format 1 it lacks columns */
            status = davy_day_prepare(day, which, &statement);
    if (status == DAVY_OK)
        status = davy_database_check(day->database);
    if (status == DAVY_OK && has)
        status = davy_day_has_astray(day, &astray);
    if (astray)
        say(check, NULL, "a late chunk is noted that is not there");
    return status;
}

davy_status davy_day_verify(davy_day *day, uint64_t *checked, uint64_t *damaged, davy_day_tell tell,
                            void *context)
{
    const struct check check = {day, damaged, tell, context};
    davy_day_totals seen = {0};
    uint64_t fold = 0;
    davy_status status = davy_day_begin_reading(day); /* one moment for all reads */

    if (status != DAVY_OK)
        return status;
    status = check_chunks(&check, &seen, &fold);
    *checked += seen.chunks;
    if (status == DAVY_OK)
        status = check_totals(&check, &seen, fold);
    if (status == DAVY_OK)
        status = check_tables(&check);
    davy_day_rest(day);
    if (status == DAVY_ERR_CORRUPT) {
        say(&check, NULL, davy_error());
        status = DAVY_OK;
    }
    return status;
}
