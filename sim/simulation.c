/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

/* The gauges' minute and the slowest transmitter have to fill before the first reading. */
#define INSTRUMENTS_SETTLE_S 300

void davy_sim_init(davy_sim *sim, uint64_t seed, int64_t start_s, davy_sim_schedule schedule)
{
    const davy_sim_upset healthy = DAVY_SIM_HEALTHY;

    *sim = (davy_sim){.start_s = start_s, .schedule = schedule};
    davy_sim_plant_init(&sim->plant, seed, start_s - INSTRUMENTS_SETTLE_S);
    davy_sim_instruments_init(&sim->instruments, seed);
    while (sim->plant.time_s < start_s) {
        davy_sim_plant_step(&sim->plant, &healthy);
        davy_sim_instruments_step(&sim->instruments, &sim->plant, &healthy);
    }
}

void davy_sim_clear(davy_sim *sim)
{
    davy_sim_schedule_clear(&sim->schedule);
    davy_sim_truth_clear(&sim->truth);
}

davy_status davy_sim_set_fault(davy_sim *sim, size_t fault, bool on)
{
    if (sim->active.on[fault] == on)
        return DAVY_OK;
    sim->active.on[fault] = on;
    sim->active.since_s[fault] = sim->plant.time_s;
    if (on)
        return davy_sim_truth_begin(&sim->truth, fault, sim->plant.time_s);
    davy_sim_truth_end(&sim->truth, fault, sim->plant.time_s);
    return DAVY_OK;
}

static davy_status follow_schedule(davy_sim *sim)
{
    int64_t after_s = sim->plant.time_s - sim->start_s;

    for (size_t i = 0; i < sim->schedule.count; i++) {
        const davy_sim_schedule_line *line = &sim->schedule.lines[i];
        davy_sim_edge edge = davy_sim_schedule_edge(line, after_s);
        davy_status status = DAVY_OK;

        if (edge != DAVY_SIM_EDGE_NONE)
            status = davy_sim_set_fault(sim, line->fault, edge == DAVY_SIM_EDGE_START);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

davy_status davy_sim_step(davy_sim *sim)
{
    davy_sim_upset upset;
    davy_status status = follow_schedule(sim);

    if (status != DAVY_OK)
        return status;
    davy_sim_active_upset(&sim->active, sim->plant.time_s, &upset);
    davy_sim_plant_step(&sim->plant, &upset);
    davy_sim_instruments_step(&sim->instruments, &sim->plant, &upset);
    return DAVY_OK;
}
