/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/catalogue.h"
#include "store/classes.h"
#include "store/commit.h"
#include "store/compaction.h"
#include "store/days.h"
#include "store/holding.h"
#include "store/hot.h"
#include "store/log_damage.h"
#include "store/merge.h"
#include "store/pieces.h"
#include "store/rollup_keep.h"
#include "store/rollups.h"
#include "store/room.h"
#include "store/store.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

/**
 * @file
 * The inside of a store, for the files that share its work. Private to the stage.
 *
 * Stage: store. recover.c fills it at the start, seal.c moves points from the log to day files,
 * scan.c and summarise.c read, store.c is the rest.
 */

/** Samples of one signal within these times; the widest that davy_timestamp_format() knows. */
#define DAVY_STORE_TIME_MIN (-9214560000LL * DAVY_NS_PER_S) /* 1678-01-01 */
#define DAVY_STORE_TIME_MAX (9214559999LL * DAVY_NS_PER_S)  /* 2261-12-31 */

/** What the day files hold; `known` once somebody asked and they were walked. */
typedef struct davy_store_totals {
    uint64_t chunks, samples, blob_bytes;
    bool known;
} davy_store_totals;

/** Day files that a reader could not open; the thread that seals looks at them. */
typedef struct davy_suspects {
    davy_day_file files[16]; /* more wait until they are met again */
    size_t count;
    int64_t looked_ns;  /* monotonic: when the folder was last looked at again; that thread's own */
    davy_status looked; /* how that went, so that a failure is told once */
} davy_suspects;

struct davy_store {
    char folder[PATH_MAX - 64];
    char hot_folder[PATH_MAX - 32];
    bool read_only;
    int lock; /* descriptor of the lock file, -1 without */
    size_t batch_bytes;
    davy_catalogue *catalogue;
    davy_hot *hot;
    davy_commit *commit; /* NULL when read-only */
    davy_days *days;
    davy_rollups *rollups;
    davy_rollup_keeper keeper;
    davy_classes classes;
    davy_room room;
    davy_damage damage;

    uint64_t recovered_frames, cut_bytes;
    uint64_t empty_segments; /* of the log, at the start */
    davy_log_damage log_damage;

    pthread_mutex_t seal_lock;   /* one sealing at a time */
    pthread_mutex_t totals_lock; /* a day file's commit and its count go together */
    davy_store_totals totals;
    davy_compaction compaction;
    pthread_mutex_t holding_lock;
    davy_holding holding; /* of the last look */

    pthread_t sealer;
    bool sealer_runs;
    pthread_mutex_t wake_lock; /* guards stop and suspects */
    davy_suspects suspects;
    pthread_cond_t wake;
    bool stop;
};

/** Give no id a second time that samples in the newest day files stand under, whatever the
 * catalogue says: it may be an old copy. */
DAVY_MUST_CHECK davy_status davy_store_keep_ids(davy_store *store);

/** Replay the log into memory and, unless read-only, begin a new segment. */
DAVY_MUST_CHECK davy_status davy_store_recover(davy_store *store);

/** Called by the log for synced samples; `context` is the store. */
DAVY_MUST_CHECK davy_status davy_store_apply(void *context, const davy_sample *samples,
                                             size_t count, uint64_t sequence);

/** Seal what the rule names, mark it in the log, remove segments that are not needed any more. */
DAVY_MUST_CHECK davy_status davy_store_seal_due(davy_store *store, davy_hot_rule rule);

/** End what was written into a day file, and count it: `added` modulo 2^64, when less than before.
 */
DAVY_MUST_CHECK davy_status davy_store_end_day(davy_store *store, davy_day *day, davy_status status,
                                               const davy_day_totals *added);

/** A step of compaction: some tens of milliseconds, nothing where nothing is due, where the disk is
 * nearly full or while a backup is made. */
DAVY_MUST_CHECK davy_status davy_store_compact_some(davy_store *store);

/** Start and stop the thread that seals. */
DAVY_MUST_CHECK davy_status davy_store_sealer_start(davy_store *store);
void davy_store_sealer_stop(davy_store *store);

/**
 * Borrow the file of a day that holds a signal and read the heads that touch [from_ns, to_ns). A
 * file that is damaged as a whole is counted, and answers with no heads; *day may be NULL then.
 */
DAVY_MUST_CHECK davy_status davy_store_get_heads(davy_store *store, int32_t number,
                                                 davy_signal_id signal, int64_t from_ns,
                                                 int64_t to_ns, davy_day **day,
                                                 davy_chunk_heads *heads);

/**
 * Which file of a day a signal's chunks go to: the one that holds some already, so that they lie in
 * one (README.md, invariant 5), else that of its class.
 */
DAVY_MUST_CHECK davy_status davy_store_place(davy_store *store, int32_t number,
                                             davy_signal_id signal, davy_day_file *file);

/** A reader found that a day file cannot be opened. */
void davy_store_suspect(davy_store *store, davy_day_file file);

/** Set aside those of them that are damaged as a whole, and see what a person has removed or put
 * back. By the thread that seals. */
void davy_store_quarantine(davy_store *store);

/** Numbers of the days [from, to] that have samples or rollups, ascending, into an allocated array.
 */
DAVY_MUST_CHECK davy_status davy_store_list_days(davy_store *store, int32_t from, int32_t to,
                                                 int32_t **numbers, size_t *count);
