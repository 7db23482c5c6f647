/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdatomic.h>
#include <stdint.h>

/**
 * @file
 * Addresses of peers, "tcp://10.0.0.5:502", and TCP connections to them within a time.
 *
 * Stage: collect. A name is looked up by the system's resolver, which keeps its own time limit and
 * cannot be interrupted; a number in place of the name is not looked up.
 */

/** Longest host name (RFC 1035) with its zero. */
#define DAVY_HOST_MAX 256

typedef struct davy_address {
    char host[DAVY_HOST_MAX]; /* an IPv6 address without its brackets */
    char port[8];             /* decimal */
} davy_address;

/** "SCHEME://host[:port]", with an IPv6 address in brackets. */
DAVY_MUST_CHECK davy_status davy_address_parse(const char *text, const char *scheme,
                                               int default_port, davy_address *out);

/**
 * Connect, trying all addresses of the name, within `timeout_ns` in all.
 *
 * @param interrupted  makes it give up soon, with DAVY_ERR_TIMEOUT
 * @param out          the socket, blocking, without delay; DAVY_ERR_UNAVAILABLE tells why not
 */
DAVY_MUST_CHECK davy_status davy_address_connect(const davy_address *address, int64_t timeout_ns,
                                                 const atomic_bool *interrupted, int *out);
