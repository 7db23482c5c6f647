/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records.h"

#include "core/buffer.h"
#include "core/file.h"
#include "store/bytes.h"
#include "store/database.h"
#include "store/records_head.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The triggers keep honest programs from changing what was written; the chain of hashes tells when
 * a dishonest one did.
 */
static const davy_database_schema schema = {
    .version = 1,
    .page_bytes = 4096,
    .sql = "CREATE TABLE record(sequence INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
           " kind INTEGER NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,"
           " hash BLOB NOT NULL) STRICT;"
           "CREATE INDEX record_subject ON record(subject, sequence);"
           "CREATE INDEX record_kind ON record(kind, sequence);"
           "CREATE TRIGGER record_update BEFORE UPDATE ON record"
           " BEGIN SELECT raise(ABORT, 'records are never changed'); END;"
           "CREATE TRIGGER record_delete BEFORE DELETE ON record"
           " BEGIN SELECT raise(ABORT, 'records are never removed'); END;",
};

#define HASH_BYTES DAVY_RECORDS_HASH

/* Rows are read so many at a time, so that a visitor may take its time or append. */
#define PAGE_ROWS 256

struct davy_records {
    pthread_mutex_t lock; /* for the connection */
    sqlite3 *database;
    sqlite3_stmt *insert, *head, *hash_at, *select;
    bool read_only;
    bool cut;              /* records were missing at the end */
    int head_file;         /* where the chain ends, for the next opening; -1: not a writer */
    davy_reserve *reserve; /* may be NULL */
    bool failed; /* a commit failed in the disk: nothing is known about the file any more */
};

static davy_status prepare(davy_records *records)
{
    davy_status status = davy_database_prepare(
        records->database, "SELECT sequence, hash FROM record ORDER BY sequence DESC LIMIT 1",
        &records->head);

    if (status == DAVY_OK)
        status = davy_database_prepare(
            records->database, "SELECT hash FROM record WHERE sequence = ?1", &records->hash_at);
    if (status == DAVY_OK)
        status = davy_database_prepare(
            records->database,
            "SELECT sequence, time_ns, kind, subject, body, hash FROM record WHERE sequence > ?1"
            " AND (?2 = 0 OR kind = ?2) AND (?3 IS NULL OR subject = ?3)"
            " ORDER BY sequence LIMIT ?4",
            &records->select);
    if (status == DAVY_OK && !records->read_only)
        status =
            davy_database_prepare(records->database,
                                  "INSERT INTO record(sequence, time_ns, kind, subject, body, hash)"
                                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                                  &records->insert);
    return status;
}

/* Does the chain hold the record that it ended with once? */
static davy_status holds(davy_records *records, const davy_records_head *head, bool *same)
{
    davy_status status = DAVY_OK;
    int answer;

    *same = head->sequence == 0;
    if (*same)
        return DAVY_OK;
    sqlite3_bind_int64(records->hash_at, 1, (sqlite3_int64) head->sequence);
    answer = sqlite3_step(records->hash_at);
    if (answer == SQLITE_ROW)
        *same = sqlite3_column_bytes(records->hash_at, 0) == (int) HASH_BYTES &&
                memcmp(sqlite3_column_blob(records->hash_at, 0), head->hash, HASH_BYTES) == 0;
    else if (answer != SQLITE_DONE)
        status = davy_database_fail(records->database, "cannot read where the records end");
    sqlite3_reset(records->hash_at);
    return status;
}

/* Sequence and hash of the last record; 0 and zeros when there is none. */
static davy_status read_end(davy_records *records, davy_records_head *end)
{
    davy_status status = DAVY_OK;
    int answer = sqlite3_step(records->head);

    *end = (davy_records_head){0};
    if (answer == SQLITE_ROW && sqlite3_column_bytes(records->head, 1) == (int) HASH_BYTES) {
        end->sequence = (uint64_t) sqlite3_column_int64(records->head, 0);
        memcpy(end->hash, sqlite3_column_blob(records->head, 1), HASH_BYTES);
    } else if (answer == SQLITE_ROW) {
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s': the last record has no hash",
                           sqlite3_db_filename(records->database, "main"));
    } else if (answer != SQLITE_DONE) {
        status = davy_database_fail(records->database, "cannot read the last record");
    }
    sqlite3_reset(records->head);
    return status;
}

