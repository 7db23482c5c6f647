/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_private.h"

#include "store/bytes.h"
#include "store/database.h"
#include "store/head_row.h"

#include <stdlib.h>

/*
 * Where a chunk overlaps one that was there before, it may correct it. If it is damaged, what it
 * corrected must not be served as if nothing had been: so its place has to be known even when its
 * head is lost, or the way to it. Such chunks are late, and the table `late` has their places once
 * more, in pages of its own. One damage hits the one or the other.
 *
 * Of two chunks that overlap the one with the larger sequence is late: sealing and merging add the
 * larger last, and what merging cuts off from a group keeps a sequence that another chunk in the
 * same place was late to.
 */

/* The first late chunk brings the table. What overlaps already, in a file that another program
 * made, is not noted; the next compaction merges it. */
static const char make_notes[] =
    "CREATE TABLE IF NOT EXISTS late(signal INTEGER NOT NULL, first_ns INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, span_ns INTEGER NOT NULL, PRIMARY KEY(signal, first_ns, sequence))"
    " STRICT, WITHOUT ROWID;"
    "PRAGMA user_version=3";

_Static_assert(DAVY_DAY_VERSION_LATE == 3, "as make_notes says");

davy_status davy_day_has_notes(davy_day *day, bool *has)
{
    int version = 0;
    davy_status status = DAVY_OK;

    if (!day->notes_late) /* another connection may have made them since */
        status = davy_database_version(day->database, &version);
    *has = day->notes_late || version >= DAVY_DAY_VERSION_LATE;
    return status;
}

static void bind_key(sqlite3_stmt *statement, davy_signal_id signal, int64_t first_ns,
                     int64_t sequence)
{
    sqlite3_bind_int64(statement, 1, signal);
    sqlite3_bind_int64(statement, 2, first_ns);
    sqlite3_bind_int64(statement, 3, sequence);
}

/* Is the chunk in a row of SELECT_BEFORE late? */
static davy_status is_noted(davy_day *day, davy_signal_id signal, sqlite3_stmt *row, bool *noted)
{
    sqlite3_stmt *select;
    davy_status status = davy_day_prepare(day, SELECT_ONE_LATE, &select);

    if (status != DAVY_OK)
        return status;
    bind_key(select, signal, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1));
    return davy_day_find_any(day, select, noted);
}

/* From the last that begins before the end back to one that is not late: that one overlaps nothing
 * before it, so what reaches past it is late itself, and noted. */
