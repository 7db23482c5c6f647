/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/state.h"

#include <stdint.h>

struct json_t;

/**
 * @file
 * One event of an incident, read from JSON: the body of a request and the body of a record are the
 * same object.
 *
 *     {"type": "person", "name": "Li Wei", "state": "missing", "place": "pump house"}
 *
 * Stage: respond. Every key is known, every text is bounded UTF-8 without control characters, every
 * number is finite and in its range. Whether the event fits the incident is for fold.h.
 */

/** Bytes of a text with its zero: that of an alarm's comment. */
#define DAVY_INCIDENT_TEXT_MAX ((size_t) 1024)
/** Most alarms, or names of resources, in one event. */
#define DAVY_INCIDENT_NAMES_MAX ((size_t) 100)
/** Most people that one entry stands for. */
#define DAVY_INCIDENT_COUNT_MAX ((uint32_t) 1000000)
/** davy's own scale, grade.h. */
#define DAVY_INCIDENT_SCALE_MAX 5

/** Texts are borrowed from the object it was read from; NULL, 0 and NaN are what it does not say.
 */
typedef struct davy_incident_event {
    davy_incident_event_kind kind;
    const struct json_t *body; /* all of it */
    const char *by;            /* of a record */
    int64_t happened_ns;       /* when it is told later than it was */
    const char *name, *description, *objectives, *safety, *commander;
    const char *asset, *scenario, *place;
    double east, north; /* metres from the site's origin */
    const char *comment, *text, *what, *capability, *owner;
    const char *message;   /* of an alert: "Alert", "Update", "Cancel" */
    const char *addresses; /* of an alert that is not for the public */
    const char *response;  /* of an alert, a word of CAP */
    const char *cap;       /* of a record: the alert as it was sent */
    const char *order;     /* text of a scenario to be computed */
    const char *hash;      /* of a record: of the impact as davy computed it */
    const char *ppe;       /* "A" to "D" */
    uint32_t id, count, crew, task, scale, priority;
    double loss_yuan;
    int state; /* of its family; DAVY_STATE_NEW: not given */
    bool drill;
    const struct json_t *alarms;    /* [{"id", "key", ...}] of a record, [id] of a request */
    const struct json_t *resources; /* [name] */
    const struct json_t *receivers; /* [name], of an alert */
    const struct json_t *impact;    /* as davy_impact_json() writes it */
    const struct json_t *inputs;    /* of a record: what it was computed from, threat/frozen.h */
    int64_t due_ns;
} davy_incident_event;

/**
 * @param body   the object; borrowed as long as the event is. Without "type" it begins an incident
 * @param event  its `by` and all else that the object does not say is cleared
 * @return DAVY_ERR_INVALID names the key that does not fit
 */
DAVY_MUST_CHECK davy_status davy_incident_event_read(const struct json_t *body,
                                                     davy_incident_event *event);
