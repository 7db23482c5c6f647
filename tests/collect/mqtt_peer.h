/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Brokers on loopback for tests: a real Mosquitto in a child process with a publisher, and brokers
 * that misbehave.
 */
typedef struct mqtt_broker mqtt_broker;

/** Start Mosquitto on a free port. NULL when it is not installed; else it ends the test on failure.
 *
 * @param password  of the one user "davy"; NULL lets anyone in
 */
mqtt_broker *mqtt_broker_start(const char *password);

/** "mqtt://127.0.0.1:PORT", owned by the broker. */
const char *mqtt_broker_address(const mqtt_broker *broker);

/** Publish at QoS 1 and wait until the broker has it. */
void mqtt_broker_publish(mqtt_broker *broker, const char *topic, const void *bytes, size_t length,
                         bool retain);

/** End the child and keep the port. */
void mqtt_broker_kill(mqtt_broker *broker);

/** Start the child again on the same port. */
void mqtt_broker_revive(mqtt_broker *broker);

/** NULL is fine. */
void mqtt_broker_stop(mqtt_broker *broker);

/** How a false broker answers. */
enum mqtt_manners {
    MQTT_SILENT,         /* takes connections and never answers */
    MQTT_GARBAGE,        /* answers with bytes that are no MQTT */
    MQTT_TRICKLE,        /* a right CONNACK, a byte a second */
    MQTT_REFUSE_CONNECT, /* CONNACK "not authorised" */
    MQTT_REFUSE_TOPIC,   /* SUBACK with failure */
    MQTT_HUGE,           /* accepts all, then announces a message of 256 MiB and stalls */
    MQTT_NONSENSE        /* accepts all, then sends a PUBLISH whose topic is longer than itself */
};

typedef struct mqtt_false_broker mqtt_false_broker;

mqtt_false_broker *mqtt_false_broker_start(enum mqtt_manners manners);
const char *mqtt_false_broker_address(const mqtt_false_broker *broker);
void mqtt_false_broker_stop(mqtt_false_broker *broker);
