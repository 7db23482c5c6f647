/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/flood/flood.h"
#include "alarm/flood/graph.h"
#include "alarm/kpi/kpi.h"
#include "alarm/kpi/track.h"

struct json_t;

/**
 * @file
 * One flood as the card that the console shows, and as its records.
 *
 * Stage: alarm.
 *
 *     {"position", "title", "now", "began", "ended", "alarms", "peak", "ten_minutes", "left_out",
 *      "first_out": {"id", "key", "asset", "time"},
 *      "suppressed": {"shelved", "by_design", "out_of_service", "since_begin"},
 *      "order": [{"id", "key", "asset", "time", "count", "state", "active", "priority", "why",
 * "of", "steps", "text"}]}
 *
 * `order` is the causal order (graph.h): the alarm to look at first stands first, and "text" says
 * in words what "why", "of" and "steps" say to a program. "since_begin" counts conditions that
 * began during the flood and were announced to nobody.
 */
typedef struct davy_flood_source {
    const davy_site *site;
    const davy_alarm_track *track;
    const davy_plant_graph *graph;
    const davy_floods *floods;
} davy_flood_source;

/** The card of a position's flood, without its order: for the event stream. A new reference. */
struct json_t *davy_flood_summary_json(const davy_flood_source *source, size_t position,
                                       const davy_kpi_standing *standing);

/** The whole card. @param out  a new reference */
DAVY_MUST_CHECK davy_status davy_flood_json(const davy_flood_source *source, size_t position,
                                            const davy_kpi_standing *standing, struct json_t **out);

/** Subject of the records of a position's floods, kind DAVY_RECORD_FINDING: "flood tank-farm". */
#define DAVY_FLOOD_SUBJECT "flood "

/**
 * Body of such a record: {"flood": "began"|"ended", "position", "began", "ended"?, "alarms",
 * "peak", "silenced", "first_out"}; times are integer nanoseconds. The caller frees it; NULL
 * without memory.
 */
char *davy_flood_record_body(const davy_flood_source *source, size_t position, bool began);

/** When the flood of a record began, and which of its ends it tells. False for another record. */
bool davy_flood_record_read(const davy_record *record, int64_t *began_s, bool *began);
