/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/watch.h"

#include "alarm/advice/related.h"
#include "alarm/flood/flood_json.h"
#include "alarm/kpi/history.h"
#include "alarm/kpi/kpi_json.h"
#include "alarm/kpi/kpi_metrics.h"
#include "alarm/kpi/silenced.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Time is let pass a little late, so that a record that is being written now is not met by a clock
 * that is ahead of it, and the figures are those that a pass over the records gives. */
#define LAG_NS (2 * DAVY_NS_PER_S)

/* Records this far ahead of the clock are believed. */
#define AHEAD_NS (600 * DAVY_NS_PER_S)

/* How far the flood of a position was told. */
struct told {
    int64_t began_s;
    bool ended;
    uint64_t alarms;
};

/* All that was read for one site. */
struct view {
    const davy_site *site;
    davy_alarm_track *track;
    davy_kpi *kpi;
    davy_floods *floods;
    davy_plant_graph *graph;
    struct told *recorded, *published; /* [position_count] */
    uint64_t after;                    /* last record that was read */
    uint64_t changes_after;            /* the same of the changes of settings */
    int64_t from_ns;
};

struct davy_alarm_watch {
    davy_alarm_watch_parts parts;
    davy_records *reader;
    pthread_mutex_t lock; /* for the view */
    struct view *view;    /* NULL before the first use */
};

/* A view ----------------------------------------------------------------------------------- */

static void destroy_view(struct view *view)
{
    if (!view)
        return;
    davy_alarm_track_destroy(view->track);
    davy_kpi_destroy(view->kpi);
    davy_floods_destroy(view->floods);
    davy_plant_graph_destroy(view->graph);
    free(view->recorded);
    free(view->published);
    free(view);
}

static davy_status take_record(void *context, const davy_record *record)
{
    struct view *view = context;
    davy_flood_event event;
    davy_alarm_move move;
    bool moved;
    davy_status status = davy_alarm_track_take(view->track, record, &move, &moved);

    if (status == DAVY_OK && moved)
        status = davy_kpi_take(view->kpi, &move);
    if (status == DAVY_OK && moved)
        status = davy_floods_take(view->floods, &move, &event);
    if (status == DAVY_OK)
        view->after = record->sequence;
    return status;
}

static davy_status take_flood_record(void *context, const davy_record *record)
{
    struct view *view = context;
    size_t position;
    int64_t began_s;
    bool began;

    if (davy_flood_record_read(record, &began_s, &began) &&
        davy_site_find_position(view->site, record->subject + strlen(DAVY_FLOOD_SUBJECT),
                                &position))
        view->recorded[position] = (struct told){.began_s = began_s, .ended = !began};
    return DAVY_OK;
}

static davy_status make_parts(struct view *view, int64_t now_ns)
{
    size_t positions = view->site->position_count;
    davy_status status = davy_alarm_track_create(view->site, &view->track);

    view->recorded = calloc(positions, sizeof *view->recorded);
    view->published = calloc(positions, sizeof *view->published);
    if (!view->recorded || !view->published)
        return davy_fail(DAVY_ERR_NOMEM, "figures of %zu positions", positions);
    view->from_ns = now_ns - DAVY_ALARM_WATCH_DAYS * DAVY_KPI_DAY_NS;
    if (status == DAVY_OK)
        status = davy_kpi_create(positions, view->from_ns, now_ns + AHEAD_NS, &view->kpi);
    if (status == DAVY_OK)
        status = davy_floods_create(positions, &view->floods);
    if (status == DAVY_OK)
        status = davy_plant_graph_create(view->site, &view->graph);
    return status;
}

static davy_status make_view(davy_alarm_watch *watch, const davy_site *site, struct view **out)
{
    struct view *view = calloc(1, sizeof *view);
    davy_status status;

    if (!view)
        return davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
    view->site = site;
    status = make_parts(view, davy_wall_ns(watch->parts.clock));
    if (status == DAVY_OK)
        status = davy_records_scan(watch->reader, DAVY_RECORD_ALARM, NULL, 0, 0, take_record, view);
    if (status == DAVY_OK)
        status =
            davy_kpi_take_silenced(view->kpi, view->track, watch->reader, &view->changes_after);
    if (status == DAVY_OK)
        status = davy_records_scan(watch->reader, DAVY_RECORD_FINDING, NULL, 0, 0,
                                   take_flood_record, view);
    if (status != DAVY_OK) {
        destroy_view(view);
        return status;
    }
    memcpy(view->published, view->recorded, site->position_count * sizeof *view->published);
    *out = view;
    return DAVY_OK;
}

