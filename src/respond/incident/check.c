/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/fold.h"

#include <jansson.h>
#include <string.h>

static davy_status check_room(const char *what, size_t count, size_t most)
{
    return count < most ? DAVY_OK
                        : davy_fail(DAVY_ERR_FULL, "an incident has at most %zu %s", most, what);
}

static davy_status check_person(const davy_incident *incident, const davy_incident_event *event)
{
    const davy_incident_person *person = davy_incident_person_find(incident, event->id);
    davy_status status;

    if (event->id != 0 && !person)
        return davy_fail(DAVY_ERR_INVALID, "the incident has no person %u", event->id);
    if (!person && !event->name && event->count == 0)
        return davy_fail(DAVY_ERR_INVALID, "a person needs a name, or a count of the unnamed");
    if (!person && event->state == DAVY_STATE_NEW)
        return davy_fail(DAVY_ERR_INVALID, "a new person needs a state");
    if (person && event->count > person->count)
        return davy_fail(DAVY_ERR_INVALID, "entry %u stands for %u people, not %u: add the others",
                         event->id, person->count, event->count);
    if (event->state == DAVY_PERSON_WITHDRAWN && !event->comment)
        return davy_fail(DAVY_ERR_INVALID, "taking an entry back needs a comment");
    if (person && person->state == DAVY_PERSON_WITHDRAWN)
        return davy_fail(DAVY_ERR_INVALID, "entry %u was taken back: make a new one", event->id);
    status = event->state == DAVY_STATE_NEW
                 ? DAVY_OK
                 : davy_state_step(DAVY_STATES_PERSON,
                                   person ? (int) person->state : DAVY_STATE_NEW, event->state);
    /* A part of an entry becomes an entry. */
    return status == DAVY_OK
               ? check_room("entries of people", incident->person_count, DAVY_INCIDENT_MEMBERS_MAX)
               : status;
}

static davy_status check_task(const davy_incident *incident, const davy_incident_event *event)
{
    const davy_incident_task *task = davy_incident_task_find(incident, event->id);

    if (event->id != 0 && !task)
        return davy_fail(DAVY_ERR_INVALID, "the incident has no task %u", event->id);
    if (!task && !event->what)
        return davy_fail(DAVY_ERR_INVALID, "a new task needs 'what'");
    if (!task && check_room("tasks", incident->task_count, DAVY_INCIDENT_MEMBERS_MAX) != DAVY_OK)
        return DAVY_ERR_FULL;
    if (task && event->state == DAVY_STATE_NEW &&
        davy_state_is_settled(DAVY_STATES_TASK, task->state))
        return davy_fail(DAVY_ERR_INVALID, "task %u is %s and does not change", event->id,
                         davy_state_name(DAVY_STATES_TASK, task->state));
    if (event->state == DAVY_TASK_ASSIGNED && !event->resources &&
        (!task || task->resource_count == 0))
        return davy_fail(DAVY_ERR_INVALID, "a task is assigned to 'resources'");
    if (event->state == DAVY_STATE_NEW)
        return DAVY_OK;
    return davy_state_step(DAVY_STATES_TASK, task ? (int) task->state : DAVY_STATE_NEW,
                           event->state);
}

static davy_status check_resource(const davy_incident *incident, const davy_incident_event *event)
{
    const davy_incident_resource *resource = davy_incident_resource_find(incident, event->name);

    if (!resource && event->state == DAVY_STATE_NEW)
        return davy_fail(DAVY_ERR_INVALID, "'%.64s' is new here: it needs a state", event->name);
    if (event->task != 0 && !davy_incident_task_find(incident, event->task))
        return davy_fail(DAVY_ERR_INVALID, "the incident has no task %u", event->task);
    if (!resource &&
        check_room("resources", incident->resource_count, DAVY_INCIDENT_MEMBERS_MAX) != DAVY_OK)
        return DAVY_ERR_FULL;
    if (event->state == DAVY_STATE_NEW)
        return DAVY_OK;
    return davy_state_step(DAVY_STATES_RESOURCE, resource ? (int) resource->state : DAVY_STATE_NEW,
                           event->state);
}

static davy_status check_publish(const davy_incident *incident, const davy_incident_event *event)
{
    const bool stands = davy_incident_standing_alert(incident) != NULL;
    const bool begins = strcmp(event->message, "Alert") == 0;

    if (!begins && strcmp(event->message, "Update") != 0 && strcmp(event->message, "Cancel") != 0)
        return davy_fail(DAVY_ERR_INVALID, "'message' is Alert, Update or Cancel");
    if (begins && stands)
        return davy_fail(DAVY_ERR_INVALID,
                         "an alert stands: send an Update, or a Cancel to end it");
    if (!begins && !stands)
        return davy_fail(DAVY_ERR_INVALID, "no alert stands that could be changed or ended");
    return check_room("alerts", incident->alert_count, DAVY_INCIDENT_ALERTS_MAX);
}

/* What must be settled before the end; the first of what is not. */
static davy_status check_close(const davy_incident *incident)
{
    const davy_toll toll = davy_incident_toll(incident);

    if (toll.missing > 0)
        return davy_fail(DAVY_ERR_INVALID, "%u people are missing: account for them first",
                         toll.missing);
    for (size_t i = 0; i < incident->task_count; i++)
        if (!davy_state_is_settled(DAVY_STATES_TASK, incident->tasks[i].state))
            return davy_fail(
                DAVY_ERR_INVALID, "task %u is %s: it is done, failed or cancelled first",
                incident->tasks[i].id, davy_state_name(DAVY_STATES_TASK, incident->tasks[i].state));
    for (size_t i = 0; i < incident->resource_count; i++)
        if (!davy_state_is_settled(DAVY_STATES_RESOURCE, incident->resources[i].state))
            return davy_fail(DAVY_ERR_INVALID, "'%.64s' is %s: release it first",
                             incident->resources[i].name,
                             davy_state_name(DAVY_STATES_RESOURCE, incident->resources[i].state));
    if (davy_incident_standing_alert(incident))
        return davy_fail(DAVY_ERR_INVALID, "a public alert stands: publish a Cancel first");
    return DAVY_OK;
}

davy_status davy_incident_check(const davy_incident *incident, const davy_incident_event *event)
{
    davy_incident_state next;
    davy_status status = davy_incident_step(incident->state, event->kind, &next);

    if (status == DAVY_OK)
        status = check_room("events", incident->events, DAVY_INCIDENT_EVENTS_MAX);
    if (status != DAVY_OK)
        return status;
    switch (event->kind) {
    case DAVY_INCIDENT_PERSON:
        return check_person(incident, event);
    case DAVY_INCIDENT_TASK:
        return check_task(incident, event);
    case DAVY_INCIDENT_RESOURCE:
        return check_resource(incident, event);
    case DAVY_INCIDENT_PUBLISH:
        return check_publish(incident, event);
    case DAVY_INCIDENT_CLOSE:
        return check_close(incident);
    case DAVY_INCIDENT_IMPACT:
        return event->impact ? DAVY_OK
                             : davy_fail(DAVY_ERR_INVALID, "an impact needs 'scenario' of the site "
                                                           "that has begun, 'order' or 'impact'");
    case DAVY_INCIDENT_LESSON:
        return check_room("lessons", incident->lesson_count, DAVY_INCIDENT_MEMBERS_MAX);
    case DAVY_INCIDENT_ALARM:
        return check_room("alarms", incident->alarm_count + json_array_size(event->alarms),
                          DAVY_INCIDENT_MEMBERS_MAX);
    default:
        return DAVY_OK;
    }
}
