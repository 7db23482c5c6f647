/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "core/quantity.h"
#include "serve/api/describe.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

static void write_positions(davy_buffer *out, const davy_site *site)
{
    davy_json_array(out, "positions");
    for (size_t i = 0; i < site->position_count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "name", site->positions[i].name);
        davy_json_text(out, "title", site->positions[i].title);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

davy_status davy_handle_sites(davy_call *call)
{
    const davy_server_system *system = call->system;
    const davy_site *site = system->acquire_site(system->context);
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_array(out, "sites");
    davy_json_object(out, NULL);
    davy_json_text(out, "name", site->name);
    davy_json_text(out, "title", site->title ? site->title : site->name);
    davy_write_pair(out, "location", site->latitude, site->longitude);
    davy_json_text(out, "timezone", site->timezone);
    davy_json_time(out, "now", davy_wall_ns(system->clock));
    write_positions(out, site);
    davy_json_object_end(out);
    davy_json_array_end(out);
    davy_json_object_end(out);
    system->release_site(system->context, site);
    return davy_reply_json(call);
}

/* -- Assets and their worst alarm -----------------------------------------------------------------
 */

typedef struct asset_alarm {
    char *asset;
    davy_priority priority;
    davy_alarm_state state;
    size_t count;
} asset_alarm;

typedef struct asset_alarms {
    asset_alarm *items;
    size_t count, capacity;
} asset_alarms;

/* Shelved, suppressed and out of service: someone decided not to look at it now. */
static bool is_set_aside(davy_alarm_state state)
{
    return state == DAVY_ALARM_SHELVED || state == DAVY_ALARM_SUPPRESSED ||
           state == DAVY_ALARM_OUT_OF_SERVICE;
}

static bool is_worse(const asset_alarm *a, const asset_alarm *b)
{
    if (is_set_aside(a->state) != is_set_aside(b->state))
        return is_set_aside(b->state);
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return a->state < b->state; /* unacknowledged stands before acknowledged and returned */
}

static davy_status take_alarm(void *context, const davy_alarm *alarm)
{
    asset_alarms *alarms = context;
    asset_alarm *grown = alarms->items;

    if (!alarm->asset)
        return DAVY_OK;
    if (alarms->count == alarms->capacity) {
        alarms->capacity = alarms->capacity ? 2 * alarms->capacity : 64;
        grown = realloc(alarms->items, alarms->capacity * sizeof *grown);
        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "the alarms of the assets");
        alarms->items = grown;
    }
    grown[alarms->count] = (asset_alarm){strdup(alarm->asset), alarm->priority, alarm->state, 1};
    if (!grown[alarms->count].asset)
        return davy_fail(DAVY_ERR_NOMEM, "the alarms of the assets");
    alarms->count++;
    return DAVY_OK;
}

static int compare_asset(const void *a, const void *b)
{
    return strcmp(((const asset_alarm *) a)->asset, ((const asset_alarm *) b)->asset);
}

/* One entry per asset: the worst, with the number of all. */
static void fold_alarms(asset_alarms *alarms)
{
    size_t kept = 0;

    if (alarms->count > 0)
        qsort(alarms->items, alarms->count, sizeof alarms->items[0], compare_asset);
    for (size_t i = 0; i < alarms->count; i++) {
        asset_alarm *item = &alarms->items[i];
        asset_alarm *last = kept > 0 ? &alarms->items[kept - 1] : NULL;

        if (!last || strcmp(last->asset, item->asset) != 0) {
            alarms->items[kept++] = *item;
            continue;
        }
        last->count++;
        if (is_worse(item, last)) {
            last->priority = item->priority;
            last->state = item->state;
        }
        free(item->asset);
    }
    alarms->count = kept;
}

static void asset_alarms_clear(asset_alarms *alarms)
{
    for (size_t i = 0; i < alarms->count; i++)
        free(alarms->items[i].asset);
    free(alarms->items);
}

