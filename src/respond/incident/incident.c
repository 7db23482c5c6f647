/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/incident.h"

#include "respond/incident/fold.h"

#include <string.h>

davy_incident_person *davy_incident_person_find(const davy_incident *incident, uint32_t id)
{
    return id >= 1 && id <= incident->person_count ? &incident->people[id - 1] : NULL;
}

davy_incident_task *davy_incident_task_find(const davy_incident *incident, uint32_t id)
{
    return id >= 1 && id <= incident->task_count ? &incident->tasks[id - 1] : NULL;
}

davy_incident_resource *davy_incident_resource_find(const davy_incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->resource_count; i++)
        if (strcmp(incident->resources[i].name, name) == 0)
            return &incident->resources[i];
    return NULL;
}

const davy_incident_alert *davy_incident_standing_alert(const davy_incident *incident)
{
    const davy_incident_alert *last =
        incident->alert_count > 0 ? &incident->alerts[incident->alert_count - 1] : NULL;

    return last && strcmp(last->message, "Cancel") != 0 ? last : NULL;
}

davy_toll davy_incident_toll(const davy_incident *incident)
{
    davy_toll toll = {.loss_yuan = incident->loss_yuan,
                      .alerted = incident->inside[1],
                      .harmed = incident->inside[2],
                      .endangered = incident->inside[3]};
    uint32_t *const counts[DAVY_PERSON_STATES] = {[DAVY_PERSON_MISSING] = &toll.missing,
                                                  [DAVY_PERSON_SAFE] = &toll.safe,
                                                  [DAVY_PERSON_INJURED] = &toll.injured,
                                                  [DAVY_PERSON_SEVERE] = &toll.severe,
                                                  [DAVY_PERSON_DEAD] = &toll.dead};

    for (size_t i = 0; i < incident->person_count; i++)
        if (counts[incident->people[i].state])
            *counts[incident->people[i].state] += incident->people[i].count;
    return toll;
}

int davy_incident_scale_now(const davy_incident *incident)
{
    const davy_toll toll = davy_incident_toll(incident);
    const int computed = davy_incident_scale(&toll);

    return (int) incident->scale > computed ? (int) incident->scale : computed;
}
