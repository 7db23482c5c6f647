/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "core/zone.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Times as text: RFC 3339 in and out, and the plain forms that plant files use.
 *
 * Stage: core.
 */

/** Bytes of the longest formatted time, "2026-01-02T03:04:05.123456789Z", with its zero. */
#define DAVY_TIMESTAMP_MAX 40

/**
 * Read a time: RFC 3339 ("2026-01-02T03:04:05.5+08:00", also with a space for the T), the same
 * without an offset (taken as UTC), a date alone, or an integer or decimal number of seconds since
 * 1970. Leading and trailing blanks are ignored; anything else after the time is an error.
 *
 * @return DAVY_ERR_INVALID, with the text in the sentence, when it is none of these or is outside
 *         the years 1678 to 2261
 */
DAVY_MUST_CHECK davy_status davy_timestamp_parse(const char *text, int64_t *time_ns);

/** The same; what has no offset is on the clock of `zone` (NULL: UTC). Of a time that this clock
 * shows twice it is one of the two, and one that it skips is moved over the gap. */
DAVY_MUST_CHECK davy_status davy_timestamp_parse_in(const char *text, const davy_timezone *zone,
                                                    int64_t *time_ns);

/** Write a time in UTC with `digits` (0 to 9) digits of the second's fraction and a Z. */
void davy_timestamp_format(int64_t time_ns, int digits, char text[DAVY_TIMESTAMP_MAX]);

/**
 * A time in UTC, as davy_timestamp_format() writes it, for people: "2026-01-02 11:04:05 +08:00".
 *
 * @param zone  NULL: UTC, and the text as it is
 * @return `shown`; `text` itself when it is no such time
 */
const char *davy_timestamp_show(const char *text, const davy_timezone *zone,
                                char shown[DAVY_TIMESTAMP_MAX]);

/**
 * Put a time together from a civil date and what passed of its day. False, and no change, for a
 * date that is none, or outside the years 1678 to 2261.
 */
bool davy_timestamp_make(int year, int month, int day, int64_t seconds, int64_t ns,
                         int64_t *time_ns);
