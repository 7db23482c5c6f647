/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "respond/incident/event.h"
#include "respond/incident/grade.h"

/**
 * @file
 * An incident as it is now: its events, folded.
 *
 * Stage: respond. The records have the events, in the order in which they were kept; the fold of
 * the same events is the same incident, so a restart loses nothing. Texts are the arena's, and live
 * as long as the incident.
 */

/** Limits: the worst day of a large park has room, a program that runs wild has not. */
#define DAVY_INCIDENT_MEMBERS_MAX ((size_t) 2000)  /* of each: people, tasks, resources, alarms */
#define DAVY_INCIDENT_EVENTS_MAX  ((size_t) 20000) /* of one incident */
#define DAVY_INCIDENT_ALERTS_MAX  ((size_t) 200)

/** Three severities of a zone, see hazard/zone/zone.h. */
#define DAVY_INCIDENT_SEVERITIES 4

typedef struct davy_incident_person {
    uint32_t id;
    const char *name; /* NULL: not known */
    uint32_t count;   /* people that this entry stands for */
    davy_person_state state;
    const char *place, *comment;
    int64_t changed_ns;
} davy_incident_person;

typedef struct davy_incident_task {
    uint32_t id;
    const char *what, *place, *capability, *ppe, *owner, *comment;
    double east, north; /* NaN: not given */
    uint32_t crew, priority;
    const char **resources; /* names */
    size_t resource_count;
    davy_task_state state;
    int64_t created_ns, due_ns, changed_ns;
    int64_t assigned_ns, begun_ns, ended_ns; /* when it was first so; 0: never */
} davy_incident_task;

typedef struct davy_incident_resource {
    const char *name;
    davy_resource_state state;
    uint32_t task; /* 0: none */
    const char *place, *comment;
    double east, north;
    int64_t requested_ns, arrived_ns, changed_ns; /* the first of each; 0: never */
} davy_incident_resource;

typedef struct davy_incident_alarm {
    uint64_t id;
    const char *key; /* NULL: not known when it was added */
} davy_incident_alarm;

typedef struct davy_incident_lesson {
    const char *text, *owner, *by;
    int64_t time_ns, due_ns;
} davy_incident_lesson;

/** A public alert, as it was sent. */
typedef struct davy_incident_alert {
    const char *message; /* "Alert", "Update", "Cancel" */
    const char *text, *addresses, *by;
    const char *cap;        /* as it was sent; NULL: none was made */
    const char **receivers; /* that were told */
    size_t receiver_count;
    uint64_t sequence; /* of its record, which names it */
    int64_t time_ns;
} davy_incident_alert;

typedef struct davy_incident {
    uint64_t id;
    davy_arena arena;
    davy_incident_state state;
    bool drill;
    const char *name, *description, *objectives, *safety, *commander;
    const char *asset, *scenario, *place;
    double east, north;
    const char *opened_by, *closed_by;
    int64_t opened_ns, changed_ns, contained_ns, closed_ns; /* 0: not, or not yet */
    uint64_t first, last;                                   /* sequences of its records */
    uint32_t scale;                                         /* set by a person; 0: not */
    double loss_yuan;
    size_t events;
    davy_incident_person *people;
    davy_incident_task *tasks;
    davy_incident_resource *resources;
    davy_incident_alarm *alarms;
    davy_incident_lesson *lessons;
    davy_incident_alert *alerts;
    size_t person_count, task_count, resource_count, alarm_count, lesson_count, alert_count;
    char *impact; /* the latest, as text; NULL: none */
    uint64_t impact_sequence;
    int64_t impact_ns;
    size_t impacts;
    uint32_t inside[DAVY_INCIDENT_SEVERITIES]; /* most people in one zone of this severity */
} davy_incident;

/** Deaths, missing, people in zones. */
davy_toll davy_incident_toll(const davy_incident *incident);

/** Its scale: the set one or the computed one, whichever is worse. */
int davy_incident_scale_now(const davy_incident *incident);

/** The alert that stands: the last, unless it is a Cancel; NULL when the public has been told
 * nothing, or that it is over. */
const davy_incident_alert *davy_incident_standing_alert(const davy_incident *incident);

/**
 * The incident as JSON (docs/incidents.md).
 *
 * @param whole  with the impact; without, "impact" tells its scenario and people alone
 */
void davy_incident_json_write(davy_buffer *out, const davy_incident *incident, bool whole);
