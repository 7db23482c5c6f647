/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_file_private.h"

#include "core/file.h"
#include "store/bytes.h"
#include "store/day.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECKSUM_BYTES ((size_t) 4)

/* Bits of a block's id under those of the signal. */
#define TIER_SHIFT   3
#define SIGNAL_SHIFT 6
#define STATES_BIT   ((int64_t) 4 << TIER_SHIFT) /* times in state */

_Static_assert(DAVY_ROLLUP_PARTS_MAX <= 1 << TIER_SHIFT, "a part fits its bits");
_Static_assert(DAVY_ROLLUP_TIERS <= 4, "a tier fits its bits");

/*
 * `total` has one row. `fold` is the exclusive or of the checksums of all blocks, so a block that
 * is lost does not go unseen.
 */
static const davy_database_schema schema = {
    .unmade_is_none = true,
    .version = 1,
    .page_bytes = 1024, /* blocks need several, and fill them; they would leave half of 8 KB */
    .sql = "CREATE TABLE block(id INTEGER PRIMARY KEY, through INTEGER NOT NULL,"
           " bytes BLOB NOT NULL) STRICT;"
           "CREATE VIEW block_key AS SELECT id >> 6 AS signal, id >> 3 & 7 AS tier,"
           " id & 7 AS part, through, length(bytes) AS bytes FROM block;"
           "CREATE TABLE gone(signal INTEGER PRIMARY KEY, through INTEGER NOT NULL,"
           " checksum INTEGER NOT NULL) STRICT;"
           "CREATE TABLE total(id INTEGER PRIMARY KEY CHECK(id = 0), blocks INTEGER NOT NULL,"
           " bytes INTEGER NOT NULL, fold INTEGER NOT NULL, chunks INTEGER NOT NULL,"
           " points INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;"
           "INSERT INTO total VALUES(0, 0, 0, 0, 0, 0, 0);",
};

static const char *const statements[DAVY_ROLLUP_STATEMENTS] = {
    [SELECT_THROUGH] = "SELECT through FROM block WHERE id = ?1",
    [SELECT_BLOCK] = "SELECT id, through, bytes FROM block WHERE id = ?1",
    [SELECT_ALL] = "SELECT id, through, bytes FROM block ORDER BY id",
    [SELECT_TOTAL] = ("SELECT blocks, bytes, chunks, points, sequence, fold FROM total"
                      " WHERE id = 0"),
    [REPLACE_BLOCK] = "INSERT OR REPLACE INTO block VALUES(?1, ?2, ?3)",
    [SELECT_GONE] = "SELECT signal, through, checksum FROM gone WHERE signal = ?1",
    [SELECT_ANY_GONE] = "SELECT signal, through, checksum FROM gone WHERE signal >= ?1"
                        " ORDER BY signal LIMIT 1",
    [REPLACE_GONE] = "INSERT OR REPLACE INTO gone VALUES(?1, ?2, ?3)",
    [DELETE_GONE] = "DELETE FROM gone WHERE signal = ?1",
    [UPDATE_TOTAL] = ("UPDATE total SET blocks = ?1, bytes = ?2, chunks = ?3, points = ?4,"
                      " sequence = ?5, fold = ?6 WHERE id = 0"),
};

/* A file that is new is marked with its day. */
static davy_status open_database(davy_rollup_file *file, const char *path, bool read_only)
{
    char sql[2048];
    const size_t length = (size_t) snprintf(sql, sizeof sql, "%s", schema.sql);
    davy_database_schema marked = schema;

    marked.sql = sql;
    davy_rollup_file_mark(file->number, sql + length, sizeof sql - length);
    return davy_database_open(path, read_only, &marked, &file->database);
}

/* Synced at checkpoints and not at commits, and a small cache: README.md says why it may. */
static davy_status tune(sqlite3 *database)
{
    return davy_database_run(database, "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-128");
}

davy_status davy_rollup_file_open(const char *path, int32_t number, unsigned epoch, bool read_only,
                                  davy_rollup_file **out)
{
    davy_rollup_file *file = calloc(1, sizeof *file);
    davy_status status;

    if (!file)
        return davy_fail(DAVY_ERR_NOMEM, "rollups '%s'", path);
    file->number = number;
    file->epoch = epoch;
    file->writes = !read_only;
    status = open_database(file, path, read_only);
    if (status == DAVY_OK)
        status = davy_rollup_file_check_day(file);
    if (status == DAVY_OK)
        status = tune(file->database);
    if (status != DAVY_OK) {
        davy_rollup_file_close(file);
        return status;
    }
    *out = file;
    return DAVY_OK;
}

/* A write-ahead log is for the time of writing: without one a reader has no shared memory to set
 * up, which takes longer than all that it reads. Whoever reads just now keeps it; the next writer
 * tries again. */
static void end_writing(sqlite3 *database)
{
    sqlite3_busy_timeout(database, 0);
    (void) sqlite3_exec(database, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
}

void davy_rollup_file_close(davy_rollup_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < DAVY_ROLLUP_STATEMENTS; i++)
        sqlite3_finalize(file->statements[i]);
    if (file->database && file->writes)
        end_writing(file->database);
    davy_database_close(file->database);
    free(file);
}

