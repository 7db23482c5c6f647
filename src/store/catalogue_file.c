/* SPDX-License-Identifier: Apache-2.0 */
#include "store/catalogue_file.h"

#include "core/file.h"
#include "store/bytes.h"
#include "store/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Paths are unique by the table in memory: an index of them would be one more thing to damage. */
#define TABLES                                                                            \
    "CREATE TABLE signal(id INTEGER PRIMARY KEY, path TEXT NOT NULL, unit TEXT NOT NULL," \
    " checksum INTEGER NOT NULL) STRICT;"                                                 \
    "CREATE TABLE total(id INTEGER PRIMARY KEY CHECK(id = 0), signals INTEGER NOT NULL,"  \
    " fold INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;"

/* What fits no signal, as no checksum has more than 32 bits. */
#define NO_SUM UINT64_MAX

struct davy_catalogue_file {
    sqlite3 *database;
    sqlite3_stmt *save;
    int version;
    uint64_t *sums; /* by id: the checksum that is in the file; 0 is one too */
    size_t count, capacity;
    uint64_t signals, fold; /* of those that fit and of those that are damaged */
    uint64_t rows;          /* read, also those that do not fit */
};

/* Low half of XXH3 over id, XXH3 of the path and XXH3 of the unit. */
static uint32_t checksum_of(uint64_t id, const char *path, const char *unit)
{
    uint8_t bytes[24];

    davy_put_u64(bytes, id);
    davy_put_u64(bytes + 8, davy_checksum(path, strlen(path)));
    davy_put_u64(bytes + 16, davy_checksum(unit, strlen(unit)));
    return (uint32_t) davy_checksum(bytes, sizeof bytes);
}

static uint32_t checksum_of_total(uint64_t signals, uint64_t fold)
{
    uint8_t bytes[16];

    davy_put_u64(bytes, signals);
    davy_put_u64(bytes + 8, fold);
    return (uint32_t) davy_checksum(bytes, sizeof bytes);
}

static void checksum_in_sql(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *path = (const char *) sqlite3_value_text(values[1]);
    const char *unit = (const char *) sqlite3_value_text(values[2]);

    (void) count;
    sqlite3_result_int64(context, checksum_of((uint64_t) sqlite3_value_int64(values[0]),
                                              path ? path : "", unit ? unit : ""));
}

/* Names may be in tens of thousands: they are copied by the database. */
static davy_status copy_names(sqlite3 *database)
{
    davy_status status = DAVY_OK;

    if (sqlite3_create_function(database, "davy_sum", 3, SQLITE_UTF8, NULL, checksum_in_sql, NULL,
                                NULL) != SQLITE_OK)
        return davy_database_fail(database, "cannot bring the names to format 2");
    status = davy_database_run(database, "ALTER TABLE signal RENAME TO signal_1;" TABLES
                                         "INSERT INTO signal SELECT id, path, unit,"
                                         " davy_sum(id, path, unit) FROM signal_1 ORDER BY id;"
                                         "DROP TABLE signal_1;");
    (void) sqlite3_create_function(database, "davy_sum", 3, SQLITE_UTF8, NULL, NULL, NULL, NULL);
    return status;
}

static davy_status put_total(sqlite3 *database, uint64_t signals, uint64_t fold)
{
    char sql[160];

    (void) snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO total VALUES(0, %llu, %llu, %u)",
                    (unsigned long long) signals, (unsigned long long) fold,
                    (unsigned) checksum_of_total(signals, fold));
    return davy_database_run(database, sql);
}

/* From format 1 to 2; a hole in the ids is damage that format 1 could have told as well. */
static davy_status upgrade(sqlite3 *database, int from)
{
    sqlite3_stmt *select;
    uint64_t signals = 0, fold = 0;
    int answer;
    davy_status status = copy_names(database);

    (void) from;
    if (status == DAVY_OK)
        status =
            davy_database_prepare(database, "SELECT id, checksum FROM signal ORDER BY id", &select);
    if (status != DAVY_OK)
        return status;
    while ((answer = sqlite3_step(select)) == SQLITE_ROW) {
        if ((uint64_t) sqlite3_column_int64(select, 0) != signals++)
            status =
                davy_fail(DAVY_ERR_CORRUPT, "'%s': signal %llu is missing",
                          sqlite3_db_filename(database, "main"), (unsigned long long) signals - 1);
        fold ^= (uint64_t) sqlite3_column_int64(select, 1);
    }
    if (answer != SQLITE_DONE)
        status = davy_database_fail(database, "cannot bring the names to format 2");
    sqlite3_finalize(select);
    return status == DAVY_OK ? put_total(database, signals, fold) : status;
}

