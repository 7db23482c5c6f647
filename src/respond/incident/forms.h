/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/zone.h"
#include "respond/incident/incident.h"

/**
 * @file
 * Forms of the Incident Command System, filled in from an incident, as a page to be printed.
 *
 * Stage: respond. Blocks have the numbers and titles of FEMA's forms, in English and Chinese (the
 * Chinese is ours: there is no Chinese edition); what davy does not know is an empty line for a
 * pen. Bad at: organisations of several divisions, operational periods (a form is of the whole
 * incident up to now).
 *
 * Source: FEMA, NIMS ICS Forms Booklet: ICS 201 Incident Briefing (v3), ICS 204 Assignment List
 * (v3.1), ICS 214 Activity Log (v3).
 */
typedef enum davy_incident_form {
    DAVY_FORM_201,
    DAVY_FORM_204,
    DAVY_FORM_214,
    DAVY_FORMS
} davy_incident_form;

/** Of "201", "204", "214". False for another one. */
bool davy_incident_form_find(const char *name, davy_incident_form *form);

typedef struct davy_incident_form_order {
    davy_incident_form form;
    const char *prepared_by;   /* name of the key */
    const char *site;          /* for people */
    const davy_timezone *zone; /* of the site's clock; NULL: UTC */
    int64_t now_ns;
    const struct json_t *events; /* of davy_incident_timeline(), for the log of 214; or NULL */
} davy_incident_form_order;

/** One HTML file without scripts and without anything from outside. */
DAVY_MUST_CHECK davy_status davy_incident_form_write(const davy_incident *incident,
                                                     const davy_incident_form_order *order,
                                                     davy_buffer *html);
