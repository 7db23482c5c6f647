/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm_json.h"
#include "alarm/change/ledger.h"
#include "alarm/flood/flood_json.h"
#include "alarm/handover/past.h"
#include "alarm/owner.h"
#include "alarm/reason.h"

#include <jansson.h>
#include <string.h>

/* A list that counts what is beyond its end. The oldest make room when it keeps the newest. */
struct list {
    json_t *items;
    size_t count;
};

static davy_status add_first(struct list *list, json_t *item)
{
    list->count++;
    if (json_array_size(list->items) < DAVY_HANDOVER_LIST_MAX)
        (void) json_array_append_new(list->items, item);
    else
        json_decref(item);
    return list->items ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a handover");
}

static davy_status add_newest(struct list *list, json_t *item)
{
    list->count++;
    (void) json_array_append_new(list->items, item);
    if (json_array_size(list->items) > DAVY_HANDOVER_LIST_MAX)
        (void) json_array_remove(list->items, 0);
    return list->items ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a handover");
}

static void set_list(json_t *page, const char *name, const char *items, const struct list *list)
{
    size_t shown = json_array_size(list->items);

    (void) json_object_set_new(page, name,
                               json_pack("{s:I, s:I, s:O}", "count", (json_int_t) list->count,
                                         "left_out", (json_int_t) (list->count - shown), items,
                                         list->items));
}

/* Alarms --------------------------------------------------------------------------------------- */

enum { STANDING, SHELVED, SUPPRESSED, OUT_OF_SERVICE, DEGRADED, ALARM_LISTS };

static const char *const alarm_lists[ALARM_LISTS] = {"standing", "shelved", "suppressed",
                                                     "out_of_service", "degraded"};

/* Conditions under which davy sees less of the plant than it should. */
#define BLIND                                                           \
    ((1u << DAVY_CONDITION_STUCK) | (1u << DAVY_CONDITION_QUALITY) |    \
     (1u << DAVY_CONDITION_DEADLINE) | (1u << DAVY_CONDITION_VERDICT) | \
     (1u << DAVY_CONDITION_SOURCE) | (1u << DAVY_CONDITION_STORE) |     \
     (1u << DAVY_CONDITION_RECORDS) | (1u << DAVY_CONDITION_DAMAGE))

struct sorting {
    const davy_site *site;
    size_t position;
    struct list lists[ALARM_LISTS];
};

static int list_of(davy_alarm_state state)
{
    switch (state) {
    case DAVY_ALARM_SHELVED:
        return SHELVED;
    case DAVY_ALARM_SUPPRESSED:
        return SUPPRESSED;
    case DAVY_ALARM_OUT_OF_SERVICE:
        return OUT_OF_SERVICE;
    default:
        return STANDING;
    }
}

/* What the desk is blind to stands on its page, also where another desk looks after the alarm. */
static bool is_degraded(const struct sorting *sorting, const davy_alarm *alarm, bool own)
{
    return alarm->active && (BLIND & (1u << alarm->kind)) != 0 &&
           (own || davy_alarm_blinds(sorting->site, alarm->kind, alarm->source, alarm->detector,
                                     sorting->position));
}

static davy_status sort_alarm(void *context, const davy_alarm *alarm)
{
    struct sorting *sorting = context;
    const size_t asset = davy_alarm_asset(sorting->site, alarm->signal, alarm->asset);
    const bool own =
        davy_alarm_position(sorting->site, asset, alarm->detector) == sorting->position;
    davy_status status = DAVY_OK;

    if (own)
        status = add_first(&sorting->lists[list_of(alarm->state)], davy_alarm_json(alarm));
    if (status == DAVY_OK && is_degraded(sorting, alarm, own))
        status = add_first(&sorting->lists[DEGRADED], davy_alarm_json(alarm));
    return status;
}

