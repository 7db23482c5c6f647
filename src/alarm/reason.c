/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/reason.h"

#include "core/json.h"
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

void davy_alarm_text_write(davy_buffer *out, const char *key, const char *text)
{
    davy_json_text(out, key, text && text[0] != '\0' ? text : NULL);
}

/* The unit of a finding's value and limit: a score, a shift in sigmas and a count of samples have
 * none. */
static void write_unit(davy_buffer *out, const davy_site *site, const davy_condition *condition)
{
    char unit[DAVY_PATH_MAX];
    const char *own;

    if (condition->signal == DAVY_SITE_NONE || condition->kind == DAVY_CONDITION_SHIFT ||
        condition->kind == DAVY_CONDITION_NOVEL) {
        davy_json_text(out, "unit", "1");
        return;
    }
    own = site->signals[condition->signal].unit;
    (void) snprintf(unit, sizeof unit, "%s%s", own ? own : "",
                    condition->kind == DAVY_CONDITION_RATE ? "/s" : "");
    davy_json_text(out, "unit", unit);
}

static void write_window(davy_buffer *out, const davy_finding *finding)
{
    if (finding->window_from_ns == 0 && finding->window_to_ns == 0) {
        davy_json_null(out, "window");
        davy_json_null(out, "above");
        return;
    }
    davy_json_array(out, "window");
    davy_json_time(out, NULL, finding->window_from_ns);
    davy_json_time(out, NULL, finding->window_to_ns);
    davy_json_array_end(out);
    davy_json_time(out, "above", finding->above_ns);
}

static void write_causes(davy_buffer *out, const davy_site *site, const davy_finding *finding)
{
    davy_json_array(out, "causes");
    for (size_t i = 0; i < finding->cause_count; i++) {
        const davy_cause *cause = &finding->causes[i];

        davy_json_object(out, NULL);
        davy_json_text(out, "signal", site->signals[cause->signal].path);
        davy_json_number(out, "contribution", cause->contribution);
        davy_json_number(out, "value", cause->value);
        davy_json_number(out, "expected", cause->expected);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

/* Of a model; anything else has none. */
static void write_rate(davy_buffer *out, const char *key, double per_day)
{
    davy_json_number(out, key, per_day > 0 ? per_day : NAN);
}

char *davy_alarm_reason_encode(const davy_site *site, const davy_condition *condition,
                               const davy_finding *finding)
{
    davy_buffer out = {0};

    davy_json_object(&out, NULL);
    davy_json_text(&out, "text", finding->text);
    davy_json_number(&out, "value", finding->value);
    davy_json_number(&out, "limit", finding->limit);
    write_unit(&out, site, condition);
    davy_alarm_text_write(&out, "model", finding->model);
    davy_alarm_text_write(&out, "model_hash", finding->model_hash);
    write_window(&out, finding);
    write_rate(&out, "budget_per_day", finding->budget_per_day);
    write_rate(&out, "promise_per_day", finding->promise_per_day);
    write_causes(&out, site, finding);
    if (finding->proof)
        davy_json_boolean(&out, "proof", true);
    davy_json_object_end(&out);
    return davy_buffer_take(&out);
}
