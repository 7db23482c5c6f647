/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <sqlite3.h>
#include <stdbool.h>

/**
 * @file
 * SQLite as the store uses it: WAL, every commit synced, errors that name the file.
 *
 * Stage: store. A connection belongs to one thread at a time.
 */

/** How long to wait for another connection's write lock. */
#define DAVY_DATABASE_BUSY_MS 10000

typedef struct davy_database_schema {
    int version;    /* PRAGMA user_version of a new file */
    int oldest;     /* that is read as it is, 0: every one. Others are DAVY_ERR_UNSUPPORTED */
    int page_bytes; /* of a new file */
    const char *sql;
    /* A file that was made and got no tables is as good as none, DAVY_ERR_NOT_FOUND to a reader:
     * for what can be made again. Else it is damage: something may have been in it. */
    bool unmade_is_none;
    /* Optional: bring a file from one version to the next. It runs in the transaction that notes
     * the new version, so a file is of the one or the other, whenever the program ends. */
    davy_status (*upgrade)(sqlite3 *database, int from);
} davy_database_schema;

/** Open; a file that is new gets the schema unless `read_only`, which needs the file, and one of an
 * older version is upgraded where there is a way, and left as it is where there is none. */
DAVY_MUST_CHECK davy_status davy_database_open(const char *path, bool read_only,
                                               const davy_database_schema *schema, sqlite3 **out);

/** NULL is fine. */
void davy_database_close(sqlite3 *database);

/** The last failure of a connection as a status and a sentence "'file': what: words". */
davy_status davy_database_fail(sqlite3 *database, const char *what);

/** Look at the pages and indexes of the whole file. DAVY_ERR_CORRUPT: they do not fit together, and
 * the sentence has the first place. */
DAVY_MUST_CHECK davy_status davy_database_check(sqlite3 *database);

/** PRAGMA user_version. */
DAVY_MUST_CHECK davy_status davy_database_version(sqlite3 *database, int *version);

DAVY_MUST_CHECK davy_status davy_database_run(sqlite3 *database, const char *sql);

/** Prepare a statement that is used many times. */
DAVY_MUST_CHECK davy_status davy_database_prepare(sqlite3 *database, const char *sql,
                                                  sqlite3_stmt **out);

/** Step a statement that gives no row, and reset it. */
DAVY_MUST_CHECK davy_status davy_database_execute(sqlite3_stmt *statement, const char *what);

/** BEGIN IMMEDIATE. */
DAVY_MUST_CHECK davy_status davy_database_begin(sqlite3 *database);

/** COMMIT when `status` is DAVY_OK, otherwise ROLLBACK; gives the first failure. */
DAVY_MUST_CHECK davy_status davy_database_end(sqlite3 *database, davy_status status);
