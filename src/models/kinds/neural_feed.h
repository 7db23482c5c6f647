/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/neural.h"
#include "nn/fit.h"

/**
 * @file
 * Feed: samples of a set as batches for a training.
 *
 * Stage: models. Two feeds stand on one set: of the part that is learnt from, varied and mixed, and
 * of the part that is watched, as it is. A batch is `sample` [N, ...form] in the units of the set
 * and `target`: [N, classes] shares of classes, or [N, 1] in deviations of the targets.
 */
typedef struct davy_feed {
    const davy_sample_set *samples;
    uint32_t *members; /* [count] of the set */
    size_t count;
    size_t outputs;      /* classes, or 1 */
    double mean, spread; /* of the targets, when they are numbers */
    const float *scale;  /* [channels] */
    uint64_t seed;
    bool varies;
    davy_series_changes changes; /* of a series that varies */
    double mixup;
    float *scratch; /* a sample */
} davy_feed;

/** The samples whose part is `part`. */
DAVY_MUST_CHECK davy_status davy_feed_init(const davy_sample_set *samples, const uint8_t *held,
                                           davy_purpose part, davy_feed *feed);
/** A zeroed one is fine. */
void davy_feed_clear(davy_feed *feed);

/** As nn/fit.h wants it. */
DAVY_MUST_CHECK davy_status davy_feed_fill(void *feed, uint64_t epoch, const uint32_t *indices,
                                           size_t count, davy_tensor *inputs);
