/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/address.h"

#include "../testing.h"
#include "core/sample.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void expect_address(const char *text, const char *host, const char *port)
{
    davy_address address;

    assert_ok(davy_address_parse(text, "tcp", 502, &address));
    assert_string_equal(address.host, host);
    assert_string_equal(address.port, port);
}

static void reads_names_numbers_and_ports(void **state)
{
    (void) state;
    expect_address("tcp://10.0.0.5:1502", "10.0.0.5", "1502");
    expect_address("tcp://plc-1.plant.example", "plc-1.plant.example", "502");
    expect_address("tcp://[fe80::1]:1502", "fe80::1", "1502");
    expect_address("tcp://[::1]", "::1", "502");
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const wrong[] = {
        "",           "10.0.0.5:502", "mqtt://a:1",    "tcp://",      "tcp://:502",
        "tcp://a:",   "tcp://a:0",    "tcp://a:65536", "tcp://a:5x",  "tcp://a/b:1",
        "tcp://[::1", "tcp://[]:1",   "tcp://a b",     "tcp://u@h:1", "tcp://[::1]x"};
    davy_address address;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_address_parse(wrong[i], "tcp", 502, &address), DAVY_ERR_INVALID,
                     "write tcp://host:502");
    assert_fails(davy_address_parse(NULL, "tcp", 502, &address), DAVY_ERR_INVALID, "''");
}

/* A listener with a full backlog of one answers no further connection: the time limit must. */
static void a_connection_is_refused_or_given_up_in_time(void **state)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0), sockets[8], count = 0;
    const atomic_bool no = false, yes = true;
    davy_address address = {.host = "127.0.0.1"};
    davy_status status = DAVY_OK;

    (void) state;
    assert_int_equal(bind(listener, (struct sockaddr *) &here, sizeof here), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *) &here, &size), 0);
    (void) snprintf(address.port, sizeof address.port, "%d", ntohs(here.sin_port));
    assert_fails(davy_address_connect(&address, DAVY_NS_PER_S, &no, &sockets[0]),
                 DAVY_ERR_UNAVAILABLE, "refused");

    assert_int_equal(listen(listener, 0), 0);
    while (count < 8 && status == DAVY_OK) {
        status = davy_address_connect(&address, 200 * DAVY_NS_PER_MS, &no, &sockets[count]);
        count += status == DAVY_OK;
    }
    assert_int_equal(status, DAVY_ERR_TIMEOUT);
    assert_fails(davy_address_connect(&address, 600 * DAVY_NS_PER_S, &yes, &sockets[7]),
                 DAVY_ERR_TIMEOUT, "cannot connect to 127.0.0.1");
    while (count > 0)
        close(sockets[--count]);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_numbers_and_ports),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(a_connection_is_refused_or_given_up_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
