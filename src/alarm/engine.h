/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/book.h"
#include "alarm/outbox.h"

#include <pthread.h>

/**
 * @file
 * The inside of davy_alarms, shared by the files that take findings, act for people and look.
 *
 * Stage: alarm, inside. Every public function holds the lock from its first look to its last
 * announcement, so what others see is durable and in order.
 */
struct davy_alarms {
    pthread_mutex_t lock;
    davy_records *records;
    const davy_clock *clock;
    davy_alarms_callbacks callbacks;
    davy_alarm_book book;
    davy_alarm_outbox outbox;
    const davy_site *site;
    const davy_condition *conditions;
    davy_alarm_entry **by_condition; /* [condition_count] */
    size_t condition_count;
    davy_alarms_stats stats;
};

/** Note what the entry is now: a record, and an announcement unless it is silent. */
DAVY_MUST_CHECK davy_status davy_alarms_note(davy_alarms *alarms, davy_alarm_entry *entry,
                                             const davy_alarm_note *note, bool announce);

/** Make the step that davy_alarm_step() gave, and note it. */
DAVY_MUST_CHECK davy_status davy_alarms_enter(davy_alarms *alarms, davy_alarm_entry *entry,
                                              davy_alarm_event event, const davy_alarm_phase *next,
                                              davy_alarm_step_kind step, davy_alarm_note note);
