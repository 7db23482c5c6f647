/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/held_rows.h"
#include "store/rollup_block.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A file of rollups: those of one UTC day, DIR/days/YYYY-MM-DD.rollups.db.
 *
 * Stage: store. Derived data: a block says up to which sequence it has the chunks of its signal and
 * day, and is of use only where no chunk has a later one. So a file that is lost costs time and no
 * answer, and commits are not synced one by one. A connection belongs to one thread at a time.
 */
typedef struct davy_rollup_file davy_rollup_file;

/**
 * Open or create. DAVY_ERR_CORRUPT: the file is damaged as a whole.
 *
 * @param epoch  of the pool, given back by davy_rollup_file_epoch()
 */
DAVY_MUST_CHECK davy_status davy_rollup_file_open(const char *path, int32_t number, unsigned epoch,
                                                  bool read_only, davy_rollup_file **out);

/** NULL is fine. */
void davy_rollup_file_close(davy_rollup_file *file);

/** Whether it was opened for writing. */
bool davy_rollup_file_writes(const davy_rollup_file *file);

int32_t davy_rollup_file_number(const davy_rollup_file *file);
unsigned davy_rollup_file_epoch(const davy_rollup_file *file);

/** Which block. */
typedef struct davy_rollup_key {
    davy_signal_id signal;
    davy_rollup_tier tier;
    unsigned part; /* stretch of the day, below DAVY_ROLLUP_PARTS_MAX */
} davy_rollup_key;

/** What the blocks of a signal are made from; *found false when there are none. */
DAVY_MUST_CHECK davy_status davy_rollup_file_through(davy_rollup_file *file, davy_signal_id signal,
                                                     uint64_t *through, bool *found);

/** Read a block. DAVY_ERR_NOT_FOUND: there is none; DAVY_ERR_CORRUPT: it is damaged. */
DAVY_MUST_CHECK davy_status davy_rollup_file_get(davy_rollup_file *file, davy_codec_work *work,
                                                 davy_rollup_key key, uint64_t *through,
                                                 davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX],
                                                 size_t *count);

/** Blocks put between the two are kept together or not at all. */
DAVY_MUST_CHECK davy_status davy_rollup_file_begin(davy_rollup_file *file);
DAVY_MUST_CHECK davy_status davy_rollup_file_end(davy_rollup_file *file, davy_status status);

/** Put a block in the place of the one before it. */
DAVY_MUST_CHECK davy_status davy_rollup_file_put(davy_rollup_file *file, davy_codec_work *work,
                                                 davy_rollup_key key, uint64_t through,
                                                 const davy_store_bucket *rows, size_t count);

/** The same for times in state; signals with many values have none. */
DAVY_MUST_CHECK davy_status davy_rollup_file_get_states(davy_rollup_file *file,
                                                        davy_codec_work *work, davy_rollup_key key,
                                                        uint64_t *through, davy_held_block *block);
DAVY_MUST_CHECK davy_status davy_rollup_file_put_states(davy_rollup_file *file,
                                                        davy_codec_work *work, davy_rollup_key key,
                                                        uint64_t through, const double *values,
                                                        size_t states, const davy_held_row *rows,
                                                        size_t count);

/** What the file holds, and what the day files held when it was last looked through. */
typedef struct davy_rollup_totals {
    uint64_t blocks, bytes;
    uint64_t chunks, samples, sequence; /* of the day files; 0 when they were never */
} davy_rollup_totals;

DAVY_MUST_CHECK davy_status davy_rollup_file_get_totals(davy_rollup_file *file,
                                                        davy_rollup_totals *totals);

/** Note what the day files hold, between begin and end. */
void davy_rollup_file_note(davy_rollup_file *file, uint64_t chunks, uint64_t samples,
                           uint64_t sequence);

/*
 * What outlived its samples: the day file is removed, and the blocks of its signals answer alone.
 */

/** Up to which sequence the chunks of a signal are gone, or are about to go. */
typedef struct davy_rollup_gone {
    davy_signal_id signal;
    uint64_t through;
} davy_rollup_gone;

DAVY_MUST_CHECK davy_status davy_rollup_file_get_gone(davy_rollup_file *file, davy_signal_id signal,
                                                      davy_rollup_gone *gone, bool *found);

/** Of the first signal from `from` on of which they are. */
DAVY_MUST_CHECK davy_status davy_rollup_file_next_gone(davy_rollup_file *file, davy_signal_id from,
                                                       davy_rollup_gone *gone, bool *found);

/** Note it, between begin and end. */
DAVY_MUST_CHECK davy_status davy_rollup_file_put_gone(davy_rollup_file *file,
                                                      davy_rollup_gone gone);

/** Take that back, between begin and end. */
DAVY_MUST_CHECK davy_status davy_rollup_file_drop_gone(davy_rollup_file *file,
                                                       davy_signal_id signal);

/** What was committed is on disk afterwards. */
DAVY_MUST_CHECK davy_status davy_rollup_file_sync(davy_rollup_file *file);

/** Check every block, and that none is missing. @param damaged  grows by what is found */
DAVY_MUST_CHECK davy_status davy_rollup_file_verify(davy_rollup_file *file, davy_codec_work *work,
                                                    uint64_t *damaged);