static davy_status put_alarms(const davy_handover_source *source, size_t position, json_t *page)
{
    struct sorting sorting = {.site = source->site, .position = position};
    davy_status status;

    for (size_t i = 0; i < ALARM_LISTS; i++)
        sorting.lists[i].items = json_array();
    status = davy_alarms_visit(source->alarms, DAVY_ALARMS_STANDING, sort_alarm, &sorting);
    for (size_t i = 0; i < ALARM_LISTS; i++) {
        set_list(page, alarm_lists[i], "alarms", &sorting.lists[i]);
        json_decref(sorting.lists[i].items);
    }
    return status;
}

/* Since the last handover ---------------------------------------------------------------------- */

struct since {
    const char *position;
    struct list floods, changes;
    uint64_t last; /* record */
};

static json_t *copy_of(const json_t *body, const char *key)
{
    json_t *value = json_object_get(body, key);

    return value ? json_incref(value) : json_null();
}

/* A flood counts when it is over, or when it is still on: its end replaces its begin. */
static davy_status see_flood(struct since *since, const json_t *body)
{
    json_t *last = json_array_get(since->floods.items, json_array_size(since->floods.items) - 1);
    const char *position = json_string_value(json_object_get(body, "position"));
    json_t *began = davy_alarm_time_json(json_integer_value(json_object_get(body, "began")));
    json_t *flood;

    if (!position || strcmp(position, since->position) != 0) {
        json_decref(began);
        return DAVY_OK;
    }
    flood = json_pack("{s:O, s:o, s:o, s:o, s:o}", "began", began, "ended",
                      davy_alarm_time_json(json_integer_value(json_object_get(body, "ended"))),
                      "alarms", copy_of(body, "alarms"), "peak", copy_of(body, "peak"), "first_out",
                      copy_of(body, "first_out"));
    if (last && json_equal(json_object_get(last, "began"), began)) {
        (void) json_object_update(last, flood);
        json_decref(flood);
        json_decref(began);
        return DAVY_OK;
    }
    json_decref(began);
    return add_newest(&since->floods, flood);
}

/* What the two of a handover do, who signs in and out, and questions to models change nothing. */
static bool is_change(const char *action)
{
    static const char *const others[] = {"inference", "handover.", "session."};

    for (size_t i = 0; action && i < DAVY_ARRAY_LENGTH(others); i++)
        if (strncmp(action, others[i], strlen(others[i])) == 0)
            return false;
    return action != NULL;
}

/* Most changes of settings that one line of the page spells out. */
#define SENTENCES_MAX ((size_t) 5)

/* "T-101/pressure:hi 1000 -> 1050 kPa; ... and 3 more". */
static json_t *sentences_of(const json_t *body)
{
    const json_t *sentences = json_object_get(body, "changes");
    const size_t count = json_array_size(sentences);
    const json_int_t beyond = json_integer_value(json_object_get(body, "more")) +
                              (json_int_t) (count > SENTENCES_MAX ? count - SENTENCES_MAX : 0);
    davy_buffer text = {0};
    json_t *json;

    for (size_t i = 0; i < count && i < SENTENCES_MAX; i++)
        davy_buffer_printf(&text, "%s%s", i > 0 ? "; " : "",
                           json_string_value(json_array_get(sentences, i)));
    if (beyond > 0)
        davy_buffer_printf(&text, " and %" JSON_INTEGER_FORMAT " more", beyond);
    json = text.length > 0 ? json_stringn(text.bytes, text.length) : json_null();
    davy_buffer_clear(&text);
    return json;
}

/* Which settings of alarms or lines of the site file were changed, and whether anybody said why. */
static void tell_settings(json_t *change, const json_t *body)
{
    const char *action = json_string_value(json_object_get(body, "action"));
    const bool settings = action && (strcmp(action, DAVY_CHANGE_SETTINGS) == 0 ||
                                     strcmp(action, DAVY_CHANGE_FILE) == 0);

    (void) json_object_set_new(change, "text", settings ? sentences_of(body) : json_null());
    (void) json_object_set_new(change, "flagged",
                               json_boolean(settings && davy_change_is_flagged(body)));
}

