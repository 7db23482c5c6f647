/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_augment.h"
#include "data/image_set.h"

/**
 * @file
 * What a network is fed with: batches of a set's pictures, as they are or changed by chance.
 *
 * Stage: data. davy_image_feed_fill() is for the thread that prepares the next batch while the
 * trainer works on the last; any number of threads may fill at once.
 */
typedef struct davy_image_feed {
    davy_image_set *set;
    const uint32_t *items; /* [count] the samples, as items of the folder; borrowed */
    size_t count;
    const davy_augmentation *augment; /* NULL: pictures as they are; borrowed */
    const davy_image_norm *norm;      /* NULL: numbers in [0, 1]; borrowed */
    uint64_t seed;                    /* of the changes */
} davy_image_feed;

/** The items of one side of a split, in order. @param items  [count]; free() it */
DAVY_MUST_CHECK davy_status davy_image_items_of(const davy_image_folder *folder, davy_part part,
                                                uint32_t **items, size_t *count);

/**
 * Fill one batch.
 *
 * @param indices  [count] samples, each below feed->count
 * @param pixels   [count][height][width][3]
 * @param targets  [count][classes] share of each class, 1 for the sample's own unless mixed; NULL:
 *                 not wanted, and nothing is mixed
 * @param labels   [count] class, -1 without one; NULL: not wanted
 */
DAVY_MUST_CHECK davy_status davy_image_feed_fill(const davy_image_feed *feed, uint64_t epoch,
                                                 const uint32_t *indices, size_t count,
                                                 float *pixels, float *targets, int64_t *labels);
