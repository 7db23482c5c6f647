/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * How many alarms came in the last ten minutes, and whether that is a flood.
 *
 * Stage: alarm. A flood begins when the count exceeds 10 and ends when it is below 5. Time is in
 * whole seconds: ten minutes are the second that runs and the 599 before it, so the count needs 600
 * numbers whatever comes. A clock that steps back by less than ten minutes stands still for the
 * count; one that steps back further begins anew, and a flood is over then.
 *
 * Source: ANSI/ISA-18.2-2016 and IEC 62682:2014, alarm flood.
 */
#define DAVY_TEN_MINUTES_S     600
#define DAVY_FLOOD_BEGIN_ABOVE 10u
#define DAVY_FLOOD_END_BELOW   5u

/** Zeroed is a valid start: nothing has come yet. */
typedef struct davy_ten_minutes {
    uint32_t seconds[DAVY_TEN_MINUTES_S];
    int64_t now_s; /* the second that runs; 0 before the first */
    uint32_t count;
    bool flood;
    int64_t began_s, ended_s; /* of this flood, or of the one before */
    uint32_t peak;            /* highest count in it */
    uint64_t alarms;          /* that came in it, those that began it included */
} davy_ten_minutes;

/** Let time pass. @return true when a flood ended on the way, at `ended_s` */
bool davy_ten_minutes_pass(davy_ten_minutes *window, int64_t now_s);

/** One alarm in the second that runs. @return true when a flood begins with it */
bool davy_ten_minutes_add(davy_ten_minutes *window);
