/* SPDX-License-Identifier: Apache-2.0 */
#include "modbus_server.h"

#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_BYTES    7 /* MBAP: transaction, protocol, length, unit */
#define LENGTH_AT       4
#define FUNCTION_AT     7
#define REGISTERS_READ  3
#define REGISTERS_INPUT 4
#define REQUEST_BYTES   12 /* of a read request */
#define READ_MAX        125
#define REGISTERS       128 /* each table is this long */

typedef struct client {
    int socket; /* -1: free */
    size_t used;
    uint8_t bytes[MODBUS_TCP_MAX_ADU_LENGTH];
} client;

struct davy_sim_modbus {
    modbus_t *context;
    modbus_mapping_t *mapping;
    int listener, epoll;
    char address[DAVY_SIM_ADDRESS_MAX + 8]; /* host, colon, port */
    client clients[DAVY_SIM_MODBUS_CLIENTS];
};

static davy_status watch(davy_sim_modbus *server, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};

    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        return davy_fail(DAVY_ERR_IO, "modbus server");
    return DAVY_OK;
}

static davy_status listen_on(davy_sim_modbus *server, const char *address)
{
    char host[DAVY_SIM_ADDRESS_MAX];
    int port;
    struct sockaddr_in bound = {0};
    socklen_t length = sizeof bound;
    davy_status status = davy_sim_endpoint_parse(address, host, &port);

    if (status != DAVY_OK)
        return status;
    server->context = modbus_new_tcp(host, port);
    server->mapping = modbus_mapping_new(0, 0, REGISTERS, REGISTERS);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!server->context || !server->mapping || server->epoll < 0)
        return davy_fail(DAVY_ERR_NOMEM, "modbus server");
    server->listener = modbus_tcp_listen(server->context, DAVY_SIM_MODBUS_CLIENTS);
    if (server->listener < 0 ||
        getsockname(server->listener, (struct sockaddr *) &bound, &length) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot listen on %s", address);
    (void) snprintf(server->address, sizeof server->address, "%s:%d", host, ntohs(bound.sin_port));
    return watch(server, server->listener);
}

davy_status davy_sim_modbus_open(const char *address, davy_sim_modbus **out)
{
    davy_sim_modbus *server = calloc(1, sizeof *server);
    davy_status status;

    if (!server)
        return davy_fail(DAVY_ERR_NOMEM, "modbus server");
    server->listener = server->epoll = -1;
    for (size_t i = 0; i < DAVY_SIM_MODBUS_CLIENTS; i++)
        server->clients[i].socket = -1;
    status = listen_on(server, address);
    if (status != DAVY_OK)
        davy_sim_modbus_close(server);
    else
        *out = server;
    return status;
}

static void drop(client *peer)
{
    if (peer->socket >= 0)
        (void) close(peer->socket); /* leaves the epoll set with it */
    peer->socket = -1;
    peer->used = 0;
}

void davy_sim_modbus_close(davy_sim_modbus *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < DAVY_SIM_MODBUS_CLIENTS; i++)
        drop(&server->clients[i]);
    if (server->listener >= 0)
        (void) close(server->listener);
    if (server->epoll >= 0)
        (void) close(server->epoll);
    if (server->mapping)
        modbus_mapping_free(server->mapping);
    if (server->context)
        modbus_free(server->context);
    free(server);
}

const char *davy_sim_modbus_address(const davy_sim_modbus *server)
{
    return server->address;
}

int davy_sim_modbus_descriptor(const davy_sim_modbus *server)
{
    return server->epoll;
}

/* libmodbus 3.1.6's own float helpers swap bytes that its byte order names do not say. */
static void put_float(uint16_t *words, double value, int low_first)
{
    float number = (float) value;
    uint32_t bits;

    memcpy(&bits, &number, sizeof bits);
    words[low_first ? 1 : 0] = (uint16_t) (bits >> 16);
    words[low_first ? 0 : 1] = (uint16_t) bits;
}

