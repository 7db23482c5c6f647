/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/fold.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has_alarm(const davy_incident *incident, uint64_t id)
{
    for (size_t i = 0; i < incident->alarm_count; i++)
        if (incident->alarms[i].id == id)
            return true;
    return false;
}

/* What is being applied; `failed` once memory ran out. */
struct change {
    davy_incident *incident;
    const davy_incident_event *event;
    uint64_t sequence;
    int64_t time_ns;
    bool failed;
};

/* A copy in the arena; NULL for NULL. */
static const char *keep(struct change *change, const char *text)
{
    const char *copy = text ? davy_arena_text(&change->incident->arena, text, strlen(text)) : NULL;

    change->failed = change->failed || (text && !copy);
    return copy;
}

/* The same, where a text that is not given leaves what is there. */
static void set(struct change *change, const char **at, const char *text)
{
    if (text)
        *at = keep(change, text);
}

static void set_place(struct change *change, const char **place, double *east, double *north)
{
    set(change, place, change->event->place);
    if (!isnan(change->event->east)) {
        *east = change->event->east;
        *north = change->event->north;
    }
}

/* Room for one more; the array doubles. NULL without memory. */
static void *grow(struct change *change, void *array, size_t *count, size_t size)
{
    void **at = array;
    void *larger = *at;
    const size_t had = *count;

    if (had == 0 || (had >= 8 && (had & (had - 1)) == 0))
        larger = reallocarray(*at, had == 0 ? 8 : had * 2, size);
    if (!larger) {
        change->failed = true;
        return NULL;
    }
    *at = larger;
    *count = had + 1;
    return memset((char *) larger + had * size, 0, size);
}

static void apply_about(struct change *change)
{
    davy_incident *incident = change->incident;
    const davy_incident_event *event = change->event;

    set(change, &incident->name, event->name);
    set(change, &incident->description, event->description);
    set(change, &incident->objectives, event->objectives);
    set(change, &incident->safety, event->safety);
    set(change, &incident->commander, event->commander);
    set(change, &incident->asset, event->asset);
    set(change, &incident->scenario, event->scenario);
    set_place(change, &incident->place, &incident->east, &incident->north);
    if (event->scale > 0)
        incident->scale = event->scale;
    if (!isnan(event->loss_yuan))
        incident->loss_yuan = event->loss_yuan;
}

static void apply_alarms(struct change *change)
{
    davy_incident *incident = change->incident;
    size_t index;
    const json_t *entry;

    json_array_foreach(change->event->alarms, index, entry)
    {
        const json_t *id = json_is_object(entry) ? json_object_get(entry, "id") : entry;
        davy_incident_alarm *alarm;

        if (has_alarm(incident, (uint64_t) json_integer_value(id)))
            continue;
        alarm = grow(change, &incident->alarms, &incident->alarm_count, sizeof *alarm);
        if (!alarm)
            return;
        alarm->id = (uint64_t) json_integer_value(id);
        alarm->key = keep(change, json_string_value(json_object_get(entry, "key")));
    }
}

static void apply_begin(struct change *change)
{
    davy_incident *incident = change->incident;

    incident->east = incident->north = incident->loss_yuan = NAN;
    incident->drill = change->event->drill;
    incident->opened_ns = change->time_ns;
    incident->opened_by = keep(change, change->event->by);
    incident->first = change->sequence;
    apply_about(change);
    apply_alarms(change);
}

static void count_inside(davy_incident *incident, const json_t *impact)
{
    size_t index;
    const json_t *zone;

    memset(incident->inside, 0, sizeof incident->inside);
    json_array_foreach(json_object_get(impact, "zones"), index, zone)
    {
        const json_int_t severity = json_integer_value(json_object_get(zone, "severity"));
        const uint32_t people = (uint32_t) ceil(json_number_value(json_object_get(zone, "people")));

        if (severity >= 1 && severity < DAVY_INCIDENT_SEVERITIES &&
            people > incident->inside[severity])
            incident->inside[severity] = people;
    }
}

static void apply_impact(struct change *change)
{
    davy_incident *incident = change->incident;
    char *text = json_dumps(change->event->impact, JSON_COMPACT);

    change->failed = change->failed || !text;
    free(incident->impact);
    incident->impact = text;
    incident->impact_sequence = change->sequence;
    incident->impact_ns = change->time_ns;
    incident->impacts++;
    count_inside(incident, change->event->impact);
    set(change, &incident->scenario, change->event->scenario);
}

