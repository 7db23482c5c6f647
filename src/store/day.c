/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day.h"

#include "store/database.h"
#include "store/head_row.h"

#include <stdlib.h>

#define NS_PER_DAY (86400 * DAVY_NS_PER_S)

/*
 * `total` has one row, changed with every sealing: what the file must hold. `fold` is the exclusive
 * or of the checksums of all heads, so a head that is lost or doubled does not go unseen.
 */
static const davy_database_schema schema = {
    .version = 2,
    .oldest = 1,
    .page_bytes = 8192,
    .sql =
        "CREATE TABLE chunk(signal INTEGER NOT NULL, first_ns INTEGER NOT NULL,"
        " sequence INTEGER NOT NULL, span_ns INTEGER NOT NULL, points INTEGER NOT NULL,"
        " bad INTEGER NOT NULL, decimals INTEGER NOT NULL, min REAL, max REAL, sum REAL,"
        " first REAL, last REAL, min_after_ns INTEGER NOT NULL, max_after_ns INTEGER NOT NULL,"
        " codec INTEGER NOT NULL,"
        " times INTEGER NOT NULL, data INTEGER NOT NULL, checksum INTEGER NOT NULL,"
        " uncertain INTEGER, odd INTEGER, steepest REAL, still_ns INTEGER, still_last_ns INTEGER,"
        " PRIMARY KEY(signal, first_ns, sequence)) STRICT, WITHOUT ROWID;"
        "CREATE VIEW chunk_head AS SELECT signal, first_ns, first_ns + span_ns AS last_ns, points,"
        " bad, min / pow(10, decimals) AS min, max / pow(10, decimals) AS max,"
        " sum / pow(10, decimals) AS sum FROM chunk;"
        "CREATE TABLE blob(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
        "CREATE TABLE total(id INTEGER PRIMARY KEY CHECK(id = 0), chunks INTEGER NOT NULL,"
        " points INTEGER NOT NULL, bytes INTEGER NOT NULL, sequence INTEGER NOT NULL,"
        " fold INTEGER NOT NULL) STRICT;"
        "INSERT INTO total VALUES(0, 0, 0, 0, 0, 0);",
};

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