static const davy_database_schema schema = {
    .version = 2,
    .page_bytes = 4096,
    .sql = TABLES "INSERT INTO total VALUES(0, 0, 0, 0)",
    .upgrade = upgrade,
};

static davy_status prepare(davy_catalogue_file *file)
{
    return davy_database_prepare(file->database,
                                 "INSERT INTO signal(id, path, unit, checksum)"
                                 " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE SET"
                                 " unit = excluded.unit, checksum = excluded.checksum",
                                 &file->save);
}

davy_status davy_catalogue_file_open(const char *path, bool read_only, davy_catalogue_file **out)
{
    davy_catalogue_file *file = calloc(1, sizeof *file);
    davy_status status;

    if (!file)
        return davy_fail(DAVY_ERR_NOMEM, "catalogue '%s'", path);
    status = davy_database_open(path, read_only, &schema, &file->database);
    if (status == DAVY_OK)
        status = davy_database_version(file->database, &file->version);
    if (status == DAVY_OK && !read_only)
        status = prepare(file);
    if (status != DAVY_OK) {
        davy_catalogue_file_close(file);
        return status;
    }
    *out = file;
    return DAVY_OK;
}

void davy_catalogue_file_close(davy_catalogue_file *file)
{
    if (!file)
        return;
    sqlite3_finalize(file->save);
    davy_database_close(file->database);
    free(file->sums);
    free(file);
}

static davy_status make_room(davy_catalogue_file *file, size_t count)
{
    size_t capacity = file->capacity ? file->capacity : 64;
    uint64_t *sums;

    if (count <= file->capacity)
        return DAVY_OK;
    while (capacity < count)
        capacity *= 2;
    sums = realloc(file->sums, capacity * sizeof *sums);
    if (!sums)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu signals", count);
    file->sums = sums;
    file->capacity = capacity;
    return DAVY_OK;
}

/* The next signal; a path of NULL is of one that is damaged. */
static davy_status take(davy_catalogue_file *file, const char *path, const char *unit, uint64_t sum,
                        davy_catalogue_visit visit, void *context)
{
    davy_status status = make_room(file, file->count + 1);

    if (status == DAVY_OK)
        status = visit(context, path, unit);
    if (status == DAVY_OK)
        file->sums[file->count++] = sum;
    return status;
}

static davy_status take_damaged(davy_catalogue_file *file, uint64_t until, uint64_t *damaged,
                                davy_catalogue_visit visit, void *context)
{
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && file->count < until) {
        status = take(file, NULL, NULL, NO_SUM, visit, context);
        ++*damaged;
    }
    return status;
}

/* A row that fits has its right id, so what is missing before it was there once. One that does not
 * fit is passed over, and missed by the next. */
static davy_status load_row(davy_catalogue_file *file, sqlite3_stmt *select, uint64_t *fold,
                            uint64_t *damaged, davy_catalogue_visit visit, void *context)
{
    const char *path = (const char *) sqlite3_column_text(select, 1);
    const char *unit = (const char *) sqlite3_column_text(select, 2);
    uint64_t id = (uint64_t) sqlite3_column_int64(select, 0), sum = 0;
    davy_status status;

    if ((!path || !unit) && sqlite3_errcode(file->database) == SQLITE_NOMEM)
        return davy_database_fail(file->database, "cannot read the signals");
    file->rows++;
    if (file->version == 1 && (!path || !unit || id != file->count))
        return davy_fail(DAVY_ERR_CORRUPT, "'%s': signal %zu is missing or damaged",
                         sqlite3_db_filename(file->database, "main"), file->count);
    if (file->version > 1) {
        sum = (uint64_t) sqlite3_column_int64(select, 3);
        if (!path || !unit || id < file->count || sum != checksum_of(id, path, unit))
            return DAVY_OK;
    }
    *fold ^= sum;
    status = take_damaged(file, id, damaged, visit, context);
    return status == DAVY_OK ? take(file, path, unit, sum, visit, context) : status;
}

static void read_total_row(davy_catalogue_file *file, sqlite3_stmt *row, bool *fits)
{
    uint64_t signals = (uint64_t) sqlite3_column_int64(row, 0);
    uint64_t fold = (uint64_t) sqlite3_column_int64(row, 1);
    uint64_t sum = (uint64_t) sqlite3_column_int64(row, 2);

    /* Of a file that was just made all three are 0. */
    *fits = sum == checksum_of_total(signals, fold) || (signals | fold | sum) == 0;
    if (*fits) {
        file->signals = signals;
        file->fold = fold;
    }
}