/* A new entry, or a part of one that is there: so many of its people are in another state now. */
static davy_incident_person *add_person(struct change *change, uint32_t from)
{
    davy_incident *incident = change->incident;
    davy_incident_person *person =
        grow(change, &incident->people, &incident->person_count, sizeof *person);
    davy_incident_person *whole = from > 0 ? davy_incident_person_find(incident, from) : NULL;

    if (!person)
        return NULL;
    *person =
        whole ? *whole : (davy_incident_person){.state = (davy_person_state) change->event->state};
    person->id = (uint32_t) incident->person_count;
    person->count = change->event->count > 0 ? change->event->count : 1;
    if (whole)
        whole->count -= person->count;
    return person;
}

static void apply_person(struct change *change)
{
    const davy_incident_event *event = change->event;
    davy_incident_person *person = davy_incident_person_find(change->incident, event->id);
    const bool part = person && event->count > 0 && event->count < person->count;

    if (!person || part)
        person = add_person(change, event->id);
    if (!person)
        return;
    set(change, &person->name, event->name);
    set(change, &person->place, event->place);
    set(change, &person->comment, event->comment);
    if (event->state != DAVY_STATE_NEW)
        person->state = (davy_person_state) event->state;
    person->changed_ns = change->time_ns;
}

/* The texts of an array, in the arena. */
static void keep_names(struct change *change, const json_t *names, const char ***list,
                       size_t *count)
{
    const size_t wanted = json_array_size(names);

    *list = davy_arena_array(&change->incident->arena, wanted, sizeof **list);
    *count = *list ? wanted : 0;
    change->failed = change->failed || (wanted > 0 && !*list);
    for (size_t i = 0; i < *count; i++)
        (*list)[i] = keep(change, json_string_value(json_array_get(names, i)));
}

static void first_time(int64_t *at, int64_t time_ns)
{
    if (*at == 0)
        *at = time_ns;
}

static void stamp_task(davy_incident_task *task, int64_t time_ns)
{
    task->changed_ns = time_ns;
    if (task->state == DAVY_TASK_ASSIGNED)
        first_time(&task->assigned_ns, time_ns);
    else if (task->state == DAVY_TASK_UNDER_WAY)
        first_time(&task->begun_ns, time_ns);
    task->ended_ns = davy_state_is_settled(DAVY_STATES_TASK, task->state)
                         ? (task->ended_ns ? task->ended_ns : time_ns)
                         : 0;
}

static davy_incident_task *add_task(struct change *change)
{
    davy_incident *incident = change->incident;
    davy_incident_task *task = grow(change, &incident->tasks, &incident->task_count, sizeof *task);

    if (task) {
        task->id = (uint32_t) incident->task_count;
        task->east = task->north = NAN;
        task->created_ns = change->time_ns;
    }
    return task;
}

static void apply_task(struct change *change)
{
    const davy_incident_event *event = change->event;
    davy_incident_task *task = davy_incident_task_find(change->incident, event->id);

    if (!task)
        task = add_task(change);
    if (!task)
        return;
    set(change, &task->what, event->what);
    set(change, &task->capability, event->capability);
    set(change, &task->ppe, event->ppe);
    set(change, &task->owner, event->owner);
    set(change, &task->comment, event->comment);
    set_place(change, &task->place, &task->east, &task->north);
    if (event->crew > 0)
        task->crew = event->crew;
    if (event->priority > 0)
        task->priority = event->priority;
    if (event->due_ns != 0)
        task->due_ns = event->due_ns;
    if (event->resources)
        keep_names(change, event->resources, &task->resources, &task->resource_count);
    if (event->state != DAVY_STATE_NEW)
        task->state = (davy_task_state) event->state;
    else if (event->resources && task->state == DAVY_TASK_OPEN)
        task->state = DAVY_TASK_ASSIGNED;
    stamp_task(task, change->time_ns);
}

