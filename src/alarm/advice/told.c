/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/told.h"

#include "alarm/change/ledger.h"
#include "alarm/state.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

static bool is(const char *text, const char *with)
{
    return text && strcmp(text, with) == 0;
}

/* A new reference to what stands under a key, or null. */
static json_t *copy_of(const json_t *body, const char *key)
{
    json_t *value = json_object_get(body, key);

    return value ? json_incref(value) : json_null();
}

/* Alarms ----------------------------------------------------------------------------------- */

static void tell_begin(const json_t *body, davy_told *told)
{
    const char *text = text_of(body, "text");

    told->kind = text_of(body, "source") ? "source" : "alarm";
    told->code = text_of(body, "kind");
    told->values = json_pack("{s:o, s:o, s:o, s:o}", "signal", copy_of(body, "signal"), "detector",
                             copy_of(body, "detector"), "source", copy_of(body, "source"), "reason",
                             copy_of(body, "reason"));
    (void) snprintf(told->text, sizeof told->text, "%s", text ? text : "");
}

static void tell_action(const json_t *body, davy_told *told)
{
    const char *comment = text_of(body, "comment");

    told->kind = "action";
    told->code = text_of(body, "transition");
    told->by = text_of(body, "by");
    told->values = json_pack("{s:o}", "comment", copy_of(body, "comment"));
    (void) snprintf(told->text, sizeof told->text, "%s%s%s", told->code ? told->code : "",
                    comment ? ": " : "", comment ? comment : "");
}

bool davy_told_alarm(const json_t *body, davy_told *told)
{
    *told = (davy_told){0};
    if (text_of(body, "by"))
        tell_action(body, told);
    else if (is(text_of(body, "transition"), davy_alarm_event_name(DAVY_ALARM_BEGINS)))
        tell_begin(body, told);
    return told->kind != NULL;
}

/* Audit ------------------------------------------------------------------------------------ */

static void tell_settings(const json_t *body, davy_told *told)
{
    const json_int_t count = (json_int_t) json_array_size(json_object_get(body, "changes")) +
                             json_integer_value(json_object_get(body, "more"));
    const char *reason = text_of(body, "reason");

    told->values = json_pack("{s:I, s:o}", "count", count, "reason", copy_of(body, "reason"));
    (void) snprintf(told->text, sizeof told->text,
                    "%" JSON_INTEGER_FORMAT " settings of alarms changed%s%s", count,
                    reason ? ": " : " without a reason", reason ? reason : "");
}

static void tell_alias(const json_t *body, davy_told *told)
{
    const char *alias = text_of(body, "alias");

    told->values = json_pack("{s:o, s:o, s:o}", "alias", copy_of(body, "alias"), "from",
                             copy_of(body, "from"), "to", copy_of(body, "to"));
    (void) snprintf(told->text, sizeof told->text,
                    "%s moved from version %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT,
                    alias ? alias : "", json_integer_value(json_object_get(body, "from")),
                    json_integer_value(json_object_get(body, "to")));
}

static void tell_detector(const json_t *body, davy_told *told)
{
    const char *detector = text_of(body, "detector");
    const char *from = text_of(body, "from"), *to = text_of(body, "to");

    told->values = json_pack("{s:o, s:o, s:o}", "detector", copy_of(body, "detector"), "from",
                             copy_of(body, "from"), "to", copy_of(body, "to"));
    (void) snprintf(told->text, sizeof told->text, "detector %s: model %s in place of %s",
                    detector ? detector : "", to ? to : "none", from ? from : "none");
}

static void tell_name(const json_t *body, davy_told *told)
{
    (void) body;
    told->values = json_object();
    (void) snprintf(told->text, sizeof told->text, "%s", told->code);
}

/* Actions by the beginning of their names; the first that fits. */
static const struct {
    const char *action, *kind;
    void (*tell)(const json_t *body, davy_told *told);
} actions[] = {
    {DAVY_CHANGE_SETTINGS, "site", tell_settings},
    {"model.alias", "model", tell_alias},
    {"model.detector", "model", tell_detector},
    {"model.", "model", tell_name},
};

bool davy_told_audit(const char *subject, const json_t *body, davy_told *told)
{
    const char *action = text_of(body, "action"), *outcome = text_of(body, "outcome");

    *told = (davy_told){.code = action, .by = text_of(body, "by")};
    if (!action || (outcome && !is(outcome, "requested") && !is(outcome, "done")))
        return false;
    if (is(action, DAVY_CHANGE_SETTINGS) && !text_of(body, "before"))
        return false; /* the first settings are no change */
    if (strcmp(subject, "daemon") == 0) {
        told->kind = "site";
        tell_name(body, told);
        return true;
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(actions); i++) {
        if (strncmp(action, actions[i].action, strlen(actions[i].action)) != 0)
            continue;
        told->kind = actions[i].kind;
        actions[i].tell(body, told);
        return true;
    }
    return false;
}
