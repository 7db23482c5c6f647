/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "schedule.h"

#include <stdint.h>

/**
 * @file
 * The plant in real time: one step a second, served over Modbus TCP and MQTT.
 *
 * Program: davy-sim. Ends on SIGTERM or SIGINT, or when `until_s` is over. When standard input is
 * a pipe, each line `fault NAME start` or `fault NAME stop` acts at the next second.
 */
typedef struct davy_sim_run_options {
    const char *modbus; /* HOST:PORT; NULL: not served */
    const char *mqtt;   /* HOST:PORT; NULL: not published */
    const char *topic;
    const char *truth; /* file; NULL: none */
    uint64_t seed;
    int64_t until_s; /* 0: for ever */
} davy_sim_run_options;

/** Run to the end. The schedule is taken over. */
DAVY_MUST_CHECK davy_status davy_sim_run(const davy_sim_run_options *options,
                                         davy_sim_schedule schedule);