static const char *const statements[STATEMENTS] = {
    [SELECT_HEADS] = "SELECT * FROM chunk"
                     " WHERE signal = ?1 AND first_ns < ?3 AND first_ns + span_ns >= ?2"
                     " ORDER BY signal, first_ns, sequence",
    [SELECT_ALL] = "SELECT * FROM chunk ORDER BY signal, first_ns, sequence",
    [SELECT_ONE] = "SELECT 1 FROM chunk WHERE signal = ?1 AND first_ns = ?2 AND sequence = ?3",
    [SELECT_SIGNAL] = "SELECT 1 FROM chunk WHERE signal = ?1 LIMIT 1",
    [SELECT_NEWEST] =
        "SELECT ?1, count(*), max(sequence), min(sequence) FROM chunk WHERE signal = ?1",
    [SELECT_ALL_NEWEST] =
        "SELECT signal, count(*), max(sequence), min(sequence) FROM chunk WHERE signal >= ?1"
        " GROUP BY signal ORDER BY signal LIMIT ?2",
    [SELECT_BLOB] = "SELECT bytes FROM blob WHERE id = ?1",
    [SELECT_LAST_BLOB] = "SELECT coalesce(max(id), 0) FROM blob",
    [SELECT_TOTAL] = "SELECT chunks, points, bytes, sequence, fold FROM total WHERE id = 0",
    [SELECT_SHARERS] = "SELECT 1 FROM chunk WHERE times = ?1 LIMIT 1",
    [DELETE_HEAD] = "DELETE FROM chunk WHERE signal = ?1 AND first_ns = ?2 AND sequence = ?3",
    [DELETE_BLOB] = "DELETE FROM blob WHERE id = ?1 RETURNING length(bytes)",
    [INSERT_BLOB] = "INSERT INTO blob(id, bytes) VALUES(?1, ?2)",
    [INSERT_HEAD] =
        "INSERT INTO chunk(" DAVY_HEAD_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
    [UPDATE_TOTAL] = ("UPDATE total SET chunks = ?1, points = ?2, bytes = ?3, sequence = ?4,"
                      " fold = ?5 WHERE id = 0"),
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

int32_t davy_day_of(int64_t time_ns)
{
    int64_t day = time_ns / NS_PER_DAY;

    return (int32_t) (day - (time_ns % NS_PER_DAY < 0));
}

int64_t davy_day_start_ns(int32_t day)
{
    return day * NS_PER_DAY;
}

davy_status davy_day_open(const char *path, davy_day_file file, unsigned epoch, bool read_only,
                          davy_day **out)
{
    davy_day *day = calloc(1, sizeof *day);
    davy_status status;

    if (!day)
        return davy_fail(DAVY_ERR_NOMEM, "day file '%s'", path);
    day->file = file;
    day->epoch = epoch;
    status = davy_codec_work_create(&day->work);
    if (status == DAVY_OK)
        status = davy_database_open(path, read_only, &schema, &day->database);
    if (status != DAVY_OK) {
        davy_day_close(day);
        return status;
    }
    *out = day;
    return DAVY_OK;
}

void davy_day_close(davy_day *day)
{
    if (!day)
        return;
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(day->statements[i]);
    davy_database_close(day->database);
    davy_codec_work_destroy(day->work);
    davy_buffer_clear(&day->times);
    free(day);
}

int32_t davy_day_number(const davy_day *day)
{
    return day->file.number;
}

davy_day_file davy_day_which(const davy_day *day)
{
    return day->file;
}

unsigned davy_day_epoch(const davy_day *day)
{
    return day->epoch;
}

davy_codec_work *davy_day_work(davy_day *day)
{
    return day->work;
}

static davy_status prepare(davy_day *day, int which, sqlite3_stmt **out)
{
    davy_status status = DAVY_OK;

    if (!day->statements[which])
        status = davy_database_prepare(day->database, statements[which], &day->statements[which]);
    *out = day->statements[which];
    return status;
}

/* Step a statement that must give one row. */
static davy_status step_row(davy_day *day, sqlite3_stmt *statement, const char *what)
{
    int answer = sqlite3_step(statement);

    if (answer == SQLITE_ROW)
        return DAVY_OK;
    if (answer == SQLITE_DONE)
        return davy_fail(DAVY_ERR_CORRUPT, "'%s': %s: not there",
                         sqlite3_db_filename(day->database, "main"), what);
    return davy_database_fail(day->database, what);
}

static davy_status read_totals(davy_day *day, davy_day_totals *totals, uint64_t *fold)
{
    sqlite3_stmt *select;
    davy_status status = prepare(day, SELECT_TOTAL, &select);

    if (status != DAVY_OK)
        return status;
    status = step_row(day, select, "totals");
    if (status == DAVY_OK) {
        totals->chunks = (uint64_t) sqlite3_column_int64(select, 0);
        totals->samples = (uint64_t) sqlite3_column_int64(select, 1);
        totals->blob_bytes = (uint64_t) sqlite3_column_int64(select, 2);
        totals->sequence = (uint64_t) sqlite3_column_int64(select, 3);
        *fold = (uint64_t) sqlite3_column_int64(select, 4);
    }
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_get_totals(davy_day *day, davy_day_totals *totals)
{
    uint64_t fold;

    return read_totals(day, totals, &fold);
}

davy_day_totals davy_day_pending(const davy_day *day)
{
    return day->totals;
}

static davy_status write_totals(davy_day *day)
{
    sqlite3_stmt *update;
    davy_status status = prepare(day, UPDATE_TOTAL, &update);

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
    davy_status status = prepare(day, SELECT_LAST_BLOB, &select);

    if (status == DAVY_OK)
        status = step_row(day, select, "blobs");
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

    return status == DAVY_OK && version < schema.version ? davy_database_run(day->database, upgrade)
                                                         : status;
}

static void rollback(davy_day *day)
{
    (void) sqlite3_exec(day->database, "ROLLBACK", NULL, NULL, NULL);
}

void davy_day_rest(davy_day *day)
{
    if (!sqlite3_get_autocommit(day->database))
        rollback(day);
}

/* Heads and blobs of one moment, until davy_day_rest(): else a chunk could be merged away between
 * the two. */
static davy_status begin_reading(davy_day *day)
{
    return sqlite3_get_autocommit(day->database) ? davy_database_run(day->database, "BEGIN")
                                                 : DAVY_OK;
}

davy_status davy_day_begin(davy_day *day)
{
    davy_status status;

    davy_day_rest(day);
    status = davy_database_begin(day->database);

    if (status != DAVY_OK)
        return status;
    status = bring_up(day);
    if (status == DAVY_OK)
        status = read_totals(day, &day->totals, &day->fold);
    if (status == DAVY_OK)
        status = read_last_blob(day);
    return status == DAVY_OK ? DAVY_OK : davy_database_end(day->database, status);
}

davy_status davy_day_end(davy_day *day, davy_status status)
{
    if (status == DAVY_OK)
        status = write_totals(day);
    return davy_database_end(day->database, status);
}

davy_status davy_day_add_blob(davy_day *day, davy_buffer *content, int64_t *id)
{
    sqlite3_stmt *insert;
    davy_status status = prepare(day, INSERT_BLOB, &insert);

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
    davy_status status = prepare(day, INSERT_HEAD, &insert);

    if (status != DAVY_OK)
        return status;
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
    davy_status status = prepare(day, DELETE_BLOB, &delete);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(delete, 1, id);
    status = step_row(day, delete, "blob of a chunk");
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
    davy_status status = prepare(day, DELETE_HEAD, &delete);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(delete, 1, head->signal);
    sqlite3_bind_int64(delete, 2, head->first_ns);
    sqlite3_bind_int64(delete, 3, (sqlite3_int64) head->sequence);
    status = davy_database_execute(delete, "cannot remove the head of a chunk");
    if (status == DAVY_OK && sqlite3_changes(day->database) != 1)
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s': a chunk of signal %u is not there",
                           sqlite3_db_filename(day->database, "main"), head->signal);
    if (status != DAVY_OK)
        return status;
    day->totals.chunks--;
    day->totals.samples -= head->count;
    day->fold ^= davy_chunk_head_checksum(head);
    return delete_blob(day, head->data);
}

static davy_status find_any(davy_day *day, sqlite3_stmt *select, bool *found)
{
    int answer = sqlite3_step(select);
    davy_status status = DAVY_OK;

    if (answer != SQLITE_ROW && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot look for a chunk");
    *found = answer == SQLITE_ROW;
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_remove_times(davy_day *day, int64_t id)
{
    sqlite3_stmt *select;
    bool found;
    davy_status status = prepare(day, SELECT_SHARERS, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, id);
    status = find_any(day, select, &found);
    return status == DAVY_OK && !found ? delete_blob(day, id) : status;
}

davy_status davy_day_has(davy_day *day, const davy_chunk_head *head, bool *found)
{
    sqlite3_stmt *select;
    davy_status status = prepare(day, SELECT_ONE, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, head->signal);
    sqlite3_bind_int64(select, 2, head->first_ns);
    sqlite3_bind_int64(select, 3, (sqlite3_int64) head->sequence);
    return find_any(day, select, found);
}

davy_status davy_day_has_signal(davy_day *day, davy_signal_id signal, bool *found)
{
    sqlite3_stmt *select;
    davy_status status = prepare(day, SELECT_SIGNAL, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    return find_any(day, select, found);
}

static davy_day_newest read_newest(sqlite3_stmt *row)
{
    return (davy_day_newest){
        .signal = (davy_signal_id) sqlite3_column_int64(row, 0),
        .chunks = (uint64_t) sqlite3_column_int64(row, 1),
        .sequence = (uint64_t) sqlite3_column_int64(row, 2),
        .oldest = (uint64_t) sqlite3_column_int64(row, 3),
    };
}

davy_status davy_day_get_newest(davy_day *day, davy_signal_id signal, davy_day_newest *newest)
{
    sqlite3_stmt *select;
    davy_status status = prepare(day, SELECT_NEWEST, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    status = step_row(day, select, "newest chunk");
    if (status == DAVY_OK)
        *newest = read_newest(select);
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_list_newest(davy_day *day, davy_signal_id from, davy_day_newest *items,
                                 size_t capacity, size_t *count)
{
    sqlite3_stmt *select;
    int answer;
    davy_status status = prepare(day, SELECT_ALL_NEWEST, &select);

    *count = 0;
    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, from);
    sqlite3_bind_int64(select, 2, (sqlite3_int64) capacity);
    while ((answer = sqlite3_step(select)) == SQLITE_ROW && *count < capacity)
        items[(*count)++] = read_newest(select);
    if (answer != SQLITE_ROW && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot read the chunks");
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_heads(davy_day *day, davy_signal_id signal, int64_t from_ns, int64_t to_ns,
                           davy_chunk_heads *heads)
{
    davy_chunk_head head;
    sqlite3_stmt *select;
    int answer = SQLITE_DONE;
    davy_status status = prepare(day, SELECT_HEADS, &select);

    if (status == DAVY_OK)
        status = begin_reading(day);
    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    sqlite3_bind_int64(select, 2, from_ns);
    sqlite3_bind_int64(select, 3, to_ns);
    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        if (davy_head_read(select, &head))
            status = davy_chunk_heads_push(heads, &head);
        else
            heads->damaged++;
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot read the chunks");
    sqlite3_reset(select);
    return status;
}

/* Point at a blob's content inside a stepped statement, until that is reset. */
static davy_status read_blob(davy_day *day, sqlite3_stmt *select, int64_t id, davy_blob *blob)
{
    davy_status status;

    sqlite3_bind_int64(select, 1, id);
    status = step_row(day, select, "blob of a chunk");
    if (status != DAVY_OK)
        return status;
    blob->bytes = sqlite3_column_blob(select, 0);
    if (!davy_blob_check(blob->bytes, (size_t) sqlite3_column_bytes(select, 0), id, &blob->length))
        return davy_fail(DAVY_ERR_CORRUPT, "'%s': blob %lld is damaged",
                         sqlite3_db_filename(day->database, "main"), (long long) id);
    return DAVY_OK;
}

static davy_status load_times(davy_day *day, sqlite3_stmt *select, int64_t id, davy_blob *times)
{
    davy_status status = DAVY_OK;
    davy_blob blob;

    if (day->times_id != id) {
        day->times_id = 0;
        status = read_blob(day, select, id, &blob);
        if (status == DAVY_OK) {
            davy_buffer_reset(&day->times);
            davy_buffer_append(&day->times, blob.bytes, blob.length);
            status = davy_buffer_ok(&day->times);
        }
        sqlite3_reset(select);
    }
    if (status != DAVY_OK)
        return status;
    day->times_id = id;
    *times = (davy_blob){(const uint8_t *) day->times.bytes, day->times.length};
    return DAVY_OK;
}

/* Both stay as they are until the statement is reset. */
static davy_status read_blobs(davy_day *day, const davy_chunk_head *head, sqlite3_stmt **select,
                              davy_blob *times, davy_blob *data)
{
    davy_status status = prepare(day, SELECT_BLOB, select);

    *times = (davy_blob){0};
    if (status == DAVY_OK && head->times != 0)
        status = load_times(day, *select, head->times, times);
    return status == DAVY_OK ? read_blob(day, *select, head->data, data) : status;
}

davy_status davy_day_decode(davy_day *day, const davy_chunk_head *head, davy_points *out)
{
    davy_blob times, data;
    sqlite3_stmt *select = NULL;
    davy_status status = read_blobs(day, head, &select, &times, &data);

    if (status == DAVY_OK)
        status = davy_chunk_decode(day->work, head, data, times, out);
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_get_gaps(davy_day *day, const davy_chunk_head *head, davy_gaps *gaps)
{
    davy_blob times, data;
    sqlite3_stmt *select = NULL;
    davy_status status = read_blobs(day, head, &select, &times, &data);

    if (status == DAVY_OK)
        status = davy_chunk_get_gaps(day->work, head, data, times, gaps);
    sqlite3_reset(select);
    return status;
}

static davy_status check_chunk(davy_day *day, sqlite3_stmt *row, davy_points *points, bool *good)
{
    davy_chunk_head head;
    davy_status status;

    *good = davy_head_read(row, &head);
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
    davy_status status = prepare(day, SELECT_ALL, &select);

    if (status != DAVY_OK)
        return status;
    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        uint64_t sequence = (uint64_t) sqlite3_column_int64(select, 2);
        bool good;

        status = check_chunk(day, select, &points, &good);
        *fold ^= (uint64_t) sqlite3_column_int64(select, DAVY_HEAD_CHECKSUM);
        seen->chunks++;
        seen->samples += (uint64_t) sqlite3_column_int64(select, 4);
        seen->sequence = sequence > seen->sequence ? sequence : seen->sequence;
        *damaged += !good;
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot read the chunks");
    sqlite3_reset(select);
    davy_points_clear(&points);
    return status;
}

davy_status davy_day_verify(davy_day *day, uint64_t *checked, uint64_t *damaged)
{
    uint64_t fold = 0, expected = 0;
    davy_day_totals totals = {0}, seen = {0};
    davy_status status = begin_reading(day); /* one moment for both reads */

    if (status != DAVY_OK)
        return status;
    status = check_chunks(day, &seen, damaged, &fold);
    *checked += seen.chunks;
    if (status == DAVY_OK)
        status = read_totals(day, &totals, &expected);
    if (status == DAVY_OK && (totals.chunks != seen.chunks || totals.samples != seen.samples ||
                              totals.sequence != seen.sequence || fold != expected))
        ++*damaged;
    rollback(day);
    if (status == DAVY_ERR_CORRUPT) {
        ++*damaged;
        status = DAVY_OK;
    }
    return status;
}
