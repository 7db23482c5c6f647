/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/exchange.h"

/**
 * @file
 * A long answer made piece by piece: flat memory, and no event loop that waits for the disk.
 *
 * Stage: serve. A worker fills a buffer of about DAVY_HTTP_STREAM_CHUNK bytes, the event loop sends
 * it, the connection is suspended while a worker fills the next.
 */
typedef struct davy_stream davy_stream;

/** Take over the producer of the call's answer and make its first piece, on this worker. A failure
 * leaves nothing: the caller can still answer with a problem. */
DAVY_MUST_CHECK davy_status davy_stream_begin(davy_exchange *exchange, davy_stream **out);

/** The response that sends it; takes ownership, also when there is no memory for it (NULL). */
struct MHD_Response *davy_stream_response(davy_stream *stream);

/** Before davy_stream_response() only. NULL is fine. */
void davy_stream_destroy(davy_stream *stream);
