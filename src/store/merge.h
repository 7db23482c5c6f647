/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/day.h"
#include "store/points.h"
#include "store/store.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Merge: chunks of a day and hot points as one row of samples, in order and without doubles.
 *
 * Stage: store. Where several hold the same time the one written last wins: hot points before
 * chunks, then the chunk with the larger sequence. Chunks are decoded when time reaches them, so
 * memory depends on how many overlap and not on how many there are. Chunks that overlap nothing
 * are handed out without a copy. Where a chunk is damaged, what was written before it is left out
 * from its first time to its last: it may have been corrected.
 */

/** Chunks found damaged since the store was opened, each counted once. */
typedef struct davy_damage {
    pthread_mutex_t lock;
    uint64_t count;
    uint64_t keys[1024]; /* the first so many are told apart; later ones count whenever found */
    davy_day_file files[1024]; /* of each key */
} davy_damage;

void davy_damage_init(davy_damage *damage);
void davy_damage_clear(davy_damage *damage);

/** Count a damaged chunk, or with `head` NULL a damaged day file or head. */
void davy_damage_add(davy_damage *damage, davy_day_file file, const davy_chunk_head *head);

/** What was found in a file does not count any more: it is no file of the store now. */
void davy_damage_forget(davy_damage *damage, davy_day_file file);

uint64_t davy_damage_count(davy_damage *damage);

typedef struct davy_merge_input {
    davy_signal_id signal;
    int64_t from_ns, to_ns;       /* what is wanted of the chunks */
    davy_day *day;                /* may be NULL when there are no heads */
    const davy_chunk_head *heads; /* by first time */
    size_t head_count;
    const davy_points *hot; /* sorted; points [hot_from, hot_to) */
    size_t hot_from, hot_to;
    davy_damage *damage;
} davy_merge_input;

/** Visit all. A damaged chunk is counted and left out, with the earlier points in its place. */
DAVY_MUST_CHECK davy_status davy_merge(const davy_merge_input *input, davy_store_visit visit,
                                       void *context);