/* @param fits  whether it is there as it was written; that it could not be read is a failure */
static davy_status read_total(davy_catalogue_file *file, bool *fits)
{
    sqlite3_stmt *select;
    int answer;
    davy_status status = davy_database_prepare(
        file->database, "SELECT signals, fold, checksum FROM total WHERE id = 0", &select);

    *fits = false;
    if (status != DAVY_OK)
        return status;
    answer = sqlite3_step(select);
    if (answer == SQLITE_ROW)
        read_total_row(file, select, fits);
    else if (answer != SQLITE_DONE)
        status = davy_database_fail(file->database, "cannot read the number of signals");
    sqlite3_finalize(select);
    return status;
}

static davy_status load_rows(davy_catalogue_file *file, uint64_t *fold, uint64_t *damaged,
                             davy_catalogue_visit visit, void *context)
{
    sqlite3_stmt *select;
    int answer = SQLITE_DONE;
    davy_status status = davy_database_prepare(
        file->database,
        file->version == 1 ? "SELECT id, path, unit FROM signal ORDER BY id"
                           : "SELECT id, path, unit, checksum FROM signal ORDER BY id",
        &select);

    if (status != DAVY_OK)
        return status;
    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW)
        status = load_row(file, select, fold, damaged, visit, context);
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(file->database, "cannot read the signals");
    sqlite3_finalize(select);
    return status;
}

davy_status davy_catalogue_file_load(davy_catalogue_file *file, davy_catalogue_visit visit,
                                     void *context, uint64_t *damaged)
{
    bool has_total = true;
    uint64_t fold = 0;
    davy_status status = file->version == 1 ? DAVY_OK : read_total(file, &has_total);

    *damaged = !has_total;
    if (status == DAVY_OK)
        status = load_rows(file, &fold, damaged, visit, context);
    /* Ids are dense, so there were as many as there are rows, damaged ones too, whatever the total
     * says: an id is never given twice. */
    if (status == DAVY_OK && file->version > 1)
        status = take_damaged(file, file->rows > file->signals ? file->rows : file->signals,
                              damaged, visit, context);
    if (status == DAVY_OK && has_total && file->version > 1 && *damaged == 0)
        *damaged += fold != file->fold || file->count != file->signals;
    if (!has_total)
        file->fold = fold;
    return status;
}

static davy_status save_one(davy_catalogue_file *file, const davy_catalogue_entry *entry,
                            uint32_t sum)
{
    sqlite3_bind_int64(file->save, 1, entry->id);
    sqlite3_bind_text(file->save, 2, entry->path, -1, SQLITE_STATIC);
    sqlite3_bind_text(file->save, 3, entry->unit, -1, SQLITE_STATIC);
    sqlite3_bind_int64(file->save, 4, sum);
    return davy_database_execute(file->save, "cannot keep a signal");
}

static bool is_damaged(const davy_catalogue_file *file, size_t id)
{
    return id < file->count && file->sums[id] == NO_SUM;
}

static davy_status save_all(davy_catalogue_file *file, const davy_catalogue_entry *entries,
                            size_t first, size_t count, uint64_t *fold)
{
    davy_status status = DAVY_OK;

    for (size_t i = first; i < count && status == DAVY_OK; i++) {
        uint32_t sum = checksum_of(i, entries[i].path, entries[i].unit);

        if (is_damaged(file, i))
            continue;
        *fold ^= sum ^ (i < file->count ? file->sums[i] : 0);
        status = save_one(file, &entries[i], sum);
    }
    return status == DAVY_OK ? put_total(file->database, count, *fold) : status;
}

davy_status davy_catalogue_file_save(davy_catalogue_file *file, const davy_catalogue_entry *entries,
                                     size_t first, size_t count)
{
    uint64_t fold = file->fold;
    davy_status status = make_room(file, count);

    if (status == DAVY_OK)
        status = davy_database_begin(file->database);
    if (status != DAVY_OK)
        return status;
    status = save_all(file, entries, first, count, &fold);
    status = davy_database_end(file->database, status);
    if (status != DAVY_OK)
        return status;
    for (size_t i = first; i < count; i++)
        if (!is_damaged(file, i))
            file->sums[i] = checksum_of(i, entries[i].path, entries[i].unit);
    file->count = count > file->count ? count : file->count;
    file->fold = fold;
    return DAVY_OK;
}
