/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* Incidents, as respond/incident/incident_json.c writes them. Lengths are metres. */

static const davy_schema_field incidents[] = {{"incidents", "Incident[]", NULL, REQUIRED}};
static const davy_schema_field incident[] = {
    {"id", "integer", NULL, REQUIRED},
    {"name", "string", NULL, REQUIRED},
    {"state", "string", "open, contained or closed", REQUIRED},
    {"drill", "boolean", "status Exercise everywhere", REQUIRED},
    {"opened", "time", NULL, REQUIRED},
    {"opened_by", "string", "name of the key", REQUIRED},
    {"changed", "time", NULL, REQUIRED},
    {"contained", "time", "the source has stopped", NULLABLE},
    {"closed", "time", NULL, NULLABLE},
    {"closed_by", "string", NULL, NULLABLE},
    {"description", "string", NULL, NULLABLE},
    {"objectives", "string", "current and planned", NULLABLE},
    {"safety", "string", "hazards, and what protects against them", NULLABLE},
    {"commander", "string", NULL, NULLABLE},
    {"asset", "string", NULL, NULLABLE},
    {"scenario", "string", "of the site", NULLABLE},
    {"place", "string", NULL, NULLABLE},
    {"at", "number[]", "metres east and north of the site's origin", NULLABLE},
    {"sequence", "integer", "of its last record", REQUIRED},
    {"events", "integer", "how many there are", REQUIRED},
    {"severity", "IncidentSeverity", NULL, REQUIRED},
    {"toll", "IncidentToll", NULL, REQUIRED},
    {"people", "IncidentPerson[]", NULL, REQUIRED},
    {"tasks", "IncidentTask[]", NULL, REQUIRED},
    {"resources", "IncidentResource[]", NULL, REQUIRED},
    {"alarms", "IncidentAlarm[]", NULL, REQUIRED},
    {"lessons", "IncidentLesson[]", NULL, REQUIRED},
    {"alerts", "IncidentAlert[]", "of the public, the newest last", REQUIRED},
    {"reach", "IncidentReach", NULL, REQUIRED},
    {"impact", "object", "the latest; of one that is asked for by its id", true, true},
};
static const davy_schema_field severity[] = {
    {"scale", "integer", "davy's own, 1 event to 5 disaster", REQUIRED},
    {"scale_name", "string", NULL, REQUIRED},
    {"scale_set", "integer", "by a person", NULLABLE},
    {"accident", "integer", "grade of Decree 493 of the State Council of China, 1 the worst",
     NULLABLE},
    {"accident_name", "string", NULL, NULLABLE},
    {"accident_chinese", "string", NULL, NULLABLE},
    {"response", "string", "I to IV of the national emergency plan", NULLABLE},
};
static const davy_schema_field toll[] = {
    {"missing", "integer", NULL, REQUIRED}, {"safe", "integer", NULL, REQUIRED},
    {"injured", "integer", NULL, REQUIRED}, {"severe", "integer", NULL, REQUIRED},
    {"dead", "integer", NULL, REQUIRED},    {"loss_yuan", "number", NULL, NULLABLE},
};
static const davy_schema_field person[] = {
    {"id", "integer", NULL, REQUIRED},
    {"name", "string", NULL, NULLABLE},
    {"count", "integer", "people that the entry stands for", REQUIRED},
    {"state", "string", "missing, safe, injured, severe, dead or withdrawn", REQUIRED},
    {"place", "string", NULL, NULLABLE},
    {"comment", "string", NULL, NULLABLE},
    {"changed", "time", NULL, REQUIRED},
};
static const davy_schema_field task[] = {
    {"id", "integer", NULL, REQUIRED},
    {"what", "string", NULL, REQUIRED},
    {"state", "string", "open, assigned, under-way, done, failed or cancelled", REQUIRED},
    {"place", "string", NULL, NULLABLE},
    {"at", "number[]", NULL, NULLABLE},
    {"capability", "string", "that it needs", NULLABLE},
    {"crew", "integer", "people that it needs", NULLABLE},
    {"ppe", "string", "A to D", NULLABLE},
    {"priority", "integer", "1 the first", NULLABLE},
    {"owner", "string", NULL, NULLABLE},
    {"comment", "string", NULL, NULLABLE},
    {"resources", "string[]", NULL, REQUIRED},
    {"created", "time", NULL, REQUIRED},
    {"assigned", "time", "first", NULLABLE},
    {"begun", "time", "first", NULLABLE},
    {"ended", "time", NULL, NULLABLE},
    {"due", "time", NULL, NULLABLE},
    {"changed", "time", NULL, REQUIRED},
};
static const davy_schema_field resource[] = {
    {"name", "string", NULL, REQUIRED},
    {"state", "string", "requested, committed, en-route, on-scene, released or out-of-service",
     REQUIRED},
    {"task", "integer", NULL, NULLABLE},
    {"place", "string", NULL, NULLABLE},
    {"at", "number[]", NULL, NULLABLE},
    {"comment", "string", NULL, NULLABLE},
    {"requested", "time", "first", NULLABLE},
    {"arrived", "time", "first", NULLABLE},
    {"changed", "time", NULL, REQUIRED},
};
static const davy_schema_field alarm[] = {
    {"id", "integer", NULL, REQUIRED},
    {"key", "string", NULL, NULLABLE},
};
static const davy_schema_field lesson[] = {
    {"text", "string", NULL, REQUIRED}, {"owner", "string", NULL, NULLABLE},
    {"by", "string", NULL, REQUIRED},   {"time", "time", NULL, REQUIRED},
    {"due", "time", NULL, NULLABLE},
};
static const davy_schema_field alert[] = {
    {"message", "string", "Alert, Update or Cancel", REQUIRED},
    {"text", "string", "instruction for those who are told", NULLABLE},
    {"addresses", "string", "NULL: for the public", NULLABLE},
    {"by", "string", NULL, REQUIRED},
    {"time", "time", NULL, REQUIRED},
    {"sequence", "integer", "of its record", REQUIRED},
    {"receivers", "string[]", "that were told", REQUIRED},
};
static const davy_schema_field reach[] = {
    {"impacts", "integer", "that were attached", REQUIRED},
    {"time", "time", "of the latest", NULLABLE},
    {"sequence", "integer", "of its record", NULLABLE},
    {"alerted", "integer", "most people in a zone of the least level", REQUIRED},
    {"harmed", "integer", "of lasting harm", REQUIRED},
    {"endangered", "integer", "of deadly harm", REQUIRED},
};

