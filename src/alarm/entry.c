/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/entry.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool davy_text_replace(char **text, const char *with)
{
    char *copy = with ? strdup(with) : NULL;

    if (with && !copy)
        return false;
    free(*text);
    *text = copy;
    return true;
}

void davy_alarm_entry_destroy(davy_alarm_entry *entry)
{
    if (!entry)
        return;
    free(entry->key);
    free(entry->signal);
    free(entry->detector);
    free(entry->source);
    free(entry->asset);
    free(entry->reason);
    free(entry->department);
    free(entry->suppressed_by);
    free(entry->comment);
    free(entry->by);
    free(entry->judgement);
    free(entry);
}

davy_alarm davy_alarm_entry_view(const davy_alarm_entry *entry)
{
    const davy_alarm_state shown = entry->phase.shown;
    const davy_site_rule *rule = entry->rule ? entry->rule : &davy_site_rule_plain;

    return (davy_alarm){
        .id = entry->id,
        .key = entry->key,
        .kind = entry->kind,
        .signal = entry->signal,
        .detector = entry->detector,
        .source = entry->source,
        .asset = entry->asset,
        .priority = entry->priority,
        .department = entry->department,
        .state = entry->phase.shown,
        .evaluated = entry->phase.evaluated,
        .active = davy_alarm_phase_active(&entry->phase),
        .acknowledged = davy_alarm_phase_acknowledged(&entry->phase),
        .latched = davy_alarm_phase_latched(&entry->phase),
        .since_ns = entry->since_ns,
        .ended_ns = entry->ended_ns,
        .changed_ns = entry->changed_ns,
        .shelved_until_ns = shown == DAVY_ALARM_SHELVED ? entry->until_ns : 0,
        .one_shot = shown == DAVY_ALARM_SHELVED && entry->one_shot,
        .shelve_max_ns = entry->shelve_max_ns,
        .out_until_ns = shown == DAVY_ALARM_OUT_OF_SERVICE ? entry->until_ns : 0,
        .suppressed_by = shown == DAVY_ALARM_SUPPRESSED ? entry->suppressed_by : NULL,
        .re_alarms = entry->re_alarms,
        .reason = entry->reason,
        .judgement = entry->judgement,
        .cause = rule->cause,
        .consequence = rule->consequence,
        .respond_within_ns = rule->respond_within_ns,
        .actions = rule->actions,
        .action_count = rule->action_count,
        .comment = entry->comment,
        .by = entry->by,
        .occurrences = entry->occurrences,
        .turn = entry->turn,
        .durable = entry->unkept == 0,
    };
}

