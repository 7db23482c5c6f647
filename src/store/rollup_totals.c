/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_file_private.h"

davy_status davy_rollup_file_read_totals(davy_rollup_file *file, davy_rollup_totals *totals,
                                         uint64_t *fold)
{
    sqlite3_stmt *select;
    davy_status status = davy_rollup_file_prepare(file, SELECT_TOTAL, &select);
    int answer;

    if (status != DAVY_OK)
        return status;
    answer = sqlite3_step(select);
    if (answer == SQLITE_ROW) {
        *totals = (davy_rollup_totals){
            .blocks = (uint64_t) sqlite3_column_int64(select, 0),
            .bytes = (uint64_t) sqlite3_column_int64(select, 1),
            .chunks = (uint64_t) sqlite3_column_int64(select, 2),
            .samples = (uint64_t) sqlite3_column_int64(select, 3),
            .sequence = (uint64_t) sqlite3_column_int64(select, 4),
        };
        *fold = (uint64_t) sqlite3_column_int64(select, 5);
    } else if (answer == SQLITE_DONE) {
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s': totals: not there",
                           sqlite3_db_filename(file->database, "main"));
    } else {
        status = davy_database_fail(file->database, "cannot read the totals");
    }
    sqlite3_reset(select);
    return status;
}

davy_status davy_rollup_file_get_totals(davy_rollup_file *file, davy_rollup_totals *totals)
{
    uint64_t fold;

    return davy_rollup_file_read_totals(file, totals, &fold);
}

davy_status davy_rollup_file_write_totals(davy_rollup_file *file)
{
    sqlite3_stmt *update;
    davy_status status = davy_rollup_file_prepare(file, UPDATE_TOTAL, &update);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(update, 1, (sqlite3_int64) file->totals.blocks);
    sqlite3_bind_int64(update, 2, (sqlite3_int64) file->totals.bytes);
    sqlite3_bind_int64(update, 3, (sqlite3_int64) file->totals.chunks);
    sqlite3_bind_int64(update, 4, (sqlite3_int64) file->totals.samples);
    sqlite3_bind_int64(update, 5, (sqlite3_int64) file->totals.sequence);
    sqlite3_bind_int64(update, 6, (sqlite3_int64) file->fold);
    return davy_database_execute(update, "cannot keep the totals");
}

void davy_rollup_file_note(davy_rollup_file *file, uint64_t chunks, uint64_t samples,
                           uint64_t sequence)
{
    file->totals.chunks = chunks;
    file->totals.samples = samples;
    file->totals.sequence = sequence;
}
