/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"
#include "store/hot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Feed: samples of the log on their way to the hot points, at a start.
 *
 * Stage: store. Half of a start's work is reading, checking and decoding frames, half is adding
 * their samples, most of that fetching memory. So a thread adds what the caller decoded before:
 *
 *     davy_hot_feed_samples()  the caller appends the samples of a frame
 *     davy_hot_feed_push()     they are of this frame; full buffers go to the thread, in order
 *     davy_hot_feed_finish()   all are added
 *
 * A few buffers go round, so that memory stays small and in the processor's cache. One thread
 * pushes.
 */
typedef struct davy_hot_feed davy_hot_feed;

/**
 * @param hot       where the hot points stand; they may be others after davy_hot_feed_finish()
 * @param threaded  false: the caller's thread adds, for a log that another is not worth
 */
DAVY_MUST_CHECK davy_status davy_hot_feed_create(davy_hot *const *hot, bool threaded,
                                                 davy_hot_feed **out);

/** What was not added by davy_hot_feed_finish() is forgotten. NULL is fine. */
void davy_hot_feed_destroy(davy_hot_feed *feed);

/** Where the next frame's samples are appended, as davy_sample[]; until the next push. */
davy_buffer *davy_hot_feed_samples(davy_hot_feed *feed);

/** The last `count` samples of that buffer are of this frame. The first failure to add any frame
 * comes back from here or from davy_hot_feed_finish(). */
DAVY_MUST_CHECK davy_status davy_hot_feed_push(davy_hot_feed *feed, size_t count,
                                               uint64_t sequence);

/** Wait until all is added. More may be pushed afterwards. */
DAVY_MUST_CHECK davy_status davy_hot_feed_finish(davy_hot_feed *feed);