static const char *text_of(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

/* Writing ---------------------------------------------------------------------------------- */

static void set_text(json_t *body, const char *key, const char *text)
{
    if (text)
        (void) json_object_set_new(body, key, json_string(text));
}

static void set_time(json_t *body, const char *key, int64_t time_ns)
{
    if (time_ns != 0)
        (void) json_object_set_new(body, key, json_integer(time_ns));
}

static void set_silence(json_t *body, const davy_alarm_entry *entry)
{
    if (entry->phase.shown == DAVY_ALARM_SHELVED) {
        set_time(body, "shelved_until", entry->until_ns);
        if (entry->one_shot)
            (void) json_object_set_new(body, "one_shot", json_true());
    }
    if (entry->phase.shown == DAVY_ALARM_OUT_OF_SERVICE)
        set_time(body, "out_until", entry->until_ns);
    if (entry->phase.shown == DAVY_ALARM_SUPPRESSED)
        set_text(body, "suppressed_by", entry->suppressed_by);
}

static void set_state(json_t *body, const davy_alarm_entry *entry)
{
    set_text(body, "state", davy_alarm_state_name(entry->phase.shown));
    if (entry->phase.shown != entry->phase.evaluated)
        set_text(body, "evaluated", davy_alarm_state_name(entry->phase.evaluated));
    (void) json_object_set_new(body, "active",
                               json_boolean(davy_alarm_phase_active(&entry->phase)));
    set_text(body, "kind", davy_condition_kind_name(entry->kind));
    set_text(body, "priority", davy_priority_name(entry->priority));
    set_text(body, "department", entry->department);
    set_text(body, "signal", entry->signal);
    set_text(body, "detector", entry->detector);
    set_text(body, "source", entry->source);
    set_text(body, "asset", entry->asset);
    set_time(body, "since", entry->since_ns);
    set_time(body, "ended", entry->ended_ns);
    (void) json_object_set_new(body, "occurrences", json_integer((json_int_t) entry->occurrences));
    set_time(body, "announced", entry->announced_ns);
    if (entry->re_alarms > 0)
        (void) json_object_set_new(body, "re_alarms", json_integer((json_int_t) entry->re_alarms));
    if (entry->shelve_max_ns != DAVY_SITE_SHELVE_MAX_NS)
        set_time(body, "shelve_max", entry->shelve_max_ns);
    set_silence(body, entry);
}

char *davy_alarm_entry_encode(const davy_alarm_entry *entry, const davy_alarm_note *note)
{
    json_t *body = json_object();
    json_t *reason = entry->reason ? json_loads(entry->reason, 0, NULL) : NULL;
    char *text;

    (void) json_object_set_new(body, "id", json_integer((json_int_t) entry->id));
    (void) json_object_set_new(body, "turn", json_integer((json_int_t) entry->turn));
    set_text(body, "transition", note->transition);
    set_state(body, entry);
    set_text(body, "by", note->by);
    set_text(body, "comment", note->comment);
    set_text(body, "text", note->text ? note->text : text_of(reason, "text"));
    if (entry->judgement)
        (void) json_object_set_new(body, "judgement", json_loads(entry->judgement, 0, NULL));
    if (note->with_reason && reason)
        (void) json_object_set(body, "reason", reason);
    text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(reason);
    json_decref(body);
    return text;
}

/* Reading ---------------------------------------------------------------------------------- */

static int64_t integer_of(const json_t *body, const char *key)
{
    return json_integer_value(json_object_get(body, key));
}

static bool find_kind(const char *name, davy_condition_kind *kind)
{
    for (unsigned i = 0; name && i <= DAVY_CONDITION_LAST; i++)
        if (strcmp(davy_condition_kind_name((davy_condition_kind) i), name) == 0) {
            *kind = (davy_condition_kind) i;
            return true;
        }
    return false;
}

static bool find_priority(const char *name, davy_priority *priority)
{
    for (unsigned i = 0; name && i <= DAVY_PRIORITY_CRITICAL; i++)
        if (strcmp(davy_priority_name((davy_priority) i), name) == 0) {
            *priority = (davy_priority) i;
            return true;
        }
    return false;
}

/* The evaluated state is written only where it differs, and must be one of A to F. */
static bool find_phase(const json_t *body, davy_alarm_phase *phase)
{
    const char *shown = text_of(body, "state");
    const char *evaluated = text_of(body, "evaluated");

    if (!shown || davy_alarm_state_find(shown, &phase->shown) != DAVY_OK ||
        davy_alarm_state_find(evaluated ? evaluated : shown, &phase->evaluated) != DAVY_OK)
        return false;
    return phase->evaluated < DAVY_ALARM_SHELVED;
}

static bool take_object(char **text, const json_t *object)
{
    free(*text);
    *text = json_dumps(object, JSON_COMPACT);
    return *text != NULL;
}

static bool take_texts(davy_alarm_entry *entry, const json_t *body)
{
    const char *by = text_of(body, "by");
    const char *comment = text_of(body, "comment");
    const json_t *reason = json_object_get(body, "reason");
    const json_t *judgement = json_object_get(body, "judgement");
    bool fine = davy_text_replace(&entry->signal, text_of(body, "signal")) &&
                davy_text_replace(&entry->detector, text_of(body, "detector")) &&
                davy_text_replace(&entry->source, text_of(body, "source")) &&
                davy_text_replace(&entry->asset, text_of(body, "asset")) &&
                davy_text_replace(&entry->department, text_of(body, "department")) &&
                davy_text_replace(&entry->suppressed_by, text_of(body, "suppressed_by"));

    if (fine && by)
        fine = davy_text_replace(&entry->by, by);
    if (fine && comment)
        fine = davy_text_replace(&entry->comment, comment);
    if (fine && json_is_object(reason))
        fine = take_object(&entry->reason, reason);
    free(entry->judgement);
    entry->judgement = NULL;
    if (fine && json_is_object(judgement))
        fine = take_object(&entry->judgement, judgement);
    return fine;
}

static davy_status take_body(davy_alarm_entry *entry, const json_t *body, int64_t time_ns)
{
    davy_alarm_entry next = *entry;
    int64_t id = integer_of(body, "id");
    int64_t turn = integer_of(body, "turn");

    if (id <= 0 || turn <= 0 || !find_phase(body, &next.phase) ||
        !find_kind(text_of(body, "kind"), &next.kind) ||
        !find_priority(text_of(body, "priority"), &next.priority))
        return davy_fail(DAVY_ERR_CORRUPT, "a record of alarm '%s' is not as it was written",
                         entry->key ? entry->key : "");
    if ((uint64_t) turn <= entry->turn)
        return DAVY_OK;

    next.id = (uint64_t) id;
    next.turn = (uint64_t) turn;
    next.since_ns = integer_of(body, "since");
    next.ended_ns = integer_of(body, "ended");
    next.until_ns = integer_of(
        body, next.phase.shown == DAVY_ALARM_OUT_OF_SERVICE ? "out_until" : "shelved_until");
    next.shelve_max_ns = integer_of(body, "shelve_max");
    if (next.shelve_max_ns == 0)
        next.shelve_max_ns = DAVY_SITE_SHELVE_MAX_NS;
    next.one_shot = json_is_true(json_object_get(body, "one_shot"));
    next.announced_ns = integer_of(body, "announced");
    next.re_alarms = (uint64_t) integer_of(body, "re_alarms");
    next.occurrences = (uint64_t) integer_of(body, "occurrences");
    next.changed_ns = time_ns;
    *entry = next;
    if (!take_texts(entry, body))
        return davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", entry->key ? entry->key : "");
    return DAVY_OK;
}

davy_status davy_alarm_entry_decode(davy_alarm_entry *entry, const char *body, int64_t time_ns)
{
    json_t *json = json_loads(body, 0, NULL);
    davy_status status;

    if (!json_is_object(json))
        status = davy_fail(DAVY_ERR_CORRUPT, "a record of alarm '%s' is no JSON object",
                           entry->key ? entry->key : "");
    else
        status = take_body(entry, json, time_ns);
    json_decref(json);
    return status;
}