static davy_status see_change(struct since *since, const davy_record *record, const json_t *body)
{
    json_t *change;

    if (!is_change(json_string_value(json_object_get(body, "action"))))
        return DAVY_OK;
    change = json_pack("{s:o, s:o, s:o, s:s, s:o}", "time", davy_alarm_time_json(record->time_ns),
                       "by", copy_of(body, "by"), "action", copy_of(body, "action"), "subject",
                       record->subject, "outcome", copy_of(body, "outcome"));
    tell_settings(change, body);
    return add_newest(&since->changes, change);
}

static davy_status see_record(void *context, const davy_record *record)
{
    struct since *since = context;
    davy_status status = DAVY_OK;
    json_t *body;

    since->last = record->sequence;
    if (record->kind == DAVY_RECORD_ALARM)
        return DAVY_OK;
    body = json_loads(record->body, 0, NULL);
    if (record->kind == DAVY_RECORD_FINDING &&
        strncmp(record->subject, DAVY_FLOOD_SUBJECT, strlen(DAVY_FLOOD_SUBJECT)) == 0)
        status = see_flood(since, body);
    else if (record->kind == DAVY_RECORD_AUDIT)
        status = see_change(since, record, body);
    json_decref(body);
    return status;
}

/* A flood that goes on has grown since the record of its begin. */
static davy_status see_floods_now(const davy_handover_source *source, struct since *since)
{
    json_t *now = NULL, *card;
    size_t index;
    davy_status status = source->watch ? davy_alarm_watch_floods(source->watch, &now) : DAVY_OK;

    json_array_foreach(json_object_get(now, "floods"), index, card)
    {
        const char *position = json_string_value(json_object_get(card, "position"));
        json_t *last =
            json_array_get(since->floods.items, json_array_size(since->floods.items) - 1);

        if (!last || !position || strcmp(position, since->position) != 0 ||
            !json_is_null(json_object_get(last, "ended")))
            continue;
        (void) json_object_set(last, "alarms", json_object_get(card, "alarms"));
        (void) json_object_set(last, "peak", json_object_get(card, "peak"));
    }
    json_decref(now);
    return status;
}

static davy_status put_since(const davy_handover_source *source, size_t position, uint64_t after,
                             json_t *page)
{
    struct since since = {.position = davy_site_position_name(source->site, position),
                          .floods = {json_array(), 0},
                          .changes = {json_array(), 0},
                          .last = after};
    davy_status status = davy_records_scan(source->records, 0, NULL, after, 0, see_record, &since);

    if (status == DAVY_OK)
        status = see_floods_now(source, &since);
    set_list(page, "floods", "floods", &since.floods);
    set_list(page, "changes", "changes", &since.changes);
    (void) json_object_set_new(page, "records", json_integer((json_int_t) since.last));
    json_decref(since.floods.items);
    json_decref(since.changes.items);
    return status;
}

/* The page ------------------------------------------------------------------------------------- */

static json_t *given_json(const davy_handover *given)
{
    json_t *side = davy_handover_side_json(&given->given);

    if (given->id == 0 || given->taken.time_ns != 0) {
        json_decref(side);
        return json_null();
    }
    (void) json_object_set_new(side, "id", json_integer((json_int_t) given->id));
    return side;
}

davy_status davy_handover_page(const davy_handover_source *source, size_t position,
                               struct json_t **out)
{
    const davy_site_position *desk = &source->site->positions[position];
    davy_handover given, taken;
    json_t *page = NULL;
    davy_status status = davy_handover_last(source, position, &given, &taken);

    if (status == DAVY_OK)
        page = json_pack("{s:s, s:o, s:o, s:o, s:o}", "position", desk->name, "title",
                         davy_alarm_text_json(desk->title), "now",
                         davy_alarm_time_json(davy_wall_ns(source->clock)), "since",
                         davy_alarm_time_json(taken.taken.time_ns), "given", given_json(&given));
    if (status == DAVY_OK)
        status = put_alarms(source, position, page);
    if (status == DAVY_OK)
        status = put_since(source, position, taken.id, page);
    if (status == DAVY_OK)
        *out = page;
    else
        json_decref(page);
    return status;
}
