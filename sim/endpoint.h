/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

/**
 * @file
 * Addresses of the command line: "127.0.0.1:5502".
 *
 * Program: davy-sim.
 */
#define DAVY_SIM_ADDRESS_MAX 128

/** Split HOST:PORT; port 0 to 65535. DAVY_ERR_INVALID tells the form. */
DAVY_MUST_CHECK davy_status davy_sim_endpoint_parse(const char *text,
                                                    char host[DAVY_SIM_ADDRESS_MAX], int *port);

/** A port number alone, 1 to 65535. */
DAVY_MUST_CHECK davy_status davy_sim_port_parse(const char *text, int *port);
