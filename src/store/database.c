/* SPDX-License-Identifier: Apache-2.0 */
#include "store/database.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A shared-memory file that cannot grow is how a full disk greets a database that is opened. SQLite
 * keeps no errno for it. */
static bool is_full(sqlite3 *database)
{
    int system = sqlite3_system_errno(database);

    return system == ENOSPC || system == EDQUOT ||
           sqlite3_extended_errcode(database) == SQLITE_IOERR_SHMSIZE;
}

static davy_status status_of(sqlite3 *database)
{

    switch (sqlite3_errcode(database) & 0xff) {
    case SQLITE_FULL:
        return DAVY_ERR_FULL;
    case SQLITE_NOMEM:
        return DAVY_ERR_NOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return DAVY_ERR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return DAVY_ERR_UNAVAILABLE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return DAVY_ERR_DENIED;
    case SQLITE_CONSTRAINT:
        return DAVY_ERR_INVALID;
    default:
        return is_full(database) ? DAVY_ERR_FULL : DAVY_ERR_IO;
    }
}

davy_status davy_database_fail(sqlite3 *database, const char *what)
{
    davy_status status = status_of(database);
    const char *name = sqlite3_db_filename(database, "main");

    errno = status == DAVY_ERR_IO ? sqlite3_system_errno(database) : 0;
    return davy_fail(status, "'%s': %s: %s", name ? name : "database", what,
                     status == DAVY_ERR_FULL ? strerror(ENOSPC) : sqlite3_errmsg(database));
}

davy_status davy_database_run(sqlite3 *database, const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        return davy_database_fail(database, sql);
    return DAVY_OK;
}

davy_status davy_database_prepare(sqlite3 *database, const char *sql, sqlite3_stmt **out)
{
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
        return davy_database_fail(database, sql);
    return DAVY_OK;
}

davy_status davy_database_execute(sqlite3_stmt *statement, const char *what)
{
    int answer = sqlite3_step(statement);
    davy_status status = DAVY_OK;

    if (answer != SQLITE_DONE)
        status = davy_database_fail(sqlite3_db_handle(statement), what);
    sqlite3_reset(statement);
    return status;
}

davy_status davy_database_begin(sqlite3 *database)
{
    return davy_database_run(database, "BEGIN IMMEDIATE");
}

davy_status davy_database_end(sqlite3 *database, davy_status status)
{
    if (status == DAVY_OK)
        status = davy_database_run(database, "COMMIT");
    if (status != DAVY_OK && !sqlite3_get_autocommit(database))
        (void) sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* One row, "ok" or the first thing that is wrong: sqlite.org/pragma.html#pragma_integrity_check. */
davy_status davy_database_check(sqlite3 *database)
{
    sqlite3_stmt *statement;
    const char *answer;
    davy_status status = davy_database_prepare(database, "PRAGMA integrity_check(1)", &statement);

    if (status != DAVY_OK)
        return status;
    if (sqlite3_step(statement) != SQLITE_ROW) {
        status = davy_database_fail(database, "cannot be checked");
    } else {
        answer = (const char *) sqlite3_column_text(statement, 0);
        if (!answer || strcmp(answer, "ok") != 0)
            status = davy_fail(DAVY_ERR_CORRUPT, "'%s': %s", sqlite3_db_filename(database, "main"),
                               answer ? answer : "no answer");
    }
    sqlite3_finalize(statement);
    return status;
}

davy_status davy_database_version(sqlite3 *database, int *version)
{
    sqlite3_stmt *statement;
    davy_status status = davy_database_prepare(database, "PRAGMA user_version", &statement);

    if (status != DAVY_OK)
        return status;
    if (sqlite3_step(statement) == SQLITE_ROW)
        *version = sqlite3_column_int(statement, 0);
    else
        status = davy_database_fail(database, "cannot read the version");
    sqlite3_finalize(statement);
    return status;
}

/* In one transaction: a file is either without a schema or whole. */
static davy_status create_schema(sqlite3 *database, const davy_database_schema *schema)
{
    char version[64];
    davy_status status = davy_database_begin(database);
    int found = 0;

    if (status != DAVY_OK)
        return status;
    status = davy_database_version(database, &found); /* another process may have been faster */
    (void) snprintf(version, sizeof version, "PRAGMA user_version=%d", schema->version);
    if (status == DAVY_OK && found == 0)
        status = davy_database_run(database, schema->sql);
    if (status == DAVY_OK && found == 0)
        status = davy_database_run(database, version);
    return davy_database_end(database, status);
}

/* One version on, in a transaction. @param version  what it is then */
static davy_status upgrade_once(sqlite3 *database, const davy_database_schema *schema, int *version)
{
    char note[64];
    int found = 0;
    davy_status status = davy_database_begin(database);

    if (status != DAVY_OK)
        return status;
    status = davy_database_version(database, &found); /* another process may have been faster */
    if (status == DAVY_OK && found == *version) {
        status = schema->upgrade(database, found);
        (void) snprintf(note, sizeof note, "PRAGMA user_version=%d", ++found);
        if (status == DAVY_OK)
            status = davy_database_run(database, note);
    }
    status = davy_database_end(database, status);
    if (status == DAVY_OK)
        *version = found;
    return status;
}

static davy_status upgrade(sqlite3 *database, const davy_database_schema *schema, int *version)
{
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && schema->upgrade && *version > 0 && *version < schema->version)
        status = upgrade_once(database, schema, version);
    return status;
}

