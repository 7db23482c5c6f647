/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_private.h"

#include "store/database.h"
#include "store/head_row.h"

#include <stdlib.h>

#define NS_PER_DAY (86400 * DAVY_NS_PER_S)

/*
 * `total` has one row, changed with every sealing: what the file must hold. `fold` is the exclusive
 * or of the checksums of all heads, so a head that is lost or doubled does not go unseen.
 */
static const davy_database_schema schema = {
    .version = DAVY_DAY_VERSION,
    .oldest = 1,
    .page_bytes = 8192,
    .sql = "CREATE TABLE chunk(signal INTEGER NOT NULL, first_ns INTEGER NOT NULL,"
           " sequence INTEGER NOT NULL, span_ns INTEGER NOT NULL, points INTEGER NOT NULL,"
           " checksum INTEGER NOT NULL, times INTEGER NOT NULL, data INTEGER NOT NULL,"
           " head BLOB NOT NULL, PRIMARY KEY(signal, first_ns, sequence)) STRICT, WITHOUT ROWID;"
           "CREATE TABLE blob(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
           "CREATE TABLE total(id INTEGER PRIMARY KEY CHECK(id = 0), chunks INTEGER NOT NULL,"
           " points INTEGER NOT NULL, bytes INTEGER NOT NULL, sequence INTEGER NOT NULL,"
           " fold INTEGER NOT NULL) STRICT;"
           "CREATE TABLE late(signal INTEGER NOT NULL, first_ns INTEGER NOT NULL,"
           " sequence INTEGER NOT NULL, span_ns INTEGER NOT NULL,"
           " PRIMARY KEY(signal, first_ns, sequence)) STRICT, WITHOUT ROWID;"
           "INSERT INTO total VALUES(0, 0, 0, 0, 0, 0);",
};

