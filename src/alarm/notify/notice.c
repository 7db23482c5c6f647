/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/notice.h"

#include "alarm/alarm_json.h"
#include "alarm/entry.h"
#include "alarm/owner.h"
#include "alarm/reason.h"
#include "core/timestamp.h"
#include "site/condition.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_BYTES 16

/* -- Drafts ----------------------------------------------------------------------------------- */

/* What a person or the design does to an alarm is announced although the alarm is silent then. */
static bool silences(const char *transition)
{
    static const davy_alarm_event events[] = {DAVY_ALARM_SHELVES, DAVY_ALARM_SUPPRESSES,
                                              DAVY_ALARM_GOES_OUT_OF_SERVICE};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(events); i++)
        if (strcmp(davy_alarm_event_name(events[i]), transition) == 0)
            return true;
    return strcmp(transition, "commented") == 0;
}

static bool is_announced(davy_alarm_state state, const char *transition)
{
    /* An answer is for who trains and reads the history: nobody is called for it. */
    if (strcmp(transition, DAVY_ALARM_KNOWN) == 0 || strcmp(transition, DAVY_ALARM_RESTORED) == 0 ||
        strcmp(transition, DAVY_ALARM_JUDGED) == 0)
        return false;
    return state < DAVY_ALARM_SHELVED || silences(transition);
}

static davy_status draft(const davy_alarm *alarm, const char *transition, const char *text,
                         davy_notice_draft *out)
{
    *out = (davy_notice_draft){.alarm = davy_alarm_json(alarm),
                               .time_ns = alarm->changed_ns,
                               .turn = alarm->turn,
                               .id = alarm->id,
                               .priority = alarm->priority,
                               .state = alarm->state,
                               .acknowledged = alarm->acknowledged};
    (void) snprintf(out->transition, sizeof out->transition, "%s", transition);
    (void) snprintf(out->text, sizeof out->text, "%s", text ? text : "");
    return out->alarm ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "message of alarm '%s'", alarm->key);
}

static davy_status draft_entry(const davy_record *record, const json_t *body,
                               davy_alarm_entry *entry, davy_notice_draft *out)
{
    const char *transition = json_string_value(json_object_get(body, "transition"));
    davy_status status = davy_alarm_entry_decode(entry, record->body, record->time_ns);
    davy_alarm alarm;

    if (status != DAVY_OK)
        return status;
    if (!transition || !is_announced(entry->phase.shown, transition))
        return davy_fail(DAVY_ERR_NOT_FOUND, "record %llu announced nothing",
                         (unsigned long long) record->sequence);
    alarm = davy_alarm_entry_view(entry);
    status = draft(&alarm, transition, json_string_value(json_object_get(body, "text")), out);
    out->sequence = record->sequence;
    return status;
}

davy_status davy_notice_draft_record(const davy_record *record, davy_notice_draft *out)
{
    davy_alarm_entry *entry = calloc(1, sizeof *entry);
    json_t *body = json_loads(record->body, 0, NULL);
    davy_status status = DAVY_OK;

    if (!entry || !davy_text_replace(&entry->key, record->subject))
        status = davy_fail(DAVY_ERR_NOMEM, "message of alarm '%s'", record->subject);
    else
        status = draft_entry(record, body, entry, out);
    json_decref(body);
    davy_alarm_entry_destroy(entry);
    return status;
}

static davy_status draft_with_reason(const davy_alarm *alarm, const char *transition,
                                     davy_notice_draft *out)
{
    json_t *reason = alarm->reason ? json_loads(alarm->reason, 0, NULL) : NULL;
    davy_status status =
        draft(alarm, transition, json_string_value(json_object_get(reason, "text")), out);

    json_decref(reason);
    return status;
}

davy_status davy_notice_draft_alarm(const davy_alarm *alarm, const char *transition,
                                    davy_notice_draft *out)
{
    return draft_with_reason(alarm, transition, out);
}

void davy_notice_draft_clear(davy_notice_draft *draft)
{
    json_decref(draft->alarm);
    draft->alarm = NULL;
}

/* -- Messages --------------------------------------------------------------------------------- */

static void set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

static void hash_bytes(crypto_generichash_state *state, const void *bytes, size_t length)
{
    uint64_t size = length; /* so that no two rows of texts have the same bytes */

    crypto_generichash_update(state, (const uint8_t *) &size, sizeof size);
    crypto_generichash_update(state, bytes, length);
}

