/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>

/**
 * @file
 * A socket that listens.
 *
 * Stage: serve.
 */

/** Bytes of an address in text, "[::1]:8080", with its zero. */
#define DAVY_LISTENER_MAX 64

/**
 * Listen, without blocking.
 *
 * @param listen   "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one
 * @param out      the socket; -1 after a failure
 * @param address  what it listens on
 */
DAVY_MUST_CHECK davy_status davy_listener_open(const char *listen, int *out,
                                               char address[DAVY_LISTENER_MAX]);

/** True when only this machine reaches it: 127.0.0.0/8, ::1, or the former as an address of IPv6.
 */
bool davy_listener_is_local(int listener);

/**
 * Keys in plain HTTP are read by whoever is on the wire: that must be wanted, not overlooked.
 *
 * @param is_settled  TLS is spoken, or plain HTTP is wanted
 * @return DAVY_ERR_DENIED when others than this machine reach it and nothing is settled
 */
DAVY_MUST_CHECK davy_status davy_listener_check_reach(int listener, const char *address,
                                                      bool is_settled);
