/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* What is told of alarms taken together: figures, floods, who is told, the shift handover. */

static const davy_schema_field judgement[] = {
    {"verdict", "string", "true, false or known-work", REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
    {"comment", "string", NULL, NULLABLE},
    {"time", "time", NULL, REQUIRED},
};
static const davy_schema_field related_events[] = {
    {"key", "string", "of the alarm", REQUIRED},
    {"began", "time", "null when it never did", NULLABLE},
    {"complete", "boolean", "all records of the ten minutes were looked at", REQUIRED},
    {"left_out", "integer", "events that are farther away than those listed", REQUIRED},
    {"events", "RelatedEvent[]", "the nearest first", REQUIRED},
};
static const davy_schema_field related_event[] = {
    {"time", "time", NULL, REQUIRED},
    {"kind", "string", "alarm, source, action, site or model", REQUIRED},
    {"key", "string", "of an alarm", OPTIONAL},
    {"subject", "string", "of what is no alarm", OPTIONAL},
    {"asset", "string", NULL, NULLABLE},
    {"text", "string", "in English", REQUIRED},
    {"code", "string", "what it says, for other languages: of an alarm its kind", NULLABLE},
    {"values", "object", "that belong into the words of the code", REQUIRED},
    {"by", "string", "who acted", NULLABLE},
    {"near", "string", "itself, same, upstream, downstream, site or position", REQUIRED},
    {"steps", "integer", "of the plant's graph", REQUIRED},
    {"why", "string", "the same in words", REQUIRED},
};
static const davy_schema_field alarm_kpi[] = {
    {"site", "string", "its title", REQUIRED},
    {"from", "time", NULL, NULLABLE},
    {"to", "time", NULL, NULLABLE},
    {"days_wanted", "integer", "days that a judgement wants", REQUIRED},
    {"unreadable", "integer", "records that were passed over", REQUIRED},
    {"positions", "PositionKpi[]", NULL, REQUIRED},
};
static const davy_schema_field position_kpi[] = {
    {"position", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"begin", "time", "of what was observed; null when nothing was", NULLABLE},
    {"end", "time", NULL, NULLABLE},
    {"days", "number", "that were observed", REQUIRED},
    {"enough", "boolean", "to judge", REQUIRED},
    {"alarms", "integer", "annunciated", REQUIRED},
    {"figures", "KpiFigure[]", NULL, REQUIRED},
    {"per_day", "KpiCounts", "alarms per day", REQUIRED},
    {"per_hour", "KpiCounts", "alarms per hour", REQUIRED},
    {"per_ten_minutes", "KpiCounts", "alarms per ten minutes", REQUIRED},
    {"floods", "KpiFloods", NULL, REQUIRED},
    {"acknowledge", "KpiWaits", "from annunciation to acknowledgement", REQUIRED},
    {"chattering", "KpiTimes", NULL, REQUIRED},
    {"fleeting", "KpiTimes", NULL, REQUIRED},
    {"priorities", "KpiPriorities", NULL, REQUIRED},
    {"top", "KpiFrequent[]", "the ten most frequent", REQUIRED},
    {"now", "KpiStanding", "at the end", REQUIRED},
    {"bars", "KpiBars", "alarms over time", REQUIRED},
};
static const davy_schema_field kpi_figure[] = {
    {"name", "string", NULL, REQUIRED},
    {"value", "number", NULL, NULLABLE},
    {"acceptable", "number", "very likely acceptable", REQUIRED},
    {"manageable", "number", "maximum manageable", NULLABLE},
    {"share", "boolean", "of 1", REQUIRED},
    {"at_least", "boolean", "the targets are lower bounds", REQUIRED},
    {"verdict", "string", "acceptable, manageable, over or unknown", REQUIRED},
};
#define DISTRIBUTION(unit, total)                                                          \
    {total, "integer", NULL, REQUIRED}, {"median" unit, "integer", NULL, NULLABLE},        \
        {"p95" unit, "integer", NULL, NULLABLE}, {"most" unit, "integer", NULL, NULLABLE}, \
    {                                                                                      \
        "counts", "any", "[[largest number of a bin, how often], ...]", REQUIRED           \
    }
static const davy_schema_field kpi_counts[] = {DISTRIBUTION("", "periods")};
static const davy_schema_field kpi_waits[] = {DISTRIBUTION("_s", "count")};
static const davy_schema_field kpi_floods[] = {
    {"count", "integer", NULL, REQUIRED},     {"seconds", "integer", NULL, REQUIRED},
    {"longest_s", "integer", NULL, REQUIRED}, {"peak", "integer", NULL, REQUIRED},
    {"alarms", "integer", NULL, REQUIRED},    {"now", "boolean", NULL, REQUIRED},
};
static const davy_schema_field kpi_times[] = {
    {"alarms", "integer", "that did", REQUIRED},
    {"times", "integer", "how often", REQUIRED},
};
static const davy_schema_field kpi_priorities[] = {
    {"low", "integer", NULL, REQUIRED},
    {"medium", "integer", NULL, REQUIRED},
    {"high", "integer", NULL, REQUIRED},
    {"critical", "integer", NULL, REQUIRED},
};
static const davy_schema_field kpi_frequent[] = {
    {"key", "string", NULL, REQUIRED},
    {"id", "integer", NULL, REQUIRED},
    {"count", "integer", NULL, REQUIRED},
    {"share", "number", "of all", REQUIRED},
};
static const davy_schema_field kpi_standing[] = {
    {"active", "integer", NULL, REQUIRED},         {"unacknowledged", "integer", NULL, REQUIRED},
    {"shelved", "integer", NULL, REQUIRED},        {"suppressed", "integer", NULL, REQUIRED},
    {"out_of_service", "integer", NULL, REQUIRED}, {"stale", "integer", NULL, REQUIRED},
};
static const davy_schema_field kpi_bars[] = {
    {"days", "integer", "in one bar", REQUIRED},
    {"counts", "integer[]", NULL, REQUIRED},
};
static const davy_schema_field alarm_floods[] = {{"floods", "AlarmFlood[]", NULL, REQUIRED}};
static const davy_schema_field alarm_flood[] = {
    {"position", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"now", "boolean", NULL, REQUIRED},
    {"began", "time", NULL, NULLABLE},
    {"ended", "time", NULL, NULLABLE},
    {"alarms", "integer", "annunciated in it", REQUIRED},
    {"peak", "integer", "most in ten minutes", REQUIRED},
    {"ten_minutes", "integer", "in the last ten minutes", REQUIRED},
    {"left_out", "integer", "annunciations of alarms that are not listed", REQUIRED},
    {"first_out", "FloodAlarm", "the first of its alarms", NULLABLE},
    {"suppressed", "FloodSuppressed", NULL, REQUIRED},
    {"order", "PlacedAlarm[]", "causal order; not in events", OPTIONAL},
};
static const davy_schema_field flood_suppressed[] = {
    {"shelved", "integer", NULL, REQUIRED},
    {"by_design", "integer", NULL, REQUIRED},
    {"out_of_service", "integer", NULL, REQUIRED},
    {"since_begin", "integer", "conditions that began in the flood, told to nobody", REQUIRED},
};
#define FLOOD_ALARM                                                       \
    {"id", "integer", NULL, REQUIRED}, {"key", "string", NULL, REQUIRED}, \
        {"asset", "string", NULL, NULLABLE},                              \
    {                                                                     \
        "time", "time", "of its first", REQUIRED                          \
    }
static const davy_schema_field flood_alarm[] = {FLOOD_ALARM};
static const davy_schema_field placed_alarm[] = {
    FLOOD_ALARM,
    {"count", "integer", "how often in the flood", REQUIRED},
    {"state", "string", NULL, REQUIRED},
    {"active", "boolean", NULL, REQUIRED},
    {"priority", "string", NULL, REQUIRED},
    {"why", "string", "source, downstream, circle, same or time", REQUIRED},
    {"of", "string", "the asset that `why` speaks of", NULLABLE},
    {"steps", "integer", "from that asset", REQUIRED},
    {"text", "string", "the same in words", REQUIRED},
};
static const davy_schema_field receivers[] = {{"receivers", "Receiver[]", NULL, REQUIRED}};
static const davy_schema_field receiver[] = {
    {"name", "string", NULL, REQUIRED},
    {"kind", "string", "webhook, mqtt, smtp, command or syslog", REQUIRED},
    {"place", "string", "where it is; of a URL scheme and host alone", REQUIRED},
    {"format", "string", "json, text or cap", REQUIRED},
    {"waiting", "integer", "messages", REQUIRED},
    {"confirmed", "integer", "messages", REQUIRED},
    {"given_up", "integer", "messages it refused, or that were too many", REQUIRED},
    {"unkept", "integer", "messages in memory alone, while the disk takes none", REQUIRED},
    {"last_confirmed", "time", NULL, NULLABLE},
    {"last_heartbeat", "time", NULL, NULLABLE},
    {"failing_s", "number", "it has failed for so long; null while it works", NULLABLE},
    {"again_s", "number", "it is tried again in so long", NULLABLE},
    {"error", "string", "of the last attempt", NULLABLE},
    {"lacks", "string", "what this machine cannot fence a program off from", NULLABLE},
};
static const davy_schema_field receiver_messages[] = {
    {"messages", "ReceiverMessage[]", NULL, REQUIRED}};
static const davy_schema_field receiver_message[] = {
    {"id", "string", NULL, REQUIRED},
    {"type", "string", "alarm.raised, alarm.acknowledged, ..., test", REQUIRED},
    {"alarm", "string", "key of the alarm", NULLABLE},
    {"text", "string", NULL, REQUIRED},
    {"state", "string", "waiting, confirmed or given-up", REQUIRED},
    {"due", "time", NULL, REQUIRED},
    {"finished", "time", NULL, NULLABLE},
    {"tries", "integer", NULL, REQUIRED},
    {"error", "string", "of the last attempt", NULLABLE},
};
static const davy_schema_field receiver_test[] = {
    {"id", "string", "of the message", REQUIRED},
    {"receiver", "string", NULL, REQUIRED},
};
static const davy_schema_field handover[] = {
    {"position", "string", "name of the operator position", REQUIRED},
    {"title", "string", NULL, NULLABLE},
    {"now", "time", NULL, REQUIRED},
    {"since", "time", "when the handover before was taken", NULLABLE},
    {"records", "integer", "number of the last record that was there", REQUIRED},
    {"standing", "HandoverAlarms", NULL, REQUIRED},
    {"shelved", "HandoverAlarms", NULL, REQUIRED},
    {"suppressed", "HandoverAlarms", "by design", REQUIRED},
    {"out_of_service", "HandoverAlarms", NULL, REQUIRED},
    {"degraded", "HandoverAlarms", "sources, signals and models that say nothing good", REQUIRED},
    {"floods", "HandoverFloods", "since then", REQUIRED},
    {"changes", "HandoverChanges", "since then", REQUIRED},
    {"given", "HandoverGiven", "and not taken yet", NULLABLE},
};
#define HANDOVER_COUNT                             \
    {"count", "integer", NULL, REQUIRED},          \
    {                                              \
        "left_out", "integer", "of them", REQUIRED \
    }
static const davy_schema_field handover_alarms[] = {
    HANDOVER_COUNT,
    {"alarms", "Alarm[]", NULL, REQUIRED},
};
static const davy_schema_field handover_floods[] = {
    HANDOVER_COUNT,
    {"floods", "HandoverFlood[]", NULL, REQUIRED},
};
static const davy_schema_field handover_flood[] = {
    {"began", "time", NULL, REQUIRED},       {"ended", "time", NULL, NULLABLE},
    {"alarms", "integer", NULL, NULLABLE},   {"peak", "integer", "in ten minutes", NULLABLE},
    {"first_out", "string", NULL, NULLABLE},
};
static const davy_schema_field handover_changes[] = {
    HANDOVER_COUNT,
    {"changes", "HandoverChange[]", NULL, REQUIRED},
};
static const davy_schema_field handover_change[] = {
    {"time", "time", NULL, REQUIRED},
    {"by", "string", NULL, NULLABLE},
    {"action", "string", NULL, REQUIRED},
    {"subject", "string", NULL, REQUIRED},
    {"outcome", "string", NULL, NULLABLE},
    {"text", "string", "which settings of alarms or lines of the site file changed", NULLABLE},
    {"flagged", "boolean", "settings changed and nobody gave a reason", REQUIRED},
};
static const davy_schema_field handover_given[] = {
    {"id", "integer", NULL, REQUIRED},
    {"time", "time", NULL, REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
    {"comment", "string", NULL, NULLABLE},
};
static const davy_schema_field handovers[] = {{"handovers", "PastHandover[]", NULL, REQUIRED}};
static const davy_schema_field past_handover[] = {
    {"id", "integer", NULL, REQUIRED},
    {"given", "HandoverSide", NULL, REQUIRED},
    {"taken", "HandoverSide", NULL, NULLABLE},
};
static const davy_schema_field handover_side[] = {
    {"time", "time", NULL, REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
    {"comment", "string", NULL, NULLABLE},
};
static const davy_schema_field handover_action[] = {
    {"position", "string", "name of an operator position; site when not given", OPTIONAL},
    {"comment", "string", NULL, OPTIONAL},
};
static const davy_schema_field handover_signed[] = {
    {"id", "integer", NULL, REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
};
static const davy_schema_field changes[] = {{"changes", "Change[]", NULL, REQUIRED}};
static const davy_schema_field change[] = {
    {"sequence", "integer", "of its record", REQUIRED},
    {"time", "time", "when it came into force", REQUIRED},
    {"of", "string", "alarms: their settings; file: the lines of the site file", REQUIRED},
    {"site", "string", "file", REQUIRED},
    {"owner", "string", "of the file", NULLABLE},
    {"before", "string", "hash of the text; null for the first that was recorded", NULLABLE},
    {"after", "string", NULL, REQUIRED},
    {"changes", "string[]", "what differs; null when it is not known", NULLABLE},
    {"more", "integer", "changes that are not listed", REQUIRED},
    {"by", "string", "who gave the reason", NULLABLE},
    {"reason", "string", NULL, NULLABLE},
    {"whatif", "integer", "record of the what-if with the reason", NULLABLE},
    {"flagged", "boolean", "nobody gave a reason", REQUIRED},
};
static const davy_schema_field change_reason[] = {
    {"reason", "string", "why", REQUIRED},
    {"whatif", "object", "as davy replay --proposed --json prints it", REQUIRED},
};
static const davy_schema_field change_kept[] = {
    {"after", "string", "hash of the settings it is for", REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
};

static const davy_schema_field prooftests[] = {
    {"prooftests", "ProofTest[]", NULL, REQUIRED},
    {"conditions", "ProofCondition[]", "proved or planned ones first", REQUIRED},
    {"left_out", "integer", "conditions beyond those", REQUIRED},
};
static const davy_schema_field proof_condition[] = {
    {"condition", "string", NULL, REQUIRED},
    {"kind", "string", "of the condition: hihi, model, ...", REQUIRED},
    {"detector", "string", "whose condition it is", NULLABLE},
    {"due", "time", "the next proof, by the prooftests of the site", NULLABLE},
    {"overdue", "boolean", "the test has not begun within an hour", REQUIRED},
    {"test", "integer", "of the last proof", NULLABLE},
    {"proved", "time", "the last proof, also one that failed", NULLABLE},
    {"age_s", "integer", "of the last proof", NULLABLE},
    {"item", "ProofItem", "the last proof", NULLABLE},
};
static const davy_schema_field prooftest[] = {
    {"id", "integer", NULL, REQUIRED},
    {"state", "string", "running, finished or interrupted", REQUIRED},
    {"why", "string", "it was interrupted; null also when davy ended without a word", NULLABLE},
    {"by", "string", "name of the key; null: the site's prooftests", NULLABLE},
    {"began", "time", NULL, REQUIRED},
    {"ended", "time", NULL, NULLABLE},
    {"patterns", "string", "what was asked for; null for all", NULLABLE},
    {"notify", "boolean", "receivers got drills", REQUIRED},
    {"conditions", "integer", "to be tested", REQUIRED},
    {"passed", "integer", "of them", REQUIRED},
    {"failed", "integer", "of them", REQUIRED},
    {"items", "ProofItem[]", "not in a list", OPTIONAL},
};
static const davy_schema_field proof_item[] = {
    {"condition", "string", NULL, REQUIRED},
    {"outcome", "string", "passed or failed", REQUIRED},
    {"why", "string", "it failed", NULLABLE},
    {"alarm_state", "string", "of the alarm at work: shelved, ...", OPTIONAL},
    {"text", "string", "what was found", OPTIONAL},
    {"value", "number", "that was found", true, true},
    {"model", "string", "that found it, with its version", true, true},
    {"accepted_ms", "number", "checked by intake, after the sample that decided was sent",
     NULLABLE},
    {"durable_ms", "number", "in the store", NULLABLE},
    {"found_ms", "number", "by detection", NULLABLE},
    {"recorded_ms", "number", "the alarm's transition", NULLABLE},
    {"announced_ms", "number", "on the event streams", NULLABLE},
    {"receivers", "ProofReceiver[]", "whom the routes name", OPTIONAL},
};
static const davy_schema_field proof_receiver[] = {
    {"name", "string", NULL, REQUIRED},
    {"state", "string", "confirmed, waiting or not told", REQUIRED},
    {"confirmed_ms", "number", "after the drill was handed over", NULLABLE},
};
static const davy_schema_field new_prooftest[] = {
    {"patterns", "string", "keys of conditions or names of detectors; all when not given",
     OPTIONAL},
    {"receivers", "string", "drill: who would be told gets a drill", OPTIONAL},
};
static const davy_schema_field prooftest_started[] = {
    {"id", "integer", NULL, REQUIRED},
    {"state", "string", "running", REQUIRED},
};

const davy_schema davy_alarm_schemas[] = {
    SCHEMA("Judgement", judgement),
    SCHEMA("RelatedEvents", related_events),
    SCHEMA("RelatedEvent", related_event),
    SCHEMA("AlarmKpi", alarm_kpi),
    SCHEMA("PositionKpi", position_kpi),
    SCHEMA("KpiFigure", kpi_figure),
    SCHEMA("KpiCounts", kpi_counts),
    SCHEMA("KpiWaits", kpi_waits),
    SCHEMA("KpiFloods", kpi_floods),
    SCHEMA("KpiTimes", kpi_times),
    SCHEMA("KpiPriorities", kpi_priorities),
    SCHEMA("KpiFrequent", kpi_frequent),
    SCHEMA("KpiStanding", kpi_standing),
    SCHEMA("KpiBars", kpi_bars),
    SCHEMA("AlarmFloods", alarm_floods),
    SCHEMA("AlarmFlood", alarm_flood),
    SCHEMA("FloodSuppressed", flood_suppressed),
    SCHEMA("FloodAlarm", flood_alarm),
    SCHEMA("PlacedAlarm", placed_alarm),
    SCHEMA("Receivers", receivers),
    SCHEMA("Receiver", receiver),
    SCHEMA("ReceiverMessages", receiver_messages),
    SCHEMA("ReceiverMessage", receiver_message),
    SCHEMA("ReceiverTest", receiver_test),
    SCHEMA("ProofTests", prooftests),
    SCHEMA("ProofTest", prooftest),
    SCHEMA("ProofCondition", proof_condition),
    SCHEMA("ProofItem", proof_item),
    SCHEMA("ProofReceiver", proof_receiver),
    SCHEMA("NewProofTest", new_prooftest),
    SCHEMA("ProofTestStarted", prooftest_started),
    SCHEMA("Handover", handover),
    SCHEMA("HandoverAlarms", handover_alarms),
    SCHEMA("HandoverFloods", handover_floods),
    SCHEMA("HandoverFlood", handover_flood),
    SCHEMA("HandoverChanges", handover_changes),
    SCHEMA("HandoverChange", handover_change),
    SCHEMA("HandoverGiven", handover_given),
    SCHEMA("Handovers", handovers),
    SCHEMA("PastHandover", past_handover),
    SCHEMA("HandoverSide", handover_side),
    SCHEMA("HandoverAction", handover_action),
    SCHEMA("HandoverSigned", handover_signed),
    SCHEMA("Changes", changes),
    SCHEMA("Change", change),
    SCHEMA("ChangeReason", change_reason),
    SCHEMA("ChangeKept", change_kept),
};
const size_t davy_alarm_schema_count = DAVY_ARRAY_LENGTH(davy_alarm_schemas);