bool davy_rollup_file_writes(const davy_rollup_file *file)
{
    return file->writes;
}

int32_t davy_rollup_file_number(const davy_rollup_file *file)
{
    return file->number;
}

unsigned davy_rollup_file_epoch(const davy_rollup_file *file)
{
    return file->epoch;
}

davy_status davy_rollup_file_prepare(davy_rollup_file *file, int which, sqlite3_stmt **out)
{
    davy_status status = DAVY_OK;

    if (!file->statements[which])
        status = davy_database_prepare(file->database, statements[which], &file->statements[which]);
    *out = file->statements[which];
    return status;
}

static int64_t key_id(davy_rollup_key key)
{
    return (int64_t) key.signal << SIGNAL_SHIFT | (int64_t) key.tier << TIER_SHIFT |
           (int64_t) key.part;
}

static davy_rollup_key id_key(int64_t id)
{
    return (davy_rollup_key){(davy_signal_id) (id >> SIGNAL_SHIFT),
                             (davy_rollup_tier) (id >> TIER_SHIFT & 3), (unsigned) id & 7};
}

/* Over the content and what it is kept under: bytes from the wrong place are as bad as damaged. */
static uint32_t checksum(const uint8_t *content, size_t length, int64_t id, uint64_t through)
{
    uint8_t key[16];

    davy_put_u64(key, (uint64_t) id);
    davy_put_u64(key + 8, through);
    return (uint32_t) (davy_checksum(content, length) ^ davy_checksum(key, sizeof key));
}

davy_rollup_row davy_rollup_row_read(sqlite3_stmt *select)
{
    return (davy_rollup_row){
        .id = sqlite3_column_int64(select, 0),
        .through = (uint64_t) sqlite3_column_int64(select, 1),
        .bytes = sqlite3_column_blob(select, 2),
        .length = (size_t) sqlite3_column_bytes(select, 2),
    };
}

uint32_t davy_rollup_row_checksum(const davy_rollup_row *row)
{
    return row->length < CHECKSUM_BYTES ? 0
                                        : davy_get_u32(row->bytes + row->length - CHECKSUM_BYTES);
}

static int64_t part_start_ns(int32_t number, davy_rollup_key key)
{
    return davy_day_start_ns(number) + (int64_t) key.part * davy_rollup_part_ns[key.tier];
}

static bool is_whole(const davy_rollup_row *row)
{
    return row->length >= CHECKSUM_BYTES && id_key(row->id).tier < DAVY_ROLLUP_TIERS &&
           davy_rollup_row_checksum(row) ==
               checksum(row->bytes, row->length - CHECKSUM_BYTES, row->id, row->through);
}

bool davy_rollup_row_decode(davy_codec_work *work, int32_t number, const davy_rollup_row *row,
                            davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX], size_t *count)
{
    const davy_rollup_key key = id_key(row->id);

    return is_whole(row) &&
           davy_rollup_decode(work, key.tier, part_start_ns(number, key), row->bytes,
                              row->length - CHECKSUM_BYTES, rows, count);
}

bool davy_rollup_row_decode_states(davy_codec_work *work, int32_t number,
                                   const davy_rollup_row *row, davy_held_block *block)
{
    const davy_rollup_key key = id_key(row->id);

    return is_whole(row) && davy_held_decode(work, key.tier, part_start_ns(number, key), row->bytes,
                                             row->length - CHECKSUM_BYTES, block);
}

bool davy_rollup_row_is_states(const davy_rollup_row *row)
{
    return row->id & STATES_BIT;
}

/* Step to the one row that there may be. */
static davy_status find(davy_rollup_file *file, sqlite3_stmt *select, int64_t id, bool *found)
{
    int answer;

    sqlite3_bind_int64(select, 1, id);
    answer = sqlite3_step(select);
    *found = answer == SQLITE_ROW;
    if (answer == SQLITE_ROW || answer == SQLITE_DONE)
        return DAVY_OK;
    return davy_database_fail(file->database, "cannot look for a block of rollups");
}

davy_status davy_rollup_file_through(davy_rollup_file *file, davy_signal_id signal,
                                     uint64_t *through, bool *found)
{
    sqlite3_stmt *select;
    davy_status status = davy_rollup_file_prepare(file, SELECT_THROUGH, &select);

    if (status != DAVY_OK)
        return status;
    status = find(file, select, key_id((davy_rollup_key){signal, DAVY_ROLLUP_1H, 0}), found);
    if (status == DAVY_OK && *found)
        *through = (uint64_t) sqlite3_column_int64(select, 0);
    sqlite3_reset(select);
    return status;
}

/* Step to the block of an id; the row is there until the statement is reset. */
static davy_status read_block(davy_rollup_file *file, int64_t id, sqlite3_stmt **select,
                              davy_rollup_row *row)
{
    bool found;
    davy_status status = davy_rollup_file_prepare(file, SELECT_BLOCK, select);

    if (status == DAVY_OK)
        status = find(file, *select, id, &found);
    if (status != DAVY_OK)
        return status;
    if (!found)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no such rollups");
    *row = davy_rollup_row_read(*select);
    return DAVY_OK;
}

