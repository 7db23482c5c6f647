/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_private.h"

#include "store/database.h"
#include "store/head_row.h"

davy_day_totals davy_day_pending(const davy_day *day)
{
    return day->totals;
}

static davy_status write_totals(davy_day *day)
{
    sqlite3_stmt *update;
    davy_status status = davy_day_prepare(day, UPDATE_TOTAL, &update);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(update, 1, (sqlite3_int64) day->totals.chunks);
    sqlite3_bind_int64(update, 2, (sqlite3_int64) day->totals.samples);
    sqlite3_bind_int64(update, 3, (sqlite3_int64) day->totals.blob_bytes);
    sqlite3_bind_int64(update, 4, (sqlite3_int64) day->totals.sequence);
    sqlite3_bind_int64(update, 5, (sqlite3_int64) day->fold);
    return davy_database_execute(update, "cannot keep the totals");
}

static davy_status read_last_blob(davy_day *day)
{
    sqlite3_stmt *select;
    davy_status status = davy_day_prepare(day, SELECT_LAST_BLOB, &select);

    if (status == DAVY_OK)
        status = davy_day_step_row(day, select, "blobs");
    if (status == DAVY_OK)
        day->last_blob = sqlite3_column_int64(select, 0);
    sqlite3_reset(select);
    return status;
}

/* A file of format 1 is read as it is, and gets the columns of format 2 before it is written to. */
static const char upgrade[] = "ALTER TABLE chunk ADD COLUMN uncertain INTEGER;"
                              "ALTER TABLE chunk ADD COLUMN odd INTEGER;"
                              "ALTER TABLE chunk ADD COLUMN steepest REAL;"
                              "ALTER TABLE chunk ADD COLUMN still_ns INTEGER;"
                              "ALTER TABLE chunk ADD COLUMN still_last_ns INTEGER;"
                              "PRAGMA user_version=2";

/* Inside the transaction of what is written: both are there or neither. */
static davy_status bring_up(davy_day *day)
{
    int version;
    davy_status status = davy_database_version(day->database, &version);

    return status == DAVY_OK && version < 2 ? davy_database_run(day->database, upgrade) : status;
}

davy_status davy_day_begin(davy_day *day)
{
    davy_status status;

    davy_day_rest(day);
    status = davy_database_begin(day->database);

    if (status != DAVY_OK)
        return status;
    status = davy_day_settle(day);
    if (status == DAVY_OK)
        status = bring_up(day);
    if (status == DAVY_OK)
        status = davy_day_read_totals(day, &day->totals, &day->fold);
    if (status == DAVY_OK)
        status = read_last_blob(day);
    return status == DAVY_OK ? DAVY_OK : davy_database_end(day->database, status);
}

davy_status davy_day_end(davy_day *day, davy_status status)
{
    if (status == DAVY_OK)
        status = write_totals(day);
    status = davy_database_end(day->database, status);
    if (status != DAVY_OK)
        davy_day_note_failure();
    return status;
}

davy_status davy_day_add_blob(davy_day *day, davy_buffer *content, int64_t *id)
{
    sqlite3_stmt *insert;
    davy_status status = davy_day_prepare(day, INSERT_BLOB, &insert);

    if (status != DAVY_OK)
        return status;
    davy_blob_close(content, day->last_blob + 1);
    status = davy_buffer_ok(content);
    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(insert, 1, day->last_blob + 1);
    sqlite3_bind_blob64(insert, 2, content->bytes, content->length, SQLITE_STATIC);
    status = davy_database_execute(insert, "cannot keep a chunk");
    sqlite3_clear_bindings(insert);
    if (status != DAVY_OK)
        return status;
    *id = ++day->last_blob;
    day->totals.blob_bytes += content->length;
    return DAVY_OK;
}

davy_status davy_day_add(davy_day *day, const davy_chunk_head *head)
{
    uint32_t checksum = davy_chunk_head_checksum(head);
    sqlite3_stmt *insert;
    davy_status status = davy_day_note_late(day, head);

    if (status == DAVY_OK)
        status = davy_day_prepare(day, INSERT_HEAD, &insert);
    if (status != DAVY_OK)
        return status;
    if (day->packed)
        davy_head_bind_packed(insert, head, checksum);
    else
        davy_head_bind(insert, head, checksum);
    status = davy_database_execute(insert, "cannot keep the head of a chunk");
    if (status != DAVY_OK)
        return status;
    day->totals.chunks++;
    day->totals.samples += head->count;
    if (head->sequence > day->totals.sequence)
        day->totals.sequence = head->sequence;
    day->fold ^= checksum;
    return DAVY_OK;
}

static davy_status delete_blob(davy_day *day, int64_t id)
{
    sqlite3_stmt *delete;
    davy_status status = davy_day_prepare(day, DELETE_BLOB, &delete);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(delete, 1, id);
    status = davy_day_step_row(day, delete, "blob of a chunk");
    if (status == DAVY_OK)
        day->totals.blob_bytes -= (uint64_t) sqlite3_column_int64(delete, 0);
    while (status == DAVY_OK && sqlite3_step(delete) == SQLITE_ROW)
        continue;
    sqlite3_reset(delete);
    return status;
}

davy_status davy_day_remove(davy_day *day, const davy_chunk_head *head)
{
    sqlite3_stmt *delete;
    davy_status status = davy_day_prepare(day, DELETE_HEAD, &delete);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(delete, 1, head->signal);
    sqlite3_bind_int64(delete, 2, head->first_ns);
    sqlite3_bind_int64(delete, 3, (sqlite3_int64) head->sequence);
    status = davy_database_execute(delete, "cannot remove the head of a chunk");
    if (status == DAVY_OK && sqlite3_changes(day->database) != 1)
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s': a chunk of signal %u is not there",
                           sqlite3_db_filename(day->database, "main"), head->signal);
    if (status == DAVY_OK)
        status = davy_day_forget_late(day, head);
    if (status != DAVY_OK)
        return status;
    day->totals.chunks--;
    day->totals.samples -= head->count;
    day->fold ^= davy_chunk_head_checksum(head);
    return delete_blob(day, head->data);
}

davy_status davy_day_remove_times(davy_day *day, int64_t id)
{
    sqlite3_stmt *select;
    bool found;
    davy_status status = davy_day_prepare(day, SELECT_SHARERS, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, id);
    status = davy_day_find_any(day, select, &found);
    return status == DAVY_OK && !found ? delete_blob(day, id) : status;
}
