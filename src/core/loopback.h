/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * Does an address stay on this machine? What must not cross a network in the clear may go there.
 *
 * Stage: core. Nothing is looked up: "localhost", 127.0.0.0/8 and ::1 are near, every other name is
 * not, "127.example" among them. Source: RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3.
 */

/** @param host  a name or an address; of IPv6 with its brackets or without */
bool davy_loopback_host(const char *host);

/** The host of "scheme://host[:port][/...]". An address with a user in front of its host is not
 * near: "http://127.0.0.1:80@elsewhere/" is elsewhere. */
bool davy_loopback_url(const char *url);
