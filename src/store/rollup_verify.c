/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_file_private.h"

#include <stdlib.h>

/* Room for the rows of any block. */
struct room {
    davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX];
    davy_held_block states;
};

static bool is_good(const davy_rollup_file *file, davy_codec_work *work, const davy_rollup_row *row,
                    struct room *room)
{
    size_t count;

    if (davy_rollup_row_is_states(row))
        return davy_rollup_row_decode_states(work, file->number, row, &room->states);
    return davy_rollup_row_decode(work, file->number, row, room->rows, &count);
}

/* Walk all blocks; *blocks and *fold are what `total` should say. */
static davy_status check_blocks(davy_rollup_file *file, davy_codec_work *work, uint64_t *blocks,
                                uint64_t *fold, uint64_t *damaged)
{
    struct room *room = malloc(sizeof *room);
    sqlite3_stmt *select = NULL;
    int answer = SQLITE_DONE;
    davy_status status = room ? davy_rollup_file_prepare(file, SELECT_ALL, &select)
                              : davy_fail(DAVY_ERR_NOMEM, "no memory to check rollups");

    while (status == DAVY_OK && (answer = sqlite3_step(select)) == SQLITE_ROW) {
        davy_rollup_row row = davy_rollup_row_read(select);

        *damaged += !is_good(file, work, &row, room);
        *fold ^= davy_rollup_row_checksum(&row);
        ++*blocks;
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(file->database, "cannot read the rollups");
    sqlite3_reset(select);
    free(room);
    return status;
}

static davy_status check_gone(davy_rollup_file *file, uint64_t *damaged)
{
    davy_rollup_gone gone;
    davy_signal_id from = 0;
    bool found = true;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && found) {
        status = davy_rollup_file_next_gone(file, from, &gone, &found);
        if (status == DAVY_ERR_CORRUPT && found) {
            ++*damaged;
            status = DAVY_OK;
        }
        from = gone.signal + 1;
        found = found && from > 0;
    }
    return status;
}

davy_status davy_rollup_file_verify(davy_rollup_file *file, davy_codec_work *work,
                                    uint64_t *damaged)
{
    uint64_t blocks = 0, fold = 0, expected = 0;
    davy_rollup_totals totals = {0};
    davy_status status = davy_database_run(file->database, "BEGIN"); /* one moment for both reads */

    if (status != DAVY_OK)
        return status;
    status = check_blocks(file, work, &blocks, &fold, damaged);
    if (status == DAVY_OK)
        status = davy_rollup_file_read_totals(file, &totals, &expected);
    if (status == DAVY_OK)
        status = check_gone(file, damaged);
    if (status == DAVY_OK && (totals.blocks != blocks || fold != expected))
        ++*damaged;
    (void) sqlite3_exec(file->database, "ROLLBACK", NULL, NULL, NULL);
    if (status == DAVY_ERR_CORRUPT) {
        ++*damaged;
        status = DAVY_OK;
    }
    return status;
}
