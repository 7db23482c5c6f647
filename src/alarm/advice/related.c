/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/related.h"

#include "alarm/advice/reach.h"
#include "alarm/advice/told.h"
#include "alarm/owner.h"
#include "alarm/reason.h"
#include "alarm/state.h"

#include <jansson.h>
#include <string.h>

/* One event that is kept, and what it is sorted by. */
struct event {
    davy_reach reach;
    uint64_t sequence;
    json_t *json;
};

struct search {
    const davy_site *site;
    const char *key;
    davy_reach_map *map;
    uint64_t began_sequence;
    int64_t began_ns;  /* 0: never */
    int64_t oldest_ns; /* of the records that were looked at */
    json_t *body;      /* of the record in which it began */
    struct event events[DAVY_RELATED_MAX + 1];
    size_t kept, found;
};

static const char *text_of(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

static bool is(const char *text, const char *with)
{
    return text && strcmp(text, with) == 0;
}

static bool is_raise(const json_t *body)
{
    return is(text_of(body, "transition"), davy_alarm_event_name(DAVY_ALARM_BEGINS));
}

static davy_reach_names names_of(const json_t *body)
{
    return (davy_reach_names){text_of(body, "signal"), text_of(body, "detector"),
                              text_of(body, "source"), text_of(body, "asset")};
}

/* Where it began --------------------------------------------------------------------------- */

static davy_status find_begin(void *context, const davy_record *record)
{
    struct search *search = context;
    json_t *body;

    if (!strstr(record->body, "\"raised\""))
        return DAVY_OK;
    body = json_loads(record->body, 0, NULL);
    if (!is_raise(body)) {
        json_decref(body);
        return DAVY_OK;
    }
    json_decref(search->body);
    search->body = body;
    search->began_sequence = record->sequence;
    search->began_ns = record->time_ns;
    return DAVY_OK;
}

/* Keeping the nearest ---------------------------------------------------------------------- */

static bool is_nearer(const struct event *a, const struct event *b)
{
    if (a->reach.nearness != b->reach.nearness)
        return a->reach.nearness < b->reach.nearness;
    if (a->reach.steps != b->reach.steps)
        return a->reach.steps < b->reach.steps;
    return a->sequence > b->sequence;
}

/* The list is sorted, and one longer than what is told. Takes the reference. */
static void keep(struct search *search, struct event event)
{
    size_t place = search->kept;

    search->found++;
    for (; place > 0 && is_nearer(&event, &search->events[place - 1]); place--)
        search->events[place] = search->events[place - 1];
    search->events[place] = event;
    if (search->kept < DAVY_RELATED_MAX)
        search->kept++;
    else
        json_decref(search->events[DAVY_RELATED_MAX].json);
}

/* In words --------------------------------------------------------------------------------- */

static const char *asset_name(const struct search *search, size_t asset)
{
    return asset == DAVY_SITE_NONE ? NULL : search->site->assets[asset].name;
}

static json_t *steps_text(const char *asset, unsigned steps, const char *way)
{
    return steps == 1 ? json_sprintf("%s %s it", asset, way)
                      : json_sprintf("%s %s it, over %u steps", asset, way, steps);
}

static json_t *why_text(const struct search *search, const davy_reach *reach)
{
    const char *asset = asset_name(search, reach->asset);

    switch (reach->nearness) {
    case DAVY_NEAR_ITSELF:
        return json_string("of this alarm itself, its source or its model");
    case DAVY_NEAR_SAME:
        return json_sprintf("of the same asset %s", asset);
    case DAVY_NEAR_UPSTREAM:
        return steps_text(asset, reach->steps, "feeds");
    case DAVY_NEAR_DOWNSTREAM:
        return steps_text(asset, reach->steps, "is fed by");
    case DAVY_NEAR_SITE:
        return json_string("of the whole site");
    default:
        return json_string("of the same operator position");
    }
}

/* An event, when it is near enough. */
static davy_status add(struct search *search, const davy_record *record, davy_reach reach,
                       const davy_told *told)
{
    json_t *json;

    if (reach.nearness == DAVY_NEAR_NOTHING)
        return DAVY_OK;
    json =
        json_pack("{s:o, s:s, s:s, s:o, s:s, s:o, s:O, s:o, s:s, s:i, s:o}", "time",
                  davy_alarm_time_json(record->time_ns), "kind", told->kind,
                  record->kind == DAVY_RECORD_ALARM ? "key" : "subject", record->subject, "asset",
                  davy_alarm_text_json(asset_name(search, reach.asset)), "text", told->text, "code",
                  davy_alarm_text_json(told->code), "values", told->values, "by",
                  davy_alarm_text_json(told->by), "near", davy_nearness_name(reach.nearness),
                  "steps", (int) reach.steps, "why", why_text(search, &reach));
    if (!json)
        return davy_fail(DAVY_ERR_NOMEM, "event before alarm '%s'", search->key);
    keep(search, (struct event){reach, record->sequence, json});
    return DAVY_OK;
}

/* Events ----------------------------------------------------------------------------------- */

static davy_reach reach_of_alarm(const struct search *search, const davy_record *record,
                                 const json_t *body)
{
    const davy_reach_names names = names_of(body);
    davy_reach reach = davy_reach_of(search->map, &names);

    if (is(record->subject, search->key))
        reach = (davy_reach){DAVY_NEAR_ITSELF, 0, reach.asset};
    return reach;
}

/* Does a change of settings speak of the alarm? Its sentences begin with the key. */
static bool names_alarm(const struct search *search, const json_t *body)
{
    const size_t length = strlen(search->key);
    const json_t *change;
    size_t index;

    json_array_foreach(json_object_get(body, "changes"), index, change)
    {
        const char *text = json_string_value(change);

        if (text && strncmp(text, search->key, length) == 0 && text[length] == ' ')
            return true;
    }
    return false;
}

static davy_reach reach_of_audit(const struct search *search, const davy_record *record,
                                 const davy_told *told, const json_t *body)
{
    if (strcmp(told->kind, "model") == 0)
        return davy_reach_of_model(search->map, record->subject);
    return (davy_reach){names_alarm(search, body) ? DAVY_NEAR_ITSELF : DAVY_NEAR_SITE, 0,
                        DAVY_SITE_NONE};
}

static davy_status look_at(struct search *search, const davy_record *record, const json_t *body)
{
    davy_told told = {0};
    davy_status status = DAVY_OK;

    if (record->kind == DAVY_RECORD_ALARM && davy_told_alarm(body, &told))
        status = add(search, record, reach_of_alarm(search, record, body), &told);
    else if (record->kind == DAVY_RECORD_AUDIT && davy_told_audit(record->subject, body, &told))
        status = add(search, record, reach_of_audit(search, record, &told, body), &told);
    json_decref(told.values);
    return status;
}

static davy_status look(void *context, const davy_record *record)
{
    struct search *search = context;
    davy_status status;
    json_t *body;

    if (search->oldest_ns == 0 || record->time_ns < search->oldest_ns)
        search->oldest_ns = record->time_ns;
    if (record->sequence >= search->began_sequence || record->time_ns > search->began_ns ||
        record->time_ns < search->began_ns - DAVY_RELATED_NS)
        return DAVY_OK;
    body = json_loads(record->body, 0, NULL);
    status = look_at(search, record, body);
    json_decref(body);
    return status;
}

static davy_status look_back(davy_records *records, struct search *search)
{
    const uint64_t last = search->began_sequence - 1;
    const uint64_t count = last < DAVY_RELATED_RECORDS_MAX ? last : DAVY_RELATED_RECORDS_MAX;
    const davy_reach_names names = names_of(search->body);
    davy_status status = davy_reach_map_create(search->site, &names, &search->map);

    if (status == DAVY_OK && count > 0)
        status = davy_records_scan(records, 0, NULL, last - count, count, look, search);
    return status;
}

/* Was all of the ten minutes looked at? */
static bool is_complete(const struct search *search)
{
    return search->began_sequence <= DAVY_RELATED_RECORDS_MAX + 1 ||
           search->oldest_ns < search->began_ns - DAVY_RELATED_NS;
}

static json_t *answer_of(const struct search *search)
{
    json_t *events = json_array();

    for (size_t i = 0; i < search->kept; i++)
        (void) json_array_append(events, search->events[i].json);
    return json_pack("{s:s, s:o, s:b, s:I, s:o}", "key", search->key, "began",
                     davy_alarm_time_json(search->began_ns), "complete", is_complete(search),
                     "left_out", (json_int_t) (search->found - search->kept), "events", events);
}

davy_status davy_alarm_related(davy_records *records, const davy_site *site, const char *key,
                               struct json_t **out)
{
    struct search search = {.site = site, .key = key};
    davy_status status =
        davy_records_scan(records, DAVY_RECORD_ALARM, key, 0, 0, find_begin, &search);

    if (status == DAVY_OK && search.began_ns != 0)
        status = look_back(records, &search);
    if (status == DAVY_OK) {
        *out = answer_of(&search);
        status = *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "events before alarm '%s'", key);
    }
    for (size_t i = 0; i < search.kept; i++)
        json_decref(search.events[i].json);
    json_decref(search.body);
    davy_reach_map_destroy(search.map);
    return status;
}
