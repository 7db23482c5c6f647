/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_file_private.h"

#include <stdio.h>

/*
 * Blocks say nothing of their day: it is that of the file's name. So the file knows it too, else
 * one that a person gave another day's name would answer for that day. SQLite's application_id, 4
 * bytes of the file's header, has a letter and the day.
 */
#define LETTER   0x44000000U /* 'D' */
#define DAY_MASK 0x00ffffffU /* days since 1970 modulo 2^24: 45,000 years */

static int mark_of(int32_t number)
{
    return (int) (LETTER | ((uint32_t) number & DAY_MASK));
}

void davy_rollup_file_mark(int32_t number, char *sql, size_t size)
{
    (void) snprintf(sql, size, "PRAGMA application_id=%d;", mark_of(number));
}

/* What an earlier program made has none. */
static bool is_of_day(int mark, int32_t number)
{
    return mark == 0 || mark == mark_of(number);
}

davy_status davy_rollup_file_check_day(const davy_rollup_file *file)
{
    sqlite3_stmt *select;
    davy_status status = davy_database_prepare(file->database, "PRAGMA application_id", &select);

    if (status != DAVY_OK)
        return status;
    if (sqlite3_step(select) != SQLITE_ROW)
        status = davy_database_fail(file->database, "cannot read its day");
    else if (!is_of_day(sqlite3_column_int(select, 0), file->number))
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s' has the rollups of another day",
                           sqlite3_db_filename(file->database, "main"));
    sqlite3_finalize(select);
    return status;
}
