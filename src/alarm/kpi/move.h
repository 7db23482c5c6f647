/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/state.h"

/**
 * @file
 * One transition of an alarm, as figures and floods see it.
 *
 * Stage: alarm. A stream of these is all that the figures are made of, so they can be computed from
 * the records of any time, and by the same functions while the plant runs.
 */
typedef struct davy_alarm_move {
    int64_t time_ns;
    size_t alarm;    /* index of the alarm, from 0 in the order of first sight */
    size_t position; /* index in the site */
    davy_priority priority;
    davy_alarm_phase before, after;
    bool annunciated;  /* it became unacknowledged, or was announced so again */
    bool acknowledged; /* a person acknowledged */
    bool unauthorised; /* shelved or taken out of service, and no person is named */
} davy_alarm_move;