static davy_status set_up(sqlite3 *database, bool read_only, const davy_database_schema *schema)
{
    char page[64];
    int version = 0;
    davy_status status;

    sqlite3_busy_timeout(database, DAVY_DATABASE_BUSY_MS);
    (void) snprintf(page, sizeof page, "PRAGMA page_size=%d", schema->page_bytes);
    status = davy_database_run(database, page);
    if (status == DAVY_OK && !read_only &&
        sqlite3_exec(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL,
                     NULL) != SQLITE_OK)
        status = davy_database_fail(database, "cannot open");
    if (status == DAVY_OK)
        status = davy_database_version(database, &version);
    if (status == DAVY_OK && version == 0 && !read_only) {
        status = create_schema(database, schema);
        version = schema->version;
    }
    if (status == DAVY_OK && !read_only)
        status = upgrade(database, schema, &version);
    if (status == DAVY_OK && version == 0)
        return davy_fail(schema->unmade_is_none ? DAVY_ERR_NOT_FOUND : DAVY_ERR_CORRUPT,
                         "'%s' is empty", sqlite3_db_filename(database, "main"));
    if (status == DAVY_OK && (version < schema->oldest || version > schema->version))
        status =
            davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' has format %d, this davy reads formats up to %d",
                      sqlite3_db_filename(database, "main"), version, schema->version);
    return status;
}

/* A connection that was not opened does not know its file. */
static davy_status fail_to_open(sqlite3 *database, const char *path)
{
    const davy_status status = status_of(database);

    errno = status == DAVY_ERR_IO ? sqlite3_system_errno(database) : 0;
    return davy_fail(status, "'%s': cannot open: %s", path,
                     status == DAVY_ERR_FULL ? strerror(ENOSPC) : sqlite3_errmsg(database));
}

davy_status davy_database_open(const char *path, bool read_only, const davy_database_schema *schema,
                               sqlite3 **out)
{
    int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3 *database = NULL;
    davy_status status;

    if (sqlite3_open_v2(path, &database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        NULL) != SQLITE_OK) {
        status = database ? fail_to_open(database, path) : davy_fail(DAVY_ERR_NOMEM, "'%s'", path);
    } else {
        status = set_up(database, read_only, schema);
    }
    if (status != DAVY_OK) {
        davy_database_close(database);
        return status;
    }
    *out = database;
    return DAVY_OK;
}

void davy_database_close(sqlite3 *database)
{
    sqlite3_close_v2(database);
}
