/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/finding.h"

struct json_t;

/**
 * @file
 * The reason inside an alarm, as JSON:
 *
 *     {"text", "value", "limit", "unit", "model", "model_hash", "window": [T, T],
 *      "budget_per_day", "promise_per_day",
 *      "causes": [{"signal", "contribution", "value", "expected"}]}
 *
 * Stage: alarm, inside. What does not apply is null. Times are RFC 3339. Of a model: the budget is
 * the false alarms its limit is for, the promise what its history vouches for, and the causes stand
 * in the order of their contributions, the largest first.
 */

/** The reason a finding gives; NULL without memory. The caller frees it. */
char *davy_alarm_reason_encode(const davy_site *site, const davy_condition *condition,
                               const davy_finding *finding);

/** The stored reason as JSON, or one with everything empty for NULL; a new reference. */
struct json_t *davy_alarm_reason_json(const char *reason);

/** A number, or null for NaN and infinities, which JSON has not; a new reference. */
struct json_t *davy_alarm_number_json(double value);

/** RFC 3339 with milliseconds, or null for 0; a new reference. */
struct json_t *davy_alarm_time_json(int64_t time_ns);

/** A text, or null for NULL and ""; a new reference. */
struct json_t *davy_alarm_text_json(const char *text);
