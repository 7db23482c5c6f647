/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/incident.h"

/**
 * @file
 * How fast an incident was responded to, and what was late against its plan.
 *
 * Stage: respond. Pure:
 *
 *     {"opened", "first_committed_s", "first_arrived_s", "first_alert_s", "contained_s",
 *      "closed_s", "tasks": [{"id", "what", "due", "ended", "late_s"}], "late": how many}
 *
 * Seconds are from the opening, null for what did not happen. The plan is the `due` of the tasks:
 * `late_s` is above 0 for one that ended, or is still open, after it.
 */
void davy_incident_response_write(davy_buffer *out, const davy_incident *incident, int64_t now_ns);
