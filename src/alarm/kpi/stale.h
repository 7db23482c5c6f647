/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Alarms that have been in alarm for long: which become stale, and when.
 *
 * Stage: alarm. A list of what is in alarm, in the order of its begin. Every alarm has the same
 * time to become stale, so the next one is always the first of the list that is not yet.
 */
#define DAVY_STALE_NONE SIZE_MAX

/** The place of one alarm in the list; zeroed is outside. */
typedef struct davy_stale_place {
    int64_t since_ns;
    size_t before, after; /* indices of neighbours, or DAVY_STALE_NONE */
    bool in_alarm, stale;
} davy_stale_place;

/** Zeroed with both ends DAVY_STALE_NONE is empty. The places are the caller's, in an array. */
typedef struct davy_stale_list {
    size_t last; /* the newest */
    size_t next; /* the oldest that is not stale */
} davy_stale_list;

/** The alarm is in alarm since then. It must be outside. */
void davy_stale_enter(davy_stale_list *list, davy_stale_place *places, size_t alarm,
                      int64_t since_ns);

/** The alarm is in alarm no more. Nothing for one that is outside. */
void davy_stale_leave(davy_stale_list *list, davy_stale_place *places, size_t alarm);

/** The next alarm that has been in alarm for so long at now_ns becomes stale. False when there is
 * none. */
bool davy_stale_next(davy_stale_list *list, davy_stale_place *places, int64_t after_ns,
                     int64_t now_ns, size_t *alarm);
