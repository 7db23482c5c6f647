/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "signals.h"

#include <stdint.h>

/**
 * @file
 * Modbus TCP server of the plant's controllers: clients read, nobody writes.
 *
 * Program: davy-sim. One thread, several clients. Requests are put together here and answered by
 * libmodbus, so a client that sends half a request delays nobody. Function codes 3 and 4 are
 * served; every other one, writes above all, is answered with exception 1 (illegal function).
 */
#define DAVY_SIM_MODBUS_CLIENTS 16

typedef struct davy_sim_modbus davy_sim_modbus;

/** Listen. @param address  "127.0.0.1:5502"; port 0 takes a free one */
DAVY_MUST_CHECK davy_status davy_sim_modbus_open(const char *address, davy_sim_modbus **out);

/** NULL is fine. */
void davy_sim_modbus_close(davy_sim_modbus *server);

/** "127.0.0.1:41234"; borrowed until close. */
const char *davy_sim_modbus_address(const davy_sim_modbus *server);

/** Put the readings of all signals into their registers. */
void davy_sim_modbus_update(davy_sim_modbus *server, const double readings[DAVY_SIM_SIGNALS]);

/** Readable when davy_sim_modbus_serve() has something to do; for poll(). */
int davy_sim_modbus_descriptor(const davy_sim_modbus *server);

/** Accept, read and answer whatever is there now; never waits. */
void davy_sim_modbus_serve(davy_sim_modbus *server);
