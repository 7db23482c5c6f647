/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "faults.h"
#include "instruments.h"
#include "schedule.h"
#include "truth.h"

/**
 * @file
 * One simulated run: plant, transmitters, faults and the record of what was true.
 *
 * Program: davy-sim. Live running and writing history are the same steps, so what was learnt from
 * one fits the other.
 */
typedef struct davy_sim {
    davy_sim_plant plant;
    davy_sim_instruments instruments;
    davy_sim_active active;
    davy_sim_schedule schedule; /* borrowed arrays stay with it; cleared by davy_sim_clear() */
    davy_sim_truth truth;
    int64_t start_s; /* UTC; `after_s` of the schedule counts from here */
} davy_sim;

/** A settled plant at `start_s`. The schedule is taken over; pass a zeroed one for none. */
void davy_sim_init(davy_sim *sim, uint64_t seed, int64_t start_s, davy_sim_schedule schedule);

void davy_sim_clear(davy_sim *sim);

/** One second; sim->instruments.readings are then those of sim->plant.time_s. */
DAVY_MUST_CHECK davy_status davy_sim_step(davy_sim *sim);

/** Start or stop a fault now. Starting an active one, or stopping an idle one, changes nothing. */
DAVY_MUST_CHECK davy_status davy_sim_set_fault(davy_sim *sim, size_t fault, bool on);
