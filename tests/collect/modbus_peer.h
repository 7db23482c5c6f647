/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Modbus devices on loopback for tests: a real libmodbus server, and devices that misbehave.
 */
typedef struct modbus_peer modbus_peer;

/** How a device answers. */
enum modbus_manners {
    MODBUS_HONEST,  /* libmodbus server; registers hold their own address, bits their parity */
    MODBUS_SILENT,  /* takes connections and never answers */
    MODBUS_GARBAGE, /* answers each request with bytes that are no Modbus */
    MODBUS_TRICKLE, /* a right answer, a byte every 100 ms */
    MODBUS_ENDLESS, /* sends without end from the connection on */
    MODBUS_WRONG,   /* a right answer with another transaction id */
    MODBUS_SHORT,   /* a right answer with fewer registers than were asked for */
    MODBUS_HANG_UP  /* closes at the first request */
};

/** Honest devices have registers [0, MODBUS_PEER_REGISTERS) and as many bits in each table. */
#define MODBUS_PEER_REGISTERS 300

/** Start a device on a free port; it ends the test when it cannot. */
modbus_peer *modbus_peer_start(enum modbus_manners manners);

/** Let a request that touches this register be refused as an illegal address; -1 for none. */
void modbus_peer_refuse(modbus_peer *peer, int address);

/** Answer every request with this exception; 0 for none. */
void modbus_peer_fail(modbus_peer *peer, int exception);

/** "tcp://127.0.0.1:PORT", owned by the peer. */
const char *modbus_peer_address(const modbus_peer *peer);

/** Requests of function codes that read, and of all others, so far. */
unsigned modbus_peer_reads(const modbus_peer *peer);
unsigned modbus_peer_others(const modbus_peer *peer);

/** Close all connections and the port. */
void modbus_peer_stop(modbus_peer *peer);
