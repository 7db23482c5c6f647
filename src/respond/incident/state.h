/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * The states of an incident and of what belongs to it, as tables: what may follow what, and why
 * not.
 *
 * Stage: respond. Pure. An incident, with the event that a person or the plant adds:
 *
 *                 open        contained   closed
 *     update      open        contained   x
 *     alarm       open        contained   x
 *     impact      open        contained   x
 *     person      open        contained   closed
 *     task        open        contained   x
 *     resource    open        contained   x
 *     note        open        contained   closed
 *     publish     open        contained   x
 *     lesson      open        contained   closed
 *     contain     contained   x           x
 *     reopen      x           open        open
 *     close       closed      closed      x
 *
 * x is refused with a sentence. People change after the end too, because the toll does: Decree 493
 * of the State Council of China has it reported for 30 days. Closing is refused while somebody is
 * missing, a task is not done, a resource is not released or a public alert stands (fold.h).
 *
 * A task, from the row to the column:
 *
 *                 open assigned under-way done failed cancelled
 *     (new)        +      +        x       x     x       x
 *     open         =      +        x       +     x       +
 *     assigned     +      =        +       +     +       +
 *     under-way    x      +        =       +     +       +
 *     done         x      x        x       x     x       x
 *     failed       +      x        x       x     x       x
 *     cancelled    x      x        x       x     x       x
 *
 * What is quick is done before anybody has entered that it is under way: an assignment list (ICS
 * 204) has no such state, and the activity log (ICS 214) has when it was done, and by whom.
 *
 * A resource of an incident:
 *
 *                    requested committed en-route on-scene released out-of-service
 *     (new)              +         +        x        x        x          x
 *     requested          =         +        x        x        +          +
 *     committed          x         =        +        +        +          +
 *     en-route           x         +        =        +        +          +
 *     on-scene           x         +        x        =        +          +
 *     released           +         +        x        x        x          +
 *     out-of-service     x         x        x        x        +          =
 *
 * The words are those of the exchanges that move it: RequestResource, CommitResource and
 * ReleaseResource of OASIS EDXL-RM 1.0, whose DeploymentStatus names no values of its own but a
 * list of the sender's; out-of-service is the Incident Command System's. A released resource is
 * available again, and so is one that no incident names.
 *
 * A person, or several of whom no name is known:
 *
 *                missing safe injured severe dead withdrawn
 *     (new)         +     +      +      +     +       x
 *     missing       =     +      +      +     +       +
 *     safe          +     =      +      +     +       +
 *     injured       x     +      =      +     +       +
 *     severe        x     x      +      =     +       +
 *     dead          x     x      x      x     =       +
 *     withdrawn     x     x      x      x     x       x
 *
 * `withdrawn` takes back what was entered by mistake and needs a comment: nothing is erased.
 */
typedef enum davy_incident_state {
    DAVY_INCIDENT_OPEN,
    DAVY_INCIDENT_CONTAINED, /* the source has stopped; people are still at work */
    DAVY_INCIDENT_CLOSED,
    DAVY_INCIDENT_STATES
} davy_incident_state;

typedef enum davy_incident_event_kind {
    DAVY_INCIDENT_UPDATE, /* what it is called, where it is, who leads it */
    DAVY_INCIDENT_ALARM,  /* alarms belong to it */
    DAVY_INCIDENT_IMPACT, /* how far it reaches */
    DAVY_INCIDENT_PERSON,
    DAVY_INCIDENT_TASK,
    DAVY_INCIDENT_RESOURCE,
    DAVY_INCIDENT_NOTE,
    DAVY_INCIDENT_PUBLISH, /* the public is alerted, told more, or told that it is over */
    DAVY_INCIDENT_LESSON,
    DAVY_INCIDENT_CONTAIN,
    DAVY_INCIDENT_REOPEN,
    DAVY_INCIDENT_CLOSE,
    DAVY_INCIDENT_BEGIN, /* the first event of each; never of one that is there */
    DAVY_INCIDENT_EVENTS
} davy_incident_event_kind;

typedef enum davy_task_state {
    DAVY_TASK_OPEN,
    DAVY_TASK_ASSIGNED,
    DAVY_TASK_UNDER_WAY,
    DAVY_TASK_DONE,
    DAVY_TASK_FAILED,
    DAVY_TASK_CANCELLED,
    DAVY_TASK_STATES
} davy_task_state;

typedef enum davy_resource_state {
    DAVY_RESOURCE_REQUESTED,
    DAVY_RESOURCE_COMMITTED,
    DAVY_RESOURCE_EN_ROUTE,
    DAVY_RESOURCE_ON_SCENE,
    DAVY_RESOURCE_RELEASED,
    DAVY_RESOURCE_OUT_OF_SERVICE,
    DAVY_RESOURCE_STATES
} davy_resource_state;

typedef enum davy_person_state {
    DAVY_PERSON_MISSING,
    DAVY_PERSON_SAFE,
    DAVY_PERSON_INJURED,
    DAVY_PERSON_SEVERE, /* severely injured or acutely poisoned */
    DAVY_PERSON_DEAD,
    DAVY_PERSON_WITHDRAWN,
    DAVY_PERSON_STATES
} davy_person_state;

/** A family of states of one table: rows and columns of the drawings above. */
typedef enum davy_states {
    DAVY_STATES_TASK,
    DAVY_STATES_RESOURCE,
    DAVY_STATES_PERSON,
    DAVY_STATES_COUNT
} davy_states;

/** In place of a state: there is none yet. */
#define DAVY_STATE_NEW (-1)

/** How many states a family has. */
int davy_states_count(davy_states family);
/** "under-way", "en-route", ...; "" for DAVY_STATE_NEW and what is none. */
const char *davy_state_name(davy_states family, int state);
/** DAVY_ERR_INVALID with the words that there are. */
DAVY_MUST_CHECK davy_status davy_state_find(davy_states family, const char *name, int *state);
/** DAVY_ERR_INVALID with a sentence when `to` must not follow `from`. */
DAVY_MUST_CHECK davy_status davy_state_step(davy_states family, int from, int to);
/** The task or resource needs nobody any more; the person is accounted for. */
bool davy_state_is_settled(davy_states family, int state);

/** "open", "contained", "closed". */
const char *davy_incident_state_name(davy_incident_state state);
/** "update", "alarm", ..., "begin". */
const char *davy_incident_event_name(davy_incident_event_kind kind);
/** DAVY_ERR_INVALID with the words that there are; "begin" is none of them. */
DAVY_MUST_CHECK davy_status davy_incident_event_find(const char *name,
                                                     davy_incident_event_kind *kind);
/** DAVY_ERR_INVALID with a sentence when the state does not allow the event. */
DAVY_MUST_CHECK davy_status davy_incident_step(davy_incident_state state,
                                               davy_incident_event_kind kind,
                                               davy_incident_state *next);
