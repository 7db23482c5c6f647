/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "simulation.h"

/**
 * @file
 * History: CSV files of a simulated past, one per day, as fast as the machine goes.
 *
 * Program: davy-sim. Column `time` (RFC 3339, UTC) first, then one column per signal path.
 */
typedef struct davy_sim_history_options {
    const char *folder;
    int64_t end_s;    /* UTC of the last row */
    int64_t length_s; /* of the whole history */
    int64_t period_s; /* from row to row */
} davy_sim_history_options;

/** Write the files; the simulation must stand at end_s - length_s. */
DAVY_MUST_CHECK davy_status davy_sim_history_write(davy_sim *sim,
                                                   const davy_sim_history_options *options);
