/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/book.h"
#include "alarm/outbox.h"

#include <pthread.h>

/**
 * @file
 * The inside of davy_alarms, shared by the files that take findings, follow a site, look at the
 * time, suppress, act for people and show.
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
    bool *suppressing;             /* [site's suppressions] by the newest answer */
    davy_alarm_entry **suppressed; /* alarms by the suppression that is theirs: those of s are */
    size_t *first_suppressed;      /* suppressed[first_suppressed[s] .. first_suppressed[s+1]) */
    davy_alarms_stats stats;
};

/** Note what the entry is now: a record, and an announcement unless it is silent. */
DAVY_MUST_CHECK davy_status davy_alarms_note(davy_alarms *alarms, davy_alarm_entry *entry,
                                             const davy_alarm_note *note, bool announce);

/** Make the step that davy_alarm_step() gave, and note it. */
DAVY_MUST_CHECK davy_status davy_alarms_enter(davy_alarms *alarms, davy_alarm_entry *entry,
                                              davy_alarm_event event, const davy_alarm_phase *next,
                                              davy_alarm_step_kind step, davy_alarm_note note);

/** An event nobody can be refused: what forbids it, ignores it. */
DAVY_MUST_CHECK davy_status davy_alarms_happen(davy_alarms *alarms, davy_alarm_entry *entry,
                                               davy_alarm_event event, davy_alarm_note note);

/** Write, then announce. When it cannot be written, announce it as not durable and try later. */
davy_status davy_alarms_commit(davy_alarms *alarms);

/** The first failure is the one to tell. */
davy_status davy_alarms_first_of(davy_status first, davy_status second);

/** Set or stop an entry's timers after its state or its rule changed. */
void davy_alarms_set_timers(davy_alarms *alarms, davy_alarm_entry *entry);

/** After a restart: what is left of a shelf, an outage and a re-alarm time. */
void davy_alarms_resume_timers(davy_alarms *alarms, davy_alarm_entry *entry);

/** All that time alone has brought about. */
davy_status davy_alarms_look_at_time(davy_alarms *alarms);

/** Sort the alarms of a site by their suppression; no suppression has answered yet. */
DAVY_MUST_CHECK davy_status davy_alarms_sort_suppressed(davy_alarms *alarms);

/** An alarm that came back into service while its logic is true is suppressed. */
DAVY_MUST_CHECK davy_status davy_alarms_suppress_again(davy_alarms *alarms,
                                                       davy_alarm_entry *entry);
