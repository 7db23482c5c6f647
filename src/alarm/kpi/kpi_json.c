/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_json.h"

#include "alarm/kpi/targets.h"
#include "alarm/reason.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

static void set_count(json_t *object, const char *key, uint64_t count)
{
    set(object, key, json_integer((json_int_t) count));
}

static json_t *figures_json(const davy_kpi_figures *figures)
{
    json_t *array = json_array();

    for (size_t i = 0; i < davy_kpi_target_count; i++) {
        const davy_kpi_target *target = &davy_kpi_targets[i];
        double value = target->measure(figures);
        json_t *figure = json_object();

        set(figure, "name", json_string(target->name));
        set(figure, "value", davy_alarm_number_json(value));
        set(figure, "acceptable", davy_alarm_number_json(target->acceptable));
        set(figure, "manageable", davy_alarm_number_json(target->manageable));
        set(figure, "share", json_boolean(target->share));
        set(figure, "at_least", json_boolean(target->at_least));
        set(figure, "verdict", json_string(davy_kpi_verdict_name(davy_kpi_judge(target, value))));
        (void) json_array_append_new(array, figure);
    }
    return array;
}

static json_t *counts_json(const davy_tally *tally)
{
    json_t *array = json_array();

    for (size_t i = 0; i < DAVY_TALLY_BUCKETS; i++)
        if (tally->counts[i] > 0)
            (void) json_array_append_new(array, json_pack("[I, I]", (json_int_t) davy_tally_end(i),
                                                          (json_int_t) tally->counts[i]));
    return array;
}

static json_t *tally_json(const davy_tally *tally, const char *total, const char *unit)
{
    static const struct {
        const char *name;
        double q;
    } shown[] = {{"median", 0.5}, {"p95", 0.95}, {"most", 1.0}};
    json_t *object = json_object();
    char key[32];

    set_count(object, total, tally->total);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shown); i++) {
        (void) snprintf(key, sizeof key, "%s%s", shown[i].name, unit);
        set(object, key,
            tally->total ? json_integer((json_int_t) davy_tally_quantile(tally, shown[i].q))
                         : json_null());
    }
    set(object, "counts", counts_json(tally));
    return object;
}

static json_t *floods_json(const davy_kpi_floods *floods)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "count", (json_int_t) floods->count,
                     "seconds", (json_int_t) floods->seconds, "longest_s",
                     (json_int_t) floods->longest_s, "peak", (json_int_t) floods->peak, "alarms",
                     (json_int_t) floods->alarms, "now", floods->now);
}

static json_t *priorities_json(const davy_kpi_figures *figures)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < DAVY_KPI_PRIORITIES; i++)
        set_count(object, davy_priority_name((davy_priority) i), figures->by_priority[i]);
    return object;
}

static json_t *top_json(const davy_kpi_figures *figures, const davy_alarm_track *track)
{
    json_t *array = json_array();

    for (size_t i = 0; i < figures->top_count; i++) {
        const davy_kpi_frequent *top = &figures->top[i];
        const davy_tracked_alarm *alarm = davy_alarm_track_at(track, top->alarm);

        (void) json_array_append_new(
            array, json_pack("{s:s, s:I, s:I, s:f}", "key", alarm->key, "id",
                             (json_int_t) alarm->id, "count", (json_int_t) top->count, "share",
                             (double) top->count / (double) figures->annunciated));
    }
    return array;
}

static json_t *now_json(const davy_kpi_standing *now)
{
    json_t *object = json_object();

    set_count(object, "active", now->active);
    set_count(object, "unacknowledged", now->unacknowledged);
    set_count(object, "shelved", now->shelved);
    set_count(object, "suppressed", now->suppressed);
    set_count(object, "out_of_service", now->out_of_service);
    set_count(object, "stale", now->stale);
    return object;
}

static json_t *bars_json(const davy_kpi_figures *figures)
{
    json_t *object = json_object(), *counts = json_array();

    for (size_t i = 0; i < figures->bar_count; i++)
        (void) json_array_append_new(counts, json_integer((json_int_t) figures->bars[i]));
    set_count(object, "days", figures->bar_days);
    set(object, "counts", counts);
    return object;
}

static json_t *position_json(const davy_kpi_source *source, const davy_site_position *position,
                             const davy_kpi_figures *figures)
{
    json_t *object = json_object();

    set(object, "position", json_string(position->name));
    set(object, "title", json_string(position->title));
    set(object, "begin", davy_alarm_time_json(figures->begin_ns));
    set(object, "end", davy_alarm_time_json(figures->end_ns));
    set(object, "days", json_real(davy_kpi_days(figures)));
    set(object, "enough", json_boolean(davy_kpi_is_enough(figures)));
    set_count(object, "alarms", figures->annunciated);
    set(object, "figures", figures_json(figures));
    set(object, "per_day", tally_json(&figures->days.closed, "periods", ""));
    set(object, "per_hour", tally_json(&figures->hours.closed, "periods", ""));
    set(object, "per_ten_minutes", tally_json(&figures->ten_minutes.closed, "periods", ""));
    set(object, "floods", floods_json(&figures->floods));
    set(object, "acknowledge", tally_json(&figures->acknowledge_s, "count", "_s"));
    set(object, "chattering",
        json_pack("{s:I, s:I}", "alarms", (json_int_t) figures->chattering, "times",
                  (json_int_t) figures->chatter_episodes));
    set(object, "fleeting",
        json_pack("{s:I, s:I}", "alarms", (json_int_t) figures->fleeting, "times",
                  (json_int_t) figures->fleeting_times));
    set(object, "priorities", priorities_json(figures));
    set(object, "top", top_json(figures, source->track));
    set(object, "now", now_json(&figures->now));
    set(object, "bars", bars_json(figures));
    return object;
}

static davy_status add_positions(const davy_kpi_source *source, size_t first, size_t end,
                                 json_t *array)
{
    davy_kpi_figures *figures = malloc(sizeof *figures);

    if (!figures)
        return davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
    for (size_t i = first; i < end; i++) {
        davy_kpi_look(source->kpi, i, figures);
        (void) json_array_append_new(array,
                                     position_json(source, &source->site->positions[i], figures));
    }
    free(figures);
    return json_array_size(array) == end - first ? DAVY_OK
                                                 : davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
}

davy_status davy_kpi_json(const davy_kpi_source *source, const char *position, struct json_t **out)
{
    json_t *array = json_array();
    size_t first = 0, end = source->site->position_count;
    davy_status status = DAVY_OK;

    if (position && !davy_site_find_position(source->site, position, &first))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "the site has no position '%.60s'", position);
    else if (position)
        end = first + 1;
    if (status == DAVY_OK)
        status = add_positions(source, first, end, array);
    if (status != DAVY_OK) {
        json_decref(array);
        return status;
    }
    *out = json_object();
    set(*out, "site", json_string(source->site->title));
    set(*out, "from", davy_alarm_time_json(source->from_ns));
    set(*out, "to", davy_alarm_time_json(source->to_ns));
    set_count(*out, "days_wanted", DAVY_KPI_DAYS);
    set_count(*out, "unreadable", davy_alarm_track_unreadable(source->track));
    set(*out, "positions", array);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
}
