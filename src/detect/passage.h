/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
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
    int64_t first_ns, last_ns, longest_gap_ns; /* between two of them */
    double min, max, last;
    bool all_good; /* none is bad or no number */
} davy_passage;

/** The times must rise. @param count  at least 1 */
void davy_passage_look(davy_passage *stretch, const int64_t *times, const double *values,
                       const uint8_t *quality, size_t count);
