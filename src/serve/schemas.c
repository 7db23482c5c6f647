/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

static const davy_schema_field problem[] = {
    {"type", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"status", "integer", NULL, REQUIRED},
    {"detail", "string", "what was wrong and what to do", REQUIRED},
    {"code", "string", "of a write, as InfluxDB says it", OPTIONAL},
    {"message", "string", "of a write, as InfluxDB says it", OPTIONAL},
    {"line", "integer", "of a write that was refused whole", OPTIONAL},
    {"refused", "integer", "fields of a write that was kept in part", OPTIONAL},
    {"kept", "integer", "fields of a write that was kept in part", OPTIONAL},
    {"refusals", "Refusal[]", "the first 20 of them", OPTIONAL},
    {"faults", "WhatifFault[]", "of a scenario that cannot be computed", OPTIONAL},
};
static const davy_schema_field refusal[] = {
    {"line", "integer", NULL, REQUIRED},
    {"reason", "string", NULL, REQUIRED},
};
static const davy_schema_field health[] = {
    {"status", "string", "ok or not ready", REQUIRED},
    {"reason", "string", NULL, OPTIONAL},
};
static const davy_schema_field me[] = {
    {"name", "string", NULL, REQUIRED},
    {"role", "string", "viewer, operator, engineer or admin", REQUIRED},
    {"version", "string", NULL, REQUIRED},
};
static const davy_schema_field session[] = {
    {"name", "string", "of the key", REQUIRED},
    {"role", "string", "viewer, operator, engineer or admin", REQUIRED},
    {"csrf", "string", "for X-CSRF-Token; null without a session", NULLABLE},
    {"version", "string", NULL, REQUIRED},
};
static const davy_schema_field sites[] = {{"sites", "Site[]", NULL, REQUIRED}};
static const davy_schema_field site[] = {
    {"name", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"location", "number[]", "latitude, longitude", NULLABLE},
    {"timezone", "string", "IANA name", REQUIRED},
    {"now", "time", NULL, REQUIRED},
    {"positions", "Position[]", "of operators; the first looks after what no other does", REQUIRED},
};
static const davy_schema_field position[] = {
    {"name", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
};
static const davy_schema_field assets[] = {{"assets", "Asset[]", NULL, REQUIRED}};
static const davy_schema_field asset[] = {
    {"name", "string", NULL, REQUIRED},
    {"kind", "string", NULL, NULLABLE},
    {"title", "string", NULL, REQUIRED},
    {"at", "number[]", "metres east and north of the site's origin", NULLABLE},
    {"holds", "Inventory", NULL, NULLABLE},
    {"signals", "string[]", NULL, REQUIRED},
    {"position", "string", "of the operators who look after it", REQUIRED},
    {"alarm", "AssetAlarm", "the worst that stands", NULLABLE},
};
static const davy_schema_field inventory[] = {
    {"chemical", "string", NULL, REQUIRED},
    {"amount_kg", "number", NULL, REQUIRED},
};
static const davy_schema_field asset_alarm[] = {
    {"priority", "string", NULL, REQUIRED},
    {"state", "string", NULL, REQUIRED},
    {"count", "integer", "of all that stand", REQUIRED},
};
static const davy_schema_field signals[] = {{"signals", "Signal[]", NULL, REQUIRED}};
static const davy_schema_field signal[] = {
    {"signal", "string", "path asset/name", REQUIRED},
    {"asset", "string", NULL, NULLABLE},
    {"detector", "string", "whose score it is", NULLABLE},
    {"name", "string", NULL, REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"unit", "string", "UCUM", REQUIRED},
    {"range", "number[]", "of the instrument", NULLABLE},
    {"limits", "Limits", NULL, REQUIRED},
    {"priority", "string", NULL, REQUIRED},
    {"source", "string", NULL, NULLABLE},
    {"deadline", "string", "silence that is an alarm", NULLABLE},
    {"latest", "Latest", NULL, NULLABLE},
};
static const davy_schema_field limits[] = {
    {"lolo", "number", NULL, NULLABLE},
    {"lo", "number", NULL, NULLABLE},
    {"hi", "number", NULL, NULLABLE},
    {"hihi", "number", NULL, NULLABLE},
};
static const davy_schema_field latest[] = {
    {"time", "time", NULL, REQUIRED},
    {"value", "number", NULL, NULLABLE},
    {"quality", "string", "good, uncertain or bad", REQUIRED},
};
static const davy_schema_field sources[] = {{"sources", "Source[]", NULL, REQUIRED}};
static const davy_schema_field source[] = {
    {"name", "string", NULL, REQUIRED},
    {"kind", "string", NULL, REQUIRED},
    {"address", "string", NULL, NULLABLE},
    {"state", "string", "connecting, running, lost or finished", REQUIRED},
    {"message", "string", "why it is lost", REQUIRED},
    {"since", "time", NULL, NULLABLE},
    {"samples", "integer", NULL, REQUIRED},
    {"failures", "integer", NULL, REQUIRED},
};
static const davy_schema_field prometheus_error[] = {
    {"status", "string", "error", REQUIRED},
    {"errorType", "string", "bad_data, not_found, unavailable or internal", REQUIRED},
    {"error", "string", "what was wrong and what to do", REQUIRED},
};
static const davy_schema_field samples[] = {
    {"next", "string?", "with limit: cursor of the next page; null after the last", true, true},
    {"signals", "Series[]", NULL, REQUIRED},
};
static const davy_schema_field series[] = {
    {"signal", "string", NULL, REQUIRED},
    {"unit", "string", NULL, REQUIRED},
    {"step", "integer", "nanoseconds; with step or pixels, as all below", OPTIONAL},
    {"times", "integer[]", "nanoseconds UTC since 1970", REQUIRED},
    {"values", "number?[]", "with step: means of the samples that are not bad", REQUIRED},
    {"quality", "integer[]", "0 good, 1 uncertain or partly bad, 2 bad", REQUIRED},
    {"min", "number?[]", NULL, OPTIONAL},
    {"max", "number?[]", NULL, OPTIONAL},
    {"first", "number?[]", NULL, OPTIONAL},
    {"last", "number?[]", NULL, OPTIONAL},
    {"count", "integer[]", "samples that are not bad", OPTIONAL},
    {"bad", "integer[]", "samples that are bad", OPTIONAL},
    {"uncertain", "integer[]", "of the samples that are not bad", OPTIONAL},
    {"anomaly_rate", "number[]", "(bad + uncertain) / (count + bad)", OPTIONAL},
};
static const davy_schema_field states[] = {
    {"from", "integer", "nanoseconds UTC since 1970", REQUIRED},
    {"to", "integer", "up to where times are told: now at the latest", REQUIRED},
    {"signals", "StateSeries[]", NULL, REQUIRED},
};
static const davy_schema_field state_series[] = {
    {"signal", "string", NULL, REQUIRED},
    {"unit", "string", NULL, REQUIRED},
    {"step", "integer", "nanoseconds; the last one ends with 'to'", REQUIRED},
    {"too_many_values", "boolean", "more than 8: nothing is told of it", REQUIRED},
    {"times", "integer[]", "begins of the steps of which something is known", REQUIRED},
    {"states", "StateTimes[]", "by value, the least first", REQUIRED},
    {"unknown", "integer[]", "nanoseconds of each step without a known state", REQUIRED},
};
static const davy_schema_field state_times[] = {
    {"value", "number", NULL, NULLABLE},
    {"held", "integer[]", "nanoseconds of each step", REQUIRED},
};
static const davy_schema_field detectors[] = {{"detectors", "Detector[]", NULL, REQUIRED}};
#define DETECTOR_FIELDS                                                                         \
    {"name", "string", NULL, REQUIRED}, {"model", "string", NULL, REQUIRED},                    \
        {"version", "integer", NULL, NULLABLE}, {"kind", "string", NULL, NULLABLE},             \
        {"signals", "string[]", NULL, REQUIRED}, {"priority", "string", NULL, REQUIRED},        \
        {"position", "string", "of its assets; site when they have several", REQUIRED},         \
        {"state", "string", "normal, alarm, abstain or unavailable", REQUIRED},                 \
        {"score", "number", "1 is the limit", NULLABLE}, {"message", "string", NULL, REQUIRED}, \
        {"time", "time", NULL, NULLABLE}, {"rows", "integer", NULL, REQUIRED},                  \
        {"abstained", "integer", NULL, REQUIRED},                                               \
        {"budget_per_day", "number", "false alarms its limit is for", NULLABLE},                \
        {"promise_per_day", "number", "false alarms its history vouches for", NULLABLE},        \
        {"trained", "time", NULL, NULLABLE},                                                    \
    {                                                                                           \
        "model_hash", "string", NULL, NULLABLE                                                  \
    }
static const davy_schema_field detector[] = {DETECTOR_FIELDS};
static const davy_schema_field detector_detail[] = {
    DETECTOR_FIELDS,
    {"contributions", "Cause[]", "of the latest row, largest first", REQUIRED},
};
static const davy_schema_field cause[] = {
    {"signal", "string", NULL, REQUIRED},
    {"contribution", "number", "share of the score", REQUIRED},
    {"value", "number", NULL, NULLABLE},
    {"expected", "number", "by the model", NULLABLE},
};
static const davy_schema_field alarms[] = {{"alarms", "Alarm[]", NULL, REQUIRED}};
static const davy_schema_field alarm[] = {
    {"id", "integer", NULL, REQUIRED},
    {"key", "string", "name of the condition, kept over restarts", REQUIRED},
    {"kind", "string", "hihi, hi, lo, lolo, rate, stuck, model, silence, source, ...", REQUIRED},
    {"signal", "string", "the one of the three that applies", OPTIONAL},
    {"detector", "string", NULL, OPTIONAL},
    {"source", "string", NULL, OPTIONAL},
    {"asset", "string", NULL, NULLABLE},
    {"state", "string", "as IEC 62682", REQUIRED},
    {"evaluated", "string", "what lies under a shelf, a suppression or an outage", REQUIRED},
    {"active", "boolean", "the condition holds now", REQUIRED},
    {"acknowledged", "boolean", NULL, REQUIRED},
    {"latched", "boolean", "the condition is over and the alarm waits for a reset", REQUIRED},
    {"priority", "string", "low, medium, high or critical", REQUIRED},
    {"department", "string", "of the rules", NULLABLE},
    {"since", "time", NULL, NULLABLE},
    {"ended", "time", "of the last occurrence; null while it lasts", NULLABLE},
    {"changed", "time", NULL, NULLABLE},
    {"shelved_until", "time", NULL, NULLABLE},
    {"one_shot", "boolean", "the shelf ends when the condition does", REQUIRED},
    {"shelve_max", "integer", "longest shelf in seconds", REQUIRED},
    {"out_until", "time", "end of being out of service", NULLABLE},
    {"suppressed_by", "string", "the logic that suppresses by design", NULLABLE},
    {"occurrences", "integer", NULL, REQUIRED},
    {"re_alarms", "integer", "times announced again since it was raised", REQUIRED},
    {"comment", "string", NULL, NULLABLE},
    {"by", "string", NULL, NULLABLE},
    {"judgement", "Judgement", "what a person said of the last occurrence", NULLABLE},
    {"cause", "string", "advice of the rules: what is likely behind it", NULLABLE},
    {"consequence", "string", "what follows when nobody acts", NULLABLE},
    {"respond_within", "number", "seconds", NULLABLE},
    {"actions", "string[]", "what to do, in order", REQUIRED},
    {"reason", "Reason", NULL, NULLABLE},
    {"durable", "boolean", "false while its record waits for the disk", OPTIONAL},
};
static const davy_schema_field reason[] = {
    {"text", "string", NULL, REQUIRED},
    {"value", "number", NULL, NULLABLE},
    {"limit", "number", NULL, NULLABLE},
    {"unit", "string", NULL, NULLABLE},
    {"model", "string", NULL, NULLABLE},
    {"model_hash", "string", NULL, NULLABLE},
    {"window", "string[]", "of a model: first and last row that the verdict rests on", NULLABLE},
    {"above", "string", "of a model: row whose score passed the limit first", NULLABLE},
    {"causes", "Cause[]", NULL, REQUIRED},
    {"budget_per_day", "number", "of a model: false alarms its limit is for", NULLABLE},
    {"promise_per_day", "number", "of a model: what its history vouches for", NULLABLE},
};
static const davy_schema_field alarm_action[] = {
    {"comment", "string", "needed to comment", OPTIONAL},
    {"duration", "string", "to shelve or take out of service, for example 30min", OPTIONAL},
    {"one_shot", "boolean", "to shelve until the condition ends", OPTIONAL},
    {"reason", "string", "needed to take out of service", OPTIONAL},
    {"until", "time", "end of being out of service, in place of a duration", OPTIONAL},
    {"verdict", "string", "needed to judge: true, false or known-work", OPTIONAL},
    {"occurrence", "integer", "to judge: refused when it is not the newest", OPTIONAL},
};
static const davy_schema_field transitions[] = {{"transitions", "Transition[]", NULL, REQUIRED}};
static const davy_schema_field transition[] = {
    {"sequence", "integer", NULL, REQUIRED},
    {"time", "time", NULL, REQUIRED},
    {"id", "integer", "of the alarm", REQUIRED},
    {"key", "string", NULL, REQUIRED},
    {"signal", "string", NULL, OPTIONAL},
    {"detector", "string", NULL, OPTIONAL},
    {"source", "string", NULL, OPTIONAL},
    {"asset", "string", NULL, OPTIONAL},
    {"transition", "string", "raised, returned, acknowledged, shelved, ...", REQUIRED},
    {"state", "string", NULL, REQUIRED},
    {"priority", "string", NULL, REQUIRED},
    {"text", "string", NULL, REQUIRED},
    {"by", "string", NULL, NULLABLE},
    {"comment", "string", NULL, NULLABLE},
    {"verdict", "string", "of an answer: true, false or known-work", OPTIONAL},
};
static const davy_schema_field keys[] = {{"keys", "Key[]", NULL, REQUIRED}};
static const davy_schema_field key[] = {
    {"name", "string", NULL, REQUIRED},
    {"role", "string", NULL, REQUIRED},
    {"created", "time", NULL, NULLABLE},
    {"models", "string", "patterns that it is bound to; null for every model", NULLABLE},
    {"rate", "integer", "requests a second; null for no limit", NULLABLE},
    {"burst", "integer", "requests at once", NULLABLE},
    {"queries_per_day", "integer", "requests to models; null for no limit", NULLABLE},
    {"certificate", "string", "SHA-256 of the client's that stands for it", NULLABLE},
};
static const davy_schema_field drift[] = {
    {"versions", "DriftOfVersion[]", "that are loaded", REQUIRED},
};
static const davy_schema_field drift_of_version[] = {
    {"version", "integer", NULL, REQUIRED},
    {"state", "string", "nothing (to look at), learning (the reference), watching", REQUIRED},
    {"reference", "DriftReference", "what windows are compared with", REQUIRED},
    {"filled", "integer", "samples in the window, or in the reference that is learnt", REQUIRED},
    {"rows", "integer", "samples that were looked at", REQUIRED},
    {"passed", "integer", "samples that passed by", REQUIRED},
    {"windows", "integer", "that were compared", REQUIRED},
    {"left_out", "integer", "numbers of a sample and its answer that are not looked at", REQUIRED},
    {"mmd", "DriftDistance", "of the newest window", REQUIRED},
    {"monitors", "DriftMonitor[]", "with one that never fires and one that always does", REQUIRED},
    {"features", "DriftFeature[]", "of the newest window; none before", REQUIRED},
    {"history", "DriftWindow[]", "the newest windows, oldest first", REQUIRED},
    {"settings", "DriftSettings", NULL, REQUIRED},
};
static const davy_schema_field drift_reference[] = {
    {"of", "string", "training, requests (the first ones), nothing", REQUIRED},
    {"rows", "integer", "0: there is none yet", REQUIRED},
};
static const davy_schema_field drift_distance[] = {
    {"value", "number", "squared", NULLABLE},
    {"p", "number", NULL, NULLABLE},
};
static const davy_schema_field drift_monitor[] = {
    {"monitor", "string", "psi, ks, mmd, any (of these), never, always", REQUIRED},
    {"fired", "boolean", "for the newest window", NULLABLE},
    {"windows_fired", "number", "share of all windows", NULLABLE},
    {"false_alarms", "number", "share of the trials without a change", NULLABLE},
    {"detected", "number", "share of the trials with one", NULLABLE},
    {"right", "number", "share of both; 0.5 for one that never or always fires", NULLABLE},
};
static const davy_schema_field drift_feature[] = {
    {"name", "string", NULL, REQUIRED},
    {"of", "string", "input or output", REQUIRED},
    {"kind", "string", "number or category", REQUIRED},
    {"psi", "number", "population stability index", NULLABLE},
    {"psi_p", "number", NULL, NULLABLE},
    {"ks", "number", "Kolmogorov-Smirnov distance, of a number", NULLABLE},
    {"ks_p", "number", NULL, NULLABLE},
    {"mean", "number", "in the window, of a number", NULLABLE},
    {"reference_mean", "number", NULL, NULLABLE},
    {"missing", "number", "share of the samples", NULLABLE},
    {"reference_missing", "number", NULL, NULLABLE},
    {"fired", "boolean", "psi or ks, for this feature", REQUIRED},
};
static const davy_schema_field drift_window[] = {
    {"ended_ns", "integer", NULL, REQUIRED},
    {"psi", "number", "largest of all features", NULLABLE},
    {"ks_p", "number", "smallest of all features", NULLABLE},
    {"mmd_p", "number", NULL, NULLABLE},
    {"fired", "string[]", "monitors", REQUIRED},
};
static const davy_schema_field drift_settings[] = {
    {"window_rows", "integer", NULL, REQUIRED},
    {"reference_rows", "integer", "of a reference of requests", REQUIRED},
    {"alpha", "number", "chance of a false alarm of a monitor and window, at most", REQUIRED},
    {"psi_limit", "number", "that an index has to reach, too", REQUIRED},
    {"trials", "integer", "of each rate", REQUIRED},
    {"shift", "number", "standard deviations that one feature moves in a trial", REQUIRED},
};
static const davy_schema_field new_traffic[] = {
    {"canary", "string", "version or label that gets a share", OPTIONAL},
    {"canary_share", "number", "0 to 1", OPTIONAL},
    {"shadow", "string", "version or label that runs beside and is compared", OPTIONAL},
    {"error_bound", "number", "share of failures from which the canary is taken back", OPTIONAL},
    {"decide_after", "integer", "requests of the canary before that", OPTIONAL},
};
static const davy_schema_field disagreement[] = {
    {"time_ns", "integer", NULL, REQUIRED},
    {"id", "string", "of the request", REQUIRED},
    {"client", "string", "name of the key", REQUIRED},
    {"version", "integer", "that answered", REQUIRED},
    {"shadow_version", "integer", "that disagreed", REQUIRED},
    {"reason", "string", NULL, REQUIRED},
};
static const davy_schema_field traffic[] = {
    {"canary", "string", "\"\" for none", REQUIRED},
    {"canary_share", "number", NULL, REQUIRED},
    {"shadow", "string", "\"\" for none", REQUIRED},
    {"error_bound", "number", NULL, REQUIRED},
    {"decide_after", "integer", NULL, REQUIRED},
    {"canary_requests", "integer", NULL, REQUIRED},
    {"canary_failures", "integer", NULL, REQUIRED},
    {"canary_absent", "integer", "it was not ready", REQUIRED},
    {"canary_taken_back", "boolean", NULL, REQUIRED},
    {"shadow_compared", "integer", NULL, REQUIRED},
    {"shadow_disagreed", "integer", NULL, REQUIRED},
    {"shadow_skipped", "integer", NULL, REQUIRED},
    {"disagreements", "Disagreement[]", "the newest", REQUIRED},
};
static const davy_schema_field new_key[] = {
    {"name", "string", "letters, digits, '-', '_' and '.'", REQUIRED},
    {"role", "string", "viewer, operator, engineer or admin", REQUIRED},
    {"models", "string", "patterns it is bound to, such as t101,pump-*", OPTIONAL},
    {"rate", "integer", "requests a second", OPTIONAL},
    {"burst", "integer", "requests at once; the rate when not given", OPTIONAL},
    {"queries_per_day", "integer", "requests to models in a day of UTC", OPTIONAL},
    {"certificate", "string", "SHA-256 of a client's that stands for it", OPTIONAL},
};
static const davy_schema_field created_key[] = {
    {"name", "string", NULL, REQUIRED},
    {"role", "string", NULL, REQUIRED},
    {"key", "string", "shown once; null when a certificate stands for it", NULLABLE},
};

static const davy_schema_field upload[] = {
    {"id", "string", NULL, REQUIRED},
    {"bytes", "integer", NULL, REQUIRED},
    {"kept_until", "time", "and while a job needs it", REQUIRED},
};
static const davy_schema_field jobs[] = {{"jobs", "Job[]", NULL, REQUIRED}};
static const davy_schema_field job[] = {
    {"id", "integer", NULL, REQUIRED},
    {"state", "string", "queued, running, done, failed, cancelled or interrupted", REQUIRED},
    {"name", "string", "of the model", REQUIRED},
    {"by", "string", "name of the key", REQUIRED},
    {"command", "string", "the order in the words of the command line", REQUIRED},
    {"upload", "string", "id of the CSV file", OPTIONAL},
    {"created", "time", NULL, REQUIRED},
    {"started", "time", NULL, NULLABLE},
    {"ended", "time", NULL, NULLABLE},
    {"phase", "string", "reading, learning, calibrating, ...", REQUIRED},
    {"progress", "number", "of the phase, from 0 to 1", REQUIRED},
    {"loss", "number", "of a network, now", NULLABLE},
    {"seconds_left", "number", "to the end of the phase, about", NULLABLE},
    {"version", "integer", "of the model it has made", NULLABLE},
    {"report", "string", "path of the page about it", NULLABLE},
    {"summary", "string", "what there is to say about the model", REQUIRED},
    {"message", "string", "why it is not done", REQUIRED},
    {"log", "string[]", "its last lines; not in a list", OPTIONAL},
};
static const davy_schema_field new_job[] = {
    {"name", "string", "of the model; the job makes its next version", REQUIRED},
    {"model", "string", "kind, as davy train --model; auto when absent", OPTIONAL},
    {"task", "string", "anomaly when absent", OPTIONAL},
    {"upload", "string", "id of a CSV file; or", OPTIONAL},
    {"signals", "string", "stored signals: patterns, separated by commas", OPTIONAL},
    {"from", "string", "of stored signals", OPTIONAL},
    {"to", "string", "of stored signals", OPTIONAL},
    {"period", "string", "row to row, for example 1s", OPTIONAL},
    {"label", "string", "column of the label", OPTIONAL},
    {"time", "string", "column of the time", OPTIONAL},
    {"columns", "string", "columns to learn from: patterns", OPTIONAL},
    {"group", "string", "column that tells runs apart", OPTIONAL},
    {"clean", "string", "recipe of cleaning", OPTIONAL},
    {"budget", "string", "false alarms that are allowed, for example 1/week", OPTIONAL},
    {"seed", "integer", "of all chance", OPTIONAL},
    {"settings", "object", "of the kind, by key", OPTIONAL},
    {"cpu", "string", "most CPU time, for example 2h; 24h when absent", OPTIONAL},
    {"memory_mib", "integer", "most memory; half of the machine's when absent", OPTIONAL},
};

const davy_schema davy_schemas[] = {
    SCHEMA("Problem", problem),
    SCHEMA("Refusal", refusal),
    SCHEMA("Health", health),
    SCHEMA("Me", me),
    SCHEMA("Session", session),
    SCHEMA("Sites", sites),
    SCHEMA("Site", site),
    SCHEMA("Position", position),
    SCHEMA("Assets", assets),
    SCHEMA("Asset", asset),
    SCHEMA("Inventory", inventory),
    SCHEMA("AssetAlarm", asset_alarm),
    SCHEMA("Signals", signals),
    SCHEMA("Signal", signal),
    SCHEMA("Limits", limits),
    SCHEMA("Latest", latest),
    SCHEMA("Sources", sources),
    SCHEMA("Source", source),
    SCHEMA("PrometheusError", prometheus_error),
    SCHEMA("States", states),
    SCHEMA("StateSeries", state_series),
    SCHEMA("StateTimes", state_times),
    SCHEMA("Samples", samples),
    SCHEMA("Series", series),
    SCHEMA("Detectors", detectors),
    SCHEMA("Detector", detector),
    SCHEMA("DetectorDetail", detector_detail),
    SCHEMA("Cause", cause),
    SCHEMA("Alarms", alarms),
    SCHEMA("Alarm", alarm),
    SCHEMA("Reason", reason),
    SCHEMA("AlarmAction", alarm_action),
    SCHEMA("Transitions", transitions),
    SCHEMA("Transition", transition),
    SCHEMA("Drift", drift),
    SCHEMA("DriftOfVersion", drift_of_version),
    SCHEMA("DriftReference", drift_reference),
    SCHEMA("DriftDistance", drift_distance),
    SCHEMA("DriftMonitor", drift_monitor),
    SCHEMA("DriftFeature", drift_feature),
    SCHEMA("DriftWindow", drift_window),
    SCHEMA("DriftSettings", drift_settings),
    SCHEMA("NewTraffic", new_traffic),
    SCHEMA("Traffic", traffic),
    SCHEMA("Disagreement", disagreement),
    SCHEMA("Keys", keys),
    SCHEMA("Key", key),
    SCHEMA("NewKey", new_key),
    SCHEMA("CreatedKey", created_key),
    SCHEMA("Upload", upload),
    SCHEMA("Jobs", jobs),
    SCHEMA("Job", job),
    SCHEMA("NewJob", new_job),
};

const size_t davy_schema_count = DAVY_ARRAY_LENGTH(davy_schemas);
