/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* What-ifs: orders, their state, and answers as alarm/whatif/whatif.h says them. */

static const davy_schema_field whatifs[] = {{"whatifs", "Whatif[]", NULL, REQUIRED}};
static const davy_schema_field new_whatif[] = {
    {"proposed", "string", "text of a whole site file", REQUIRED},
    {"from", "string", "as davy replay takes it, -30d for example; all that is stored when absent",
     OPTIONAL},
    {"to", "string", "the same, not included; now when absent", OPTIONAL},
    {"label", "string", "patterns over alarm keys: answers of people to these are labelled events",
     OPTIONAL},
    {"events", "string", "text of a CSV file of labelled events: from, to, name and maybe asset",
     OPTIONAL},
    {"whole", "boolean", "rehearse what both files say alike too, for floods", OPTIONAL},
    {"comment", "string", "why it is asked", OPTIONAL},
};
static const davy_schema_field whatif_reason[] = {{"reason", "string", "why", REQUIRED}};
static const davy_schema_field whatif[] = {
    {"id", "integer", NULL, REQUIRED},
    {"state", "string", "queued, running, done, failed, cancelled or interrupted", REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
    {"comment", "string", NULL, REQUIRED},
    {"from", "string", "as it was ordered", NULLABLE},
    {"to", "string", NULL, NULLABLE},
    {"label", "string", NULL, NULLABLE},
    {"events", "boolean", "a file of events was given", REQUIRED},
    {"whole", "boolean", "all of the site was to be rehearsed", REQUIRED},
    {"before", "string", "hash of the settings that were in force", REQUIRED},
    {"created", "time", NULL, REQUIRED},
    {"started", "time", NULL, NULLABLE},
    {"ended", "time", NULL, NULLABLE},
    {"phase", "string", "reading, rehearsing", REQUIRED},
    {"progress", "number", "of the phase, from 0 to 1", REQUIRED},
    {"seconds_left", "number", "to the end of the phase, about", NULLABLE},
    {"message", "string", "why it is not done", REQUIRED},
    {"faults", "WhatifFaults", "of the proposed file, when it is no site", NULLABLE},
    {"kept", "WhatifKept", "the reason that it was kept with", NULLABLE},
    {"proposed", "string",
     "the text that was ordered, once it has ended; only of one that is asked for by its id", true,
     true},
    {"log", "string[]", "its last lines; not in a list", OPTIONAL},
    {"answer", "WhatifAnswer", "once it is done; only of one that is asked for by its id", true,
     true},
};
static const davy_schema_field whatif_faults[] = {
    {"file", "string", NULL, NULLABLE},
    {"faults", "WhatifFault[]", NULL, REQUIRED},
    {"left_out", "integer", "faults that are not listed", REQUIRED},
};
static const davy_schema_field whatif_fault[] = {
    {"line", "integer", "from 1; 0 for the file as a whole", REQUIRED},
    {"column", "integer", NULL, REQUIRED},
    {"path", "string", "assets[2].signals[0].limits.hi", REQUIRED},
    {"what", "string", NULL, REQUIRED},
    {"remedy", "string", NULL, REQUIRED},
};
static const davy_schema_field whatif_kept[] = {
    {"reason", "string", NULL, REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
    {"time", "time", NULL, REQUIRED},
};

/* An answer --------------------------------------------------------------------------------- */

#define COUNTS                                                             \
    {"before", "integer", "alarms that rang", REQUIRED},                   \
        {"after", "integer", "the same with the proposed file", REQUIRED}, \
        {"before_per_day", "number", NULL, NULLABLE},                      \
    {                                                                      \
        "after_per_day", "number", NULL, NULLABLE                          \
    }

static const davy_schema_field whatif_answer[] = {
    {"before", "string", "hash of the settings in force", REQUIRED},
    {"after", "string", "hash of those proposed", REQUIRED},
    {"files", "WhatifFiles", "hashes of the two files", REQUIRED},
    {"changes", "WhatifChange[]", NULL, REQUIRED},
    {"from", "time", "of the samples that were looked at", NULLABLE},
    {"to", "time", NULL, NULLABLE},
    {"days", "number", NULL, REQUIRED},
    {"samples", "integer", NULL, REQUIRED},
    {"whole", "boolean", "false: what both files say alike was left out", REQUIRED},
    {"alarms", "WhatifCount", NULL, REQUIRED},
    {"conditions", "WhatifCondition[]", "what was changed, and what rings differently", REQUIRED},
    {"priorities", "WhatifPriority[]", NULL, REQUIRED},
    {"positions", "WhatifPosition[]", NULL, REQUIRED},
    {"daily", "WhatifDay[]", "alarms of each day; null when too many rang", NULLABLE},
    {"bar_days", "integer", "days that an entry of daily stands for", REQUIRED},
    {"floods", "WhatifFloods[]", "null when not all of the site was rehearsed", NULLABLE},
    {"events", "WhatifEvents", "that must be found; null without any", NULLABLE},
    {"nuisance", "WhatifNuisance", "answered false or known work; null without any", NULLABLE},
    {"notes", "string[]", "what the figures do not say", REQUIRED},
};
static const davy_schema_field whatif_files[] = {
    {"before", "string", "of the file in force", REQUIRED},
    {"after", "string", "of the one proposed", REQUIRED},
};
static const davy_schema_field whatif_change[] = {
    {"condition", "string", NULL, REQUIRED},
    {"setting", "string", "limit, priority, ...", REQUIRED},
    {"before", "string", "null: it was not there", NULLABLE},
    {"after", "string", "null: it is not there any more", NULLABLE},
    {"text", "string", "T-101/pressure:hi 1000 -> 1050 kPa", REQUIRED},
};
static const davy_schema_field whatif_count[] = {COUNTS};
static const davy_schema_field whatif_condition[] = {
    {"condition", "string", NULL, REQUIRED},
    COUNTS,
};
static const davy_schema_field whatif_priority[] = {
    {"priority", "string", "critical, high, medium or low", REQUIRED},
    COUNTS,
};
static const davy_schema_field whatif_position[] = {
    {"position", "string", "of operators", REQUIRED},
    COUNTS,
};
static const davy_schema_field whatif_day[] = {
    {"from", "time", "midnight of the site's clock, or the first sample", REQUIRED},
    {"before", "integer", NULL, REQUIRED},
    {"after", "integer", NULL, REQUIRED},
};
static const davy_schema_field whatif_floods[] = {
    {"position", "string", "of operators", REQUIRED},
    {"before", "WhatifFlood", NULL, REQUIRED},
    {"after", "WhatifFlood", NULL, REQUIRED},
};
static const davy_schema_field whatif_flood[] = {
    {"count", "integer", NULL, REQUIRED},
    {"seconds", "integer", "in flood", REQUIRED},
    {"peak", "integer", "most alarms in ten minutes, also without a flood", REQUIRED},
};
static const davy_schema_field whatif_events[] = {
    {"count", "integer", NULL, REQUIRED},
    {"outside", "integer", "not looked at: there are no samples of that time", REQUIRED},
    {"kept", "integer", "found by both", REQUIRED},
    {"missed", "integer", "found by the file in force alone", REQUIRED},
    {"gained", "integer", "found by the proposed file alone", REQUIRED},
    {"unfound", "integer", "found by neither", REQUIRED},
    {"earlier", "integer", "of those kept", REQUIRED},
    {"later", "integer", "of those kept", REQUIRED},
    {"worst_delay_s", "WhatifDelays", NULL, REQUIRED},
    {"list", "WhatifEvent[]", NULL, REQUIRED},
};
static const davy_schema_field whatif_delays[] = {
    {"before", "number", NULL, NULLABLE},
    {"after", "number", NULL, NULLABLE},
};
static const davy_schema_field whatif_event[] = {
    {"name", "string", NULL, REQUIRED},
    {"asset", "string", "only its alarms count; null: those of any", NULLABLE},
    {"from", "time", NULL, REQUIRED},
    {"to", "time", NULL, REQUIRED},
    {"verdict", "string", "same, earlier, later, missed, gained or unfound", REQUIRED},
    {"source", "string", "file, or answer: people called an alarm true", REQUIRED},
    {"before", "WhatifFind", NULL, REQUIRED},
    {"after", "WhatifFind", NULL, REQUIRED},
};
static const davy_schema_field whatif_nuisance[] = {
    {"count", "integer", NULL, REQUIRED},
    {"outside", "integer", "not looked at: there are no samples of that time", REQUIRED},
    {"spared", "integer", "rings with the file in force alone", REQUIRED},
    {"stays", "integer", "rings with both", REQUIRED},
    {"new", "integer", "rings with the proposed file alone", REQUIRED},
    {"quiet", "integer", "rings with neither", REQUIRED},
    {"list", "WhatifSpared[]", NULL, REQUIRED},
};
static const davy_schema_field whatif_spared[] = {
    {"name", "string", "key of the alarm", REQUIRED},
    {"asset", "string", "only its alarms count; null: those of any", NULLABLE},
    {"from", "time", NULL, REQUIRED},
    {"to", "time", NULL, REQUIRED},
    {"verdict", "string", "spared, stays, new or quiet", REQUIRED},
    {"answer", "string", "false or known-work", REQUIRED},
};
static const davy_schema_field whatif_find[] = {
    {"delay_s", "number",
     "from its begin to the first alarm, below 0 when an answered alarm rings earlier; null: none "
     "rang",
     NULLABLE},
    {"condition", "string", "of that alarm", NULLABLE},
    {"stood", "boolean", "an alarm was standing when it began, which finds nothing", REQUIRED},
};

const davy_schema davy_whatif_schemas[] = {
    SCHEMA("Whatifs", whatifs),
    SCHEMA("Whatif", whatif),
    SCHEMA("NewWhatif", new_whatif),
    SCHEMA("WhatifReason", whatif_reason),
    SCHEMA("WhatifFaults", whatif_faults),
    SCHEMA("WhatifFault", whatif_fault),
    SCHEMA("WhatifKept", whatif_kept),
    SCHEMA("WhatifAnswer", whatif_answer),
    SCHEMA("WhatifFiles", whatif_files),
    SCHEMA("WhatifChange", whatif_change),
    SCHEMA("WhatifCount", whatif_count),
    SCHEMA("WhatifCondition", whatif_condition),
    SCHEMA("WhatifPriority", whatif_priority),
    SCHEMA("WhatifPosition", whatif_position),
    SCHEMA("WhatifDay", whatif_day),
    SCHEMA("WhatifFloods", whatif_floods),
    SCHEMA("WhatifFlood", whatif_flood),
    SCHEMA("WhatifEvents", whatif_events),
    SCHEMA("WhatifDelays", whatif_delays),
    SCHEMA("WhatifEvent", whatif_event),
    SCHEMA("WhatifFind", whatif_find),
    SCHEMA("WhatifNuisance", whatif_nuisance),
    SCHEMA("WhatifSpared", whatif_spared),
};
const size_t davy_whatif_schema_count = DAVY_ARRAY_LENGTH(davy_whatif_schemas);
