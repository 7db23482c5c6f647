/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/notice.h"

#include "alarm/alarm_json.h"
#include "alarm/entry.h"
#include "alarm/owner.h"
#include "core/json.h"
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

/* A pump that is stopped suppresses what nobody has been told of, and lets it be when it starts. */
static bool is_quiet(const davy_alarm *alarm, const char *transition)
{
    if (strcmp(transition, davy_alarm_event_name(DAVY_ALARM_SUPPRESSES)) == 0)
        return alarm->told == DAVY_ALARM_NORMAL;
    return strcmp(transition, davy_alarm_event_name(DAVY_ALARM_UNSUPPRESSES)) == 0 &&
           alarm->told == DAVY_ALARM_NORMAL && alarm->state == DAVY_ALARM_NORMAL;
}

static void write_sentence(const davy_alarm *alarm, const char *transition, const char *recorded,
                           char sentence[DAVY_SENTENCE_MAX])
{
    json_t *reason = alarm->reason ? json_loads(alarm->reason, 0, NULL) : NULL;

    davy_notice_sentence(alarm, transition, recorded,
                         json_string_value(json_object_get(reason, "text")), sentence);
    json_decref(reason);
}

/* Without memory for a name the message goes to who has what no other has.
 * @param recorded  the record's sentence; NULL without a record */
static davy_status draft(const davy_alarm *alarm, const char *transition, const char *recorded,
                         davy_notice_draft *out)
{
    davy_buffer json = {0};

    davy_alarm_json_write(&json, alarm);
    *out = (davy_notice_draft){.alarm = davy_buffer_take(&json),
                               .time_ns = alarm->changed_ns,
                               .turn = alarm->turn,
                               .id = alarm->id,
                               .priority = alarm->priority,
                               .state = alarm->state,
                               .acknowledged = alarm->acknowledged,
                               .kind = alarm->kind,
                               .quiet = is_quiet(alarm, transition)};
    (void) davy_text_replace(&out->key, alarm->key);
    (void) davy_text_replace(&out->signal, alarm->signal);
    (void) davy_text_replace(&out->detector, alarm->detector);
    (void) davy_text_replace(&out->source, alarm->source);
    (void) davy_text_replace(&out->asset, alarm->asset);
    (void) davy_text_replace(&out->department, alarm->department);
    (void) snprintf(out->transition, sizeof out->transition, "%s", transition);
    write_sentence(alarm, transition, recorded, out->text);
    return out->alarm && out->key ? DAVY_OK
                                  : davy_fail(DAVY_ERR_NOMEM, "message of alarm '%s'", alarm->key);
}

static davy_status draft_entry(const davy_site *site, const davy_record *record, const json_t *body,
                               davy_alarm_entry *entry, davy_notice_draft *out)
{
    const char *transition = json_string_value(json_object_get(body, "transition"));
    davy_status status = davy_alarm_entry_take(entry, body, record->time_ns);
    davy_condition_name name;
    davy_alarm alarm;

    if (status != DAVY_OK)
        return status;
    if (!transition || !is_announced(entry->phase.shown, transition))
        return davy_fail(DAVY_ERR_NOT_FOUND, "record %llu announced nothing",
                         (unsigned long long) record->sequence);
    if (davy_condition_find(site, entry->key, &name))
        entry->rule = davy_condition_rule(site, name);
    alarm = davy_alarm_entry_view(entry);
    status = draft(&alarm, transition, json_string_value(json_object_get(body, "text")), out);
    out->sequence = record->sequence;
    return status;
}

davy_status davy_notice_draft_record(const davy_site *site, const davy_record *record,
                                     davy_notice_draft *out)
{
    davy_alarm_entry *entry = calloc(1, sizeof *entry);
    json_t *body = json_loads(record->body, 0, NULL);
    davy_status status = DAVY_OK;

    if (!entry || !davy_text_replace(&entry->key, record->subject))
        status = davy_fail(DAVY_ERR_NOMEM, "message of alarm '%s'", record->subject);
    else
        status = draft_entry(site, record, body, entry, out);
    json_decref(body);
    davy_alarm_entry_destroy(entry);
    return status;
}

davy_status davy_notice_draft_alarm(const davy_alarm *alarm, const char *transition,
                                    davy_notice_draft *out)
{
    return draft(alarm, transition, NULL, out);
}

void davy_notice_draft_clear(davy_notice_draft *draft)
{
    free(draft->alarm);
    free(draft->key);
    free(draft->signal);
    free(draft->detector);
    free(draft->source);
    free(draft->asset);
    free(draft->department);
    *draft = (davy_notice_draft){0};
}

/* -- Messages --------------------------------------------------------------------------------- */

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

static const char *position_of(const davy_site *site, const davy_notice_draft *draft)
{
    size_t asset = davy_alarm_asset(site, draft->signal, draft->asset);

    return davy_site_position_name(site, davy_alarm_position(site, asset, draft->detector));
}

