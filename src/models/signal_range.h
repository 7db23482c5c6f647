/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "models/samples/sample_set.h"

#include <jansson.h>

/**
 * @file
 * Where each signal was while a model learnt, so that an answer beyond it says so.
 *
 * Stage: models. A model that answers is fitted within the range of its history; beyond it a plane
 * goes on as it was and a tree says what it said at the edge, and neither was ever checked. Such a
 * sample is answered, and called `outside`.
 */
typedef struct davy_signal_range {
    double low, high;             /* of all values that were learnt from, ends included */
    double usual_low, usual_high; /* quantiles 0.005 and 0.995 */
} davy_signal_range;

/**
 * Ranges of the channels of a form, over the samples to learn from.
 *
 * @param held  [count] davy_purpose; NULL: all are learnt from
 * @param out   [channels] in the arena; NULL for pictures and for no samples
 */
DAVY_MUST_CHECK davy_status davy_signal_ranges_find(const davy_sample_set *samples,
                                                    const uint8_t *held, davy_arena *arena,
                                                    const davy_signal_range **out);

/**
 * Which channels of a sample are outside. What is missing is nowhere.
 *
 * @param ranges   [channels]; NULL: none is known, and nothing is outside
 * @param outside  [channels]; NULL: only asked whether
 * @return whether one is
 */
bool davy_signal_ranges_leave(const davy_signal_range *ranges, const davy_form *form,
                              const float *sample, bool *outside);

/** Set the quantiles of a range from values in any order, which are sorted; NaNs are passed over.
 */
void davy_signal_range_quantiles(float *values, size_t count, davy_signal_range *range);

/** For model.json: a list in the order of the channels. NULL for none. */
json_t *davy_signal_ranges_json(const davy_signal_range *ranges, size_t channels);

/** Read them back; NULL for a list that does not fit. */
const davy_signal_range *davy_signal_ranges_read(const json_t *list, size_t channels,
                                                 davy_arena *arena);
