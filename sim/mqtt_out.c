/* SPDX-License-Identifier: Apache-2.0 */
#include "mqtt_out.h"

#include "decimal.h"
#include "endpoint.h"

#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>

#define KEEPALIVE_S 10
#define TOPIC_MAX   256

struct davy_sim_mqtt {
    struct mosquitto *client;
    char host[DAVY_SIM_ADDRESS_MAX];
    int port;
    char topic[TOPIC_MAX];
    davy_buffer message;
};

davy_status davy_sim_mqtt_open(const char *address, const char *topic, davy_sim_mqtt **out)
{
    davy_sim_mqtt *mqtt = calloc(1, sizeof *mqtt);
    davy_status status;

    if (!mqtt)
        return davy_fail(DAVY_ERR_NOMEM, "mqtt client");
    (void) mosquitto_lib_init();
    status = davy_sim_endpoint_parse(address, mqtt->host, &mqtt->port);
    if (status == DAVY_OK && snprintf(mqtt->topic, TOPIC_MAX, "%s", topic) >= TOPIC_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "the topic is too long");
    mqtt->client = mosquitto_new(NULL, true, NULL);
    if (status == DAVY_OK && !mqtt->client)
        status = davy_fail(DAVY_ERR_NOMEM, "mqtt client");
    if (status != DAVY_OK)
        davy_sim_mqtt_close(mqtt);
    else
        *out = mqtt;
    return status;
}

void davy_sim_mqtt_close(davy_sim_mqtt *mqtt)
{
    if (!mqtt)
        return;
    if (mqtt->client)
        (void) mosquitto_disconnect(mqtt->client);
    mosquitto_destroy(mqtt->client);
    (void) mosquitto_lib_cleanup();
    davy_buffer_clear(&mqtt->message);
    free(mqtt);
}

static void append_number(davy_buffer *out, const davy_sim_signal *signal, double value)
{
    char number[DAVY_SIM_DECIMAL_MAX];
    char *end = davy_sim_decimal_write(number, value, signal->decimals);

    davy_buffer_append(out, number, (size_t) (end - number));
}

void davy_sim_mqtt_message(size_t asset, int64_t time_ms, const double readings[DAVY_SIM_SIGNALS],
                           davy_buffer *out)
{
    davy_buffer_reset(out);
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        const davy_sim_signal *signal = &davy_sim_signals[i];

        if (signal->asset != asset || signal->way != DAVY_SIM_MQTT_JSON)
            continue;
        if (out->length == 0)
            davy_buffer_printf(out, "{\"timestamp\":%lld", (long long) time_ms);
        davy_buffer_printf(out, ",\"%s\":", signal->name);
        append_number(out, signal, readings[i]);
    }
    if (out->length)
        davy_buffer_append_text(out, "}");
}

static void publish(davy_sim_mqtt *mqtt, const char *name)
{
    char topic[TOPIC_MAX + DAVY_SIM_PATH_MAX];

    if (mqtt->message.length == 0 || davy_buffer_ok(&mqtt->message) != DAVY_OK)
        return;
    (void) snprintf(topic, sizeof topic, "%s/%s", mqtt->topic, name);
    (void) mosquitto_publish(mqtt->client, NULL, topic, (int) mqtt->message.length,
                             mqtt->message.bytes, 0, false);
}

void davy_sim_mqtt_publish(davy_sim_mqtt *mqtt, int64_t time_ms,
                           const double readings[DAVY_SIM_SIGNALS])
{
    /* A failure of either is a broker that is away; the next second tries again. */
    if (mosquitto_socket(mqtt->client) < 0)
        (void) mosquitto_connect_async(mqtt->client, mqtt->host, mqtt->port, KEEPALIVE_S);
    (void) mosquitto_loop(mqtt->client, 0, 1);
    for (size_t asset = 0; asset < davy_sim_asset_count; asset++) {
        davy_sim_mqtt_message(asset, time_ms, readings, &mqtt->message);
        publish(mqtt, davy_sim_assets[asset].name);
    }
    for (davy_sim_signal_id id = 0; id < DAVY_SIM_SIGNALS; id++) {
        char path[DAVY_SIM_PATH_MAX];

        if (davy_sim_signals[id].way != DAVY_SIM_MQTT_NUMBER)
            continue;
        davy_sim_signal_path(id, path);
        davy_buffer_reset(&mqtt->message);
        append_number(&mqtt->message, &davy_sim_signals[id], readings[id]);
        publish(mqtt, path);
    }
}
