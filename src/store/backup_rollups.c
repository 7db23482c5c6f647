/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup_file.h"

#include "store/bytes.h"
#include "store/database.h"

#include <stdbool.h>

/* Blocks whose chunks are there are made anew from them; those left answer alone. The day files are
 * to be looked at again. */
static const char cut[] = "DELETE FROM block WHERE id >> 6 NOT IN (SELECT signal FROM gone);"
                          "UPDATE total SET blocks = (SELECT count(*) FROM block),"
                          " bytes = (SELECT coalesce(sum(length(bytes)), 0) FROM block),"
                          " chunks = 0, points = 0, sequence = 0";

static davy_status step(sqlite3 *database, sqlite3_stmt *select, bool *found)
{
    const int answer = sqlite3_step(select);

    *found = answer == SQLITE_ROW;
    if (answer == SQLITE_ROW || answer == SQLITE_DONE)
        return DAVY_OK;
    return davy_database_fail(database, "cannot read the rollups");
}

static davy_status has_gone(const char *path, bool *has)
{
    sqlite3 *database;
    sqlite3_stmt *select = NULL;
    davy_status status = davy_backup_open(path, SQLITE_OPEN_READONLY, &database);

    if (status == DAVY_OK)
        status = davy_backup_has_schema(database, has);
    if (status == DAVY_OK && *has) {
        status = davy_database_prepare(database, "SELECT 1 FROM gone LIMIT 1", &select);
        if (status == DAVY_OK)
            status = step(database, select, has);
    }
    sqlite3_finalize(select);
    davy_database_close(database);
    return status;
}

/* The exclusive or of the checksums at the ends of all blocks. */
static davy_status read_fold(sqlite3 *database, uint64_t *fold)
{
    sqlite3_stmt *select;
    bool found = true;
    davy_status status =
        davy_database_prepare(database, "SELECT substr(bytes, -4) FROM block", &select);

    *fold = 0;
    while (status == DAVY_OK && found) {
        status = step(database, select, &found);
        if (status == DAVY_OK && found && sqlite3_column_bytes(select, 0) == 4)
            *fold ^= davy_get_u32(sqlite3_column_blob(select, 0));
    }
    sqlite3_finalize(select);
    return status;
}

static davy_status write_fold(sqlite3 *database)
{
    sqlite3_stmt *update = NULL;
    uint64_t fold;
    davy_status status = read_fold(database, &fold);

    if (status == DAVY_OK)
        status = davy_database_prepare(database, "UPDATE total SET fold = ?1", &update);
    if (status == DAVY_OK) {
        sqlite3_bind_int64(update, 1, (sqlite3_int64) fold);
        status = davy_database_execute(update, "cannot keep the totals");
    }
    sqlite3_finalize(update);
    return status;
}

static davy_status cut_copy(const char *path)
{
    sqlite3 *database;
    davy_status status = davy_backup_open(path, SQLITE_OPEN_READWRITE, &database);

    if (status == DAVY_OK)
        status = davy_database_begin(database);
    if (status == DAVY_OK) {
        status = davy_database_run(database, cut);
        if (status == DAVY_OK)
            status = write_fold(database);
        status = davy_database_end(database, status);
    }
    davy_database_close(database);
    return status;
}

davy_status davy_backup_rollups(const char *from, const char *to, uint64_t *bytes)
{
    bool has = false;
    davy_status status = has_gone(from, &has);

    if (status == DAVY_ERR_CORRUPT) /* found when it is read back */
        return davy_backup_plain(from, to, bytes);
    if (status != DAVY_OK || !has)
        return status;
    status = davy_backup_database(from, to, bytes);
    if (status == DAVY_OK)
        status = cut_copy(to);
    return status == DAVY_ERR_CORRUPT ? DAVY_OK : status;
}