static void apply_resource(struct change *change)
{
    davy_incident *incident = change->incident;
    const davy_incident_event *event = change->event;
    davy_incident_resource *resource = davy_incident_resource_find(incident, event->name);

    if (!resource) {
        resource = grow(change, &incident->resources, &incident->resource_count, sizeof *resource);
        if (!resource)
            return;
        resource->name = keep(change, event->name);
        resource->east = resource->north = NAN;
    }
    set(change, &resource->comment, event->comment);
    set_place(change, &resource->place, &resource->east, &resource->north);
    if (event->task > 0)
        resource->task = event->task;
    if (event->state != DAVY_STATE_NEW)
        resource->state = (davy_resource_state) event->state;
    if (resource->state == DAVY_RESOURCE_RELEASED)
        resource->task = 0;
    first_time(&resource->requested_ns, change->time_ns);
    if (resource->state == DAVY_RESOURCE_ON_SCENE)
        first_time(&resource->arrived_ns, change->time_ns);
    resource->changed_ns = change->time_ns;
}

static void apply_publish(struct change *change)
{
    davy_incident *incident = change->incident;
    davy_incident_alert *alert =
        grow(change, &incident->alerts, &incident->alert_count, sizeof *alert);

    if (!alert)
        return;
    alert->message = keep(change, change->event->message);
    alert->text = keep(change, change->event->text);
    alert->addresses = keep(change, change->event->addresses);
    alert->by = keep(change, change->event->by);
    alert->cap = keep(change, change->event->cap);
    keep_names(change, change->event->receivers, &alert->receivers, &alert->receiver_count);
    alert->sequence = change->sequence;
    alert->time_ns = change->time_ns;
}

/* What is learnt at the end is a lesson as those before it. */
static void apply_lesson(struct change *change)
{
    davy_incident *incident = change->incident;
    davy_incident_lesson *lesson =
        grow(change, &incident->lessons, &incident->lesson_count, sizeof *lesson);

    if (!lesson)
        return;
    lesson->text = keep(change, change->event->text);
    lesson->owner = keep(change, change->event->owner);
    lesson->by = keep(change, change->event->by);
    lesson->due_ns = change->event->due_ns;
    lesson->time_ns = change->time_ns;
}

static void apply_state(struct change *change, davy_incident_state next)
{
    davy_incident *incident = change->incident;

    if (change->event->kind == DAVY_INCIDENT_CONTAIN)
        incident->contained_ns = change->time_ns;
    if (change->event->kind == DAVY_INCIDENT_CLOSE) {
        incident->closed_ns = change->time_ns;
        incident->closed_by = keep(change, change->event->by);
    }
    if (change->event->kind == DAVY_INCIDENT_REOPEN)
        incident->contained_ns = incident->closed_ns = 0;
    incident->state = next;
}

static void (*const changes[DAVY_INCIDENT_EVENTS])(struct change *change) = {
    [DAVY_INCIDENT_UPDATE] = apply_about,    [DAVY_INCIDENT_ALARM] = apply_alarms,
    [DAVY_INCIDENT_IMPACT] = apply_impact,   [DAVY_INCIDENT_PERSON] = apply_person,
    [DAVY_INCIDENT_TASK] = apply_task,       [DAVY_INCIDENT_RESOURCE] = apply_resource,
    [DAVY_INCIDENT_PUBLISH] = apply_publish, [DAVY_INCIDENT_LESSON] = apply_lesson,
    [DAVY_INCIDENT_CLOSE] = apply_lesson,    [DAVY_INCIDENT_BEGIN] = apply_begin,
};

davy_status davy_incident_apply(davy_incident *incident, const davy_incident_event *event,
                                uint64_t sequence, int64_t time_ns)
{
    struct change change = {incident, event, sequence, time_ns, false};
    davy_incident_state next = DAVY_INCIDENT_OPEN;
    davy_status status = DAVY_OK;

    if (event->kind != DAVY_INCIDENT_BEGIN)
        status = davy_incident_check(incident, event);
    else if (incident->first != 0)
        status = davy_fail(DAVY_ERR_INVALID, "an incident begins once");
    if (status == DAVY_OK && event->kind != DAVY_INCIDENT_BEGIN)
        status = davy_incident_step(incident->state, event->kind, &next);
    if (status != DAVY_OK)
        return status;
    if (changes[event->kind])
        changes[event->kind](&change);
    apply_state(&change, next);
    incident->changed_ns = time_ns;
    incident->last = sequence;
    incident->events++;
    return change.failed ? davy_fail(DAVY_ERR_NOMEM, "an incident") : DAVY_OK;
}

void davy_incident_clear(davy_incident *incident)
{
    davy_arena_clear(&incident->arena);
    free(incident->people);
    free(incident->tasks);
    free(incident->resources);
    free(incident->alarms);
    free(incident->lessons);
    free(incident->alerts);
    free(incident->impact);
    *incident = (davy_incident){0};
}
