/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "core/buffer.h"

struct json_t;

/**
 * @file
 * Alarms and their history as JSON, the same for the API, the event stream and the command line.
 *
 * Stage: alarm.
 */

/**
 * {"id", "key", "kind", "signal"|"detector"|"source", "asset", "state", "evaluated", "active",
 *  "acknowledged", "latched", "priority", "department", "since", "ended", "changed",
 * "shelved_until", "one_shot", "shelve_max" (seconds), "out_until", "suppressed_by", "occurrences",
 * "re_alarms", "comment", "by", "judgement": {"verdict", "by", "comment", "time"}, "cause",
 * "consequence", "respond_within" (seconds), "actions": [text], "reason" (alarm/reason.h)}; and
 * "durable": false while its record waits for the disk.
 */
void davy_alarm_json_write(davy_buffer *out, const davy_alarm *alarm);

/**
 * The same as a tree.
 *
 * @return a new reference, given back with json_decref(); NULL without memory
 */
struct json_t *davy_alarm_json(const davy_alarm *alarm);

/**
 * {"sequence", "time", "id", "key", "signal"?, "detector"?, "source"?, "asset"?, "transition",
 *  "state", "priority", "text", "by", "comment", "verdict"? of an answer} of a record of kind
 * DAVY_RECORD_ALARM.
 *
 * @return a new reference; NULL for a record that is no transition or not readable
 */
struct json_t *davy_alarm_transition_json(const davy_record *record);

/** Most transitions of one history, and how many when the caller does not say. */
#define DAVY_ALARM_HISTORY_MAX     ((size_t) 10000)
#define DAVY_ALARM_HISTORY_DEFAULT ((size_t) 1000)

/**
 * The newest `limit` transitions with from_ns <= time < to_ns, oldest first.
 *
 * @param signal  path; NULL for all
 * @param limit   0: DAVY_ALARM_HISTORY_DEFAULT; at most DAVY_ALARM_HISTORY_MAX
 * @param out     a JSON array, new reference
 */
DAVY_MUST_CHECK davy_status davy_alarm_history(davy_records *records, int64_t from_ns,
                                               int64_t to_ns, const char *signal, size_t limit,
                                               struct json_t **out);
