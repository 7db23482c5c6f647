/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/notice.h"
#include "core/buffer.h"

/**
 * @file
 * What is due to whom: one SQLite file with the messages of every receiver, the escalations that
 * wait for their time, and how far the records have been read.
 *
 * Stage: alarm. The records are the log, and all of this can be made from them again: the messages
 * of a page of records and the new cursor are one transaction, so a kill leaves both or neither. A
 * commit is not synced (WAL, synchronous=NORMAL): what a power cut takes is the end of the file,
 * cursor and messages alike, and is made again from the records with the same ids. A receiver may
 * get such a message twice.
 *
 * Bounds: a waiting message costs about 2 KB of disk and no memory; beyond
 * DAVY_NOTIFY_WAITING_MAX of one receiver its oldest are given up, and counted. What was confirmed
 * or given up is kept for DAVY_NOTIFY_KEEP_NS, at most DAVY_NOTIFY_KEEP_MAX messages of all.
 *
 * All functions may be called from any thread.
 */
typedef struct davy_notify_queue davy_notify_queue;

#define DAVY_NOTIFY_WAITING_MAX ((int64_t) 1000000)
#define DAVY_NOTIFY_KEEP_NS     (7LL * 86400 * DAVY_NS_PER_S)
#define DAVY_NOTIFY_KEEP_MAX    ((int64_t) 100000)

DAVY_MUST_CHECK davy_status davy_notify_queue_open(const char *file, davy_notify_queue **out);
/** Look at all of a file that another process may have open. DAVY_ERR_CORRUPT: it is not as it was
 * written. */
DAVY_MUST_CHECK davy_status davy_notify_queue_verify(const char *file);
/** NULL is fine. */
void davy_notify_queue_close(davy_notify_queue *queue);

/** Sequence of the last record that was read. @param known  false for a file that is new */
DAVY_MUST_CHECK davy_status davy_notify_queue_cursor(davy_notify_queue *queue, uint64_t *sequence,
                                                     bool *known);

/** A message for a receiver. */
typedef struct davy_notify_due {
    const char *receiver;
    const char *id;
    uint64_t alarm;   /* id of the alarm; 0 for none */
    const char *body; /* JSON */
    int64_t time_ns;  /* wall clock: when it became due */
} davy_notify_due;

/** Begin to add; others wait until the end. */
DAVY_MUST_CHECK davy_status davy_notify_queue_begin(davy_notify_queue *queue);
/** Commit when `status` is DAVY_OK, else take everything back; gives the first failure. Always
 * after davy_notify_queue_begin(). */
DAVY_MUST_CHECK davy_status davy_notify_queue_end(davy_notify_queue *queue, davy_status status);

/* Between begin and end: */

/** A message whose id the receiver has already is left out. */
DAVY_MUST_CHECK davy_status davy_notify_queue_add(davy_notify_queue *queue,
                                                  const davy_notify_due *due);
/** To be added so long after its time, unless the alarm is settled before. One that the receiver
 * has for this alarm keeps its time and gets the newer words. */
DAVY_MUST_CHECK davy_status davy_notify_queue_escalate(davy_notify_queue *queue,
                                                       const davy_notify_due *due,
                                                       int64_t after_ns);
/** Somebody has taken care of the alarm. */
DAVY_MUST_CHECK davy_status davy_notify_queue_settle(davy_notify_queue *queue, uint64_t alarm);
/** The message that began an alarm. */
DAVY_MUST_CHECK davy_status davy_notify_queue_set_raised(davy_notify_queue *queue, uint64_t alarm,
                                                         const davy_notice_raised *raised);
DAVY_MUST_CHECK davy_status davy_notify_queue_get_raised(davy_notify_queue *queue, uint64_t alarm,
                                                         davy_notice_raised *raised);
DAVY_MUST_CHECK davy_status davy_notify_queue_advance(davy_notify_queue *queue, uint64_t sequence);

/* Whenever: */

/** Make escalations due whose time has come. @param count  how many there were */
DAVY_MUST_CHECK davy_status davy_notify_queue_release(davy_notify_queue *queue, int64_t now_ns,
                                                      size_t *count);
/** After a start: no escalation is farther away than it was to begin with, whatever the wall clock
 * did meanwhile. */
DAVY_MUST_CHECK davy_status davy_notify_queue_clamp(davy_notify_queue *queue, int64_t now_ns);
/** The wall clock has stepped: escalations wait as long as they were to. */
DAVY_MUST_CHECK davy_status davy_notify_queue_shift(davy_notify_queue *queue, int64_t step_ns);

/** The oldest message of a receiver that waits, and whose number is higher. */
typedef struct davy_notify_message {
    int64_t number; /* rises in the order of sending */
    char id[DAVY_NOTICE_ID_MAX];
    davy_buffer body;
    unsigned tries;
} davy_notify_message;

/** A message that is not as it was written has no body. @return DAVY_ERR_NOT_FOUND when nothing
 * waits */
DAVY_MUST_CHECK davy_status davy_notify_queue_next(davy_notify_queue *queue, const char *receiver,
                                                   int64_t after, davy_notify_message *message);

typedef enum davy_notify_end {
    DAVY_NOTIFY_CONFIRMED = 1,
    DAVY_NOTIFY_GIVEN_UP = 2
} davy_notify_end;

/** A message has ended in one of two ways, and with it all before it whose ends could not be kept.
 * @param error  why, or NULL */
DAVY_MUST_CHECK davy_status davy_notify_queue_finish(davy_notify_queue *queue, const char *receiver,
                                                     int64_t number, davy_notify_end end,
                                                     const char *error, int64_t now_ns);
/** It was tried and waits on. */
DAVY_MUST_CHECK davy_status davy_notify_queue_tried(davy_notify_queue *queue, int64_t number,
                                                    const char *error);

/** Forget what has been kept long enough. */
DAVY_MUST_CHECK davy_status davy_notify_queue_purge(davy_notify_queue *queue, int64_t now_ns);

typedef struct davy_notify_counts {
    uint64_t waiting, confirmed, given_up;
    int64_t confirmed_ns; /* when the last one was; 0: never */
} davy_notify_counts;

DAVY_MUST_CHECK davy_status davy_notify_queue_count(davy_notify_queue *queue, const char *receiver,
                                                    davy_notify_counts *counts);

/** A message as a person sees it; texts are borrowed for the call. */
typedef struct davy_notify_row {
    int64_t number;
    const char *id, *body;
    const char *state; /* "waiting", "confirmed", "given-up" */
    int64_t due_ns, finished_ns;
    unsigned tries;
    const char *error; /* of the last attempt; NULL for none */
} davy_notify_row;

/** The newest `limit` messages of a receiver, newest first. */
DAVY_MUST_CHECK davy_status davy_notify_queue_visit(
    davy_notify_queue *queue, const char *receiver, size_t limit,
    davy_status (*visit)(void *context, const davy_notify_row *row), void *context);
