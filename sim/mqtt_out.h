/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"
#include "signals.h"

#include <stdint.h>

/**
 * @file
 * MQTT publisher of the plant's field devices.
 *
 * Program: davy-sim. One topic per asset, `TOPIC/P-301`, with {"timestamp":ms,"flow":1998.5,...},
 * and a topic per signal of plain numbers, `TOPIC/yard/ambient` and its neighbours. QoS 0, not
 * retained: a reading of the past is worth nothing. Everything happens in davy_sim_mqtt_publish(),
 * once a second, which also connects and connects again: the library's own thread gives up when the
 * broker is not there at the start (eclipse-mosquitto/mosquitto, issue 1903).
 */
typedef struct davy_sim_mqtt davy_sim_mqtt;

/** Prepare for a broker; it need not be there yet. @param address  "127.0.0.1:1883" */
DAVY_MUST_CHECK davy_status davy_sim_mqtt_open(const char *address, const char *topic,
                                               davy_sim_mqtt **out);

/** NULL is fine. */
void davy_sim_mqtt_close(davy_sim_mqtt *mqtt);

/** Publish all readings; those of a moment without a broker are lost, as a device's are. */
void davy_sim_mqtt_publish(davy_sim_mqtt *mqtt, int64_t time_ms,
                           const double readings[DAVY_SIM_SIGNALS]);

/** The JSON message of one asset; empty when none of its signals goes this way. */
void davy_sim_mqtt_message(size_t asset, int64_t time_ms, const double readings[DAVY_SIM_SIGNALS],
                           davy_buffer *out);
