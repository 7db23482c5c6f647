/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Labelled events: stretches of history in which something happened that must be found, or nothing
 * that should have rung.
 *
 * Stage: alarm. They come from a CSV file with the columns from, to, name and, if alarms of other
 * parts of the plant must not count, asset; or they are answers of people (answers.h).
 */

/** Most events of one question. */
#define DAVY_EVENTS_MAX ((size_t) 10000)

typedef struct davy_event {
    int64_t from_ns, to_ns; /* the end is not included */
    char *name;
    char *asset; /* NULL: an alarm of any asset finds it */
    /* An alarm that rang up to so long before it, and stands when it begins, has found it. */
    int64_t lead_ns;
    davy_alarm_verdict answer; /* that it was made of; DAVY_ALARM_UNJUDGED: it is of a file */
} davy_event;

typedef struct davy_event_list {
    davy_event *items; /* by their begin */
    size_t count;
} davy_event_list;

/** Add an event; the list keeps copies. Times must be in order. */
DAVY_MUST_CHECK davy_status davy_event_list_add(davy_event_list *list, const davy_event *event);

/** People have said that there was nothing to find in it. */
bool davy_event_is_nuisance(const davy_event *event);

/** Read a file; faults name its line. */
DAVY_MUST_CHECK davy_status davy_event_list_read(const char *path, davy_event_list *list);

/** By their begin: what whoever adds events calls at the end. */
void davy_event_list_sort(davy_event_list *list);

void davy_event_list_clear(davy_event_list *list);
