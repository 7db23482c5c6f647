/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/render.h"

#include "core/quantity.h"
#include "core/sample.h"
#include "core/timestamp.h"
#include "core/utf8.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 400

const char *davy_render_type(davy_notice_format format)
{
    static const char *const types[] = {"application/json", "text/plain; charset=utf-8",
                                        "application/cap+xml"};

    return types[format];
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void upper(const char *text, char *out, size_t capacity)
{
    size_t i = 0;

    for (; text[i] && i + 1 < capacity; i++)
        out[i] = (char) toupper((unsigned char) text[i]);
    out[i] = '\0';
}

void davy_render_line(const json_t *message, char *line, size_t capacity)
{
    const json_t *alarm = json_object_get(message, "data");
    const char *transition = text_of(message, "transition");
    char priority[16], words[LINE_MAX_BYTES];

    upper(text_of(alarm, "priority"), priority, sizeof priority);
    if (*transition)
        (void) snprintf(
            words, sizeof words, "[%s] %s%s%s %s %s: %s", text_of(message, "site"),
            json_is_true(json_object_get(message, "exercise")) ? "EXERCISE: " : "",
            json_is_true(json_object_get(message, "escalated")) ? "NOBODY HAS ACKNOWLEDGED: " : "",
            priority, text_of(alarm, "key"), transition, text_of(message, "text"));
    else
        (void) snprintf(words, sizeof words, "[%s] %s: %s", text_of(message, "site"),
                        text_of(message, "type"), text_of(message, "text"));
    davy_utf8_mend(words);
    (void) davy_utf8_show(words, strlen(words), line, capacity);
}

static void put_row(davy_buffer *out, const char *name, const char *text)
{
    if (*text)
        davy_buffer_printf(out, "%-12s %s\n", name, text);
}

static void put_causes(davy_buffer *out, const json_t *causes)
{
    const json_t *cause;
    size_t index;

    json_array_foreach(causes, index, cause)
    {
        davy_buffer_printf(out, "%-12s %s = %g\n", index == 0 ? "causes" : "",
                           text_of(cause, "signal"),
                           json_number_value(json_object_get(cause, "value")));
    }
}

/* What the rules advise, as "Open V-401" in the order in which it is to be done. */
static void put_advice(davy_buffer *out, const json_t *alarm)
{
    const double respond_s = json_number_value(json_object_get(alarm, "respond_within"));
    const json_t *action;
    char span[32] = "";
    size_t index;

    if (respond_s > 0)
        davy_duration_format((int64_t) (respond_s * (double) DAVY_NS_PER_S), span, sizeof span);
    put_row(out, "cause", text_of(alarm, "cause"));
    put_row(out, "consequence", text_of(alarm, "consequence"));
    put_row(out, "respond in", span);
    json_array_foreach(json_object_get(alarm, "actions"), index, action)
    {
        davy_buffer_printf(out, "%-12s %zu. %s\n", index == 0 ? "actions" : "", index + 1,
                           json_string_value(action));
    }
}

/* On the clock of the site, as its people read it; UTC where its zone is not known. */
static void put_time(davy_buffer *out, const json_t *message, const char *name, const char *text)
{
    const char *timezone = text_of(message, "timezone");
    char shown[DAVY_TIMESTAMP_MAX];
    davy_timezone *zone = NULL;

    if (strcmp(timezone, "UTC") == 0 || davy_timezone_open(timezone, &zone) != DAVY_OK)
        zone = NULL;
    put_row(out, name, davy_timestamp_show(text, zone, shown));
    davy_timezone_close(zone);
}

static davy_status render_text(const json_t *message, davy_buffer *out)
{
    static const char *const rows[] = {"priority", "state", "signal",    "detector",
                                       "source",   "asset", "department"};
    const json_t *alarm = json_object_get(message, "data");
    char line[LINE_MAX_BYTES];

    davy_render_line(message, line, sizeof line);
    davy_buffer_printf(out, "%s\n\n", line);
    put_row(out, "site", text_of(message, "title"));
    put_row(out, "alarm", text_of(alarm, "key"));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        put_row(out, rows[i], text_of(alarm, rows[i]));
    put_time(out, message, "since", text_of(alarm, "since"));
    put_row(out, "by", text_of(alarm, "by"));
    put_row(out, "comment", text_of(alarm, "comment"));
    put_advice(out, alarm);
    put_causes(out, json_object_get(json_object_get(alarm, "reason"), "causes"));
    put_time(out, message, "time", text_of(message, "timestamp"));
    put_row(out, "message", text_of(message, "id"));
    return davy_buffer_ok(out);
}

davy_status davy_render(const json_t *message, const char *body, davy_notice_format format,
                        davy_buffer *out)
{
    switch (format) {
    case DAVY_NOTICE_TEXT:
        return render_text(message, out);
    case DAVY_NOTICE_CAP:
        if (!*text_of(message, "cap"))
            return davy_render_cap(message, out);
        davy_buffer_append_text(out, text_of(message, "cap")); /* an alert is one already */
        return davy_buffer_ok(out);
    default:
        davy_buffer_append_text(out, body);
        return davy_buffer_ok(out);
    }
}