/* What was read of a head, if that was possible: what it says, and whether it says anything. */
static davy_status read_head(const char *file, davy_records_head *head, bool *readable)
{
    davy_status status = davy_records_head_read(file, head);

    *readable = status == DAVY_OK;
    return status == DAVY_ERR_NOT_FOUND || status == DAVY_ERR_CORRUPT ? DAVY_OK : status;
}

/* Does the head, if it can be read, say where the chain was once? Without records it need not be
 * there. */
static davy_status vouches(davy_records *records, bool readable, const davy_records_head *head,
                           uint64_t end, bool *whole)
{
    *whole = end == 0;
    return readable ? holds(records, head, whole) : DAVY_OK;
}

/* A writer goes on from the end that it finds; a head that does not vouch for it is kept as
 * evidence. */
static davy_status open_head(davy_records *records, const char *file)
{
    davy_records_head head, end;
    bool readable, whole = false;
    davy_status status = read_head(file, &head, &readable);

    if (status == DAVY_OK)
        status = read_end(records, &end);
    if (status == DAVY_OK)
        status = vouches(records, readable, &head, end.sequence, &whole);
    if (status != DAVY_OK)
        return status;
    records->cut = !whole;
    if (!records->read_only && (!records->cut || davy_records_head_accuse(file)))
        records->head_file = davy_records_head_open(file, &end);
    records->cut = records->cut || davy_records_head_accused(file, &head);
    return DAVY_OK;
}

static davy_status open_records(const char *file, bool read_only, davy_records **out)
{
    davy_records *records = calloc(1, sizeof *records);
    davy_status status;

    if (!records)
        return davy_fail(DAVY_ERR_NOMEM, "records '%s'", file);
    pthread_mutex_init(&records->lock, NULL);
    records->read_only = read_only;
    records->head_file = -1;
    status = sodium_init() < 0 ? davy_fail(DAVY_ERR_IO, "libsodium does not start")
                               : davy_database_open(file, read_only, &schema, &records->database);
    if (status == DAVY_OK)
        status = prepare(records);
    if (status == DAVY_OK)
        status = open_head(records, file);
    /* SQLite syncs the name of the -wal that it has just made, and passes over a failure. */
    if (status == DAVY_OK && !read_only)
        status = davy_file_sync_parent(file);
    if (status != DAVY_OK) {
        davy_records_close(records);
        return status;
    }
    *out = records;
    return DAVY_OK;
}

davy_status davy_records_open(const char *file, davy_records **out)
{
    return open_records(file, false, out);
}

davy_status davy_records_open_read_only(const char *file, davy_records **out)
{
    return open_records(file, true, out);
}

void davy_records_use_reserve(davy_records *records, davy_reserve *reserve)
{
    records->reserve = reserve;
}

void davy_records_close(davy_records *records)
{
    if (!records)
        return;
    sqlite3_finalize(records->insert);
    sqlite3_finalize(records->head);
    sqlite3_finalize(records->hash_at);
    sqlite3_finalize(records->select);
    davy_database_close(records->database);
    if (records->head_file >= 0)
        close(records->head_file);
    pthread_mutex_destroy(&records->lock);
    free(records);
}

static void hash_number(crypto_generichash_state *state, uint64_t number)
{
    uint8_t bytes[8];

    davy_put_u64(bytes, number);
    crypto_generichash_update(state, bytes, sizeof bytes);
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
    size_t length = strlen(text);

    hash_number(state, length); /* so that no two records have the same bytes */
    crypto_generichash_update(state, (const uint8_t *) text, length);
}

