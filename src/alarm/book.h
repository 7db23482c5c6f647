/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/entry.h"

/**
 * @file
 * All alarms by key and by id.
 *
 * Stage: alarm, inside. An alarm is never taken out: its id stays its own for ever.
 */
typedef struct davy_alarm_book {
    davy_alarm_entry **entries; /* [count] in the order they came, owned */
    size_t count, capacity;
    davy_alarm_entry **timed; /* [timed_count] those that time alone can move, in any order */
    size_t timed_count;
    size_t *buckets; /* [bucket_count] first entry of each hash, or SIZE_MAX */
    size_t bucket_count;
    uint64_t last_id;
} davy_alarm_book;

/** Zeroed is a valid empty book. */
void davy_alarm_book_clear(davy_alarm_book *book);

/** The alarm with this key, or NULL. */
davy_alarm_entry *davy_alarm_book_find(const davy_alarm_book *book, const char *key);

/** The alarm with this id, or NULL. */
davy_alarm_entry *davy_alarm_book_by_id(const davy_alarm_book *book, uint64_t id);

/** Put an alarm among those with a timer, or take it out. */
void davy_alarm_book_time(davy_alarm_book *book, davy_alarm_entry *entry, bool timed);

/** A new normal alarm without an id; the key must be new. */
DAVY_MUST_CHECK davy_status davy_alarm_book_add(davy_alarm_book *book, const char *key,
                                                davy_alarm_entry **out);
