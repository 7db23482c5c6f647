/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/exchange.h"

/**
 * @file
 * Bodies that go to the disk while they come: flat memory, and no event loop that waits for it.
 *
 * Stage: serve. The event loop gathers a piece of DAVY_HTTP_UPLOAD_PIECE bytes; a worker writes it
 * while the connection is suspended, and the next piece is gathered. What is not whole at the end
 * of the exchange is removed, by a worker too.
 */

/** A piece of a body was gathered: write it when it is large enough. False: too much waits. */
bool davy_receive_piece(davy_exchange *exchange);

/** The exchange ends: remove what was received and not kept. */
void davy_receive_drop(davy_exchange *exchange);