static davy_status overlaps_before(davy_day *day, const davy_chunk_head *head, bool has_notes,
                                   bool *overlaps)
{
    sqlite3_stmt *select;
    bool noted = true;
    int answer = SQLITE_DONE;
    davy_status status = davy_day_prepare(day, SELECT_BEFORE, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, head->signal);
    sqlite3_bind_int64(select, 2, head->last_ns);
    while (status == DAVY_OK && !*overlaps && noted &&
           (answer = sqlite3_step(select)) == SQLITE_ROW) {
        *overlaps = sqlite3_column_int64(select, 2) >= head->first_ns;
        noted = false;
        if (!*overlaps && has_notes)
            status = is_noted(day, head->signal, select, &noted);
    }
    if (status == DAVY_OK && answer != SQLITE_ROW && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot look for a chunk");
    sqlite3_reset(select);
    return status;
}

static davy_status begin_late(davy_day *day, davy_signal_id signal, int64_t from_ns, int64_t to_ns,
                              sqlite3_stmt **select)
{
    davy_status status = davy_day_prepare(day, SELECT_LATE, select);

    if (status == DAVY_OK)
        bind_key(*select, signal, from_ns, to_ns);
    return status;
}

static davy_status is_late(davy_day *day, const davy_chunk_head *head, bool has_notes, bool *late)
{
    sqlite3_stmt *select;
    davy_status status;

    *late = false;
    status = overlaps_before(day, head, has_notes, late);
    if (status != DAVY_OK || *late || !has_notes)
        return status;
    status =
        begin_late(day, head->signal, head->first_ns, davy_wrap_add(head->last_ns, 1), &select);
    return status == DAVY_OK ? davy_day_find_any(day, select, late) : status;
}

davy_status davy_day_note_late(davy_day *day, const davy_chunk_head *head)
{
    sqlite3_stmt *insert;
    bool has, late = false;
    davy_status status = davy_day_has_notes(day, &has);

    if (status == DAVY_OK)
        status = is_late(day, head, has, &late);
    if (status != DAVY_OK || !late)
        return status;
    if (!has)
        status = davy_database_run(day->database, make_notes);
    if (status == DAVY_OK)
        status = davy_day_prepare(day, INSERT_LATE, &insert);
    if (status != DAVY_OK)
        return status;
    bind_key(insert, head->signal, head->first_ns, (int64_t) head->sequence);
    sqlite3_bind_int64(insert, 4, head->last_ns - head->first_ns);
    return davy_database_execute(insert, "cannot note a late chunk");
}

davy_status davy_day_forget_late(davy_day *day, const davy_chunk_head *head)
{
    sqlite3_stmt *delete;
    bool has;
    davy_status status = davy_day_has_notes(day, &has);

    if (status != DAVY_OK || !has)
        return status;
    status = davy_day_prepare(day, DELETE_LATE, &delete);
    if (status != DAVY_OK)
        return status;
    bind_key(delete, head->signal, head->first_ns, (int64_t) head->sequence);
    return davy_database_execute(delete, "cannot remove the note of a late chunk");
}

static int compare(const void *a, const void *b)
{
    return davy_chunk_head_compare(a, b);
}

/* Is a noted chunk among the first `count` heads? A note that is damaged itself fits none. */
static bool is_there(const davy_chunk_heads *heads, size_t count, const davy_chunk_head *note)
{
    const davy_chunk_head *found =
        count ? bsearch(note, heads->items, count, sizeof *note, compare) : NULL;

    return found && found->last_ns == note->last_ns;
}

static davy_status read_lost(sqlite3_stmt *select, davy_signal_id signal, davy_chunk_heads *heads)
{
    const size_t read = heads->count;
    davy_status status = DAVY_OK;
    int answer = SQLITE_DONE;

    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        davy_chunk_head note = {.signal = signal,
                                .first_ns = sqlite3_column_int64(select, 0),
                                .sequence = (uint64_t) sqlite3_column_int64(select, 1)};

        note.last_ns = davy_wrap_add(note.first_ns, sqlite3_column_int64(select, 2));
        if (is_there(heads, read, &note))
            continue;
        heads->damaged++;
        if (note.first_ns <= note.last_ns)
            status = davy_chunk_heads_push(heads, &note);
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(sqlite3_db_handle(select), "cannot read the late chunks");
    if (heads->count > read)
        qsort(heads->items, heads->count, sizeof *heads->items, compare);
    return status;
}

davy_status davy_day_add_lost(davy_day *day, davy_signal_id signal, int64_t from_ns, int64_t to_ns,
                              davy_chunk_heads *heads)
{
    sqlite3_stmt *select;
    bool has;
    davy_status status = davy_day_has_notes(day, &has);

    if (status != DAVY_OK || !has)
        return status;
    status = begin_late(day, signal, from_ns, to_ns, &select);
    if (status != DAVY_OK)
        return status;
    status = read_lost(select, signal, heads);
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_newest_late(davy_day *day, davy_signal_id signal, uint64_t *sequence)
{
    sqlite3_stmt *select;
    bool has;
    davy_status status = davy_day_has_notes(day, &has);

    *sequence = 0;
    if (status != DAVY_OK || !has)
        return status;
    status = davy_day_prepare(day, SELECT_NEWEST_LATE, &select);
    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    status = davy_day_step_row(day, select, "late chunks");
    if (status == DAVY_OK)
        *sequence = (uint64_t) sqlite3_column_int64(select, 0);
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_has_astray(davy_day *day, bool *found)
{
    sqlite3_stmt *select;
    davy_status status = davy_day_prepare(day, SELECT_ASTRAY, &select);

    return status == DAVY_OK ? davy_day_find_any(day, select, found) : status;
}