static void write_asset_alarm(davy_buffer *out, const asset_alarms *alarms, const char *asset)
{
    asset_alarm key = {.asset = (char *) asset};
    const asset_alarm *found =
        alarms->count > 0 ? bsearch(&key, alarms->items, alarms->count, sizeof key, compare_asset)
                          : NULL;

    if (!found) {
        davy_json_null(out, "alarm");
        return;
    }
    davy_json_object(out, "alarm");
    davy_json_text(out, "priority", davy_priority_name(found->priority));
    davy_json_text(out, "state", davy_alarm_state_name(found->state));
    davy_json_unsigned(out, "count", found->count);
    davy_json_object_end(out);
}

static void write_asset(davy_buffer *out, const davy_site *site, const davy_site_asset *asset,
                        const asset_alarms *alarms)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "name", asset->name);
    davy_json_text(out, "kind", asset->kind);
    davy_json_text(out, "title", asset->title ? asset->title : asset->name);
    davy_write_pair(out, "at", asset->east, asset->north);
    if (asset->chemical) {
        davy_json_object(out, "holds");
        davy_json_text(out, "chemical", asset->chemical);
        davy_json_number(out, "amount_kg", asset->amount_kg);
        davy_json_object_end(out);
    } else {
        davy_json_null(out, "holds");
    }
    davy_json_array(out, "signals");
    for (size_t i = 0; i < asset->signal_count; i++)
        davy_json_text(out, NULL, site->signals[asset->first_signal + i].path);
    davy_json_array_end(out);
    davy_json_text(out, "position", davy_site_position_name(site, asset->position));
    write_asset_alarm(out, alarms, asset->name);
    davy_json_object_end(out);
}

