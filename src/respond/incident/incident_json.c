/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/incident.h"

#include "core/json.h"

#include <jansson.h>
#include <math.h>

static void write_point(davy_buffer *out, double east, double north)
{
    if (isnan(east)) {
        davy_json_null(out, "at");
        return;
    }
    davy_json_array(out, "at");
    davy_json_number(out, NULL, east);
    davy_json_number(out, NULL, north);
    davy_json_array_end(out);
}

/* 0 stands for what is not given. */
static void write_count(davy_buffer *out, const char *key, uint64_t count)
{
    if (count == 0)
        davy_json_null(out, key);
    else
        davy_json_unsigned(out, key, count);
}

static void write_texts(davy_buffer *out, const char *key, const char *const *texts, size_t count)
{
    davy_json_array(out, key);
    for (size_t i = 0; i < count; i++)
        davy_json_text(out, NULL, texts[i]);
    davy_json_array_end(out);
}

static void write_about(davy_buffer *out, const davy_incident *incident)
{
    davy_json_unsigned(out, "id", incident->id);
    davy_json_text(out, "name", incident->name);
    davy_json_text(out, "state", davy_incident_state_name(incident->state));
    davy_json_boolean(out, "drill", incident->drill);
    davy_json_time(out, "opened", incident->opened_ns);
    davy_json_text(out, "opened_by", incident->opened_by);
    davy_json_time(out, "changed", incident->changed_ns);
    davy_json_time(out, "contained", incident->contained_ns);
    davy_json_time(out, "closed", incident->closed_ns);
    davy_json_text(out, "closed_by", incident->closed_ns ? incident->closed_by : NULL);
    davy_json_text(out, "description", incident->description);
    davy_json_text(out, "objectives", incident->objectives);
    davy_json_text(out, "safety", incident->safety);
    davy_json_text(out, "commander", incident->commander);
    davy_json_text(out, "asset", incident->asset);
    davy_json_text(out, "scenario", incident->scenario);
    davy_json_text(out, "place", incident->place);
    write_point(out, incident->east, incident->north);
    davy_json_unsigned(out, "sequence", incident->last);
    davy_json_unsigned(out, "events", incident->events);
}

static void write_severity(davy_buffer *out, const davy_incident *incident)
{
    const davy_toll toll = davy_incident_toll(incident);
    const int scale = davy_incident_scale_now(incident);
    const int grade = davy_accident_grade(&toll), level = davy_response_level(&toll);

    davy_json_object(out, "severity");
    davy_json_integer(out, "scale", scale);
    davy_json_text(out, "scale_name", davy_incident_scale_name(scale));
    write_count(out, "scale_set", incident->scale);
    write_count(out, "accident", (uint64_t) grade);
    davy_json_text(out, "accident_name", grade ? davy_accident_grade_name(grade) : NULL);
    davy_json_text(out, "accident_chinese", grade ? davy_accident_grade_chinese(grade) : NULL);
    davy_json_text(out, "response", level ? davy_response_level_name(level) : NULL);
    davy_json_object_end(out);
    davy_json_object(out, "toll");
    davy_json_unsigned(out, "missing", toll.missing);
    davy_json_unsigned(out, "safe", toll.safe);
    davy_json_unsigned(out, "injured", toll.injured);
    davy_json_unsigned(out, "severe", toll.severe);
    davy_json_unsigned(out, "dead", toll.dead);
    davy_json_number(out, "loss_yuan", toll.loss_yuan);
    davy_json_object_end(out);
}

static void write_person(davy_buffer *out, const davy_incident_person *person)
{
    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", person->id);
    davy_json_text(out, "name", person->name);
    davy_json_unsigned(out, "count", person->count);
    davy_json_text(out, "state", davy_state_name(DAVY_STATES_PERSON, person->state));
    davy_json_text(out, "place", person->place);
    davy_json_text(out, "comment", person->comment);
    davy_json_time(out, "changed", person->changed_ns);
    davy_json_object_end(out);
}

