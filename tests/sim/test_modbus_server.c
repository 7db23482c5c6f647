/* SPDX-License-Identifier: Apache-2.0 */
#include "modbus_server.h"

#include "../testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static davy_sim_modbus *server;
static double readings[DAVY_SIM_SIGNALS];
static atomic_int running;
static pthread_t thread;

static void *serve(void *context)
{
    (void) context;
    while (atomic_load(&running)) {
        struct pollfd on = {.fd = davy_sim_modbus_descriptor(server), .events = POLLIN};

        if (poll(&on, 1, 20) > 0)
            davy_sim_modbus_serve(server);
    }
    return NULL;
}

static int port(void)
{
    return (int) strtol(strrchr(davy_sim_modbus_address(server), ':') + 1, NULL, 10);
}

static modbus_t *connect_client(void)
{
    modbus_t *client = modbus_new_tcp("127.0.0.1", port());

    assert_non_null(client);
    assert_int_equal(modbus_connect(client), 0);
    return client;
}

static void disconnect(modbus_t *client)
{
    modbus_close(client);
    modbus_free(client);
}

/* IEEE 754 single, put together from two big-endian registers as the site file says. */
static double float_of(const uint16_t words[2], int low_first)
{
    uint32_t bits = (uint32_t) words[low_first ? 1 : 0] << 16 | words[low_first ? 0 : 1];
    float number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

static double read_back(modbus_t *client, const davy_sim_signal *signal)
{
    uint16_t words[2];

    if (signal->way == DAVY_SIM_INPUT_UINT16) {
        assert_int_equal(modbus_read_input_registers(client, signal->address, 1, words), 1);
        return words[0] / davy_sim_signal_scale(signal);
    }
    if (signal->way == DAVY_SIM_INPUT_ABCD)
        assert_int_equal(modbus_read_input_registers(client, signal->address, 2, words), 2);
    else
        assert_int_equal(modbus_read_registers(client, signal->address, 2, words), 2);
    return float_of(words, signal->way == DAVY_SIM_HOLDING_CDAB);
}

static void registers_hold_the_readings(void **state)
{
    modbus_t *client = connect_client();

    (void) state;
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        const davy_sim_signal *signal = &davy_sim_signals[i];

        if (signal->way < DAVY_SIM_MQTT_JSON)
            assert_near((float) read_back(client, signal), (float) readings[i], 0.0f);
    }
    disconnect(client);
}

static void a_write_is_refused(void **state)
{
    modbus_t *client = connect_client();
    const uint16_t words[2] = {1, 2};

    (void) state;
    assert_int_equal(modbus_write_register(client, 0, 1), -1);
    assert_int_equal(errno, EMBXILFUN);
    assert_int_equal(modbus_write_registers(client, 0, 2, words), -1);
    assert_int_equal(errno, EMBXILFUN);
    assert_int_equal(modbus_write_bit(client, 0, 1), -1);
    assert_int_equal(errno, EMBXILFUN);
    assert_near((float) read_back(client, &davy_sim_signals[0]), (float) readings[0], 0.0f);
    disconnect(client);
}

static void an_address_past_the_end_is_refused(void **state)
{
    modbus_t *client = connect_client();
    uint16_t words[125];

    (void) state;
    assert_int_equal(modbus_read_registers(client, 5000, 2, words), -1);
    assert_int_equal(errno, EMBXILADD);
    disconnect(client);
}

static int raw_client(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port())};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(descriptor, (struct sockaddr *) &address, sizeof address), 0);
    return descriptor;
}

/* Clients that send half a request and nothing more delay nobody. */
static void half_a_request_delays_nobody(void **state)
{
    static const uint8_t half[] = {0, 1, 0, 0, 0, 6, 1, 3, 0};
    int silent[4];
    modbus_t *client;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(silent); i++) {
        silent[i] = raw_client();
        assert_int_equal(send(silent[i], half, sizeof half, 0), sizeof half);
    }
    client = connect_client();
    for (int i = 0; i < 20; i++)
        (void) read_back(client, &davy_sim_signals[0]);
    disconnect(client);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(silent); i++)
        (void) close(silent[i]);
}

/* A protocol id or a length that is none ends the connection. */
static void nonsense_is_hung_up_on(void **state)
{
    static const uint8_t nonsense[][8] = {
        {0, 1, 7, 7, 0, 6, 1, 3}, {0, 1, 0, 0, 255, 255, 1, 3}, {0, 1, 0, 0, 0, 0, 1, 3}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(nonsense); i++) {
        int descriptor = raw_client();
        char byte;

        assert_int_equal(send(descriptor, nonsense[i], 8, 0), 8);
        assert_int_equal(recv(descriptor, &byte, 1, 0), 0);
        (void) close(descriptor);
    }
}

/* Two requests in one segment, and one request in two: both are answered. */
static void requests_are_put_together_from_bytes(void **state)
{
    static const uint8_t request[] = {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 2};
    uint8_t twice[24], reply[64];
    int descriptor = raw_client();
    size_t got = 0;

    (void) state;
    memcpy(twice, request, 12);
    memcpy(twice + 12, request, 12);
    assert_int_equal(send(descriptor, twice, 17, 0), 17);
    assert_int_equal(send(descriptor, twice + 17, 7, 0), 7);
    while (got < 26) { /* two replies: 7 + 1 + 1 + 4 bytes */
        ssize_t some = recv(descriptor, reply + got, sizeof reply - got, 0);

        assert_true(some > 0);
        got += (size_t) some;
    }
    assert_int_equal(got, 26);
    (void) close(descriptor);
}

static void an_address_that_is_none_is_told(void **state)
{
    davy_sim_modbus *other;

    (void) state;
    assert_fails(davy_sim_modbus_open("localhost", &other), DAVY_ERR_INVALID, "HOST:PORT");
    assert_fails(davy_sim_modbus_open("127.0.0.1:99999", &other), DAVY_ERR_INVALID, "65535");
    assert_fails(davy_sim_modbus_open("127.0.0.1:x", &other), DAVY_ERR_INVALID, "port");
    assert_fails(davy_sim_modbus_open(davy_sim_modbus_address(server), &other), DAVY_ERR_IO,
                 "cannot listen");
}

static int start_server(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        const davy_sim_signal *signal = &davy_sim_signals[i];
        double scale = davy_sim_signal_scale(signal);
        double middle = signal->low + (signal->high - signal->low) * (0.3 + 0.01 * (double) i);

        readings[i] = (double) (long) (middle * scale) / scale;
    }
    if (davy_sim_modbus_open("127.0.0.1:0", &server) != DAVY_OK)
        return -1;
    davy_sim_modbus_update(server, readings);
    atomic_store(&running, 1);
    return pthread_create(&thread, NULL, serve, NULL);
}

static int stop_server(void **state)
{
    (void) state;
    atomic_store(&running, 0);
    (void) pthread_join(thread, NULL);
    davy_sim_modbus_close(server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_hold_the_readings),
        cmocka_unit_test(a_write_is_refused),
        cmocka_unit_test(an_address_past_the_end_is_refused),
        cmocka_unit_test(half_a_request_delays_nobody),
        cmocka_unit_test(nonsense_is_hung_up_on),
        cmocka_unit_test(requests_are_put_together_from_bytes),
        cmocka_unit_test(an_address_that_is_none_is_told),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
