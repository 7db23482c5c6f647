/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/response.h"

#include "core/json.h"
#include "core/sample.h"

#include <math.h>

static double seconds_from(const davy_incident *incident, int64_t time_ns)
{
    return time_ns == 0 ? NAN : (double) (time_ns - incident->opened_ns) / (double) DAVY_NS_PER_S;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static void write_resources(davy_buffer *out, const davy_incident *incident)
{
    int64_t committed = 0, arrived = 0;

    for (size_t i = 0; i < incident->resource_count; i++) {
        committed = earlier(committed, incident->resources[i].requested_ns);
        arrived = earlier(arrived, incident->resources[i].arrived_ns);
    }
    davy_json_number(out, "first_committed_s", seconds_from(incident, committed));
    davy_json_number(out, "first_arrived_s", seconds_from(incident, arrived));
    davy_json_number(
        out, "first_alert_s",
        seconds_from(incident, incident->alert_count > 0 ? incident->alerts[0].time_ns : 0));
}

static size_t write_task(davy_buffer *out, const davy_incident_task *task, int64_t now_ns)
{
    const int64_t ended = task->ended_ns ? task->ended_ns : now_ns;
    const bool late = task->due_ns != 0 && ended > task->due_ns;

    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", task->id);
    davy_json_text(out, "what", task->what);
    davy_json_time(out, "due", task->due_ns);
    davy_json_time(out, "ended", task->ended_ns);
    davy_json_number(out, "late_s",
                     task->due_ns == 0 ? NAN
                     : late            ? (double) (ended - task->due_ns) / (double) DAVY_NS_PER_S
                                       : 0);
    davy_json_object_end(out);
    return late;
}

void davy_incident_response_write(davy_buffer *out, const davy_incident *incident, int64_t now_ns)
{
    size_t late = 0;

    davy_json_object(out, NULL);
    davy_json_time(out, "opened", incident->opened_ns);
    write_resources(out, incident);
    davy_json_number(out, "contained_s", seconds_from(incident, incident->contained_ns));
    davy_json_number(out, "closed_s", seconds_from(incident, incident->closed_ns));
    davy_json_array(out, "tasks");
    for (size_t i = 0; i < incident->task_count; i++)
        if (incident->tasks[i].state != DAVY_TASK_CANCELLED)
            late += write_task(out, &incident->tasks[i], now_ns);
    davy_json_array_end(out);
    davy_json_unsigned(out, "late", late);
    davy_json_object_end(out);
}