/* What is asked for; respond/incident/event.c says which keys which event has. */
#define ABOUT                                                                                 \
    {"description", "string", NULL, OPTIONAL}, {"objectives", "string", NULL, OPTIONAL},      \
        {"safety", "string", NULL, OPTIONAL}, {"commander", "string", NULL, OPTIONAL},        \
        {"asset", "string", NULL, OPTIONAL}, {"scenario", "string", "of the site", OPTIONAL}, \
        {"place", "string", NULL, OPTIONAL}, {"at", "number[]", "east and north", OPTIONAL},  \
        {"scale", "integer", "1 to 5; what is computed is never lowered", OPTIONAL},          \
        {"comment", "string", NULL, OPTIONAL},                                                \
    {                                                                                         \
        "happened", "time", "when it is told later than it was", OPTIONAL                     \
    }

static const davy_schema_field new_incident[] = {
    {"name", "string", NULL, REQUIRED},
    {"drill", "boolean", NULL, OPTIONAL},
    {"alarms", "integer[]", "ids", OPTIONAL},
    ABOUT,
};
static const davy_schema_field event[] = {
    {"type", "string",
     "update, alarm, impact, person, task, resource, note, publish, lesson, contain, reopen or "
     "close",
     REQUIRED},
    {"name", "string", "update, person, resource", OPTIONAL},
    ABOUT,
    {"alarms", "integer[]", "alarm: ids", OPTIONAL},
    {"impact", "object", "impact: as davy impact --json prints it; or scenario; or order",
     OPTIONAL},
    {"order", "string", "impact: text of a scenario that is computed now", OPTIONAL},
    {"id", "integer", "person, task: of one that is there", OPTIONAL},
    {"state", "string", "person, task, resource", OPTIONAL},
    {"count", "integer", "person: how many are meant", OPTIONAL},
    {"what", "string", "task", OPTIONAL},
    {"capability", "string", "task", OPTIONAL},
    {"crew", "integer", "task", OPTIONAL},
    {"ppe", "string", "task: A to D", OPTIONAL},
    {"priority", "integer", "task: 1 to 5", OPTIONAL},
    {"resources", "string[]", "task: who does it", OPTIONAL},
    {"owner", "string", "task, lesson", OPTIONAL},
    {"due", "time", "task, lesson", OPTIONAL},
    {"task", "integer", "resource: what for", OPTIONAL},
    {"loss_yuan", "number", "update: direct loss", OPTIONAL},
    {"text", "string", "note, lesson, close (what was learnt), publish (instruction)", OPTIONAL},
    {"message", "string", "publish: Alert, Update or Cancel", OPTIONAL},
    {"addresses", "string", "publish: to these alone, not to the public", OPTIONAL},
    {"response", "string", "publish: a word of CAP, Shelter or Evacuate", OPTIONAL},
    {"receivers", "string[]", "publish: of the site; those that take CAP when absent", OPTIONAL},
};
static const davy_schema_field timeline[] = {
    {"events", "object[]",
     "each with sequence, time, type, by and what else it said; of an impact its scenario, when it "
     "was computed and the number of its zones",
     REQUIRED},
};
static const davy_schema_field evidence[] = {
    {"davy_evidence", "integer", "1", REQUIRED},
    {"author", "string", "public key of Ed25519, hexadecimal", REQUIRED},
    {"signature", "string", "over the bytes of the payload as they stand here", REQUIRED},
    {"payload", "object", "records, site files, the incident, response times", REQUIRED},
};

const davy_schema davy_incident_schemas[] = {
    SCHEMA("Incidents", incidents),       SCHEMA("Incident", incident),
    SCHEMA("IncidentSeverity", severity), SCHEMA("IncidentToll", toll),
    SCHEMA("IncidentPerson", person),     SCHEMA("IncidentTask", task),
    SCHEMA("IncidentResource", resource), SCHEMA("IncidentAlarm", alarm),
    SCHEMA("IncidentLesson", lesson),     SCHEMA("IncidentAlert", alert),
    SCHEMA("IncidentReach", reach),       SCHEMA("NewIncident", new_incident),
    SCHEMA("IncidentEvent", event),       SCHEMA("IncidentTimeline", timeline),
    SCHEMA("IncidentEvidence", evidence),
};

const size_t davy_incident_schema_count = DAVY_ARRAY_LENGTH(davy_incident_schemas);