static void make_id(const char *site, const char *what, uint64_t turn, int64_t time_ns,
                    char id[DAVY_NOTICE_ID_MAX])
{
    crypto_generichash_state state;
    uint8_t hash[ID_BYTES];

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    hash_bytes(&state, site, strlen(site));
    hash_bytes(&state, what, strlen(what));
    hash_bytes(&state, &turn, sizeof turn);
    hash_bytes(&state, &time_ns, sizeof time_ns);
    crypto_generichash_final(&state, hash, sizeof hash);
    (void) sodium_bin2hex(id, DAVY_NOTICE_ID_MAX, hash, sizeof hash);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const char *position_of(const davy_site *site, const json_t *alarm)
{
    size_t asset = davy_alarm_asset(site, text_of(alarm, "signal"), text_of(alarm, "asset"));

    return davy_site_position_name(site,
                                   davy_alarm_position(site, asset, text_of(alarm, "detector")));
}

static json_t *raised_json(const davy_notice_raised *raised)
{
    return raised && raised->id[0] ? json_pack("{s:s, s:o}", "id", raised->id, "timestamp",
                                               davy_alarm_time_json(raised->time_ns))
                                   : json_null();
}

/* What all messages begin with. */
static json_t *envelope(const davy_site *site, const char *id, const char *type, int64_t time_ns,
                        bool exercise)
{
    json_t *json = json_object();

    set(json, "id", json_string(id));
    set(json, "type", json_string(type));
    set(json, "timestamp", davy_alarm_time_json(time_ns));
    set(json, "site", json_string(site->name));
    set(json, "title", json_string(site->title ? site->title : site->name));
    set(json, "exercise", json_boolean(exercise));
    return json;
}

static json_t *message(const davy_site *site, const davy_notice_draft *draft, const char *id,
                       const davy_notice_raised *raised)
{
    char type[DAVY_NOTICE_WORD_MAX + 8];
    json_t *json;

    (void) snprintf(type, sizeof type, "alarm.%s", draft->transition);
    json = envelope(site, id, type, draft->time_ns, draft->exercise);
    set(json, "escalated", json_false());
    set(json, "transition", json_string(draft->transition));
    set(json, "text", json_string(draft->text));
    set(json, "sequence",
        draft->sequence ? json_integer((json_int_t) draft->sequence) : json_null());
    set(json, "raised", raised_json(raised));
    (void) json_object_set(json, "data", draft->alarm);
    return json;
}

davy_status davy_notice_make(const davy_site *site, const davy_notice_draft *draft,
                             const davy_notice_raised *raised, davy_notice *out)
{
    const char *key = text_of(draft->alarm, "key");
    bool begins = strcmp(draft->transition, davy_alarm_event_name(DAVY_ALARM_BEGINS)) == 0;
    davy_condition_name name;

    if (key && davy_condition_find(site, key, &name))
        davy_alarm_json_advise(draft->alarm, davy_condition_rule(site, name));
    *out = (davy_notice){.alarm = draft->id,
                         .time_ns = draft->time_ns,
                         .transition = draft->transition,
                         .priority = draft->priority,
                         .position = position_of(site, draft->alarm),
                         .department = text_of(draft->alarm, "department"),
                         .begins = begins,
                         .needs_person = !draft->acknowledged && draft->state < DAVY_ALARM_SHELVED};
    make_id(site->name, key ? key : "", draft->turn, draft->time_ns, out->id);
    out->json = message(site, draft, out->id, begins ? NULL : raised);
    return out->json ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "message of alarm '%s'", key);
}

void davy_notice_clear(davy_notice *notice)
{
    json_decref(notice->json);
    notice->json = NULL;
}

void davy_notice_escalated_id(const davy_notice *notice, char id[DAVY_NOTICE_ID_MAX])
{
    (void) snprintf(id, DAVY_NOTICE_ID_MAX, "%.*se", 2 * ID_BYTES, notice->id);
}

char *davy_notice_encode(const davy_notice *notice, bool escalated)
{
    json_t *json;
    char id[DAVY_NOTICE_ID_MAX];
    char *text;

    if (!escalated)
        return json_dumps(notice->json, JSON_COMPACT);
    json = json_copy(notice->json);
    davy_notice_escalated_id(notice, id);
    set(json, "id", json_string(id));
    set(json, "escalated", json_true());
    text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

static char *encode(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    json_decref(json);
    return text;
}

char *davy_notice_encode_test(const davy_site *site, const char *receiver, const char *by,
                              int64_t time_ns, char id[DAVY_NOTICE_ID_MAX])
{
    json_t *json;
    uint64_t turn;
    char text[256];

    randombytes_buf(&turn, sizeof turn);
    make_id(site->name, receiver, turn, time_ns, id);
    json = envelope(site, id, "test", time_ns, true);
    (void) snprintf(text, sizeof text, "EXERCISE: a test of receiver '%s', asked for by %s",
                    receiver, by);
    set(json, "text", json_string(text));
    set(json, "data", json_pack("{s:s, s:s}", "receiver", receiver, "by", by));
    return encode(json);
}

char *davy_notice_encode_heartbeat(const davy_site *site, int64_t every_ns, const char *problem,
                                   int64_t time_ns)
{
    char id[DAVY_NOTICE_ID_MAX];
    json_t *json;

    make_id(site->name, "heartbeat", 0, time_ns, id);
    json = envelope(site, id, "heartbeat", time_ns, false);
    set(json, "text", json_string(problem ? problem : "davy watches the plant"));
    set(json, "data",
        json_pack("{s:b, s:s?, s:f}", "ready", !problem, "problem", problem, "every_s",
                  (double) every_ns / (double) DAVY_NS_PER_S));
    return encode(json);
}