davy_status davy_handle_assets(davy_call *call)
{
    const davy_server_system *system = call->system;
    davy_buffer *out = &call->answer.body;
    asset_alarms alarms = {0};
    davy_status status =
        davy_alarms_visit(system->alarms, DAVY_ALARMS_STANDING, take_alarm, &alarms);
    const davy_site *site;

    fold_alarms(&alarms);
    site = system->acquire_site(system->context);
    davy_json_object(out, NULL);
    davy_json_array(out, "assets");
    for (size_t i = 0; i < site->asset_count; i++)
        write_asset(out, site, &site->assets[i], &alarms);
    davy_json_array_end(out);
    davy_json_object_end(out);
    system->release_site(system->context, site);
    asset_alarms_clear(&alarms);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* -- Signals ------------------------------------------------------------------------------------
 */

static void write_latest(davy_buffer *out, davy_store *store, davy_signal_id id)
{
    davy_sample sample;

    if (id == DAVY_SIGNAL_NONE || davy_store_latest(store, id, &sample) != DAVY_OK) {
        davy_json_null(out, "latest");
        return;
    }
    davy_json_object(out, "latest");
    davy_json_time(out, "time", sample.time_ns);
    davy_json_number(out, "value", sample.value);
    davy_json_text(out, "quality", davy_quality_name(sample.quality));
    davy_json_object_end(out);
}

static void write_limits(davy_buffer *out, const davy_site_limits *limits)
{
    davy_json_object(out, "limits");
    davy_json_number(out, "lolo", limits->lolo);
    davy_json_number(out, "lo", limits->lo);
    davy_json_number(out, "hi", limits->hi);
    davy_json_number(out, "hihi", limits->hihi);
    davy_json_object_end(out);
}

static void write_deadline(davy_buffer *out, int64_t deadline_ns)
{
    char text[32];

    if (deadline_ns > 0)
        davy_duration_format(deadline_ns, text, sizeof text);
    davy_json_text(out, "deadline", deadline_ns > 0 ? text : NULL);
}

static void write_signal(davy_buffer *out, davy_store *store, const davy_site *site,
                         const davy_site_signal *signal)
{
    size_t source = signal->from.source;

    davy_json_object(out, NULL);
    davy_json_text(out, "signal", signal->path);
    davy_json_text(out, "asset", site->assets[signal->asset].name);
    davy_json_null(out, "detector");
    davy_json_text(out, "name", signal->name);
    davy_json_text(out, "title", signal->title ? signal->title : signal->name);
    davy_json_text(out, "unit", signal->unit);
    davy_write_pair(out, "range", signal->range_low, signal->range_high);
    write_limits(out, &signal->limits);
    davy_json_text(out, "priority", davy_priority_name(signal->priority));
    davy_json_text(out, "source", source == DAVY_SITE_NONE ? NULL : site->sources[source].name);
    write_deadline(out, signal->deadline_ns);
    write_latest(out, store, signal->id);
    davy_json_object_end(out);
}

/* The score of a detector is a signal too: 1 is the calibrated limit. */
static void write_score_signal(davy_buffer *out, davy_store *store,
                               const davy_site_detector *detector, const char *path)
{
    static const davy_site_limits limits = {NAN, NAN, 1, NAN};
    davy_signal_id id;

    if (davy_store_find(store, path, &id) != DAVY_OK)
        id = DAVY_SIGNAL_NONE;
    davy_json_object(out, NULL);
    davy_json_text(out, "signal", path);
    davy_json_null(out, "asset");
    davy_json_text(out, "detector", detector->name);
    davy_json_text(out, "name", "score");
    davy_json_text(out, "title", "score");
    davy_json_text(out, "unit", "1");
    davy_json_null(out, "range");
    write_limits(out, &limits);
    davy_json_text(out, "priority", davy_priority_name(detector->priority));
    davy_json_null(out, "source");
    davy_json_null(out, "deadline");
    write_latest(out, store, id);
    davy_json_object_end(out);
}

davy_status davy_handle_signals(davy_call *call)
{
    const davy_server_system *system = call->system;
    const char *pattern = davy_target_parameter(&call->target, "pattern");
    const davy_site *site = system->acquire_site(system->context);
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_array(out, "signals");
    for (size_t i = 0; i < site->signal_count; i++)
        if (!pattern || davy_pattern_matches(pattern, site->signals[i].path))
            write_signal(out, system->store, site, &site->signals[i]);
    for (size_t i = 0; i < site->detector_count; i++) {
        char path[DAVY_PATH_MAX + 16];

        davy_score_path(&site->detectors[i], path, sizeof path);
        if (!pattern || davy_pattern_matches(pattern, path))
            write_score_signal(out, system->store, &site->detectors[i], path);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
    system->release_site(system->context, site);
    return davy_reply_json(call);
}

/* -- Sources --------------------------------------------------------------------------------------
 */

static const char *source_state_name(davy_source_state state)
{
    static const char *const names[] = {
        [DAVY_SOURCE_CONNECTING] = "connecting",
        [DAVY_SOURCE_RUNNING] = "running",
        [DAVY_SOURCE_LOST] = "lost",
        [DAVY_SOURCE_FINISHED] = "finished",
    };

    return names[state];
}

davy_status davy_handle_sources(davy_call *call)
{
    const davy_server_system *system = call->system;
    const davy_site *site = system->acquire_site(system->context);
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_array(out, "sources");
    for (size_t i = 0; i < site->source_count; i++) {
        davy_source_report report = {0};

        /* one that is just being replaced is told as connecting */
        if (system->source_report(system->context, i, &report) != DAVY_OK)
            report.state = DAVY_SOURCE_CONNECTING;
        davy_json_object(out, NULL);
        davy_json_text(out, "name", site->sources[i].name);
        davy_json_text(out, "kind", site->sources[i].kind);
        davy_json_text(out, "address", site->sources[i].address);
        davy_json_text(out, "state", source_state_name(report.state));
        davy_json_text(out, "message", report.message);
        davy_json_time(out, "since", report.since_ns);
        davy_json_unsigned(out, "samples", report.samples);
        davy_json_unsigned(out, "failures", report.failures);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
    system->release_site(system->context, site);
    return davy_reply_json(call);
}
