/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Faults by the clock: a CSV file `after_s,fault,duration_s[,every_s]`.
 *
 * Program: davy-sim. `after_s` counts from the start of the run; with `every_s` the fault comes
 * again at that interval, for ever.
 */
typedef struct davy_sim_schedule_line {
    size_t fault;
    int64_t after_s, duration_s;
    int64_t every_s; /* 0: once */
} davy_sim_schedule_line;

/** Zeroed is a valid empty one. */
typedef struct davy_sim_schedule {
    davy_sim_schedule_line *lines;
    size_t count;
} davy_sim_schedule;

typedef enum davy_sim_edge {
    DAVY_SIM_EDGE_NONE,
    DAVY_SIM_EDGE_START,
    DAVY_SIM_EDGE_STOP
} davy_sim_edge;

/** The demo's faults, the same as examples/demo/faults.csv. */
DAVY_MUST_CHECK davy_status davy_sim_schedule_default(davy_sim_schedule *out);

/** Read a file; errors name file and line. */
DAVY_MUST_CHECK davy_status davy_sim_schedule_read(const char *path, davy_sim_schedule *out);

void davy_sim_schedule_clear(davy_sim_schedule *schedule);

/** What a line asks for in the second that begins `after_s` after the start. */
davy_sim_edge davy_sim_schedule_edge(const davy_sim_schedule_line *line, int64_t after_s);
