/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/incident.h"

/**
 * @file
 * An event meets an incident: may it, and what becomes of the incident.
 *
 * Stage: respond. An event is checked before its record is written and applied after; a record that
 * was checked once applies always, so what does not is damage.
 */

/**
 * May this event happen now? DAVY_ERR_INVALID with the sentence that a person is told: the tables
 * of state.h, what must be settled before the end, ids that are not there, limits.
 */
DAVY_MUST_CHECK davy_status davy_incident_check(const davy_incident *incident,
                                                const davy_incident_event *event);

/**
 * Let it happen.
 *
 * @param incident  zeroed for DAVY_INCIDENT_BEGIN
 * @return as davy_incident_check(), or DAVY_ERR_NOMEM: then the incident is half changed and only
 *         good to be cleared
 */
DAVY_MUST_CHECK davy_status davy_incident_apply(davy_incident *incident,
                                                const davy_incident_event *event, uint64_t sequence,
                                                int64_t time_ns);

/** NULL for an id or a name that is not there. */
davy_incident_person *davy_incident_person_find(const davy_incident *incident, uint32_t id);
davy_incident_task *davy_incident_task_find(const davy_incident *incident, uint32_t id);
davy_incident_resource *davy_incident_resource_find(const davy_incident *incident,
                                                    const char *name);

/** Give all memory back; zeroed is empty. */
void davy_incident_clear(davy_incident *incident);
