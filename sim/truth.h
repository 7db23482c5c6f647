/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Ground truth: when which fault was in the plant. CSV `time_start,time_end,fault,asset,signals`.
 *
 * Program: davy-sim. The end of a fault that is still active is empty.
 */
typedef struct davy_sim_truth_line {
    size_t fault;
    int64_t start_s, end_s; /* UTC; end 0 while active */
} davy_sim_truth_line;

/** Zeroed is a valid empty one. */
typedef struct davy_sim_truth {
    davy_sim_truth_line *lines;
    size_t count, capacity;
    uint64_t changes; /* grows with every begin and end */
} davy_sim_truth;

DAVY_MUST_CHECK davy_status davy_sim_truth_begin(davy_sim_truth *truth, size_t fault,
                                                 int64_t time_s);
void davy_sim_truth_end(davy_sim_truth *truth, size_t fault, int64_t time_s);

/** Replace the file by all that is known now. */
DAVY_MUST_CHECK davy_status davy_sim_truth_write(const davy_sim_truth *truth, const char *path);

void davy_sim_truth_clear(davy_sim_truth *truth);
