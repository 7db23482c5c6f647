/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "simulation.h"

/**
 * @file
 * Commands from standard input while the plant runs: `fault NAME start|stop`, one per line.
 *
 * Program: davy-sim. Only a pipe is listened to, so that a terminal or /dev/null ends nothing.
 */
#define DAVY_SIM_COMMAND_MAX 256

typedef struct davy_sim_commands {
    int descriptor; /* -1 when there is nothing (more) to listen to */
    size_t used;
    char text[DAVY_SIM_COMMAND_MAX];
} davy_sim_commands;

void davy_sim_commands_init(davy_sim_commands *commands);

/** Read what is there and do it; a command that is not understood is told on standard error. */
void davy_sim_commands_read(davy_sim_commands *commands, davy_sim *sim);

/** Do one command. DAVY_ERR_INVALID tells the form. */
DAVY_MUST_CHECK davy_status davy_sim_command(davy_sim *sim, const char *line);
