/* SPDX-License-Identifier: Apache-2.0 */
#include "app/alarms_show.h"

#include "app/local_times.h"
#include "app/table_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void print_line(const char *name, const char *text)
{
    if (text && text[0] != '\0')
        (void) printf("%-16s %s\n", name, text);
}

static void print_number(const char *name, const json_t *object, const char *key, const char *unit)
{
    const json_t *number = json_object_get(object, key);

    if (json_is_number(number))
        (void) printf("%-16s %.6g%s%s\n", name, json_number_value(number), unit[0] ? " " : "",
                      unit);
}

/* What the rules of the site advise. */
static void print_advice(const json_t *alarm)
{
    const json_t *action;
    size_t index;

    print_line("cause", text_of(alarm, "cause"));
    print_line("consequence", text_of(alarm, "consequence"));
    print_number("respond within", alarm, "respond_within", "s");
    json_array_foreach(json_object_get(alarm, "actions"), index, action)
    {
        (void) printf("%-16s %zu. %s\n", index == 0 ? "actions" : "", index + 1,
                      json_string_value(action));
    }
}

static void print_cause(const json_t *cause)
{
    const json_t *expected = json_object_get(cause, "expected");

    (void) printf("%-16s %s: %.3g of the limit, is %.6g", "",
                  text_of(cause, "signal") ? text_of(cause, "signal") : "",
                  json_number_value(json_object_get(cause, "contribution")),
                  json_number_value(json_object_get(cause, "value")));
    if (json_is_number(expected))
        (void) printf(", expected %.6g", json_number_value(expected));
    (void) printf("\n");
}

static void print_reason(const json_t *reason)
{
    const json_t *window = json_object_get(reason, "window"), *cause;
    const char *unit = text_of(reason, "unit");
    size_t index;

    print_line("reason", text_of(reason, "text"));
    print_number("value", reason, "value", unit && strcmp(unit, "1") != 0 ? unit : "");
    print_number("limit", reason, "limit", unit && strcmp(unit, "1") != 0 ? unit : "");
    print_line("model", text_of(reason, "model"));
    print_number("budget", reason, "budget_per_day", "false alarms a day");
    print_number("promise", reason, "promise_per_day", "a day, by its history");
    if (json_array_size(window) == 2)
        (void) printf("%-16s %s to %s\n", "data", json_string_value(json_array_get(window, 0)),
                      json_string_value(json_array_get(window, 1)));
    json_array_foreach(json_object_get(reason, "causes"), index, cause)
    {
        print_cause(cause);
    }
}

static void print_judgement(const json_t *judgement)
{
    const char *comment = text_of(judgement, "comment");

    if (json_is_object(judgement))
        (void) printf("%-16s %s, by %s at %s%s%s\n", "judged", text_of(judgement, "verdict"),
                      text_of(judgement, "by"), text_of(judgement, "time"), comment ? ": " : "",
                      comment ? comment : "");
}

static void print_alarm(const json_t *alarm)
{
    print_line("alarm", text_of(alarm, "key"));
    print_line("state", text_of(alarm, "state"));
    print_line("priority", text_of(alarm, "priority"));
    print_line("since", text_of(alarm, "since"));
    print_line("ended", text_of(alarm, "ended"));
    print_advice(alarm);
    print_reason(json_object_get(alarm, "reason"));
    print_judgement(json_object_get(alarm, "judgement"));
}

/* An alarm has a key, anything else a subject. */
static const char *show_subject(const json_t *event, const char *path,
                                char text[DAVY_PRINT_CELL_MAX])
{
    const char *key = text_of(event, "key");

    return key ? key : davy_print_value(event, path, text);
}

static davy_status print_events(const json_t *related)
{
    static const davy_print_field fields[] = {
        {"time", "time", false, NULL},
        {"kind", "kind", false, NULL},
        {"of", "subject", false, show_subject},
        {"what", "text", false, NULL},
        {"by", "by", false, NULL},
        {"why it is here", "why", false, NULL},
    };

    return davy_print_objects("events", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(related, "events"));
}

static davy_status print_related(const json_t *related)
{
    const json_int_t left_out = json_integer_value(json_object_get(related, "left_out"));
    davy_status status;

    if (json_array_size(json_object_get(related, "events")) == 0) {
        (void) printf("\nnothing on record in the ten minutes before it began is near it\n");
        return DAVY_OK;
    }
    (void) printf("\nin the ten minutes before it began, the nearest first:\n");
    status = print_events(related);
    if (left_out > 0)
        (void) printf("%" PRId64 " events that are farther away are not shown\n",
                      (int64_t) left_out);
    if (json_is_false(json_object_get(related, "complete")))
        (void) printf("there are more records in these minutes than are looked at\n");
    return status;
}

static davy_status ask(const davy_client *client, const char *id, const char *more, json_t **out)
{
    char path[128];

    (void) snprintf(path, sizeof path, "/api/v1/alarms/%.20s%s", id, more);
    return davy_client_call(client, "GET", path, NULL, out);
}

davy_status davy_alarms_show(const davy_client *client, const char *id, bool json)
{
    json_t *alarm = NULL, *related = NULL;
    davy_status status = ask(client, id, "", &alarm);

    if (status == DAVY_OK)
        status = ask(client, id, "/related", &related);
    if (status == DAVY_OK && json)
        status = davy_print_json(json_pack("{s:O, s:O}", "alarm", alarm, "related", related));
    else if (status == DAVY_OK) {
        davy_local_times(client, alarm);
        davy_local_times(client, related);
        print_alarm(alarm);
        status = print_related(related);
    }
    json_decref(alarm);
    json_decref(related);
    return status;
}

davy_status davy_alarms_judge(const davy_client *client, const char *id, const char *verdict,
                              const char *comment, bool json)
{
    json_t *body = json_pack("{s:s}", "verdict", verdict);
    json_t *answer = NULL;
    char path[128];
    davy_status status;

    if (comment)
        (void) json_object_set_new(body, "comment", json_string(comment));
    (void) snprintf(path, sizeof path, "/api/v1/alarms/%.20s/judge", id);
    status = davy_client_call(client, "POST", path, body, &answer);
    if (status == DAVY_OK && json)
        status = davy_print_json(json_incref(answer));
    else if (status == DAVY_OK)
        (void) printf("%s: %s\n", text_of(answer, "key"), verdict);
    json_decref(body);
    json_decref(answer);
    return status;
}