static void write_task(davy_buffer *out, const davy_incident_task *task)
{
    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", task->id);
    davy_json_text(out, "what", task->what);
    davy_json_text(out, "state", davy_state_name(DAVY_STATES_TASK, task->state));
    davy_json_text(out, "place", task->place);
    write_point(out, task->east, task->north);
    davy_json_text(out, "capability", task->capability);
    write_count(out, "crew", task->crew);
    davy_json_text(out, "ppe", task->ppe);
    write_count(out, "priority", task->priority);
    davy_json_text(out, "owner", task->owner);
    davy_json_text(out, "comment", task->comment);
    write_texts(out, "resources", task->resources, task->resource_count);
    davy_json_time(out, "created", task->created_ns);
    davy_json_time(out, "assigned", task->assigned_ns);
    davy_json_time(out, "begun", task->begun_ns);
    davy_json_time(out, "ended", task->ended_ns);
    davy_json_time(out, "due", task->due_ns);
    davy_json_time(out, "changed", task->changed_ns);
    davy_json_object_end(out);
}

static void write_resource(davy_buffer *out, const davy_incident_resource *resource)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "name", resource->name);
    davy_json_text(out, "state", davy_state_name(DAVY_STATES_RESOURCE, resource->state));
    write_count(out, "task", resource->task);
    davy_json_text(out, "place", resource->place);
    write_point(out, resource->east, resource->north);
    davy_json_text(out, "comment", resource->comment);
    davy_json_time(out, "requested", resource->requested_ns);
    davy_json_time(out, "arrived", resource->arrived_ns);
    davy_json_time(out, "changed", resource->changed_ns);
    davy_json_object_end(out);
}

static void write_members(davy_buffer *out, const davy_incident *incident)
{
    davy_json_array(out, "people");
    for (size_t i = 0; i < incident->person_count; i++)
        write_person(out, &incident->people[i]);
    davy_json_array_end(out);
    davy_json_array(out, "tasks");
    for (size_t i = 0; i < incident->task_count; i++)
        write_task(out, &incident->tasks[i]);
    davy_json_array_end(out);
    davy_json_array(out, "resources");
    for (size_t i = 0; i < incident->resource_count; i++)
        write_resource(out, &incident->resources[i]);
    davy_json_array_end(out);
    davy_json_array(out, "alarms");
    for (size_t i = 0; i < incident->alarm_count; i++) {
        davy_json_object(out, NULL);
        davy_json_unsigned(out, "id", incident->alarms[i].id);
        davy_json_text(out, "key", incident->alarms[i].key);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_words(davy_buffer *out, const davy_incident *incident)
{
    davy_json_array(out, "lessons");
    for (size_t i = 0; i < incident->lesson_count; i++) {
        const davy_incident_lesson *lesson = &incident->lessons[i];

        davy_json_object(out, NULL);
        davy_json_text(out, "text", lesson->text);
        davy_json_text(out, "owner", lesson->owner);
        davy_json_text(out, "by", lesson->by);
        davy_json_time(out, "time", lesson->time_ns);
        davy_json_time(out, "due", lesson->due_ns);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_array(out, "alerts");
    for (size_t i = 0; i < incident->alert_count; i++) {
        const davy_incident_alert *alert = &incident->alerts[i];

        davy_json_object(out, NULL);
        davy_json_text(out, "message", alert->message);
        davy_json_text(out, "text", alert->text);
        davy_json_text(out, "addresses", alert->addresses);
        davy_json_text(out, "by", alert->by);
        davy_json_time(out, "time", alert->time_ns);
        davy_json_unsigned(out, "sequence", alert->sequence);
        write_texts(out, "receivers", alert->receivers, alert->receiver_count);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_impact(davy_buffer *out, const davy_incident *incident, bool whole)
{
    static const char *const names[DAVY_INCIDENT_SEVERITIES] = {NULL, "alerted", "harmed",
                                                                "endangered"};

    davy_json_object(out, "reach");
    davy_json_unsigned(out, "impacts", incident->impacts);
    davy_json_time(out, "time", incident->impact_ns);
    write_count(out, "sequence", incident->impact_sequence);
    for (size_t i = 1; i < DAVY_INCIDENT_SEVERITIES; i++)
        davy_json_unsigned(out, names[i], incident->inside[i]);
    davy_json_object_end(out);
    if (whole)
        davy_json_raw(out, "impact", incident->impact);
}

void davy_incident_json_write(davy_buffer *out, const davy_incident *incident, bool whole)
{
    davy_json_object(out, NULL);
    write_about(out, incident);
    write_severity(out, incident);
    write_members(out, incident);
    write_words(out, incident);
    write_impact(out, incident, whole);
    davy_json_object_end(out);
}