void davy_notice_make(const davy_site *site, const davy_notice_draft *draft,
                      const davy_notice_raised *raised, davy_notice *out)
{
    bool begins = strcmp(draft->transition, davy_alarm_event_name(DAVY_ALARM_BEGINS)) == 0;

    *out = (davy_notice){.alarm = draft->id,
                         .time_ns = draft->time_ns,
                         .transition = draft->transition,
                         .priority = draft->priority,
                         .position = position_of(site, draft),
                         .department = draft->department,
                         .kind = draft->kind,
                         .source = draft->source,
                         .detector = draft->detector,
                         .quiet = draft->quiet,
                         .begins = begins,
                         .needs_person = !draft->acknowledged && draft->state < DAVY_ALARM_SHELVED,
                         .site = site,
                         .draft = draft};
    if (raised && !begins)
        out->raised = *raised;
    make_id(site->name, draft->key, draft->turn, draft->time_ns, out->id);
}

void davy_notice_escalated_id(const davy_notice *notice, char id[DAVY_NOTICE_ID_MAX])
{
    (void) snprintf(id, DAVY_NOTICE_ID_MAX, "%.*se", 2 * ID_BYTES, notice->id);
}

const char *davy_notice_language(const davy_site *site)
{
    static const char *const china[] = {"Asia/Shanghai", "Asia/Urumqi",  "Asia/Chongqing",
                                        "Asia/Harbin",   "Asia/Kashgar", "PRC"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(china); i++)
        if (site->timezone && strcmp(site->timezone, china[i]) == 0)
            return "zh-CN";
    return "en-US";
}

/* What all messages begin with. */
static void open_message(davy_buffer *out, const davy_site *site, const char *id, const char *type,
                         int64_t time_ns, bool exercise)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "id", id);
    davy_json_text(out, "type", type);
    davy_json_time(out, "timestamp", time_ns);
    davy_json_text(out, "site", site->name);
    davy_json_text(out, "title", site->title ? site->title : site->name);
    davy_json_text(out, "language", davy_notice_language(site));
    davy_json_text(out, "timezone", site->timezone);
    davy_json_boolean(out, "exercise", exercise);
}

static char *close_message(davy_buffer *out)
{
    davy_json_object_end(out);
    return davy_buffer_take(out);
}

static void write_raised(davy_buffer *out, const davy_notice_raised *raised)
{
    if (!raised->id[0]) {
        davy_json_null(out, "raised");
        return;
    }
    davy_json_object(out, "raised");
    davy_json_text(out, "id", raised->id);
    davy_json_time(out, "timestamp", raised->time_ns);
    davy_json_object_end(out);
}

char *davy_notice_encode(const davy_notice *notice, bool escalated)
{
    const davy_notice_draft *draft = notice->draft;
    char type[DAVY_NOTICE_WORD_MAX + 8], id[DAVY_NOTICE_ID_MAX];
    davy_buffer out = {0};

    (void) snprintf(type, sizeof type, "alarm.%s", draft->transition);
    davy_notice_escalated_id(notice, id);
    open_message(&out, notice->site, escalated ? id : notice->id, type, draft->time_ns,
                 draft->exercise);
    davy_json_boolean(&out, "escalated", escalated);
    davy_json_text(&out, "transition", draft->transition);
    davy_json_text(&out, "text", draft->text);
    if (draft->sequence)
        davy_json_unsigned(&out, "sequence", draft->sequence);
    else
        davy_json_null(&out, "sequence");
    write_raised(&out, &notice->raised);
    davy_json_raw(&out, "data", draft->alarm);
    return close_message(&out);
}

char *davy_notice_encode_test(const davy_site *site, const char *receiver, const char *by,
                              int64_t time_ns, char id[DAVY_NOTICE_ID_MAX])
{
    davy_buffer out = {0};
    uint64_t turn;
    char text[256];

    randombytes_buf(&turn, sizeof turn);
    make_id(site->name, receiver, turn, time_ns, id);
    open_message(&out, site, id, "test", time_ns, true);
    (void) snprintf(text, sizeof text, "EXERCISE: a test of receiver '%s', asked for by %s",
                    receiver, by);
    davy_json_text(&out, "text", text);
    davy_json_object(&out, "data");
    davy_json_text(&out, "receiver", receiver);
    davy_json_text(&out, "by", by);
    davy_json_object_end(&out);
    return close_message(&out);
}

char *davy_notice_encode_alert(const davy_site *site, const davy_notice_alert *alert,
                               char id[DAVY_NOTICE_ID_MAX])
{
    davy_buffer out = {0};

    make_id(site->name, alert->identifier, 0, alert->time_ns, id);
    open_message(&out, site, id, "alert", alert->time_ns, alert->exercise);
    davy_json_text(&out, "text", alert->text);
    davy_json_text(&out, "cap", alert->cap);
    davy_json_raw(&out, "data", alert->data);
    return close_message(&out);
}

char *davy_notice_encode_heartbeat(const davy_site *site, int64_t every_ns, const char *problem,
                                   int64_t time_ns)
{
    char id[DAVY_NOTICE_ID_MAX];
    davy_buffer out = {0};

    make_id(site->name, "heartbeat", 0, time_ns, id);
    open_message(&out, site, id, "heartbeat", time_ns, false);
    davy_json_text(&out, "text", problem ? problem : "davy watches the plant");
    davy_json_object(&out, "data");
    davy_json_boolean(&out, "ready", !problem);
    davy_json_text(&out, "problem", problem);
    davy_json_number(&out, "every_s", (double) every_ns / (double) DAVY_NS_PER_S);
    davy_json_object_end(&out);
    return close_message(&out);
}