static const char *const statements[STATEMENTS] = {
    [SELECT_HEADS] = "SELECT * FROM chunk"
                     " WHERE signal = ?1 AND first_ns < ?3 AND first_ns + span_ns >= ?2"
                     " ORDER BY signal, first_ns, sequence",
    [SELECT_ALL] = "SELECT * FROM chunk ORDER BY signal, first_ns, sequence",
    [SELECT_ONE] = "SELECT 1 FROM chunk WHERE signal = ?1 AND first_ns = ?2 AND sequence = ?3",
    [SELECT_SIGNAL] = "SELECT 1 FROM chunk WHERE signal = ?1 LIMIT 1",
    [SELECT_SIGNAL_BELOW] =
        "SELECT signal FROM chunk WHERE signal < ?1 ORDER BY signal DESC LIMIT 1",
    [SELECT_NEWEST] =
        "SELECT ?1, count(*), max(sequence), min(sequence) FROM chunk WHERE signal = ?1",
    [SELECT_ALL_NEWEST] =
        "SELECT signal, count(*), max(sequence), min(sequence) FROM chunk WHERE signal >= ?1"
        " GROUP BY signal ORDER BY signal LIMIT ?2",
    [SELECT_BLOB] = "SELECT bytes FROM blob WHERE id = ?1",
    [SELECT_LAST_BLOB] = "SELECT coalesce(max(id), 0) FROM blob",
    [SELECT_TOTAL] = "SELECT chunks, points, bytes, sequence, fold FROM total WHERE id = 0",
    [SELECT_BEFORE] = "SELECT first_ns, sequence, first_ns + span_ns FROM chunk WHERE signal = ?1"
                      " AND first_ns <= ?2 ORDER BY first_ns DESC, sequence DESC",
    [SELECT_SHARERS] = "SELECT 1 FROM chunk WHERE times = ?1 LIMIT 1",
    [DELETE_HEAD] = "DELETE FROM chunk WHERE signal = ?1 AND first_ns = ?2 AND sequence = ?3",
    [DELETE_BLOB] = "DELETE FROM blob WHERE id = ?1 RETURNING length(bytes)",
    [INSERT_BLOB] = "INSERT INTO blob(id, bytes) VALUES(?1, ?2)",
    [INSERT_HEAD] = DAVY_HEAD_INSERT_PACKED,
    [UPDATE_TOTAL] = ("UPDATE total SET chunks = ?1, points = ?2, bytes = ?3, sequence = ?4,"
                      " fold = ?5 WHERE id = 0"),
    [SELECT_LATE] = "SELECT first_ns, sequence, span_ns FROM late WHERE signal = ?1"
                    " AND first_ns < ?3 AND first_ns + span_ns >= ?2 ORDER BY first_ns, sequence",
    [SELECT_ONE_LATE] = "SELECT 1 FROM late WHERE signal = ?1 AND first_ns = ?2 AND sequence = ?3",
    [SELECT_NEWEST_LATE] = "SELECT coalesce(max(sequence), 0) FROM late WHERE signal = ?1",
    [SELECT_ASTRAY] = "SELECT 1 FROM late LEFT JOIN chunk USING(signal, first_ns, sequence)"
                      " WHERE late.span_ns IS NOT chunk.span_ns LIMIT 1",
    [INSERT_LATE] =
        "INSERT OR IGNORE INTO late(signal, first_ns, sequence, span_ns) VALUES(?1, ?2, ?3, ?4)",
    [DELETE_LATE] = "DELETE FROM late WHERE signal = ?1 AND first_ns = ?2 AND sequence = ?3",
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

static davy_status open_database(davy_day *day, const char *path, bool read_only)
{
    int version = 0;
    davy_status status = davy_database_open(path, read_only, &schema, &day->database);

    if (status == DAVY_OK)
        status = davy_database_version(day->database, &version);
    day->notes_late = version >= DAVY_DAY_VERSION_LATE;
    day->packed = version >= DAVY_DAY_VERSION_PACKED;
    return status;
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
        status = open_database(day, path, read_only);
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

davy_status davy_day_prepare(davy_day *day, int which, sqlite3_stmt **out)
{
    const bool in_columns = which == INSERT_HEAD && !day->packed;
    davy_status status = DAVY_OK;

    if (!day->statements[which])
        status =
            davy_database_prepare(day->database, in_columns ? DAVY_HEAD_INSERT : statements[which],
                                  &day->statements[which]);
    if (status != DAVY_OK && sqlite3_errcode(day->database) == SQLITE_ERROR)
        status = DAVY_ERR_CORRUPT; /* its tables are not those that it was made with */
    *out = day->statements[which];
    return status;
}

/* Step a statement that must give one row. */
davy_status davy_day_step_row(davy_day *day, sqlite3_stmt *statement, const char *what)
{
    int answer = sqlite3_step(statement);

    if (answer == SQLITE_ROW)
        return DAVY_OK;
    if (answer == SQLITE_DONE)
        return davy_fail(DAVY_ERR_CORRUPT, "'%s': %s: not there",
                         sqlite3_db_filename(day->database, "main"), what);
    return davy_database_fail(day->database, what);
}

davy_status davy_day_read_totals(davy_day *day, davy_day_totals *totals, uint64_t *fold)
{
    sqlite3_stmt *select;
    davy_status status = davy_day_prepare(day, SELECT_TOTAL, &select);

    if (status != DAVY_OK)
        return status;
    status = davy_day_step_row(day, select, "totals");
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

    return davy_day_read_totals(day, totals, &fold);
}

void davy_day_rest(davy_day *day)
{
    if (!sqlite3_get_autocommit(day->database))
        (void) sqlite3_exec(day->database, "ROLLBACK", NULL, NULL, NULL);
}

davy_status davy_day_begin_reading(davy_day *day)
{
    return sqlite3_get_autocommit(day->database) ? davy_database_run(day->database, "BEGIN")
                                                 : DAVY_OK;
}

davy_status davy_day_find_any(davy_day *day, sqlite3_stmt *select, bool *found)
{
    int answer = sqlite3_step(select);
    davy_status status = DAVY_OK;

    if (answer != SQLITE_ROW && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot look for a chunk");
    *found = answer == SQLITE_ROW;
    sqlite3_reset(select);
    return status;
}

davy_status davy_day_has(davy_day *day, const davy_chunk_head *head, bool *found)
{
    sqlite3_stmt *select;
    davy_status status = davy_day_prepare(day, SELECT_ONE, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, head->signal);
    sqlite3_bind_int64(select, 2, head->first_ns);
    sqlite3_bind_int64(select, 3, (sqlite3_int64) head->sequence);
    return davy_day_find_any(day, select, found);
}

davy_status davy_day_has_signal(davy_day *day, davy_signal_id signal, bool *found)
{
    sqlite3_stmt *select;
    davy_status status = davy_day_prepare(day, SELECT_SIGNAL, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    return davy_day_find_any(day, select, found);
}

davy_status davy_day_find_below(davy_day *day, davy_signal_id below, davy_signal_id *signal)
{
    sqlite3_stmt *select;
    int answer;
    davy_status status = davy_day_prepare(day, SELECT_SIGNAL_BELOW, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, below);
    answer = sqlite3_step(select);
    if (answer != SQLITE_ROW && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot look for a signal");
    *signal =
        answer == SQLITE_ROW ? (davy_signal_id) sqlite3_column_int64(select, 0) : DAVY_SIGNAL_NONE;
    sqlite3_reset(select);
    return status;
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
    uint64_t late = 0;
    davy_status status = davy_day_prepare(day, SELECT_NEWEST, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    status = davy_day_step_row(day, select, "newest chunk");
    if (status == DAVY_OK)
        *newest = read_newest(select);
    sqlite3_reset(select);
    if (status == DAVY_OK)
        status = davy_day_newest_late(day, signal, &late);
    if (status == DAVY_OK && late > newest->sequence)
        newest->sequence = late; /* its head is damaged */
    return status;
}

davy_status davy_day_list_newest(davy_day *day, davy_signal_id from, davy_day_newest *items,
                                 size_t capacity, size_t *count)
{
    sqlite3_stmt *select;
    int answer;
    davy_status status = davy_day_prepare(day, SELECT_ALL_NEWEST, &select);

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

/* A chunk lies within the day of its file (README.md, invariant 5): one that does not is in a file
 * that somebody gave another day's name. */
bool davy_day_read_head(const davy_day *day, sqlite3_stmt *row, davy_chunk_head *head)
{
    return davy_head_read(row, head) && davy_day_of(head->first_ns) == day->file.number &&
           davy_day_of(head->last_ns) == day->file.number;
}

/* A page that is damaged may give a row twice or in a place that is not its own. */
static bool is_next(const davy_chunk_heads *heads, const davy_chunk_head *head)
{
    return heads->count == 0 || davy_chunk_head_compare(&heads->items[heads->count - 1], head) < 0;
}

davy_status davy_day_heads(davy_day *day, davy_signal_id signal, int64_t from_ns, int64_t to_ns,
                           davy_chunk_heads *heads)
{
    davy_chunk_head head;
    sqlite3_stmt *select;
    int answer = SQLITE_DONE;
    davy_status status = davy_day_prepare(day, SELECT_HEADS, &select);

    if (status == DAVY_OK)
        status = davy_day_begin_reading(day);
    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    sqlite3_bind_int64(select, 2, from_ns);
    sqlite3_bind_int64(select, 3, to_ns);
    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        if (davy_day_read_head(day, select, &head) && is_next(heads, &head))
            status = davy_chunk_heads_push(heads, &head);
        else
            heads->damaged++;
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(day->database, "cannot read the chunks");
    sqlite3_reset(select);
    return status == DAVY_OK ? davy_day_add_lost(day, signal, from_ns, to_ns, heads) : status;
}

/* Point at a blob's content inside a stepped statement, until that is reset. */
static davy_status read_blob(davy_day *day, sqlite3_stmt *select, int64_t id, davy_blob *blob)
{
    davy_status status;

    sqlite3_bind_int64(select, 1, id);
    status = davy_day_step_row(day, select, "blob of a chunk");
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
    davy_status status = davy_day_prepare(day, SELECT_BLOB, select);

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
