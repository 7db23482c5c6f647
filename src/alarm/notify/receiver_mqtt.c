/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/receiver.h"
#include "collect/address.h"

#include <errno.h>
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An MQTT broker. QoS 1: the broker's PUBACK confirms. */

#define DEFAULT_PORT 1883
#define KEEPALIVE_S  60 /* longer than a receiver is kept open without messages */
#define QOS          1
#define SLICE_MS     50

struct mqtt {
    const davy_receiver_setup *setup;
    struct mosquitto *mosquitto;
    bool connected;
    int refused;   /* CONNACK's code; 0: none */
    int confirmed; /* message id of the last PUBACK; -1: none */
};

static void init_library(void)
{
    (void) mosquitto_lib_init();
}

static void on_connect(struct mosquitto *mosquitto, void *context, int code)
{
    struct mqtt *mqtt = context;

    (void) mosquitto;
    mqtt->connected = code == 0;
    mqtt->refused = code;
}

static void on_publish(struct mosquitto *mosquitto, void *context, int id)
{
    (void) mosquitto;
    ((struct mqtt *) context)->confirmed = id;
}

static davy_status fail_with(const struct mqtt *mqtt, int code)
{
    return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", mqtt->setup->receiver->address,
                     code == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(code));
}

/* Wait a little for the socket, and let libmosquitto do what it can. */
static davy_status turn(struct mqtt *mqtt)
{
    struct pollfd poller = {.fd = mosquitto_socket(mqtt->mosquitto), .events = POLLIN};
    int code = MOSQ_ERR_SUCCESS;

    if (poller.fd < 0)
        return fail_with(mqtt, MOSQ_ERR_CONN_LOST);
    if (mosquitto_want_write(mqtt->mosquitto))
        poller.events |= POLLOUT;
    if (poll(&poller, 1, SLICE_MS) < 0 && errno != EINTR)
        return fail_with(mqtt, MOSQ_ERR_ERRNO);
    if (poller.revents & POLLOUT)
        code = mosquitto_loop_write(mqtt->mosquitto, 1);
    if (code == MOSQ_ERR_SUCCESS && poller.revents & (POLLIN | POLLHUP | POLLERR))
        code = mosquitto_loop_read(mqtt->mosquitto, 1);
    if (code == MOSQ_ERR_SUCCESS)
        code = mosquitto_loop_misc(mqtt->mosquitto);
    if (mqtt->refused)
        return davy_fail(DAVY_ERR_DENIED, "%s: %s", mqtt->setup->receiver->address,
                         mosquitto_connack_string(mqtt->refused));
    return code == MOSQ_ERR_SUCCESS ? DAVY_OK : fail_with(mqtt, code);
}

static bool is_connected(const struct mqtt *mqtt, int id)
{
    (void) id;
    return mqtt->connected;
}

static bool is_confirmed(const struct mqtt *mqtt, int id)
{
    return mqtt->confirmed == id;
}

static davy_status await(struct mqtt *mqtt, bool (*done)(const struct mqtt *mqtt, int id), int id,
                         const char *what)
{
    int64_t until_ns = davy_monotonic_ns(davy_clock_system()) + DAVY_RECEIVER_TIMEOUT_NS;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && !done(mqtt, id)) {
        if (atomic_load(mqtt->setup->interrupted) ||
            davy_monotonic_ns(davy_clock_system()) >= until_ns)
            return davy_fail(DAVY_ERR_TIMEOUT, "%s: the broker does not %s",
                             mqtt->setup->receiver->address, what);
        status = turn(mqtt);
    }
    return status;
}

static davy_status set_password(struct mqtt *mqtt)
{
    const davy_site_receiver *receiver = mqtt->setup->receiver;
    char password[DAVY_RECEIVER_SECRET_MAX] = "";
    size_t length;
    davy_status status = DAVY_OK;

    if (!receiver->username)
        return DAVY_OK;
    if (receiver->password_file)
        status = davy_receiver_secret(mqtt->setup, receiver->password_file, password, &length);
    if (status == DAVY_OK &&
        mosquitto_username_pw_set(mqtt->mosquitto, receiver->username,
                                  receiver->password_file ? password : NULL) != MOSQ_ERR_SUCCESS)
        status = davy_fail(DAVY_ERR_NOMEM, "%s", receiver->address);
    explicit_bzero(password, sizeof password);
    return status;
}

/* A random name: a second daemon on the same site file must not throw this one out. */
static davy_status set_up(struct mqtt *mqtt)
{
    char name[64];

    (void) snprintf(name, sizeof name, "davy-%08x%08x", randombytes_random(), randombytes_random());
    mqtt->mosquitto = mosquitto_new(name, true, mqtt);
    if (!mqtt->mosquitto)
        return davy_fail(DAVY_ERR_NOMEM, "%s", mqtt->setup->receiver->address);
    mosquitto_connect_callback_set(mqtt->mosquitto, on_connect);
    mosquitto_publish_callback_set(mqtt->mosquitto, on_publish);
    return set_password(mqtt);
}

static davy_status mqtt_open(void *state, const davy_receiver_setup *setup)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct mqtt *mqtt = state;
    davy_address address;
    davy_status status;
    int code;

    pthread_once(&once, init_library);
    mqtt->setup = setup;
    mqtt->confirmed = -1;
    status = davy_address_parse(setup->receiver->address, "mqtt", DEFAULT_PORT, &address);
    if (status == DAVY_OK)
        status = set_up(mqtt);
    if (status != DAVY_OK)
        return status;
    code = mosquitto_connect_async(mqtt->mosquitto, address.host,
                                   (int) strtol(address.port, NULL, 10), KEEPALIVE_S);
    if (code != MOSQ_ERR_SUCCESS)
        return fail_with(mqtt, code);
    return await(mqtt, is_connected, 0, "answer");
}

static davy_status mqtt_send(void *state, const davy_delivery *delivery, int64_t *again_ns)
{
    struct mqtt *mqtt = state;
    int id = 0, code;

    (void) again_ns;
    mqtt->confirmed = -1;
    code = mosquitto_publish(mqtt->mosquitto, &id, mqtt->setup->receiver->topic,
                             (int) delivery->length, delivery->body, QOS, false);
    if (code == MOSQ_ERR_PAYLOAD_SIZE || code == MOSQ_ERR_OVERSIZE_PACKET)
        return davy_fail(DAVY_ERR_INVALID, "%s: the message is too long for the broker",
                         mqtt->setup->receiver->address);
    if (code != MOSQ_ERR_SUCCESS)
        return fail_with(mqtt, code);
    return await(mqtt, is_confirmed, id, "confirm");
}

static void mqtt_close(void *state)
{
    struct mqtt *mqtt = state;

    if (mqtt->mosquitto) {
        (void) mosquitto_disconnect(mqtt->mosquitto);
        mosquitto_destroy(mqtt->mosquitto);
    }
}

const davy_receiver_kind davy_receiver_mqtt = {
    .name = "mqtt",
    .state_size = sizeof(struct mqtt),
    .open = mqtt_open,
    .send = mqtt_send,
    .close = mqtt_close,
};
