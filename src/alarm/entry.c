/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/entry.h"

#include "core/json.h"

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
        .told = entry->told,
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

static void write_text(davy_buffer *out, const char *key, const char *text)
{
    if (text)
        davy_json_text(out, key, text);
}

static void write_ns(davy_buffer *out, const char *key, int64_t time_ns)
{
    if (time_ns != 0)
        davy_json_integer(out, key, time_ns);
}

static void write_silence(davy_buffer *out, const davy_alarm_entry *entry)
{
    if (entry->phase.shown == DAVY_ALARM_SHELVED) {
        write_ns(out, "shelved_until", entry->until_ns);
        if (entry->one_shot)
            davy_json_boolean(out, "one_shot", true);
    }
    if (entry->phase.shown == DAVY_ALARM_OUT_OF_SERVICE)
        write_ns(out, "out_until", entry->until_ns);
    if (entry->phase.shown == DAVY_ALARM_SUPPRESSED)
        write_text(out, "suppressed_by", entry->suppressed_by);
}

static void write_state(davy_buffer *out, const davy_alarm_entry *entry)
{
    davy_json_text(out, "state", davy_alarm_state_name(entry->phase.shown));
    if (entry->phase.shown != entry->phase.evaluated)
        davy_json_text(out, "evaluated", davy_alarm_state_name(entry->phase.evaluated));
    if (entry->told != entry->phase.evaluated)
        davy_json_text(out, "told", davy_alarm_state_name(entry->told));
    davy_json_boolean(out, "active", davy_alarm_phase_active(&entry->phase));
    davy_json_text(out, "kind", davy_condition_kind_name(entry->kind));
    davy_json_text(out, "priority", davy_priority_name(entry->priority));
    write_text(out, "department", entry->department);
    write_text(out, "signal", entry->signal);
    write_text(out, "detector", entry->detector);
    write_text(out, "source", entry->source);
    write_text(out, "asset", entry->asset);
    write_ns(out, "since", entry->since_ns);
    write_ns(out, "ended", entry->ended_ns);
    davy_json_unsigned(out, "occurrences", entry->occurrences);
    write_ns(out, "announced", entry->announced_ns);
    if (entry->re_alarms > 0)
        davy_json_unsigned(out, "re_alarms", entry->re_alarms);
    if (entry->shelve_max_ns != DAVY_SITE_SHELVE_MAX_NS)
        write_ns(out, "shelve_max", entry->shelve_max_ns);
    write_silence(out, entry);
}

/* What is not told has the sentence of the last raise. */
static void write_sentence(davy_buffer *out, const davy_alarm_entry *entry, const char *text)
{
    json_t *reason = !text && entry->reason ? json_loads(entry->reason, 0, NULL) : NULL;

    write_text(out, "text", text ? text : text_of(reason, "text"));
    json_decref(reason);
}

char *davy_alarm_entry_encode(const davy_alarm_entry *entry, const davy_alarm_note *note)
{
    davy_buffer out = {0};

    davy_json_object(&out, NULL);
    davy_json_unsigned(&out, "id", entry->id);
    davy_json_unsigned(&out, "turn", entry->turn);
    davy_json_text(&out, "transition", note->transition);
    write_state(&out, entry);
    write_text(&out, "by", note->by);
    write_text(&out, "comment", note->comment);
    write_sentence(&out, entry, note->text);
    if (entry->judgement)
        davy_json_raw(&out, "judgement", entry->judgement);
    if (note->with_reason && entry->reason)
        davy_json_raw(&out, "reason", entry->reason);
    davy_json_object_end(&out);
    return davy_buffer_take(&out);
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

/* The states under the one that is shown are written only where they differ, and are of A to F. */
static bool find_states(const json_t *body, davy_alarm_entry *entry)
{
    const char *shown = text_of(body, "state");
    const char *evaluated = text_of(body, "evaluated") ? text_of(body, "evaluated") : shown;
    const char *told = text_of(body, "told") ? text_of(body, "told") : evaluated;

    if (!shown || davy_alarm_state_find(shown, &entry->phase.shown) != DAVY_OK ||
        davy_alarm_state_find(evaluated, &entry->phase.evaluated) != DAVY_OK ||
        davy_alarm_state_find(told, &entry->told) != DAVY_OK)
        return false;
    return entry->phase.evaluated < DAVY_ALARM_SHELVED && entry->told < DAVY_ALARM_SHELVED;
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

davy_status davy_alarm_entry_take(davy_alarm_entry *entry, const json_t *body, int64_t time_ns)
{
    davy_alarm_entry next = *entry;
    int64_t id = integer_of(body, "id");
    int64_t turn = integer_of(body, "turn");

    if (id <= 0 || turn <= 0 || !find_states(body, &next) ||
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
    if (next.until_ns != entry->until_ns)
        next.granted_ns = next.until_ns - time_ns;
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
    davy_status status = davy_alarm_entry_take(entry, json, time_ns);

    json_decref(json);
    return status;
}
