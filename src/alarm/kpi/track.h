/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/move.h"
#include "store/records.h"

/**
 * @file
 * From the records of alarms to moves: remembers where each alarm is, and to whom it belongs.
 *
 * Stage: alarm. An alarm belongs to the position that the site gives to its asset today, so a past
 * that was recorded before the desks were cut can be read desk by desk. What is no longer in the
 * site belongs to DAVY_SITE_POSITION. One thread.
 */
typedef struct davy_alarm_track davy_alarm_track;

/** An alarm as its last record tells. Borrowed until the track is destroyed or takes a record. */
typedef struct davy_tracked_alarm {
    const char *key;
    uint64_t id;
    size_t asset; /* index in the site; DAVY_SITE_NONE */
    size_t position;
    davy_priority priority;
    davy_alarm_phase phase;
    uint64_t turn;
} davy_tracked_alarm;

/** @param site  borrowed until the track is destroyed */
DAVY_MUST_CHECK davy_status davy_alarm_track_create(const davy_site *site, davy_alarm_track **out);
/** NULL is fine. */
void davy_alarm_track_destroy(davy_alarm_track *track);

/**
 * Take a record of kind DAVY_RECORD_ALARM, in the order of the records.
 *
 * @param moved  false: a double, a record that tells no transition, or one that cannot be read,
 *               which is counted
 * @return DAVY_ERR_NOMEM
 */
DAVY_MUST_CHECK davy_status davy_alarm_track_take(davy_alarm_track *track,
                                                  const davy_record *record, davy_alarm_move *move,
                                                  bool *moved);

/** The alarm with this key, when a record told of it. */
bool davy_alarm_track_find(const davy_alarm_track *track, const char *key, size_t *alarm);

const davy_tracked_alarm *davy_alarm_track_at(const davy_alarm_track *track, size_t alarm);

/** Records that could not be read. */
uint64_t davy_alarm_track_unreadable(const davy_alarm_track *track);
