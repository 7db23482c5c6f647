/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/kpi.h"
#include "alarm/kpi/track.h"

struct json_t;

/**
 * @file
 * Figures as JSON, the same for the API, the command line, the console and the page.
 *
 * Stage: alarm.
 *
 *     {"site", "from", "to", "days_wanted": 30, "unreadable", "positions": [
 *       {"position", "title", "begin", "end", "days", "enough", "alarms",
 *        "figures": [{"name", "value", "acceptable", "manageable", "share", "at_least",
 *                     "verdict"}],
 *        "per_day" | "per_hour" | "per_ten_minutes": {"periods", "median", "p95", "most",
 *                     "counts": [[most of a bin, periods], ...]},
 *        "floods": {"count", "seconds", "longest_s", "peak", "alarms", "now"},
 *        "acknowledge": {"count", "median_s", "p95_s", "most_s", "counts"},
 *        "chattering": {"alarms", "times"}, "fleeting": {"alarms", "times"},
 *        "priorities": {"low", "medium", "high", "critical"},
 *        "top": [{"key", "id", "count", "share"}],
 *        "now": {"active", "unacknowledged", "shelved", "suppressed", "out_of_service", "stale"},
 *        "bars": {"days", "counts": [...]}}]}
 *
 * Values that nothing measures are null.
 */

/** What figures are told with. */
typedef struct davy_kpi_source {
    const davy_site *site;
    const davy_alarm_track *track;
    const davy_kpi *kpi;
    int64_t from_ns, to_ns; /* of the range that was asked for */
} davy_kpi_source;

/**
 * @param position  name of one; NULL for all
 * @param out       a new reference
 * @return DAVY_ERR_NOT_FOUND for a position that the site has not
 */
DAVY_MUST_CHECK davy_status davy_kpi_json(const davy_kpi_source *source, const char *position,
                                          struct json_t **out);
