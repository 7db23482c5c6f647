/* SPDX-License-Identifier: Apache-2.0 */
#include "mqtt_out.h"

#include "../testing.h"

#include <arpa/inet.h>
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BROKER    "/usr/sbin/mosquitto"
#define TRIES_MAX 200 /* of 50 ms: ten seconds for a machine that is busy */

extern char **environ;

static const double readings[DAVY_SIM_SIGNALS] = {
    [DAVY_SIM_P301_FLOW] = 1998.5,        [DAVY_SIM_P301_DISCHARGE] = 351.2,
    [DAVY_SIM_P301_CURRENT] = 1.193,      [DAVY_SIM_P301_BEARING_DRIVE] = 52.48,
    [DAVY_SIM_P301_BEARING_FREE] = 44.34, [DAVY_SIM_P301_BEARING_MOTOR] = 55.01,
    [DAVY_SIM_P301_VIBRATION] = 1.148,    [DAVY_SIM_YARD_AMBIENT] = -3.25,
};

static const char p301[] =
    "{\"timestamp\":1760000000000,\"flow\":1998.5,\"discharge_pressure\":351.2,"
    "\"current\":1.193,\"bearing_drive_end\":52.48,\"bearing_free_end\":44.34,\"bearing_motor\":55."
    "01,"
    "\"vibration\":1.148}";

static void an_asset_is_one_json_message(void **state)
{
    davy_buffer text = {0};

    (void) state;
    davy_sim_mqtt_message(davy_sim_signals[DAVY_SIM_P301_FLOW].asset, 1760000000000, readings,
                          &text);
    assert_ok(davy_buffer_ok(&text));
    assert_string_equal(text.bytes, p301);
    davy_sim_mqtt_message(davy_sim_signals[DAVY_SIM_T101_LEVEL].asset, 0, readings, &text);
    assert_int_equal(text.length, 0);
    davy_buffer_clear(&text);
}

/* What a subscriber has got; filled on the thread of its library. */
typedef struct inbox {
    pthread_mutex_t lock;
    char p301[512], ambient[64];
} inbox;

static void on_message(struct mosquitto *client, void *context,
                       const struct mosquitto_message *message)
{
    inbox *box = context;
    const char *text = message->payload;
    char *to = NULL;
    size_t capacity = 0;

    (void) client;
    (void) pthread_mutex_lock(&box->lock);
    if (strcmp(message->topic, "works/P-301") == 0) {
        to = box->p301;
        capacity = sizeof box->p301;
    } else if (strcmp(message->topic, "works/yard/ambient") == 0) {
        to = box->ambient;
        capacity = sizeof box->ambient;
    }
    if (to)
        (void) snprintf(to, capacity, "%.*s", message->payloadlen, text);
    (void) pthread_mutex_unlock(&box->lock);
}

static void on_connect(struct mosquitto *client, void *context, int result)
{
    (void) context;
    if (result == 0)
        (void) mosquitto_subscribe(client, NULL, "works/#", 0);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(descriptor, (struct sockaddr *) &address, sizeof address), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *) &address, &length), 0);
    (void) close(descriptor);
    return ntohs(address.sin_port);
}

/* A broker that lives as long as the test: ended by its pid. */
static pid_t start_broker(int port, char *folder)
{
    char path[128];
    char *argv[] = {(char *) BROKER, (char *) "-c", path, NULL};
    FILE *file;
    pid_t pid;

    (void) snprintf(path, sizeof path, "%s/mosquitto.conf", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    (void) fprintf(file, "listener %d 127.0.0.1\nallow_anonymous true\nlog_type error\n", port);
    (void) fclose(file);
    assert_int_equal(posix_spawn(&pid, BROKER, NULL, NULL, argv, environ), 0);
    return pid;
}

static void stop_broker(pid_t pid, const char *folder)
{
    char path[128];

    (void) kill(pid, SIGTERM);
    (void) waitpid(pid, NULL, 0);
    (void) snprintf(path, sizeof path, "%s/mosquitto.conf", folder);
    (void) unlink(path);
    (void) rmdir(folder);
}

static int both_are_there(inbox *box)
{
    int there;

    (void) pthread_mutex_lock(&box->lock);
    there = box->p301[0] && box->ambient[0];
    (void) pthread_mutex_unlock(&box->lock);
    return there;
}

static void publish_until_received(davy_sim_mqtt *mqtt, inbox *box)
{
    for (int i = 0; i < TRIES_MAX && !both_are_there(box); i++) {
        davy_sim_mqtt_publish(mqtt, 1760000000000, readings);
        (void) poll(NULL, 0, 50);
    }
}

static int connect_within(struct mosquitto *client, int port)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        if (mosquitto_connect(client, "127.0.0.1", port, 10) == MOSQ_ERR_SUCCESS)
            return 1;
        (void) poll(NULL, 0, 50);
    }
    return 0;
}

/* The publisher is started before its broker, as a device is that has power first. */
static void a_subscriber_gets_what_the_transmitters_read(void **state)
{
    char folder[] = "/tmp/davy-test-mqtt-XXXXXX", address[64];
    int port = free_port();
    inbox box = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct mosquitto *subscriber;
    davy_sim_mqtt *mqtt;
    pid_t broker;

    (void) state;
    if (access(BROKER, X_OK) != 0)
        davy_skip_test("no broker at " BROKER ": install mosquitto");
    assert_non_null(mkdtemp(folder));
    (void) snprintf(address, sizeof address, "127.0.0.1:%d", port);
    assert_ok(davy_sim_mqtt_open(address, "works", &mqtt));
    davy_sim_mqtt_publish(mqtt, 1760000000000, readings);
    broker = start_broker(port, folder);
    subscriber = mosquitto_new(NULL, true, &box);
    mosquitto_message_callback_set(subscriber, on_message);
    mosquitto_connect_callback_set(subscriber, on_connect);
    assert_true(connect_within(subscriber, port));
    (void) mosquitto_loop_start(subscriber);
    publish_until_received(mqtt, &box);
    (void) mosquitto_disconnect(subscriber);
    (void) mosquitto_loop_stop(subscriber, false);
    mosquitto_destroy(subscriber);
    davy_sim_mqtt_close(mqtt);
    stop_broker(broker, folder);
    assert_string_equal(box.p301, p301);
    assert_string_equal(box.ambient, "-3.25");
}

static void a_broker_that_never_comes_is_left_in_peace(void **state)
{
    char address[64];
    davy_sim_mqtt *mqtt;

    (void) state;
    (void) snprintf(address, sizeof address, "127.0.0.1:%d", free_port());
    assert_ok(davy_sim_mqtt_open(address, "works", &mqtt));
    davy_sim_mqtt_publish(mqtt, 1760000000000, readings);
    davy_sim_mqtt_close(mqtt);
    assert_fails(davy_sim_mqtt_open("nowhere", "works", &mqtt), DAVY_ERR_INVALID, "HOST:PORT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_asset_is_one_json_message),
        cmocka_unit_test(a_subscriber_gets_what_the_transmitters_read),
        cmocka_unit_test(a_broker_that_never_comes_is_left_in_peace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
