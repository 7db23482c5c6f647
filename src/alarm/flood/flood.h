/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/flood/ten_minutes.h"
#include "alarm/kpi/move.h"

/**
 * @file
 * The flood of each operator position: when it began, what belongs to it, when it ended.
 *
 * Stage: alarm. The alarms of the ten minutes in which a flood began belong to it, and all that
 * come until it ends. The first of them is the first-out. Pure, like the figures; one thread.
 */

/** Most alarms that one flood lists; the others are counted. */
#define DAVY_FLOOD_MEMBERS_MAX ((size_t) 1000)

/** One alarm of a flood. */
typedef struct davy_flood_member {
    size_t alarm;
    int64_t first_ns; /* its first annunciation in the flood */
    uint64_t count;
} davy_flood_member;

/** The flood of a position that is, or the last that was. */
typedef struct davy_flood {
    davy_ten_minutes window;
    davy_flood_member *members; /* in the order they came; [member_count] */
    size_t member_count;
    uint64_t left_out; /* annunciations of alarms that are not listed */
    uint64_t silenced; /* conditions that began and were announced to nobody: shelved, suppressed or
                        * out of service */
    davy_flood_member recent[DAVY_FLOOD_BEGIN_ABOVE + 1]; /* newest annunciations, in a ring */
    uint64_t recent_count;
} davy_flood;

typedef enum davy_flood_event {
    DAVY_FLOOD_NOTHING,
    DAVY_FLOOD_BEGAN,
    DAVY_FLOOD_ENDED
} davy_flood_event;

typedef struct davy_floods davy_floods;

DAVY_MUST_CHECK davy_status davy_floods_create(size_t positions, davy_floods **out);
/** NULL is fine. */
void davy_floods_destroy(davy_floods *floods);

/** One move. @param event  of its position */
DAVY_MUST_CHECK davy_status davy_floods_take(davy_floods *floods, const davy_alarm_move *move,
                                             davy_flood_event *event);

/** Let time pass for one position: NOTHING or ENDED. */
davy_flood_event davy_floods_pass(davy_floods *floods, size_t position, int64_t now_ns);

/** Borrowed until the next move. */
const davy_flood *davy_floods_at(const davy_floods *floods, size_t position);
