/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"

/**
 * @file
 * The state machine of an alarm: one table of states and events.
 *
 * Stage: alarm. A row is a state with its letter in ISA-18.2-2009, a column an event (key below):
 *
 *                            beg end lat rea ack res shl uns tim sup rel out ret due rem
 *     A  normal               B   .   .   .   x   x   G   x   .   H   .   I   x   .   .
 *     B  unacknowledged       .   D   E   B   C   x   G   x   .   H   .   I   x   .   A
 *     C  acknowledged         .   A   F   B   x   x   G   x   .   H   .   I   x   .   A
 *     D  returned             B   .   .   .   A   x   G   x   .   H   .   I   x   .   A
 *     E  latched              B   .   .   .   F   x   G   x   .   H   .   I   x   .   A
 *     F  latched, acknowl.    B   .   .   .   x   A   G   x   .   H   .   I   x   .   A
 *     G  shelved              u   u   u   .   x   x   G   e   e   H   .   I   x   .   A
 *     H  suppressed           u   u   u   .   x   x   x   x   .   .   e   I   x   .   A
 *     I  out of service       u   u   u   .   x   x   x   x   .   .   .   x   e   e   A
 *
 *     beg end lat    the condition begins, ends, ends while the alarm latches
 *     rea            it has been active for the re-alarm time since it was last announced
 *     ack res        acknowledge, reset
 *     shl uns tim    shelve, unshelve, the shelf's time is over (one shot: the condition has ended)
 *     sup rel        suppress by design, release
 *     out ret due    out of service, return to service, its end has come
 *     rem            the condition is removed from the site
 *
 *     letter  the next state        .  nothing changes        x  forbidden: a person is told why
 *     u       the alarm stays where it is, and the evaluated state under it takes the event: it
 *             is recorded and not announced
 *     e       the evaluated state comes out and is announced
 *
 * G, H and I lie over one of A to F, which goes on being evaluated. Choices the standards leave
 * open: a shelved alarm is not acknowledged (unshelve it first), design suppression and taking out
 * of service replace a shelf, a latched alarm that recurs is unacknowledged again, and what is
 * silenced is not announced again either: its re-alarm time begins when it comes out.
 *
 * Source: IEC 62682:2014 and ANSI/ISA-18.2-2016, alarm state transition diagram; shelving and
 * re-alarming of OPC 10000-9, 5.8.
 */
typedef enum davy_alarm_event {
    DAVY_ALARM_BEGINS,
    DAVY_ALARM_ENDS,
    DAVY_ALARM_ENDS_LATCHED, /* the condition ended and the alarm is one that latches */
    DAVY_ALARM_RE_ALARMS,
    DAVY_ALARM_ACKNOWLEDGES,
    DAVY_ALARM_RESETS,
    DAVY_ALARM_SHELVES,
    DAVY_ALARM_UNSHELVES,
    DAVY_ALARM_SHELF_ENDS,
    DAVY_ALARM_SUPPRESSES,
    DAVY_ALARM_UNSUPPRESSES,
    DAVY_ALARM_GOES_OUT_OF_SERVICE,
    DAVY_ALARM_COMES_INTO_SERVICE,
    DAVY_ALARM_OUT_OF_SERVICE_ENDS,
    DAVY_ALARM_IS_REMOVED /* its condition is no longer in the site */
} davy_alarm_event;

#define DAVY_ALARM_STATES 9
#define DAVY_ALARM_EVENTS 15

/** The state that is shown, and the evaluated one under it: the same unless shown is G, H or I. */
typedef struct davy_alarm_phase {
    davy_alarm_state shown;
    davy_alarm_state evaluated; /* A to F */
} davy_alarm_phase;

typedef enum davy_alarm_step_kind {
    DAVY_ALARM_STEP_NONE,      /* nothing changes */
    DAVY_ALARM_STEP_ANNOUNCED, /* record it, then announce it */
    DAVY_ALARM_STEP_SILENT,    /* record it only: a person or the design has silenced the alarm */
    DAVY_ALARM_STEP_FORBIDDEN  /* tell the person why not */
} davy_alarm_step_kind;

/** What an event does. @param next  written when the answer is ANNOUNCED or SILENT */
davy_alarm_step_kind davy_alarm_step(const davy_alarm_phase *phase, davy_alarm_event event,
                                     davy_alarm_phase *next);

/** "raised", "returned", "latched", "acknowledged", ...: the event as a transition's name. */
const char *davy_alarm_event_name(davy_alarm_event event);

/** True in B and C: the condition holds. */
bool davy_alarm_phase_active(const davy_alarm_phase *phase);

/** False in B, D and E: somebody still has to acknowledge. */
bool davy_alarm_phase_acknowledged(const davy_alarm_phase *phase);

/** True in E and F: the condition is over and the alarm waits for a person to reset it. */
bool davy_alarm_phase_latched(const davy_alarm_phase *phase);

/** The state with this name. DAVY_ERR_NOT_FOUND. */
DAVY_MUST_CHECK davy_status davy_alarm_state_find(const char *name, davy_alarm_state *state);