davy_status davy_alarm_watch_create(const davy_alarm_watch_parts *parts, davy_alarm_watch **out)
{
    davy_alarm_watch *watch = calloc(1, sizeof *watch);
    davy_status status;

    if (!watch)
        return davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
    watch->parts = *parts;
    pthread_mutex_init(&watch->lock, NULL);
    status = davy_records_open_read_only(parts->file, &watch->reader);
    if (status != DAVY_OK) {
        davy_alarm_watch_destroy(watch);
        return status;
    }
    *out = watch;
    return DAVY_OK;
}

void davy_alarm_watch_destroy(davy_alarm_watch *watch)
{
    if (!watch)
        return;
    destroy_view(watch->view);
    davy_records_close(watch->reader);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

davy_status davy_alarm_watch_use(davy_alarm_watch *watch, const davy_site *site)
{
    struct view *view, *before;
    davy_status status = make_view(watch, site, &view);

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&watch->lock);
    before = watch->view;
    watch->view = view;
    pthread_mutex_unlock(&watch->lock);
    destroy_view(before);
    return DAVY_OK;
}

bool davy_alarm_watch_is_old(davy_alarm_watch *watch)
{
    int64_t age_ns;

    pthread_mutex_lock(&watch->lock);
    age_ns = watch->view ? davy_wall_ns(watch->parts.clock) - watch->view->from_ns : 0;
    pthread_mutex_unlock(&watch->lock);
    return age_ns > (DAVY_ALARM_WATCH_DAYS + 1) * DAVY_KPI_DAY_NS;
}

/* Floods ----------------------------------------------------------------------------------- */

static davy_flood_source flood_source(const struct view *view)
{
    return (davy_flood_source){view->site, view->track, view->graph, view->floods};
}

static davy_kpi_standing standing_of(const struct view *view, size_t position)
{
    davy_kpi_live live;

    davy_kpi_look_live(view->kpi, position, &live);
    return live.standing;
}

/* What has to be told of a position after `told`: that its flood began, or that it ended. */
static davy_flood_event next_event(const davy_ten_minutes *window, const struct told *told)
{
    if (window->flood)
        return told->began_s != window->began_s ? DAVY_FLOOD_BEGAN : DAVY_FLOOD_NOTHING;
    return told->began_s != 0 && told->began_s == window->began_s && !told->ended
               ? DAVY_FLOOD_ENDED
               : DAVY_FLOOD_NOTHING;
}

static davy_status append_record(davy_alarm_watch *watch, size_t position, const char *body)
{
    char subject[2 * DAVY_PATH_MAX];
    davy_record record = {.kind = DAVY_RECORD_FINDING,
                          .time_ns = davy_wall_ns(watch->parts.clock),
                          .subject = subject,
                          .body = body};

    (void) snprintf(subject, sizeof subject, DAVY_FLOOD_SUBJECT "%s",
                    watch->view->site->positions[position].name);
    return davy_records_append(watch->parts.records, &record, 1);
}

/* The thread that polls is the only one that changes a view, so it may look without the lock. */
static davy_status record_flood(davy_alarm_watch *watch, size_t position)
{
    struct view *view = watch->view;
    const davy_flood_source source = flood_source(view);
    const davy_ten_minutes *window = &davy_floods_at(view->floods, position)->window;
    davy_flood_event event = next_event(window, &view->recorded[position]);
    davy_status status;
    char *body;

    if (event == DAVY_FLOOD_NOTHING)
        return DAVY_OK;
    body = davy_flood_record_body(&source, position, event == DAVY_FLOOD_BEGAN);
    status = body ? append_record(watch, position, body)
                  : davy_fail(DAVY_ERR_NOMEM, "record of a flood");
    if (status == DAVY_OK)
        view->recorded[position] =
            (struct told){.began_s = window->began_s, .ended = event == DAVY_FLOOD_ENDED};
    free(body);
    return status;
}

static void publish_flood(davy_alarm_watch *watch, size_t position)
{
    struct view *view = watch->view;
    const davy_flood_source source = flood_source(view);
    const davy_ten_minutes *window = &davy_floods_at(view->floods, position)->window;
    struct told *told = &view->published[position];
    davy_kpi_standing standing = standing_of(view, position);
    json_t *card;
    char *text;

    if (next_event(window, told) == DAVY_FLOOD_NOTHING &&
        !(window->flood && window->alarms != told->alarms))
        return;
    *told = (struct told){window->began_s, !window->flood, window->alarms};
    card = davy_flood_summary_json(&source, position, &standing);
    text = card ? json_dumps(card, JSON_COMPACT) : NULL;
    if (text && watch->parts.publish)
        watch->parts.publish(watch->parts.context, "flood", text);
    free(text);
    json_decref(card);
}

