/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "serve/access/keys.h"
#include "serve/access/session.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * @file
 * Live events: one bounded ring that every stream reads at its own pace.
 *
 * Stage: serve. Publishing puts an event into the ring and wakes the streams that wait; it never
 * waits for a client. Each stream has its place in the ring. One that lags so far that its place
 * was overwritten is told so with an event "gap" and the number it missed, and goes on with the
 * oldest event that is left. A stream holds no thread: its connection is suspended until there is
 * something to send.
 *
 * Source: WHATWG HTML, section 9.2, "Server-sent events" (the text form).
 */
struct MHD_Connection;

typedef struct davy_events davy_events;
typedef struct davy_event_stream davy_event_stream;

DAVY_MUST_CHECK davy_status davy_events_create(davy_events **out);
/** All streams must have left. NULL is fine. */
void davy_events_destroy(davy_events *events);

/** From any thread; never waits for a client. Without memory the event counts as missed. */
void davy_events_publish(davy_events *events, const char *name, const char *json);

/** Begin a stream with the next event, for a key and, when not 0, a session and a token's end by
 * UTC. DAVY_ERR_UNAVAILABLE when there are too many. */
DAVY_MUST_CHECK davy_status davy_events_join(davy_events *events, struct MHD_Connection *connection,
                                             const char *by, uint64_t session, int64_t ends_ns,
                                             davy_event_stream **out);
void davy_events_leave(davy_event_stream *stream);

/** Up to `capacity` bytes of a stream. 0: nothing now, the connection was suspended. -1: the end.
 */
ssize_t davy_events_read(davy_event_stream *stream, char *bytes, size_t capacity);

/** Send every stream a comment line, and end those whose key was revoked or whose session is over;
 * a stream that runs is a use of its session. */
void davy_events_heartbeat(davy_events *events, davy_keys *keys, davy_sessions *sessions,
                           int64_t now_ns, int64_t wall_ns);

/** End all streams; none begins any more. */
void davy_events_stop(davy_events *events);

typedef struct davy_events_stats {
    size_t streams;
    size_t kept; /* events in the ring */
    uint64_t published, missed;
} davy_events_stats;

void davy_events_get_stats(davy_events *events, davy_events_stats *stats);
