/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

/**
 * @file
 * The site file that fits this plant, made from the tables.
 *
 * Program: davy-sim.
 */
#define DAVY_SIM_MODBUS_PORT 5502
#define DAVY_SIM_MQTT_PORT   1883

/** Append site.yaml; ask davy_buffer_ok() afterwards. */
void davy_sim_site_print(davy_buffer *out, int modbus_port, int mqtt_port);
