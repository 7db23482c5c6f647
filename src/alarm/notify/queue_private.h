/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/queue.h"
#include "store/database.h"

#include <pthread.h>

/**
 * @file
 * The inside of davy_notify_queue, shared by the files that add messages and that send them.
 *
 * Stage: alarm, inside.
 */
enum statement {
    GET_CURSOR,
    SET_CURSOR,
    ADD,
    COUNT_ADDED,
    DROP_OLDEST,
    COUNT_DROPPED,
    ESCALATE,
    SETTLE,
    SET_RAISED,
    GET_RAISED,
    FIND_DUE,
    DROP_ESCALATION,
    CLAMP,
    SHIFT,
    NEXT,
    FINISH,
    COUNT_FINISHED,
    TRIED,
    PURGE_OLD,
    PURGE_MANY,
    COUNTS,
    VISIT,
    STATEMENTS
};

struct davy_notify_queue {
    pthread_mutex_t lock; /* for the connection */
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
};

/* Whether what a row says fits its sum. */
#define DAVY_QUEUE_FITS_CURSOR     "(sum IS davy_sum(sequence))"
#define DAVY_QUEUE_FITS_MESSAGE    "(sum IS davy_sum(receiver, id, body, due_ns))"
#define DAVY_QUEUE_FITS_ESCALATION "(sum IS davy_sum(alarm, receiver, id, body, due_ns, after_ns))"
#define DAVY_QUEUE_FITS_RAISED     "(sum IS davy_sum(alarm, id, time_ns))"

/** Give a connection the function davy_sum(): a checksum of integers and texts, in their order. */
DAVY_MUST_CHECK davy_status davy_queue_add_sum(sqlite3 *database);

/** From format 1 to 2: rows that are there get a sum. */
DAVY_MUST_CHECK davy_status davy_queue_upgrade(sqlite3 *database, int from);

/** Bind a text that lives until the statement has run. @return statement */
sqlite3_stmt *davy_queue_bind(sqlite3_stmt *statement, int at, const char *text);

/** Run a statement that gives no row, and forget what was bound. */
DAVY_MUST_CHECK davy_status davy_queue_execute(davy_notify_queue *queue, enum statement which);
