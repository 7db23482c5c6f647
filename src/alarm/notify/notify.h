/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/notify/notice.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "store/records.h"

struct json_t;

/**
 * @file
 * Notification: what is announced reaches those who are to be told, also after a crash.
 *
 * Stage: alarm. The records are the log of what happened. One thread follows them by sequence from
 * a durable cursor, makes a message of every announced transition, asks the routes of the site, and
 * keeps message and cursor in one transaction (notify/queue.h). Each receiver has a worker of its
 * own (notify/worker.h), which confirms one message before it begins the next.
 *
 *     announced --records--> followed --routes--> waiting --worker--> confirmed
 *
 * What is promised: each message at least once, always with the same id, in the order of the
 * records for each receiver. A receiver that is away loses nothing and delays nobody. Alarms wait
 * for none of this: davy_notify_wake() and davy_notify_urgent() only leave word.
 *
 * When the disk takes no records, announced transitions come through davy_notify_urgent() and are
 * sent from memory; when it takes no messages, what is followed is sent from memory and followed
 * again later, with the same ids.
 */
typedef struct davy_notify davy_notify;

/** Transitions without a record that wait to be followed. */
#define DAVY_NOTIFY_URGENT_MAX ((size_t) 4096)

typedef struct davy_notify_parts {
    davy_records *records;
    const char *file; /* notify.db; made when missing: then nothing of the past is sent. Borrowed
                       * for the opening alone */
    const davy_clock *clock;
    void *context;
    /* The site now; held from one davy_notify_reload() to the next. */
    const davy_site *(*acquire_site)(void *context);
    void (*release_site)(void *context, const davy_site *site);
    /* True while the plant is watched; `problem`, when it is not empty, is what is wrong all the
     * same. Asked before every sign of life; false makes davy silent. */
    bool (*watches)(void *context, char *problem, size_t capacity);
} davy_notify_parts;

DAVY_MUST_CHECK davy_status davy_notify_open(const davy_notify_parts *parts, davy_notify **out);

/** Start to follow and to send. */
DAVY_MUST_CHECK davy_status davy_notify_start(davy_notify *notify);

/** End all threads; what is due stays due. NULL is fine. */
void davy_notify_stop(davy_notify *notify);

/** NULL is fine. */
void davy_notify_close(davy_notify *notify);

/** The site has changed: receivers that are equal go on, also with what is due to them. What is due
 * to one that is gone stays until a receiver of this name is back. */
DAVY_MUST_CHECK davy_status davy_notify_reload(davy_notify *notify);

/** There is a new record. Never waits; NULL is fine. */
void davy_notify_wake(davy_notify *notify);

/** A transition was announced that has no record yet. Never waits for a disk or a receiver; NULL is
 * fine. */
void davy_notify_urgent(davy_notify *notify, const davy_alarm *alarm, const char *transition);

/** A drill for one receiver, behind what is due to it. DAVY_ERR_NOT_FOUND. @param id  of the
 * message, at least 40 bytes */
DAVY_MUST_CHECK davy_status davy_notify_test(davy_notify *notify, const char *receiver,
                                             const char *by, char id[40]);

/**
 * The alarm of a proof test: who would be told of it, and, when asked to, who is told, as a drill
 * behind what is due. A drill never escalates.
 *
 * @param send  to the receivers that the routes name
 * @param id    of the message, at least 40 bytes
 * @param out   names of those receivers, a new reference
 */
DAVY_MUST_CHECK davy_status davy_notify_drill(davy_notify *notify, const davy_alarm *alarm,
                                              const char *transition, bool send, char id[40],
                                              struct json_t **out);

/**
 * An alert for these receivers, behind what is due to them. The same alert again is the same
 * message, which a receiver that had it within a week does not get twice.
 *
 * @return DAVY_ERR_NOT_FOUND when the site has no such receiver: nobody is told then
 */
DAVY_MUST_CHECK davy_status davy_notify_alert(davy_notify *notify, const davy_notice_alert *alert,
                                              const char *const *receivers, size_t count);

/** True, with a sentence, while a receiver has failed for too long or messages cannot be kept. */
bool davy_notify_is_failing(davy_notify *notify, char *text, size_t capacity);

/** [{"name", "kind", "place", "format", "waiting", "confirmed", "given_up", "unkept",
 *  "last_confirmed", "last_heartbeat", "failing_s", "again_s", "error", "lacks"}], a new reference.
 */
DAVY_MUST_CHECK davy_status davy_notify_receivers_json(davy_notify *notify, struct json_t **out);

/** Most messages that are listed. */
#define DAVY_NOTIFY_LIST_MAX ((size_t) 1000)

/** [{"id", "type", "alarm", "text", "state", "due", "finished", "tries", "error"}], the newest
 * first, a new reference. DAVY_ERR_NOT_FOUND for a receiver that the site does not have. */
DAVY_MUST_CHECK davy_status davy_notify_messages_json(davy_notify *notify, const char *receiver,
                                                      size_t limit, struct json_t **out);

/** Figures in Prometheus text. */
void davy_notify_metrics(davy_notify *notify, davy_buffer *out);

/** What the threads do over and over, for tests: follow what is new, then let every receiver do
 * what it can now. @return nanoseconds until there may be something to do */
int64_t davy_notify_step(davy_notify *notify);
