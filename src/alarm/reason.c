/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/reason.h"

#include "core/timestamp.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

struct json_t *davy_alarm_number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

struct json_t *davy_alarm_time_json(int64_t time_ns)
{
    char text[DAVY_TIMESTAMP_MAX];

    if (time_ns == 0)
        return json_null();
    davy_timestamp_format(time_ns, 3, text);
    return json_string(text);
}

struct json_t *davy_alarm_text_json(const char *text)
{
    return text && text[0] != '\0' ? json_string(text) : json_null();
}

/* The unit of a finding's value and limit: a score, a shift in sigmas and a count of samples have
 * none. */
static json_t *unit_json(const davy_site *site, const davy_condition *condition)
{
    char unit[DAVY_PATH_MAX];
    const char *own;

    if (condition->signal == DAVY_SITE_NONE || condition->kind == DAVY_CONDITION_SHIFT ||
        condition->kind == DAVY_CONDITION_NOVEL)
        return json_string("1");
    own = site->signals[condition->signal].unit;
    if (condition->kind != DAVY_CONDITION_RATE)
        return json_string(own ? own : "");
    (void) snprintf(unit, sizeof unit, "%s/s", own ? own : "");
    return json_string(unit);
}

static json_t *window_json(const davy_finding *finding)
{
    if (finding->window_from_ns == 0 && finding->window_to_ns == 0)
        return json_null();
    return json_pack("[o,o]", davy_alarm_time_json(finding->window_from_ns),
                     davy_alarm_time_json(finding->window_to_ns));
}

static json_t *causes_json(const davy_site *site, const davy_finding *finding)
{
    json_t *causes = json_array();

    for (size_t i = 0; i < finding->cause_count; i++) {
        const davy_cause *cause = &finding->causes[i];

        (void) json_array_append_new(
            causes, json_pack("{s:s,s:o,s:o,s:o}", "signal", site->signals[cause->signal].path,
                              "contribution", davy_alarm_number_json(cause->contribution), "value",
                              davy_alarm_number_json(cause->value), "expected",
                              davy_alarm_number_json(cause->expected)));
    }
    return causes;
}

/* Of a model; anything else has none. */
static json_t *rate_json(double per_day)
{
    return per_day > 0 ? davy_alarm_number_json(per_day) : json_null();
}

char *davy_alarm_reason_encode(const davy_site *site, const davy_condition *condition,
                               const davy_finding *finding)
{
    json_t *reason = json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "text", finding->text, "value",
        davy_alarm_number_json(finding->value), "limit", davy_alarm_number_json(finding->limit),
        "unit", unit_json(site, condition), "model", davy_alarm_text_json(finding->model),
        "model_hash", davy_alarm_text_json(finding->model_hash), "window", window_json(finding),
        "budget_per_day", rate_json(finding->budget_per_day), "promise_per_day",
        rate_json(finding->promise_per_day), "causes", causes_json(site, finding));
    char *text;

    if (finding->proof)
        (void) json_object_set_new(reason, "proof", json_true());
    text = reason ? json_dumps(reason, JSON_COMPACT) : NULL;
    json_decref(reason);
    return text;
}

struct json_t *davy_alarm_reason_json(const char *reason)
{
    json_t *json = reason ? json_loads(reason, 0, NULL) : NULL;

    if (json)
        return json;
    return json_pack("{s:s,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:[]}", "text", "", "value", "limit",
                     "unit", "model", "model_hash", "window", "budget_per_day", "promise_per_day",
                     "causes");
}