static davy_status read_new(davy_alarm_watch *watch)
{
    struct view *view = watch->view;
    int64_t now_ns = davy_wall_ns(watch->parts.clock);
    davy_status status;

    pthread_mutex_lock(&watch->lock);
    davy_kpi_extend(view->kpi, now_ns + AHEAD_NS);
    status = davy_records_scan(watch->reader, DAVY_RECORD_ALARM, NULL, view->after, 0, take_record,
                               view);
    if (status == DAVY_OK)
        status =
            davy_kpi_take_silenced(view->kpi, view->track, watch->reader, &view->changes_after);
    davy_kpi_pass(view->kpi, now_ns - LAG_NS);
    for (size_t i = 0; i < view->site->position_count; i++)
        (void) davy_floods_pass(view->floods, i, now_ns - LAG_NS);
    pthread_mutex_unlock(&watch->lock);
    return status;
}

davy_status davy_alarm_watch_poll(davy_alarm_watch *watch)
{
    davy_status status = DAVY_OK;

    if (!watch->view)
        return DAVY_OK;
    status = read_new(watch);
    for (size_t i = 0; i < watch->view->site->position_count; i++) {
        davy_status one;

        publish_flood(watch, i);
        one = record_flood(watch, i);
        status = status == DAVY_OK ? one : status;
    }
    return status;
}

/* Looking ---------------------------------------------------------------------------------- */

static davy_status not_yet(void)
{
    return davy_fail(DAVY_ERR_UNAVAILABLE, "the records of the alarms are being read");
}

davy_status davy_alarm_watch_kpi(davy_alarm_watch *watch, const char *position, struct json_t **out)
{
    int64_t now_ns = davy_wall_ns(watch->parts.clock);
    davy_status status;

    pthread_mutex_lock(&watch->lock);
    if (watch->view)
        status = davy_kpi_json(&(davy_kpi_source){watch->view->site, watch->view->track,
                                                  watch->view->kpi, watch->view->from_ns, now_ns},
                               position, out);
    else
        status = not_yet();
    pthread_mutex_unlock(&watch->lock);
    return status;
}

davy_status davy_alarm_watch_history(davy_alarm_watch *watch, const davy_site *site,
                                     int64_t from_ns, int64_t to_ns, const char *position,
                                     struct json_t **out)
{
    return davy_kpi_history(watch->reader, site, from_ns, to_ns, davy_wall_ns(watch->parts.clock),
                            position, out);
}

davy_status davy_alarm_watch_related(davy_alarm_watch *watch, const davy_site *site,
                                     const char *key, struct json_t **out)
{
    return davy_alarm_related(watch->reader, site, key, out);
}

static davy_status add_floods(const struct view *view, json_t *array)
{
    const davy_flood_source source = flood_source(view);
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < view->site->position_count && status == DAVY_OK; i++) {
        davy_kpi_standing standing = standing_of(view, i);
        json_t *card = NULL;

        if (!davy_floods_at(view->floods, i)->window.flood)
            continue;
        status = davy_flood_json(&source, i, &standing, &card);
        if (status == DAVY_OK && json_array_append_new(array, card) != 0)
            status = davy_fail(DAVY_ERR_NOMEM, "cards of floods");
    }
    return status;
}

davy_status davy_alarm_watch_floods(davy_alarm_watch *watch, struct json_t **out)
{
    json_t *array = json_array();
    davy_status status;

    pthread_mutex_lock(&watch->lock);
    status = watch->view ? add_floods(watch->view, array) : not_yet();
    pthread_mutex_unlock(&watch->lock);
    if (status != DAVY_OK) {
        json_decref(array);
        return status;
    }
    *out = json_pack("{s:o}", "floods", array);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "cards of floods");
}

void davy_alarm_watch_metrics(davy_alarm_watch *watch, davy_buffer *out)
{
    pthread_mutex_lock(&watch->lock);
    if (watch->view)
        davy_kpi_metrics(watch->view->kpi, watch->view->site, out);
    pthread_mutex_unlock(&watch->lock);
}
