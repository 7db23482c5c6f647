/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/exchange.h"

/**
 * @file
 * What libmicrohttpd calls: a connection begins and ends, a request arrives piece by piece.
 *
 * Stage: serve. These run on the event loops and never wait.
 */

/** Start the event loops on the server's listening socket. */
DAVY_MUST_CHECK davy_status davy_http_start(davy_server *server);
