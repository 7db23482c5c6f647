/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"
#include "store/log_frame.h"
#include "store/points.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Hot points: what is in the log and not yet in a day file, in memory, by signal.
 *
 * Stage: store. Points are kept in the order in which they came and sorted when somebody looks.
 * Sealing takes *all* points of a signal at a time, so that "sealed up to frame N" is true of a
 * whole signal (src/store/README.md, invariant 3):
 *
 *     open  --take-->  sealing  --finish-->  gone (they are in a day file)
 *                       |    ^
 *             give back |    | take, before open ones
 *                       v    |
 *                      waiting  (the day file could not be written)
 *
 * Readers see all of them. Any thread may call; a lock is held for each call.
 */
typedef struct davy_hot davy_hot;

/** Points of one signal that are being sealed. */
typedef struct davy_hot_taken {
    davy_signal_id signal;
    uint64_t through;   /* sequence of the last frame they came in */
    davy_points points; /* sorted, not empty; the columns are borrowed until finish or give back */
} davy_hot_taken;

DAVY_MUST_CHECK davy_status davy_hot_create(davy_hot **out);

/** NULL is fine. */
void davy_hot_destroy(davy_hot *hot);

/** Have a place for signals 0..count-1. */
DAVY_MUST_CHECK davy_status davy_hot_set_signals(davy_hot *hot, size_t count);

/** Number of signals. */
size_t davy_hot_signals(davy_hot *hot);

/**
 * Add the samples of one frame, in order; every signal must have a place.
 *
 * @param now_ns  monotonic, from which the age of points counts
 */
DAVY_MUST_CHECK davy_status davy_hot_add(davy_hot *hot, const davy_sample *samples, size_t count,
                                         uint64_t sequence, int64_t now_ns);

/** Copy the points with from_ns <= time < to_ns, sorted, without doubles, into an empty set. */
DAVY_MUST_CHECK davy_status davy_hot_copy(davy_hot *hot, davy_signal_id signal, int64_t from_ns,
                                          int64_t to_ns, davy_points *out);

/** First and last time of a signal's points; false when it has none. */
bool davy_hot_extent(davy_hot *hot, davy_signal_id signal, int64_t *first_ns, int64_t *last_ns);

/**
 * Newest sample of a signal ever added here, sealed or not.
 *
 * @param complete  false until davy_hot_set_latest(): day files may hold a newer one
 * @return false when none was added
 */
bool davy_hot_latest(davy_hot *hot, davy_signal_id signal, davy_sample *sample, bool *complete);

/** Tell what the day files hold (NULL: nothing) of a signal; from now on its latest is complete. */
void davy_hot_set_latest(davy_hot *hot, davy_signal_id signal, const davy_sample *sealed);

/** What to take for sealing. */
typedef struct davy_hot_rule {
    size_t points;            /* signals with at least so many */
    int64_t before_ns;        /* or whose oldest point was added before this monotonic time */
    uint64_t before_sequence; /* or came in a frame before this one */
} davy_hot_rule;

/**
 * Take the points of the signals that the rule names; *taken is allocated, by signal.
 *
 * @param next  in: the first signal to look at; out: where to go on, since a bounded number of
 * points is taken at a time; the number of signals when all were looked at
 */
DAVY_MUST_CHECK davy_status davy_hot_take(davy_hot *hot, davy_hot_rule rule, size_t *next,
                                          davy_hot_taken **taken, size_t *count);

/** They are in day files: forget them. */
void davy_hot_finish(davy_hot *hot, const davy_hot_taken *taken, size_t count);

/** They could not be kept: the next take has them again. */
void davy_hot_give_back(davy_hot *hot, const davy_hot_taken *taken, size_t count);

/** Oldest frame that has points here; UINT64_MAX when nothing is hot. */
uint64_t davy_hot_oldest(davy_hot *hot);

/** Put the points of signals that have many, in order of time, into few bytes: see packed.h. */
DAVY_MUST_CHECK davy_status davy_hot_pack(davy_hot *hot);

/** Points here; doubles count until somebody looks. */
uint64_t davy_hot_count(davy_hot *hot);

/** Of them those that are not packed. */
uint64_t davy_hot_loose(davy_hot *hot);

/** About the bytes of memory that all points take. */
uint64_t davy_hot_bytes(davy_hot *hot);
