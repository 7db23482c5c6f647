/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Watch over connections: total deadlines for headers, bodies and answers.
 *
 * Stage: serve. MHD's own time-out ends a connection that is silent; a client that sends or takes a
 * byte a second is never silent. Here each phase of a connection has a deadline: a fixed grace plus
 * the time its bytes take at the slowest rate that is served. A connection past it is shut down;
 * MHD then finds it closed and cleans up.
 */
typedef enum davy_phase {
    DAVY_PHASE_HEADERS, /* waits for a request, or for the rest of its headers */
    DAVY_PHASE_BODY,    /* receives a body */
    DAVY_PHASE_WORK,    /* a worker has it: the time is ours */
    DAVY_PHASE_ANSWER,  /* takes an answer */
    DAVY_PHASE_STREAM,  /* an event stream, without an end */
    DAVY_PHASE_REST,    /* showed a key, and waits for the next request */
    DAVY_PHASE_COUNT
} davy_phase;

/** Graces of the phases, and between heartbeats of event streams, in milliseconds; 0 in a field
 * means the default of limits.h. */
typedef struct davy_watch_limits {
    int header_ms, body_ms, answer_ms;
    int heartbeat_ms;
} davy_watch_limits;

typedef struct davy_watch davy_watch;
typedef struct davy_watched davy_watched;

DAVY_MUST_CHECK davy_status davy_watch_create(const davy_watch_limits *limits, davy_watch **out);
/** All connections must have left. NULL is fine. */
void davy_watch_destroy(davy_watch *watch);

/** A connection begins, in the phase of headers. NULL without memory. */
davy_watched *davy_watch_enter(davy_watch *watch, int socket);
/** It ends: before its socket is closed, so that the number cannot name another. NULL is fine. */
void davy_watch_leave(davy_watch *watch, davy_watched *watched);

/** A phase begins now. NULL is fine. */
void davy_watch_phase(davy_watch *watch, davy_watched *watched, davy_phase phase);

/** Bytes of this phase so far. NULL is fine. */
void davy_watch_bytes(davy_watched *watched, uint64_t bytes);

/** Whether its client is there; it is gone when it has closed its side, also only for sending, as
 * with other servers. Looks at the socket some times a second at most; for the thread that works on
 * the answer. The context is a davy_watched; NULL: it is there. */
bool davy_watched_is_there(void *watched);

/** Shut down what is past its deadline. */
void davy_watch_tick(davy_watch *watch);

/** Connections by phase, and those that were shut down since the start. */
void davy_watch_counts(davy_watch *watch, size_t counts[DAVY_PHASE_COUNT], uint64_t *ended);