/* hash <- BLAKE2b(hash of the record before, all fields) */
static void chain(uint8_t hash[HASH_BYTES], const davy_record *record)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&state, hash, HASH_BYTES);
    hash_number(&state, record->sequence);
    hash_number(&state, (uint64_t) record->time_ns);
    hash_number(&state, (uint64_t) record->kind);
    hash_text(&state, record->subject);
    hash_text(&state, record->body);
    crypto_generichash_final(&state, hash, HASH_BYTES);
}

static davy_status insert(davy_records *records, const davy_record *record, const uint8_t *hash)
{
    davy_status status;

    sqlite3_bind_int64(records->insert, 1, (sqlite3_int64) record->sequence);
    sqlite3_bind_int64(records->insert, 2, record->time_ns);
    sqlite3_bind_int64(records->insert, 3, record->kind);
    sqlite3_bind_text(records->insert, 4, record->subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(records->insert, 5, record->body, -1, SQLITE_STATIC);
    sqlite3_bind_blob(records->insert, 6, hash, (int) HASH_BYTES, SQLITE_STATIC);
    status = davy_database_execute(records->insert, "cannot keep a record");
    sqlite3_clear_bindings(records->insert);
    return status;
}

/* The head could not be made on a full disk: perhaps it can now. Before the commit: records without
 * a head that vouches for them accuse somebody. */
static void make_head(davy_records *records, const davy_records_head *end)
{
    if (records->head_file < 0)
        records->head_file =
            davy_records_head_open(sqlite3_db_filename(records->database, "main"), end);
}

/* In one transaction, from the last record on: also right when another process wrote meanwhile. */
static davy_status append(davy_records *records, davy_record *items, size_t count)
{
    davy_records_head end;
    uint64_t sequence = 0;
    davy_status status = davy_database_begin(records->database);

    if (status != DAVY_OK)
        return status;
    status = read_end(records, &end);
    if (status == DAVY_OK)
        make_head(records, &end);
    sequence = end.sequence;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_record record = items[i];

        record.sequence = sequence + i + 1;
        chain(end.hash, &record);
        status = insert(records, &record, end.hash);
    }
    status = davy_database_end(records->database, status);
    if (status != DAVY_OK)
        return status;
    end.sequence = sequence + count;
    davy_records_head_write(records->head_file, &end);
    for (size_t i = 0; i < count; i++)
        items[i].sequence = sequence + i + 1;
    return DAVY_OK;
}

static void write_back(davy_records *records)
{
    (void) sqlite3_wal_checkpoint_v2(records->database, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
                                     NULL);
}

/*
 * A commit takes some pages of the write-ahead log, a record some hundred bytes of the database.
 * With the log written back after each commit its pages are used again, so that the reserve lasts
 * for all the records that fit into it.
 */
static davy_status append_sparingly(davy_records *records, davy_record *items, size_t count)
{
    davy_status status;

    do {
        write_back(records);
        status = append(records, items, count);
    } while (status == DAVY_ERR_FULL && davy_reserve_give(records->reserve));
    return status;
}

davy_status davy_records_append(davy_records *records, davy_record *items, size_t count)
{
    davy_status status;

    if (records->read_only)
        return davy_fail(DAVY_ERR_DENIED, "the records are open for reading only");
    if (count == 0)
        return DAVY_OK;
    pthread_mutex_lock(&records->lock);
    if (records->failed) {
        errno = 0;
        status = davy_fail(DAVY_ERR_IO,
                           "'%s' failed earlier and refuses records until it is opened again",
                           sqlite3_db_filename(records->database, "main"));
    } else {
        status = davy_reserve_is_whole(records->reserve) ? append(records, items, count)
                                                         : append_sparingly(records, items, count);
        if (status == DAVY_ERR_FULL)
            status = append_sparingly(records, items, count);
        records->failed = status == DAVY_ERR_IO;
    }
    pthread_mutex_unlock(&records->lock);
    return status;
}

