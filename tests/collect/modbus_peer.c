/* SPDX-License-Identifier: Apache-2.0 */
#include "modbus_peer.h"

#include "../testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 128, TICK_MS = 20, TRICKLE_TICKS = 5 };

/* A connection, and the rest of an answer that trickles. */
struct connection {
    int descriptor;
    uint8_t answer[260];
    int length, sent, ticks;
};

struct modbus_peer {
    enum modbus_manners manners;
    int listener;
    char address[64];
    modbus_t *modbus;
    modbus_mapping_t *mapping;
    atomic_int refused, exception;
    atomic_uint reads, others;
    atomic_bool stopping;
    pthread_t thread;
    struct connection connections[CONNECTIONS_MAX];
    size_t count;
};

static bool touches_refused(const modbus_peer *peer, const uint8_t *query)
{
    int address = query[8] << 8 | query[9], count = query[10] << 8 | query[11];

    return peer->refused >= address && peer->refused < address + count;
}

/* One request of an honest device. False when the connection is over. */
static bool serve(modbus_peer *peer, int descriptor)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    int length;

    modbus_set_socket(peer->modbus, descriptor);
    length = modbus_receive(peer->modbus, query);
    if (length <= 0)
        return length == 0;
    if (query[7] >= 1 && query[7] <= 4)
        peer->reads++;
    else
        peer->others++;
    if (peer->exception > 0)
        return modbus_reply_exception(peer->modbus, query, (unsigned) peer->exception) > 0;
    if (touches_refused(peer, query))
        return modbus_reply_exception(peer->modbus, query, MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS) >
               0;
    return modbus_reply(peer->modbus, query, length, peer->mapping) > 0;
}

/* The right answer to a request for registers, all zero. */
static int make_answer(const uint8_t *query, uint8_t *answer)
{
    int count = query[10] << 8 | query[11];

    memset(answer, 0, 260);
    memcpy(answer, query, 8);
    answer[4] = (uint8_t) ((3 + 2 * count) >> 8);
    answer[5] = (uint8_t) (3 + 2 * count);
    answer[8] = (uint8_t) (2 * count);
    return 9 + 2 * count;
}

/* One request of a device that misbehaves. False when the connection is over. */
static bool misbehave(modbus_peer *peer, struct connection *connection)
{
    static const char garbage[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    uint8_t query[64];
    ssize_t got = recv(connection->descriptor, query, sizeof query, 0);

    if (got < 12)
        return false;
    connection->length = make_answer(query, connection->answer);
    connection->sent = 0;
    switch (peer->manners) {
    case MODBUS_GARBAGE:
        return send(connection->descriptor, garbage, sizeof garbage, MSG_NOSIGNAL) > 0;
    case MODBUS_WRONG:
        connection->answer[1] ^= 0x55;
        return send(connection->descriptor, connection->answer, (size_t) connection->length,
                    MSG_NOSIGNAL) > 0;
    case MODBUS_SHORT:
        connection->answer[8] = 2;
        connection->answer[5] = 5;
        return send(connection->descriptor, connection->answer, 11, MSG_NOSIGNAL) > 0;
    case MODBUS_HANG_UP:
        return false;
    default:
        return true;
    }
}

/* What a device does without being asked. */
static bool tick(modbus_peer *peer, struct connection *connection)
{
    static const uint8_t flood[65536];

    if (peer->manners == MODBUS_ENDLESS)
        (void) send(connection->descriptor, flood, sizeof flood, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (peer->manners == MODBUS_TRICKLE && connection->sent < connection->length &&
        ++connection->ticks % TRICKLE_TICKS == 0)
        return send(connection->descriptor, connection->answer + connection->sent++, 1,
                    MSG_NOSIGNAL) == 1;
    return true;
}

static void drop(modbus_peer *peer, size_t index)
{
    close(peer->connections[index].descriptor);
    peer->connections[index] = peer->connections[--peer->count];
}

static void accept_one(modbus_peer *peer)
{
    int descriptor = accept(peer->listener, NULL, NULL);

    if (descriptor >= 0 && peer->count < CONNECTIONS_MAX)
        peer->connections[peer->count++] = (struct connection){.descriptor = descriptor};
    else if (descriptor >= 0)
        close(descriptor);
}

static void *run(void *argument)
{
    modbus_peer *peer = argument;
    struct pollfd pollers[CONNECTIONS_MAX + 1];

    while (!peer->stopping) {
        size_t count = peer->count;

        pollers[count] = (struct pollfd){.fd = peer->listener, .events = POLLIN};
        for (size_t i = 0; i < count; i++)
            pollers[i] = (struct pollfd){.fd = peer->connections[i].descriptor, .events = POLLIN};
        (void) poll(pollers, count + 1, TICK_MS);
        for (size_t i = count; i-- > 0;) {
            bool good = true;

            if (pollers[i].revents)
                good = peer->manners == MODBUS_HONEST ? serve(peer, peer->connections[i].descriptor)
                                                      : misbehave(peer, &peer->connections[i]);
            if (!good || !tick(peer, &peer->connections[i]))
                drop(peer, i);
        }
        if (pollers[count].revents)
            accept_one(peer);
    }
    return NULL;
}

static void fill(modbus_mapping_t *mapping)
{
    for (int i = 0; i < MODBUS_PEER_REGISTERS; i++) {
        mapping->tab_registers[i] = mapping->tab_input_registers[i] = (uint16_t) i;
        mapping->tab_bits[i] = mapping->tab_input_bits[i] = i % 2;
    }
}

modbus_peer *modbus_peer_start(enum modbus_manners manners)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    modbus_peer *peer = calloc(1, sizeof *peer);

    assert_non_null(peer);
    peer->manners = manners;
    peer->refused = -1;
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *) &here, sizeof here), 0);
    assert_int_equal(listen(peer->listener, CONNECTIONS_MAX), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *) &here, &size), 0);
    (void) snprintf(peer->address, sizeof peer->address, "tcp://127.0.0.1:%d",
                    ntohs(here.sin_port));
    peer->modbus = modbus_new_tcp(NULL, 502);
    peer->mapping = modbus_mapping_new(MODBUS_PEER_REGISTERS, MODBUS_PEER_REGISTERS,
                                       MODBUS_PEER_REGISTERS, MODBUS_PEER_REGISTERS);
    assert_non_null(peer->mapping);
    fill(peer->mapping);
    assert_int_equal(pthread_create(&peer->thread, NULL, run, peer), 0);
    return peer;
}

void modbus_peer_refuse(modbus_peer *peer, int address)
{
    peer->refused = address;
}

void modbus_peer_fail(modbus_peer *peer, int exception)
{
    peer->exception = exception;
}

const char *modbus_peer_address(const modbus_peer *peer)
{
    return peer->address;
}

unsigned modbus_peer_reads(const modbus_peer *peer)
{
    return peer->reads;
}

unsigned modbus_peer_others(const modbus_peer *peer)
{
    return peer->others;
}

void modbus_peer_stop(modbus_peer *peer)
{
    peer->stopping = true;
    pthread_join(peer->thread, NULL);
    while (peer->count > 0)
        drop(peer, 0);
    close(peer->listener);
    modbus_mapping_free(peer->mapping);
    modbus_free(peer->modbus);
    free(peer);
}
