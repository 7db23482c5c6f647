/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/bucket.h"
#include "store/private.h"

/**
 * @file
 * A summary under way. Private to summarise.c, which walks days and samples, and
 * summarise_rollups.c, which puts rollups in the place of samples where they may stand.
 *
 * Stage: store. Time goes forward: what is added is later than all that was.
 */

/** One block of a tier. */
typedef struct davy_summary_block {
    davy_store_bucket *rows; /* [DAVY_ROLLUP_ROWS_MAX], made with the first block */
    size_t count;
    unsigned part;
    bool looked, usable; /* of the day under way */
} davy_summary_block;

typedef struct davy_summary {
    davy_store *store;
    davy_signal_id signal;
    int64_t from_ns, to_ns, step_ns;
    davy_store_bucket *buckets;
    const davy_wanted *wanted; /* who waits for it; NULL: to the end */
    const davy_points *hot;
    size_t hot_at; /* hot points before this are done */

    /* The day under way. */
    int32_t number;
    bool heads_read;
    davy_day *day; /* where the heads are from; may be NULL */
    davy_chunk_heads heads;
    davy_rollup_file *file; /* NULL: it has no rollups */
    davy_day_newest newest;
    davy_rollup_gone gone;
    bool alone; /* what the rollups were made from is gone: src/store/README.md, "Rollups" */
    davy_summary_block blocks[DAVY_ROLLUP_TIERS];
    davy_codec_work *work; /* made with the first block */
} davy_summary;

/** The step that a time lies in, and where a step ends. */
size_t davy_summary_bucket(const davy_summary *summary, int64_t time_ns);
int64_t davy_summary_bucket_end(const davy_summary *summary, size_t bucket);

/** Add what is in [from_ns, to_ns), a stretch of the day under way, from heads and samples. */
DAVY_MUST_CHECK davy_status davy_summary_add_samples(davy_summary *summary, int64_t from_ns,
                                                     int64_t to_ns);

/** The same, from rollups as far as they are of use. */
DAVY_MUST_CHECK davy_status davy_summary_add_stretch(davy_summary *summary, int64_t from_ns,
                                                     int64_t to_ns);

/** Borrow the rollups of the day under way and see what is there of it; false when they are of no
 * use. */
bool davy_summary_enter_day(davy_summary *summary);

/** Whether a block that was made from chunks up to this sequence may be used. */
bool davy_summary_is_current(const davy_summary *summary, uint64_t through);

/** DAVY_ERR_INVALID for a range that does not have so many steps. */
DAVY_MUST_CHECK davy_status davy_summary_check(int64_t from_ns, int64_t to_ns, int64_t step_ns,
                                               size_t count);

/** DAVY_ERR_TIMEOUT when nobody waits for it any more. */
DAVY_MUST_CHECK davy_status davy_summary_check_wanted(const davy_summary *summary);

/** Give back what reading rollups of the day under way needed; and all of it. */
void davy_summary_leave_day(davy_summary *summary);
void davy_summary_clear(davy_summary *summary);