/* A page of records: fixed parts here, texts and hashes one after another in a buffer. */
struct page {
    struct {
        davy_record record;
        size_t subject, body, hash; /* offsets */
    } rows[PAGE_ROWS];
    size_t count;
    davy_buffer texts;
};

static size_t keep(davy_buffer *texts, const void *bytes, int length)
{
    size_t at = texts->length;

    if (bytes)
        davy_buffer_append(texts, bytes, (size_t) length);
    davy_buffer_append(texts, "", 1);
    return at;
}

static davy_status keep_row(davy_records *records, struct page *page)
{
    sqlite3_stmt *row = records->select;
    int hash_bytes = sqlite3_column_bytes(row, 5);

    page->rows[page->count].record = (davy_record){
        .sequence = (uint64_t) sqlite3_column_int64(row, 0),
        .time_ns = sqlite3_column_int64(row, 1),
        .kind = (davy_record_kind) sqlite3_column_int(row, 2),
    };
    page->rows[page->count].subject =
        keep(&page->texts, sqlite3_column_text(row, 3), sqlite3_column_bytes(row, 3));
    page->rows[page->count].body =
        keep(&page->texts, sqlite3_column_text(row, 4), sqlite3_column_bytes(row, 4));
    page->rows[page->count].hash = keep(&page->texts, sqlite3_column_blob(row, 5), hash_bytes);
    /* A text that there was no memory for reads as NULL. */
    if (sqlite3_errcode(records->database) == SQLITE_NOMEM)
        return davy_database_fail(records->database, "cannot read a record");
    if (hash_bytes != (int) HASH_BYTES)
        return davy_fail(DAVY_ERR_CORRUPT, "'%s': record %llu has no hash",
                         sqlite3_db_filename(records->database, "main"),
                         (unsigned long long) page->rows[page->count].record.sequence);
    page->count++;
    return davy_buffer_ok(&page->texts);
}

static davy_status read_page(davy_records *records, davy_record_kind kind, const char *subject,
                             uint64_t after, size_t limit, struct page *page)
{
    int answer = SQLITE_DONE;
    davy_status status = DAVY_OK;

    page->count = 0;
    davy_buffer_reset(&page->texts);
    pthread_mutex_lock(&records->lock);
    sqlite3_bind_int64(records->select, 1, (sqlite3_int64) after);
    sqlite3_bind_int64(records->select, 2, kind);
    sqlite3_bind_text(records->select, 3, subject, -1, SQLITE_STATIC);
    sqlite3_bind_int64(records->select, 4, (sqlite3_int64) limit);
    while (status == DAVY_OK && (answer = sqlite3_step(records->select)) == SQLITE_ROW)
        status = keep_row(records, page);
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(records->database, "cannot read the records");
    sqlite3_reset(records->select);
    sqlite3_clear_bindings(records->select);
    pthread_mutex_unlock(&records->lock);
    for (size_t i = 0; i < page->count && status == DAVY_OK; i++) {
        page->rows[i].record.subject = page->texts.bytes + page->rows[i].subject;
        page->rows[i].record.body = page->texts.bytes + page->rows[i].body;
    }
    return status;
}

static davy_status visit_page(const struct page *page, davy_records_visit visit, void *context)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < page->count && status == DAVY_OK; i++)
        status = visit(context, &page->rows[i].record);
    return status;
}

davy_status davy_records_scan(davy_records *records, davy_record_kind kind, const char *subject,
                              uint64_t after, size_t limit, davy_records_visit visit, void *context)
{
    struct page *page = calloc(1, sizeof *page);
    size_t left = limit ? limit : SIZE_MAX, wanted = PAGE_ROWS;
    davy_status status = DAVY_OK;

    if (!page)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for records");
    page->count = PAGE_ROWS;
    while (status == DAVY_OK && left > 0 && page->count == wanted) {
        wanted = left < PAGE_ROWS ? left : PAGE_ROWS;
        status = read_page(records, kind, subject, after, wanted, page);
        if (status == DAVY_OK)
            status = visit_page(page, visit, context);
        if (page->count > 0)
            after = page->rows[page->count - 1].record.sequence;
        left -= page->count;
    }
    davy_buffer_clear(&page->texts);
    free(page);
    return status;
}

