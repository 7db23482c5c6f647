/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/watch.h"
#include "core/clock.h"
#include "site/site.h"
#include "store/records.h"

struct json_t;

/**
 * @file
 * The shift handover of an operator position: one page of what the next shift must know, given by
 * one key and taken by another.
 *
 * Stage: alarm. A handover is two records of kind DAVY_RECORD_AUDIT, subject "handover POSITION":
 * "given", with the whole page as it was, and "taken". What is neither given nor taken is no
 * handover, so nothing here is remembered outside of the records. All functions are for any thread.
 */
typedef struct davy_handover_source {
    davy_alarms *alarms;
    davy_records *records;
    const davy_clock *clock;
    const davy_site *site;
    davy_alarm_watch *watch; /* knows the floods of now; NULL: they stand as they began */
} davy_handover_source;

/** Longest list on a page; what is beyond is counted in "left_out". A page that a person signs must
 * be one that a person can read. */
#define DAVY_HANDOVER_LIST_MAX ((size_t) 200)

/** Subject of the records. */
#define DAVY_HANDOVER_SUBJECT "handover "

/**
 * The page of a position:
 *
 *     {"position", "title", "now", "since", "records",
 *      "standing", "shelved", "suppressed", "out_of_service", "degraded":
 *          each {"count", "left_out", "alarms": [as in davy_alarm_json()]},
 *      "floods": {"count", "left_out", "floods": [{"began", "ended", "alarms", "peak",
 *                 "first_out"}]},
 *      "changes": {"count", "left_out", "changes": [{"time", "by", "action", "subject", "outcome",
 *                  "text", "flagged"}]},
 *      "given": {"id", "time", "by", "comment"} or null}
 *
 * "since" is when the handover before this one was taken, null for none: floods and changes are
 * those since then, without it all that are on record. "degraded" are alarms of sources, signals
 * and models that say nothing good, also those of another position that this one depends on.
 * "text" says which settings of alarms were changed, or null, "flagged" those that nobody gave a
 * reason for. "records" is the number of the last record that was there. "given" is a handover that
 * nobody has taken yet.
 *
 * @param out  a new reference
 */
DAVY_MUST_CHECK davy_status davy_handover_page(const davy_handover_source *source, size_t position,
                                               struct json_t **out);

/**
 * The one who goes gives the page.
 *
 * @param comment  NULL for none; at most DAVY_ALARM_COMMENT_MAX with its zero
 * @param id       number of the record
 */
DAVY_MUST_CHECK davy_status davy_handover_give(const davy_handover_source *source, size_t position,
                                               const char *by, const char *comment, uint64_t *id);

/**
 * The one who comes takes it.
 *
 * @return DAVY_ERR_NOT_FOUND for an id that is no handover of this position, DAVY_ERR_INVALID with
 *         the reason when it was taken already, a newer one was given, or the same key gave it
 */
DAVY_MUST_CHECK davy_status davy_handover_take(const davy_handover_source *source, size_t position,
                                               uint64_t id, const char *by, const char *comment);

/**
 * Past handovers of a position, the newest first: [{"id", "given": {"time", "by", "comment"},
 * "taken": the same or null}].
 *
 * @param limit  at most so many
 */
DAVY_MUST_CHECK davy_status davy_handover_list(const davy_handover_source *source, size_t position,
                                               size_t limit, struct json_t **out);

/** The page of one of them as it was signed. DAVY_ERR_NOT_FOUND. */
DAVY_MUST_CHECK davy_status davy_handover_signed(const davy_handover_source *source,
                                                 size_t position, uint64_t id, struct json_t **out);
