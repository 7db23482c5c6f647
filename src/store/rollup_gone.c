/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_file_private.h"

#include "core/file.h"
#include "store/bytes.h"

static uint32_t checksum(const davy_rollup_file *file, int64_t signal, int64_t through)
{
    uint8_t bytes[24];

    davy_put_u64(bytes, (uint64_t) file->number);
    davy_put_u64(bytes + 8, (uint64_t) signal);
    davy_put_u64(bytes + 16, (uint64_t) through);
    return (uint32_t) davy_checksum(bytes, sizeof bytes);
}

/* The one row that there may be. */
static davy_status find(davy_rollup_file *file, int which, davy_signal_id signal,
                        davy_rollup_gone *gone, bool *found)
{
    sqlite3_stmt *select;
    int answer;
    davy_status status = davy_rollup_file_prepare(file, which, &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, signal);
    answer = sqlite3_step(select);
    *found = answer == SQLITE_ROW;
    if (answer == SQLITE_ROW) {
        const int64_t id = sqlite3_column_int64(select, 0);
        const int64_t through = sqlite3_column_int64(select, 1);

        *gone = (davy_rollup_gone){(davy_signal_id) id, (uint64_t) through};
        if (sqlite3_column_int64(select, 2) != checksum(file, id, through))
            status = davy_fail(DAVY_ERR_CORRUPT, "'%s': what is gone of signal %u is damaged",
                               sqlite3_db_filename(file->database, "main"), gone->signal);
    } else if (answer != SQLITE_DONE) {
        status = davy_database_fail(file->database, "cannot look for rollups that stay");
    }
    sqlite3_reset(select);
    return status;
}

davy_status davy_rollup_file_get_gone(davy_rollup_file *file, davy_signal_id signal,
                                      davy_rollup_gone *gone, bool *found)
{
    return find(file, SELECT_GONE, signal, gone, found);
}

davy_status davy_rollup_file_next_gone(davy_rollup_file *file, davy_signal_id from,
                                       davy_rollup_gone *gone, bool *found)
{
    return find(file, SELECT_ANY_GONE, from, gone, found);
}

davy_status davy_rollup_file_put_gone(davy_rollup_file *file, davy_rollup_gone gone)
{
    sqlite3_stmt *replace;
    davy_status status = davy_rollup_file_prepare(file, REPLACE_GONE, &replace);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(replace, 1, gone.signal);
    sqlite3_bind_int64(replace, 2, (sqlite3_int64) gone.through);
    sqlite3_bind_int64(replace, 3, checksum(file, gone.signal, (int64_t) gone.through));
    return davy_database_execute(replace, "cannot note that samples go");
}

davy_status davy_rollup_file_drop_gone(davy_rollup_file *file, davy_signal_id signal)
{
    sqlite3_stmt *delete;
    davy_status status = davy_rollup_file_prepare(file, DELETE_GONE, &delete);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(delete, 1, signal);
    return davy_database_execute(delete, "cannot take back that samples go");
}

davy_status davy_rollup_file_sync(davy_rollup_file *file)
{
    return davy_database_run(file->database, "PRAGMA wal_checkpoint(FULL)");
}