void davy_sim_modbus_update(davy_sim_modbus *server, const double readings[DAVY_SIM_SIGNALS])
{
    uint16_t *holding = server->mapping->tab_registers;
    uint16_t *input = server->mapping->tab_input_registers;

    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        const davy_sim_signal *signal = &davy_sim_signals[i];

        if (signal->way == DAVY_SIM_HOLDING_ABCD || signal->way == DAVY_SIM_HOLDING_CDAB)
            put_float(&holding[signal->address], readings[i], signal->way == DAVY_SIM_HOLDING_CDAB);
        else if (signal->way == DAVY_SIM_INPUT_ABCD)
            put_float(&input[signal->address], readings[i], 0);
        else if (signal->way == DAVY_SIM_INPUT_UINT16)
            input[signal->address] = (uint16_t) lrint(readings[i] * davy_sim_signal_scale(signal));
    }
}

static void accept_client(davy_sim_modbus *server)
{
    int socket = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (socket < 0)
        return;
    for (size_t i = 0; i < DAVY_SIM_MODBUS_CLIENTS; i++) {
        client *peer = &server->clients[i];

        if (peer->socket < 0 && watch(server, socket) == DAVY_OK) {
            peer->socket = socket;
            peer->used = 0;
            return;
        }
    }
    (void) close(socket);
}

/* Exception code for a complete request, 0 when libmodbus may answer it. */
static unsigned exception_of(const uint8_t *request, size_t length)
{
    unsigned function = request[FUNCTION_AT];
    unsigned count;

    if (function != REGISTERS_READ && function != REGISTERS_INPUT)
        return MODBUS_EXCEPTION_ILLEGAL_FUNCTION;
    if (length != REQUEST_BYTES)
        return MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE;
    count = (unsigned) request[10] << 8 | request[11];
    return count == 0 || count > READ_MAX ? MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE : 0;
}

/* Answer one request of `length` bytes. @return 0 when the client has to go */
static int answer(davy_sim_modbus *server, client *peer, size_t length)
{
    unsigned exception = exception_of(peer->bytes, length);

    if (modbus_set_socket(server->context, peer->socket) != 0)
        return 0;
    if (exception)
        return modbus_reply_exception(server->context, peer->bytes, exception) >= 0;
    return modbus_reply(server->context, peer->bytes, (int) length, server->mapping) >= 0;
}

/* Bytes of the request at the front: 0 while its header is not whole, or -1 for nonsense. */
static int request_length(const client *peer)
{
    int body;

    if (peer->used < HEADER_BYTES + 1)
        return 0;
    body = peer->bytes[LENGTH_AT] << 8 | peer->bytes[LENGTH_AT + 1]; /* counts the unit id */
    if (peer->bytes[2] != 0 || peer->bytes[3] != 0 || body < 2 ||
        body > MODBUS_TCP_MAX_ADU_LENGTH - HEADER_BYTES + 1)
        return -1;
    return HEADER_BYTES - 1 + body;
}

static void serve_client(davy_sim_modbus *server, client *peer)
{
    ssize_t got = recv(peer->socket, peer->bytes + peer->used, sizeof peer->bytes - peer->used, 0);
    int length;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        drop(peer);
        return;
    }
    peer->used += (size_t) got;
    while ((length = request_length(peer)) != 0) {
        if (length > 0 && (size_t) length > peer->used)
            return;
        if (length < 0 || !answer(server, peer, (size_t) length)) {
            drop(peer);
            return;
        }
        peer->used -= (size_t) length;
        memmove(peer->bytes, peer->bytes + length, peer->used);
    }
}

void davy_sim_modbus_serve(davy_sim_modbus *server)
{
    struct epoll_event events[DAVY_SIM_MODBUS_CLIENTS + 1];
    int count = epoll_wait(server->epoll, events, (int) (sizeof events / sizeof *events), 0);

    for (int i = 0; i < count; i++) {
        if (events[i].data.fd == server->listener)
            accept_client(server);
        for (size_t c = 0; c < DAVY_SIM_MODBUS_CLIENTS; c++)
            if (server->clients[c].socket == events[i].data.fd)
                serve_client(server, &server->clients[c]);
    }
}
