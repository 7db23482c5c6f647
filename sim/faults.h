/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "plant.h"
#include "signals.h"

#include <stdbool.h>

/**
 * @file
 * Faults that can be put into the plant: one table, and which of them are active.
 *
 * Program: davy-sim. A fault is a function of the seconds since its onset; it changes the plant
 * (davy_sim_upset), never a reading, except for the one fault that is a gauge's.
 */
#define DAVY_SIM_FAULT_SIGNALS 6
#define DAVY_SIM_FAULTS        7

typedef struct davy_sim_fault {
    const char *name;
    const char *asset;
    const char *title;
    const char *effect; /* what it does, a sentence */
    void (*apply)(davy_sim_upset *upset, double elapsed_s);
    /* What a person would expect in the alarm, most telling first; closed by DAVY_SIM_SIGNALS. */
    davy_sim_signal_id signals[DAVY_SIM_FAULT_SIGNALS];
} davy_sim_fault;

extern const davy_sim_fault davy_sim_faults[DAVY_SIM_FAULTS];

/** Index of a fault. DAVY_ERR_NOT_FOUND names those that exist. */
DAVY_MUST_CHECK davy_status davy_sim_fault_find(const char *name, size_t *fault);

/** "T-101/level_rate T-101/outflow". */
void davy_sim_fault_signals(const davy_sim_fault *fault, char *text, size_t capacity);

/** Which faults are active, and since when. Zeroed: none. */
typedef struct davy_sim_active {
    bool on[DAVY_SIM_FAULTS];
    int64_t since_s[DAVY_SIM_FAULTS]; /* UTC */
} davy_sim_active;

/** What all active faults together do to the plant at this time. */
void davy_sim_active_upset(const davy_sim_active *active, int64_t time_s, davy_sim_upset *upset);
