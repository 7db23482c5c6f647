/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/entry.h"

/**
 * @file
 * Transitions on their way to the disk and then to the announcer, in order.
 *
 * Stage: alarm, inside. alarm.h tells the policy for a disk that fails.
 */
typedef struct davy_alarm_change {
    davy_alarm_entry *entry;
    char *body; /* of the record; NULL when there was no memory for it */
    int64_t time_ns;
    const char *transition;                  /* lives as long as the program */
    bool announce;                           /* still to be announced */
    davy_alarm view;                         /* the alarm as it was right after the transition */
    char *reason, *comment, *by, *judgement; /* the view's texts, owned */
} davy_alarm_change;

typedef struct davy_alarm_outbox {
    davy_alarm_change *changes; /* [count] */
    size_t count, capacity;
    uint64_t given_up;     /* changes whose records will never be written */
    bool incomplete;       /* some were given up since the last time all states were written */
    davy_record_kind kind; /* of its records */
} davy_alarm_outbox;

/** Zeroed, with its kind set, is a valid empty outbox. */
void davy_alarm_outbox_clear(davy_alarm_outbox *outbox);

/**
 * Add what an entry is now. Without memory for the record the change is still announced, and the
 * outbox is incomplete.
 *
 * @return DAVY_ERR_NOMEM when not even the change could be kept
 */
DAVY_MUST_CHECK davy_status davy_alarm_outbox_add(davy_alarm_outbox *outbox,
                                                  davy_alarm_entry *entry,
                                                  const davy_alarm_note *note, bool announce);

/** Append all records in one transaction. The changes stay, whatever the answer. */
DAVY_MUST_CHECK davy_status davy_alarm_outbox_write(davy_alarm_outbox *outbox,
                                                    davy_records *records);

/** Announce what is still to be announced, in order. */
void davy_alarm_outbox_announce(davy_alarm_outbox *outbox, const davy_alarms_callbacks *callbacks,
                                bool durable);

/** All records are written: forget the changes. */
void davy_alarm_outbox_done(davy_alarm_outbox *outbox);

/** Forget the newest change, which a person asked for and cannot have. */
void davy_alarm_outbox_take_back(davy_alarm_outbox *outbox);

/** Give up the oldest changes beyond DAVY_ALARMS_UNKEPT_MAX. */
void davy_alarm_outbox_trim(davy_alarm_outbox *outbox);
