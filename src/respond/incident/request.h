/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/book.h"

/**
 * @file
 * From what a person asks for to the body of a record.
 *
 * Stage: respond, inside.
 */

/**
 * What was asked for, by whom, and what davy knows at this moment of the alarms it names.
 *
 * @param event  as it was read from what was asked for
 * @param out    a new reference
 */
DAVY_MUST_CHECK davy_status davy_incident_request_body(const davy_incidents_parts *parts,
                                                       const davy_incident_event *event,
                                                       const char *by, struct json_t **out);

/**
 * An impact that davy is to attach: of a scenario of the site that has begun, or of one that was
 * sent as text and is computed now, with what it was computed from. One that was given stays as it
 * is: nobody can compute it again. In a drill a scenario that has not begun is computed in the
 * weather that is worst for a cloud at the ground (threat/weather_now.h).
 *
 * @param body  gets "impact", "inputs" and "hash" in place of "order"
 * @return DAVY_ERR_INVALID with the reason when there is none
 */
DAVY_MUST_CHECK davy_status davy_incident_request_impact(const davy_incidents_parts *parts,
                                                         const davy_incident_event *event,
                                                         bool drill, int64_t now_ns,
                                                         struct json_t *body);

/** A public alert is made and checked before its record is: what the standard refuses is not sent.
 * Other events are left as they are. @param body  gets "cap", and who is told as "receivers" */
DAVY_MUST_CHECK davy_status davy_incident_request_alert(const davy_incidents_parts *parts,
                                                        const davy_incident *incident,
                                                        const davy_incident_event *event,
                                                        int64_t now_ns, struct json_t *body);
