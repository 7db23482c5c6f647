/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* Plans, as respond/dispatch/plan.c writes them. Seconds from the question, metres. */

static const davy_schema_field order[] = {
    {"before", "object", "the plan that stands, as it was answered: changes are told against it",
     OPTIONAL},
    {"forecast", "object",
     "{impact, from}: zones that hold from so many seconds on, 900 if not said", OPTIONAL},
    {"reserve", "integer", "units of each needed capability to keep; 1 if not said", OPTIONAL},
    {"reserve_price", "number", "seconds that one which is not kept counts; 600 if not said",
     OPTIONAL},
    {"within", "number", "seconds after which nobody helps; else until a task is due, or 1800",
     OPTIONAL},
};
static const davy_schema_field dispatch[] = {
    {"assignments", "Assignment[]", NULL, REQUIRED},
    {"uncovered", "Said[]", "what is missing, with how many and why", REQUIRED},
    {"reserve", "Said[]", "capabilities of which none is left for a second event", REQUIRED},
    {"changes", "Said[]", "against the plan before", REQUIRED},
    {"notes", "Said[]", "what the plan could not know", REQUIRED},
    {"method", "string", "greedy, improved or optimal", REQUIRED},
    {"cost", "number", "weighted seconds, with the prices of what is missing", REQUIRED},
    {"gap", "number", "share that the best plan may cost less; null: not known", NULLABLE},
};
static const davy_schema_field assignment[] = {
    {"resource", "string", NULL, REQUIRED},
    {"task", "string", NULL, REQUIRED},
    {"task_id", "integer", "of the incident", OPTIONAL},
    {"bound", "boolean", "it is there or on its way already: no route", REQUIRED},
    {"ppe", "string", "that its crew wears at most", NULLABLE},
    {"ppe_ok", "boolean", "enough for the task", REQUIRED},
    {"route", "number[][]", "metres east and north", OPTIONAL},
    {"arrival", "number", "at the end of the route", true, true},
    {"seconds", "number", "at the task, with the way on foot", true, true},
    {"metres", "number", "driven", true, true},
    {"waits", "number", "seconds it stands for a zone to pass", true, true},
    {"safe_until", "number", "the end of the route is free until then; null: as far as known", true,
     true},
    {"staging", "string", "junction where the road ends, when the task lies in a zone", true, true},
    {"on_foot", "number", "metres from there", true, true},
    {"upwind", "boolean", "the junction is on the side that the wind comes from", OPTIONAL},
    {"zone", "string", "that the task lies in", true, true},
};
static const davy_schema_field said[] = {
    {"key", "string", "of the sentence", REQUIRED},
    {"missing", "integer", NULL, OPTIONAL},
    {"task_id", "integer", NULL, OPTIONAL},
    {"resource", "string", NULL, OPTIONAL},
    {"other", "string", "resource", OPTIONAL},
    {"task", "string", NULL, OPTIONAL},
    {"place", "string", "junction, or another task", OPTIONAL},
    {"zone", "string", "endpoint", OPTIONAL},
    {"capability", "string", NULL, OPTIONAL},
    {"seconds", "number", NULL, OPTIONAL},
    {"metres", "number", NULL, OPTIONAL},
    {"text", "object", "{en, zh}: the sentence", REQUIRED},
};

const davy_schema davy_dispatch_schemas[] = {
    SCHEMA("DispatchOrder", order),
    SCHEMA("Dispatch", dispatch),
    SCHEMA("Assignment", assignment),
    SCHEMA("Said", said),
};

const size_t davy_dispatch_schema_count = DAVY_ARRAY_LENGTH(davy_dispatch_schemas);