davy_status davy_records_last(davy_records *records, uint64_t *sequence)
{
    davy_records_head end;
    davy_status status;

    pthread_mutex_lock(&records->lock);
    status = read_end(records, &end);
    pthread_mutex_unlock(&records->lock);
    *sequence = end.sequence;
    return status;
}

static davy_status verify_page(davy_records *records, const struct page *page,
                               uint8_t hash[HASH_BYTES], uint64_t *checked)
{
    for (size_t i = 0; i < page->count; i++) {
        const davy_record *record = &page->rows[i].record;

        chain(hash, record);
        if (record->sequence != *checked + 1 ||
            memcmp(hash, page->texts.bytes + page->rows[i].hash, HASH_BYTES) != 0)
            return davy_fail(DAVY_ERR_CORRUPT,
                             "'%s': record %llu does not fit the chain: it or the one before it was"
                             " changed or is missing",
                             sqlite3_db_filename(records->database, "main"),
                             (unsigned long long) record->sequence);
        ++*checked;
    }
    return DAVY_OK;
}

static davy_status verify_chain(davy_records *records, uint64_t *checked)
{
    struct page *page = calloc(1, sizeof *page);
    uint8_t hash[HASH_BYTES] = {0};
    davy_status status = DAVY_OK;

    *checked = 0;
    if (!page)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for records");
    do {
        status = read_page(records, 0, NULL, *checked, PAGE_ROWS, page);
        if (status == DAVY_OK)
            status = verify_page(records, page, hash, checked);
    } while (status == DAVY_OK && page->count == PAGE_ROWS);
    davy_buffer_clear(&page->texts);
    free(page);
    return status;
}

bool davy_records_are_cut(const davy_records *records)
{
    return records->cut;
}

/* The head was read before the chain, which may have grown meanwhile. */
static davy_status verify_end(davy_records *records, const char *file,
                              const davy_records_head *head, bool readable, uint64_t checked)
{
    davy_records_head accused;
    davy_status status;
    bool whole;

    if (davy_records_head_accused(file, &accused) && accused.sequence == 0)
        return davy_fail(
            DAVY_ERR_CORRUPT,
            "'%s': what vouches for its end, '%s-head', was missing or unreadable at a "
            "start: the last records may have been taken away; '%s-head.broken' says "
            "so: remove it when you know why",
            file, file, file);
    if (accused.sequence > 0)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "'%s': records up to %llu were once there and were missing at a start; "
                         "'%s-head.broken' is the evidence: remove it when you know why",
                         file, (unsigned long long) accused.sequence, file);
    pthread_mutex_lock(&records->lock);
    status = vouches(records, readable, head, checked, &whole);
    pthread_mutex_unlock(&records->lock);
    if (status != DAVY_OK || whole)
        return status;
    if (!readable)
        return davy_fail(
            DAVY_ERR_CORRUPT,
            "'%s': nothing vouches for its end: '%s-head' is missing or unreadable, so "
            "that the last records may have been taken away",
            file, file);
    return davy_fail(DAVY_ERR_CORRUPT,
                     "'%s': the chain ends with record %llu and had reached %llu: the last ones "
                     "were taken away or written anew",
                     file, (unsigned long long) checked, (unsigned long long) head->sequence);
}

davy_status davy_records_verify(davy_records *records, uint64_t *checked)
{
    const char *file = sqlite3_db_filename(records->database, "main");
    davy_records_head head;
    bool readable;
    davy_status status = read_head(file, &head, &readable);

    if (status == DAVY_OK)
        status = verify_chain(records, checked);
    if (status == DAVY_OK)
        status = davy_database_check(records->database); /* what finds records by subject */
    return status == DAVY_OK ? verify_end(records, file, &head, readable, *checked) : status;
}
