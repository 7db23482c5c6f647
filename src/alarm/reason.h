/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "detect/finding.h"

struct json_t;

/**
 * @file
 * The reason inside an alarm, as JSON:
 *
 *     {"text", "value", "limit", "unit", "model", "model_hash", "window": [T, T], "above": T,
 *      "budget_per_day", "promise_per_day",
 *      "causes": [{"signal", "contribution", "value", "expected"}]}
 *
 * Stage: alarm, inside. What does not apply is null. Times are RFC 3339. Of a model:
 * the window is the stretch of data that the verdict rests on, from the first row under the first
 * score above the limit, `above` the row of that score, the budget the false alarms its limit is
 * for, the promise what its history vouches for, and the causes stand in the order of their
 * contributions, the largest first.
 */

/** The reason a finding gives; NULL without memory. The caller frees it. */
char *davy_alarm_reason_encode(const davy_site *site, const davy_condition *condition,
                               const davy_finding *finding);

/** The reason of an alarm that was never raised. */
#define DAVY_ALARM_REASON_NONE                                                                  \
    "{\"text\":\"\",\"value\":null,\"limit\":null,\"unit\":null,\"model\":null,"                \
    "\"model_hash\":null,\"window\":null,\"above\":null,\"budget_per_day\":null,\"promise_per_" \
    "day\":null,"                                                                               \
    "\"causes\":[]}"

/** A text, or null for NULL and "". */
void davy_alarm_text_write(davy_buffer *out, const char *key, const char *text);

/** A number, or null for NaN and infinities, which JSON has not; a new reference. */
struct json_t *davy_alarm_number_json(double value);

/** RFC 3339 with milliseconds, or null for 0; a new reference. */
struct json_t *davy_alarm_time_json(int64_t time_ns);

/** A text, or null for NULL and ""; a new reference. */
struct json_t *davy_alarm_text_json(const char *text);
