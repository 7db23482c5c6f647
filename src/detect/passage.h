/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What a stretch of samples of one signal comes to: enough to tell that nothing happens in it.
 *
 * Stage: detect.
 */
typedef struct davy_passage {
    size_t count;
    int64_t first_ns, last_ns;
    int64_t shortest_gap_ns, longest_gap_ns; /* between two of them; INT64_MAX and 0 of one alone */
    double min, max, first, last;
    bool all_good; /* none is bad or no number */
    bool all_bad;  /* each is */
    davy_moves moves;
    const int64_t *times; /* of each of them, borrowed; NULL where only the rest is known */
    const double *values;
} davy_passage;

/** Of samples; their moves are not looked for. The times must rise. @param count  at least 1 */
void davy_passage_look(davy_passage *stretch, const int64_t *times, const double *values,
                       const uint8_t *quality, size_t count);

/** Of a chunk that was not decoded. */
davy_passage davy_passage_of(const davy_store_stretch *stretch);
