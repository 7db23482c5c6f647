/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/day.h"
#include "store/rollup_file.h"
#include "store/rollup_rows.h"
#include "store/store.h"

#include <stdint.h>

/**
 * @file
 * Making rollups from chunks. Private to the stage.
 *
 * Stage: store. Signal after signal, from what is sealed. Samples that are sealed meanwhile have a
 * later sequence than what is made, so readers see that it lacks them.
 */

/** Called after each signal; other than DAVY_OK ends the making, and is given. */
typedef davy_status (*davy_rollup_pause)(void *context);

/** Make those of a day that are not there or lack a chunk. @param pause  may be NULL */
DAVY_MUST_CHECK davy_status davy_rollups_make_day(davy_store *store, int32_t number,
                                                  davy_rollup_pause pause, void *context);

/** The same, from what can be read where something is damaged: the chunks are about to go. */
DAVY_MUST_CHECK davy_status davy_rollups_make_last(davy_store *store, int32_t number);

/** Put all blocks of a signal, between begin and end. */
DAVY_MUST_CHECK davy_status davy_rollups_put_day(davy_rollup_file *file, davy_codec_work *work,
                                                 davy_signal_id signal, uint64_t through,
                                                 const davy_rollup_day *day);

/*
 * A day file that is removed, and what its signals' rollups must know of it. In this order, all
 * under the keeper's make_lock, and from the second on alone with the day files. (invariant 9)
 */

/** Make what its signals lack, and make samples that came after others had gone part of what stays.
 * A file that goes without it takes what its rollups say with it. */
DAVY_MUST_CHECK davy_status davy_rollups_outlive(davy_store *store, davy_day_file file);

/** Note, on disk, that the samples go: without them the rollups answer alone. */
DAVY_MUST_CHECK davy_status davy_rollups_note_gone(davy_store *store, davy_day_file file);

/** The samples are there after all: take that back. After a removal that failed, and before chunks
 * are merged, since a crash may have been between the note and the removal. */
DAVY_MUST_CHECK davy_status davy_rollups_note_there(davy_store *store, davy_day_file file);
