/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * What SQLite itself says of a day file, past the store.
 */
#include "../testing.h"

#include <sqlite3.h>
#include <stdio.h>

/** The first number that a statement gives about the day 2026-01-02 of a store. */
static inline int ask_day(const char *folder, const char *sql)
{
    char path[256];
    sqlite3 *database;
    sqlite3_stmt *select;
    int number;

    (void) snprintf(path, sizeof path, "%s/days/2026-01-02.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &select, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    number = sqlite3_column_int(select, 0);
    sqlite3_finalize(select);
    sqlite3_close(database);
    return number;
}
