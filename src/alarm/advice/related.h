/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"
#include "store/records.h"

struct json_t;

/**
 * @file
 * What went before an alarm: events of the ten minutes before it began, those first that have most
 * to do with it, each with the reason why it is shown.
 *
 * Stage: alarm. Read from the records and from nowhere else, so it can be asked of any alarm of the
 * past: other alarms that began, sources that were lost, what operators did, reloads, starts,
 * settings that were changed, and models that were loaded, unloaded, swapped or given other
 * traffic. "Before" is by the order and the wall time of the records. That one thing went before
 * another does not make it the cause.
 */

/** How far back it looks from the moment at which the alarm began. */
#define DAVY_RELATED_NS (600LL * 1000000000)

/** Most events that are told; what is beyond is counted. */
#define DAVY_RELATED_MAX ((size_t) 50)

/** Most records that are looked at; an alarm behind more of them says that it is not complete. */
#define DAVY_RELATED_RECORDS_MAX ((uint64_t) 20000)

/**
 *     {"key", "began", "complete", "left_out",
 *      "events": [{"time", "kind", "key"|"subject", "asset", "text", "code", "values", "by",
 *                  "near", "steps", "why"}]}
 *
 * "kind" is alarm, source, action, site or model; "code" and "values" say what "text" says, as
 * advice/told.h has them, and "asset", "near" and "steps" what "why" says; "near" a name of
 * advice/reach.h, and "why" the same in words. In order of nearness, steps, then the newest first.
 * "began" is null and "events" empty for an alarm that never began.
 *
 * @param records  may be those of a reader: nothing is written
 * @param key      of the alarm
 * @param out      a new reference
 */
DAVY_MUST_CHECK davy_status davy_alarm_related(davy_records *records, const davy_site *site,
                                               const char *key, struct json_t **out);