static davy_status tell_damage(const davy_rollup_file *file, davy_signal_id signal)
{
    return davy_fail(DAVY_ERR_CORRUPT, "'%s': a block of rollups of signal %u is damaged",
                     sqlite3_db_filename(file->database, "main"), signal);
}

davy_status davy_rollup_file_get(davy_rollup_file *file, davy_codec_work *work, davy_rollup_key key,
                                 uint64_t *through, davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX],
                                 size_t *count)
{
    sqlite3_stmt *select = NULL;
    davy_rollup_row row;
    davy_status status = read_block(file, key_id(key), &select, &row);

    if (status == DAVY_OK) {
        *through = row.through;
        if (!davy_rollup_row_decode(work, file->number, &row, rows, count))
            status = tell_damage(file, key.signal);
    }
    sqlite3_reset(select);
    return status;
}

davy_status davy_rollup_file_get_states(davy_rollup_file *file, davy_codec_work *work,
                                        davy_rollup_key key, uint64_t *through,
                                        davy_held_block *block)
{
    sqlite3_stmt *select = NULL;
    davy_rollup_row row;
    davy_status status = read_block(file, key_id(key) | STATES_BIT, &select, &row);

    if (status == DAVY_OK) {
        *through = row.through;
        if (!davy_rollup_row_decode_states(work, file->number, &row, block))
            status = tell_damage(file, key.signal);
    }
    sqlite3_reset(select);
    return status;
}

davy_status davy_rollup_file_begin(davy_rollup_file *file)
{
    davy_status status = davy_database_begin(file->database);

    if (status != DAVY_OK)
        return status;
    status = davy_rollup_file_read_totals(file, &file->totals, &file->fold);
    return status == DAVY_OK ? DAVY_OK : davy_database_end(file->database, status);
}

davy_status davy_rollup_file_end(davy_rollup_file *file, davy_status status)
{
    if (status == DAVY_OK)
        status = davy_rollup_file_write_totals(file);
    return davy_database_end(file->database, status);
}

/* Take the block that is replaced out of the totals. */
static davy_status forget_block(davy_rollup_file *file, int64_t id)
{
    sqlite3_stmt *select;
    bool found;
    davy_status status = davy_rollup_file_prepare(file, SELECT_BLOCK, &select);

    if (status != DAVY_OK)
        return status;
    status = find(file, select, id, &found);
    if (status == DAVY_OK && found) {
        davy_rollup_row row = davy_rollup_row_read(select);

        file->totals.blocks--;
        file->totals.bytes -= row.length;
        file->fold ^= davy_rollup_row_checksum(&row);
    }
    sqlite3_reset(select);
    return status;
}

static davy_status write_block(davy_rollup_file *file, int64_t id, uint64_t through,
                               const davy_buffer *bytes)
{
    sqlite3_stmt *replace;
    davy_status status = davy_rollup_file_prepare(file, REPLACE_BLOCK, &replace);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(replace, 1, id);
    sqlite3_bind_int64(replace, 2, (sqlite3_int64) through);
    sqlite3_bind_blob64(replace, 3, bytes->bytes, bytes->length, SQLITE_STATIC);
    status = davy_database_execute(replace, "cannot keep a block of rollups");
    sqlite3_clear_bindings(replace);
    return status;
}

/* Close a content with its checksum and put it in the place of the one before it. */
static davy_status put_content(davy_rollup_file *file, int64_t id, uint64_t through,
                               davy_buffer *bytes)
{
    const uint32_t sum = checksum((const uint8_t *) bytes->bytes, bytes->length, id, through);
    uint8_t tail[CHECKSUM_BYTES];
    davy_status status;

    davy_put_u32(tail, sum);
    davy_buffer_append(bytes, tail, sizeof tail);
    status = davy_buffer_ok(bytes);
    if (status == DAVY_OK)
        status = forget_block(file, id);
    if (status == DAVY_OK)
        status = write_block(file, id, through, bytes);
    file->totals.blocks++;
    file->totals.bytes += bytes->length;
    file->fold ^= sum;
    return status;
}

davy_status davy_rollup_file_put(davy_rollup_file *file, davy_codec_work *work, davy_rollup_key key,
                                 uint64_t through, const davy_store_bucket *rows, size_t count)
{
    davy_buffer bytes = {0};
    davy_status status;

    davy_rollup_encode(work, key.tier, part_start_ns(file->number, key), rows, count, &bytes);
    status = put_content(file, key_id(key), through, &bytes);
    davy_buffer_clear(&bytes);
    return status;
}

davy_status davy_rollup_file_put_states(davy_rollup_file *file, davy_codec_work *work,
                                        davy_rollup_key key, uint64_t through, const double *values,
                                        size_t states, const davy_held_row *rows, size_t count)
{
    davy_buffer bytes = {0};
    davy_status status;

    davy_held_encode(work, key.tier, part_start_ns(file->number, key), values, states, rows, count,
                     &bytes);
    status = put_content(file, key_id(key) | STATES_BIT, through, &bytes);
    davy_buffer_clear(&bytes);
    return status;
}
