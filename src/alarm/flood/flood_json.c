/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/flood_json.h"

#include "alarm/reason.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

static void set_count(json_t *object, const char *key, uint64_t count)
{
    set(object, key, json_integer((json_int_t) count));
}

static const char *asset_name(const davy_site *site, size_t asset)
{
    return asset == DAVY_SITE_NONE ? NULL : site->assets[asset].name;
}

/* Why an alarm stands where it does, in words. */
static json_t *why_text(const davy_site *site, const davy_placed *placed)
{
    const char *of = asset_name(site, placed->of);

    /* Who feeds another has an arrow to it. */
    switch (placed->why) {
    case DAVY_PLACE_SOURCE:
        return json_string("nothing upstream of it is in alarm");
    case DAVY_PLACE_DOWNSTREAM:
        return placed->steps == 1
                   ? json_sprintf("%s feeds it", of)
                   : json_sprintf("%s is upstream of it, over %u steps", of, placed->steps);
    case DAVY_PLACE_FIRST:
        return json_sprintf("the earliest of a circle, in which %s is in alarm too", of);
    case DAVY_PLACE_CIRCLE:
        return json_sprintf("in a circle with %s, which was in alarm earlier", of);
    case DAVY_PLACE_SAME:
        return json_string("later alarm of the same asset");
    default:
        return json_string("by its time: the plant's graph does not have it");
    }
}

static json_t *alarm_json(const davy_flood_source *source, const davy_flood_member *member)
{
    const davy_tracked_alarm *alarm = davy_alarm_track_at(source->track, member->alarm);
    json_t *object = json_object();

    set_count(object, "id", alarm->id);
    set(object, "key", json_string(alarm->key));
    set(object, "asset", davy_alarm_text_json(asset_name(source->site, alarm->asset)));
    set(object, "time", davy_alarm_time_json(member->first_ns));
    return object;
}

static json_t *placed_json(const davy_flood_source *source, const davy_flood_member *member,
                           const davy_placed *placed)
{
    const davy_tracked_alarm *alarm = davy_alarm_track_at(source->track, member->alarm);
    json_t *object = alarm_json(source, member);

    set_count(object, "count", member->count);
    set(object, "state", json_string(davy_alarm_state_name(alarm->phase.shown)));
    set(object, "active", json_boolean(davy_alarm_phase_active(&alarm->phase)));
    set(object, "priority", json_string(davy_priority_name(alarm->priority)));
    set(object, "why", json_string(davy_place_why_name(placed->why)));
    set(object, "of", davy_alarm_text_json(asset_name(source->site, placed->of)));
    set_count(object, "steps", placed->steps);
    set(object, "text", why_text(source->site, placed));
    return object;
}

static davy_status add_order(const davy_flood_source *source, const davy_flood *flood,
                             json_t *array)
{
    davy_placed *placed = calloc(flood->member_count + 1, sizeof *placed);
    davy_status status;

    if (!placed)
        return davy_fail(DAVY_ERR_NOMEM, "order of %zu alarms", flood->member_count);
    for (size_t i = 0; i < flood->member_count; i++) {
        const davy_flood_member *member = &flood->members[i];

        placed[i] = (davy_placed){.item = i,
                                  .asset = davy_alarm_track_at(source->track, member->alarm)->asset,
                                  .time_ns = member->first_ns};
    }
    status = davy_plant_graph_order(source->graph, placed, flood->member_count);
    for (size_t i = 0; i < flood->member_count && status == DAVY_OK; i++)
        (void) json_array_append_new(
            array, placed_json(source, &flood->members[placed[i].item], &placed[i]));
    free(placed);
    return status;
}

static json_t *second_json(int64_t second)
{
    return davy_alarm_time_json(second * DAVY_NS_PER_S);
}

static void set_flood(const davy_flood_source *source, const davy_flood *flood, json_t *object)
{
    const davy_ten_minutes *window = &flood->window;

    set(object, "now", json_boolean(window->flood));
    set(object, "began", second_json(window->began_s));
    set(object, "ended", window->flood ? json_null() : second_json(window->ended_s));
    set_count(object, "alarms", window->alarms);
    set_count(object, "peak", window->peak);
    set_count(object, "ten_minutes", window->count);
    set_count(object, "left_out", flood->left_out);
    set(object, "first_out",
        flood->member_count > 0 ? alarm_json(source, &flood->members[0]) : json_null());
}

struct json_t *davy_flood_summary_json(const davy_flood_source *source, size_t position,
                                       const davy_kpi_standing *standing)
{
    const davy_flood *flood = davy_floods_at(source->floods, position);
    json_t *object = json_object();

    set(object, "position", json_string(source->site->positions[position].name));
    set(object, "title", json_string(source->site->positions[position].title));
    set_flood(source, flood, object);
    set(object, "suppressed",
        json_pack("{s:I, s:I, s:I, s:I}", "shelved", (json_int_t) standing->shelved, "by_design",
                  (json_int_t) standing->suppressed, "out_of_service",
                  (json_int_t) standing->out_of_service, "since_begin",
                  (json_int_t) flood->silenced));
    return object;
}

davy_status davy_flood_json(const davy_flood_source *source, size_t position,
                            const davy_kpi_standing *standing, struct json_t **out)
{
    const davy_flood *flood = davy_floods_at(source->floods, position);
    json_t *object = davy_flood_summary_json(source, position, standing), *order = json_array();
    davy_status status = add_order(source, flood, order);

    if (status == DAVY_OK && (!object || json_array_size(order) < flood->member_count))
        status = davy_fail(DAVY_ERR_NOMEM, "card of a flood");
    set(object, "order", order);
    if (status != DAVY_OK) {
        json_decref(object);
        return status;
    }
    *out = object;
    return DAVY_OK;
}

/* Records ---------------------------------------------------------------------------------- */

char *davy_flood_record_body(const davy_flood_source *source, size_t position, bool began)
{
    const davy_flood *flood = davy_floods_at(source->floods, position);
    const davy_ten_minutes *window = &flood->window;
    const char *first = flood->member_count > 0
                            ? davy_alarm_track_at(source->track, flood->members[0].alarm)->key
                            : "";
    json_t *body = json_pack("{s:s, s:s, s:I}", "flood", began ? "began" : "ended", "position",
                             source->site->positions[position].name, "began",
                             (json_int_t) (window->began_s * DAVY_NS_PER_S));
    char *text;

    if (body && !began)
        set(body, "ended", json_integer((json_int_t) (window->ended_s * DAVY_NS_PER_S)));
    set_count(body, "alarms", window->alarms);
    set_count(body, "peak", window->peak);
    set_count(body, "silenced", flood->silenced);
    set(body, "first_out", json_string(first));
    text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    return text;
}

bool davy_flood_record_read(const davy_record *record, int64_t *began_s, bool *began)
{
    static const char subject[] = DAVY_FLOOD_SUBJECT;
    json_t *body;
    const char *end;

    if (record->kind != DAVY_RECORD_FINDING ||
        strncmp(record->subject, subject, sizeof subject - 1) != 0)
        return false;
    body = json_loads(record->body, 0, NULL);
    end = json_string_value(json_object_get(body, "flood"));
    *began_s = json_integer_value(json_object_get(body, "began")) / DAVY_NS_PER_S;
    *began = end && strcmp(end, "began") == 0;
    json_decref(body);
    return end != NULL;
}
