/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/alert.h"

#include "alarm/notify/cap.h"
#include "alarm/notify/notice.h"
#include "core/timestamp.h"
#include "hazard/zone/ring.h"
#include "hazard/zone/zone.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENDER_MAX 160

/* One polygon for each effect. */
#define POLYGONS_MAX ((size_t) DAVY_EFFECTS)

/* The zones that are told, and what stands in the alert of them. */
struct ground {
    const json_t *impact;
    const json_t *zones[POLYGONS_MAX];
    char *polygons[POLYGONS_MAX];
    size_t count;
    json_int_t severity; /* the worst of all zones, 0: none */
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* The ground ---------------------------------------------------------------------------------- */

static double distance_of(const json_t *zone)
{
    return json_number_value(json_object_get(zone, "distance"));
}

/* Of each effect the zone that reaches farthest. */
static void choose_zones(const json_t *impact, struct ground *ground)
{
    size_t index;
    const json_t *zone;

    json_array_foreach(json_object_get(impact, "zones"), index, zone)
    {
        size_t i = 0;

        if (json_array_size(json_object_get(zone, "ring")) < 3)
            continue;
        if (json_integer_value(json_object_get(zone, "severity")) > ground->severity)
            ground->severity = json_integer_value(json_object_get(zone, "severity"));
        while (i < ground->count &&
               strcmp(text_of(ground->zones[i], "effect"), text_of(zone, "effect")) != 0)
            i++;
        if (i == POLYGONS_MAX)
            continue;
        if (i == ground->count || distance_of(zone) > distance_of(ground->zones[i]))
            ground->zones[i] = zone;
        ground->count += i == ground->count;
    }
}

static davy_status read_ring(const json_t *zone, davy_site_point ring[DAVY_ZONE_POINTS_MAX],
                             size_t *count)
{
    const json_t *pairs = json_object_get(zone, "ring");

    *count = json_array_size(pairs);
    if (*count > DAVY_ZONE_POINTS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "the ring of a zone has more than %zu points",
                         DAVY_ZONE_POINTS_MAX);
    for (size_t i = 0; i < *count; i++) {
        const json_t *pair = json_array_get(pairs, i);

        ring[i] = (davy_site_point){json_number_value(json_array_get(pair, 0)),
                                    json_number_value(json_array_get(pair, 1))};
        if (json_array_size(pair) != 2 || !json_is_number(json_array_get(pair, 0)) ||
            !json_is_number(json_array_get(pair, 1)))
            return davy_fail(DAVY_ERR_INVALID, "point %zu of a zone is not [east, north]", i + 1);
    }
    return DAVY_OK;
}

static davy_status outline_zones(const davy_site *site, struct ground *ground)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < ground->count && status == DAVY_OK; i++) {
        davy_site_point ring[DAVY_ZONE_POINTS_MAX];
        davy_zone zone = {.ring = ring};

        status = read_ring(ground->zones[i], ring, &zone.count);
        if (status == DAVY_OK && !davy_ring_is_valid(ring, zone.count))
            status =
                davy_fail(DAVY_ERR_INVALID, "the ring of zone '%s' crosses itself, or has no area",
                          text_of(ground->zones[i], "endpoint"));
        if (status == DAVY_OK)
            status = davy_zone_outline(&zone, site->latitude, site->longitude,
                                       DAVY_INCIDENT_ALERT_PAIRS, &ground->polygons[i]);
    }
    return status;
}

static davy_status survey(const json_t *impact, const davy_site *site, bool needed,
                          struct ground *ground)
{
    ground->impact = impact;
    choose_zones(impact, ground);
    if (ground->count == 0 && needed)
        return davy_fail(DAVY_ERR_INVALID,
                         "no zone of the incident has a ground that people could be told of: "
                         "attach an impact first");
    if (ground->count > 0 && isnan(site->latitude))
        return davy_fail(DAVY_ERR_INVALID,
                         "the site has no 'location': an alert says where it is on the globe");
    return outline_zones(site, ground);
}

/* The words ----------------------------------------------------------------------------------- */

/* What davy says by itself, in one language. */
struct words {
    const char *language, *drill, *over, *unknown, *as_of;
    const char *band[3]; /* around two figures in metres */
    const char *effects[DAVY_EFFECTS];
};

static const struct words english = {
    .language = "en-US",
    .drill = "EXERCISE: this is a drill. ",
    .over = "It is over: ",
    .unknown = "not drawn: ",
    .as_of = "Zones as of ",
    .band = {" (", " to ", " m by all models)"},
    .effects = {"toxic gas", "flash fire", "pool fire", "jet fire", "fireball", "explosion"}};
static const struct words chinese = {
    .language = "zh-CN",
    .drill = "演练:这是一次演练。",
    .over = "警报解除:",
    .unknown = "未绘出:",
    .as_of = "影响区计算时间:",
    .band = {"(各模型 ", " 至 ", " m)"},
    .effects = {"有毒气体", "闪火", "池火", "喷射火", "火球", "爆炸"}};

static const char *effect_in(const struct words *words, const json_t *zone)
{
    for (size_t i = 0; i < DAVY_EFFECTS; i++)
        if (strcmp(davy_effect_name((davy_effect) i), text_of(zone, "effect")) == 0)
            return words->effects[i];
    return text_of(zone, "effect");
}

static bool is_cancel(const davy_incident_alert_order *order)
{
    return strcmp(order->message, "Cancel") == 0;
}

/* "chlorine, toxic gas: AEGL-2 60 min, 554 m (310 to 720 m by all models)". */
static void describe_zone(const struct words *words, const char *chemical, const json_t *zone,
                          davy_buffer *out)
{
    const json_t *band = json_object_get(zone, "band");

    davy_buffer_printf(out, "\n%s%s%s: %s, %.0f m", chemical, *chemical ? ", " : "",
                       effect_in(words, zone), text_of(zone, "endpoint"), distance_of(zone));
    if (json_is_number(json_array_get(band, 0)) && json_is_number(json_array_get(band, 1)))
        davy_buffer_printf(out, "%s%.0f%s%.0f%s", words->band[0],
                           json_number_value(json_array_get(band, 0)), words->band[1],
                           json_number_value(json_array_get(band, 1)), words->band[2]);
}

/* A level that no model could draw is not one that is not reached. */
static bool is_unknown(const json_t *zone)
{
    return strcmp(text_of(zone, "kind"), "outside") == 0 ||
           strcmp(text_of(zone, "kind"), "no data") == 0;
}

static void describe(const struct words *words, const davy_incident *incident,
                     const struct ground *ground, const char *chemical, davy_buffer *out)
{
    char time[DAVY_TIMESTAMP_MAX];
    size_t index;
    const json_t *zone;

    if (incident->drill)
        davy_buffer_append_text(out, words->drill);
    davy_buffer_append_text(out, incident->description ? incident->description : incident->name);
    for (size_t i = 0; i < ground->count; i++)
        describe_zone(words, chemical, ground->zones[i], out);
    json_array_foreach(json_object_get(ground->impact, "zones"), index, zone)
    {
        if (is_unknown(zone))
            davy_buffer_printf(out, "\n%s%s: %s", words->unknown, text_of(zone, "endpoint"),
                               text_of(zone, "text"));
    }
    if (ground->count > 0) {
        davy_timestamp_format(incident->impact_ns, 0, time);
        davy_buffer_printf(out, "\n%s%s", words->as_of, time);
    }
}

/* Severity of the alert by that of the worst zone: 3 is death or collapse. */
static const char *severity_of(const struct ground *ground)
{
    static const char *const words[] = {"Unknown", "Moderate", "Severe", "Extreme"};

    return ground->severity >= 0 && ground->severity < (json_int_t) DAVY_ARRAY_LENGTH(words)
               ? words[ground->severity]
               : "Unknown";
}

/* Poison is CBRNE; the rest burns or bursts. */
static const char *category_of(const struct ground *ground)
{
    for (size_t i = 0; i < ground->count; i++)
        if (strcmp(text_of(ground->zones[i], "effect"), "toxic") == 0)
            return "CBRNE";
    return ground->count > 0 ? "Fire" : "Safety";
}

/* The cap of the incident ---------------------------------------------------------------------- */

void davy_incident_alert_id(const davy_incident *incident, const davy_site *site, size_t number,
                            char id[DAVY_INCIDENT_ALERT_ID_MAX])
{
    char opened[DAVY_TIMESTAMP_MAX], plain[48], digits[DAVY_TIMESTAMP_MAX];
    size_t length = 0;

    davy_timestamp_format(incident->opened_ns, 0, opened);
    for (const char *at = opened; *at; at++)
        if (*at != '-' && *at != ':')
            digits[length++] = *at;
    digits[length] = '\0';
    davy_cap_plain(site->name, plain, sizeof plain);
    (void) snprintf(id, DAVY_INCIDENT_ALERT_ID_MAX, "%s-%s-%llu-%zu", plain, digits,
                    (unsigned long long) incident->id, number);
}

/* "sender,identifier,sent" of every alert since the one that began. */
static void write_references(const davy_incident *incident, const davy_site *site,
                             const char *sender, davy_buffer *out)
{
    size_t first = incident->alert_count;

    while (first > 0 && strcmp(incident->alerts[first - 1].message, "Cancel") != 0)
        first--;
    for (size_t i = first; i < incident->alert_count; i++) {
        char id[DAVY_INCIDENT_ALERT_ID_MAX], sent[DAVY_CAP_TIME_MAX];

        davy_incident_alert_id(incident, site, i + 1, id);
        davy_cap_time(incident->alerts[i].time_ns, sent);
        davy_buffer_printf(out, "%s%s,%s,%s", i > first ? " " : "", sender, id, sent);
    }
}

/* All of an alert that is being made. */
struct making {
    const davy_incident *incident;
    const davy_site *site;
    const davy_incident_alert_order *order;
    struct ground ground;
    char chemical[128], area[DAVY_INCIDENT_TEXT_MAX];
    davy_cap_area cap_area;
    davy_cap_info infos[2];
    davy_buffer headlines[2], descriptions[2], references;
};

static void say_info(struct making *making, const struct words *words, size_t i)
{
    const davy_incident *incident = making->incident;
    const davy_incident_alert_order *order = making->order;
    const bool over = is_cancel(order);
    davy_cap_info *info = &making->infos[i];

    davy_buffer_printf(&making->headlines[i], "%s%s%.100s", incident->drill ? words->drill : "",
                       over ? words->over : "", incident->name);
    describe(words, incident, &making->ground, making->chemical, &making->descriptions[i]);
    *info = (davy_cap_info){.language = words->language,
                            .category = category_of(&making->ground),
                            .event = incident->name,
                            .urgency = over ? "Past" : "Immediate",
                            .severity = severity_of(&making->ground),
                            .certainty = "Likely", /* the zone is computed, not measured */
                            .onset_ns = incident->opened_ns,
                            .expires_ns = order->now_ns + DAVY_INCIDENT_ALERT_STANDS_NS,
                            .sender_name =
                                making->site->title ? making->site->title : making->site->name,
                            .headline = making->headlines[i].bytes,
                            .description = making->descriptions[i].bytes,
                            .instruction = order->text,
                            .response = order->response ? order->response
                                        : over          ? "AllClear"
                                        : order->text   ? "Execute"
                                                        : "Monitor",
                            .areas = &making->cap_area,
                            .area_count = 1};
}

static davy_status write_cap(struct making *making, size_t languages, davy_buffer *out)
{
    const davy_incident *incident = making->incident;
    const davy_incident_alert_order *order = making->order;
    char id[DAVY_INCIDENT_ALERT_ID_MAX], sender[SENDER_MAX], plain[128];
    davy_cap cap = {.identifier = id,
                    .sender = sender,
                    .sent_ns = order->now_ns,
                    .status = incident->drill ? "Exercise"
                              : order->draft  ? "Draft"
                                              : "Actual",
                    .type = order->message,
                    .scope = order->addresses ? "Private" : "Public",
                    .addresses = order->addresses,
                    .note = incident->drill ? "EXERCISE: this is a drill" : NULL,
                    .infos = making->infos,
                    .info_count = languages};

    davy_cap_plain(making->site->name, plain, sizeof plain);
    (void) snprintf(sender, sizeof sender, "davy@%s", plain);
    davy_incident_alert_id(incident, making->site, incident->alert_count + 1, id);
    if (strcmp(order->message, "Alert") != 0) {
        write_references(incident, making->site, sender, &making->references);
        cap.references = making->references.bytes;
    }
    return davy_cap_write(&cap, out);
}

static davy_status make(struct making *making, davy_buffer *out)
{
    const davy_incident *incident = making->incident;
    const struct words *languages[2] = {&english, &english};
    size_t count = 0;
    davy_status status = DAVY_OK;

    if (strcmp(davy_notice_language(making->site), chinese.language) == 0)
        languages[count++] = &chinese;
    languages[count++] = &english;
    (void) snprintf(making->area, sizeof making->area, "%s",
                    incident->place       ? incident->place
                    : incident->asset     ? incident->asset
                    : making->site->title ? making->site->title
                                          : making->site->name);
    making->cap_area = (davy_cap_area){.description = making->area,
                                       .polygons = (const char *const *) making->ground.polygons,
                                       .polygon_count = making->ground.count};
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        say_info(making, languages[i], i);
        status = davy_buffer_ok(&making->descriptions[i]);
        if (status == DAVY_OK)
            status = davy_buffer_ok(&making->headlines[i]);
    }
    return status == DAVY_OK ? write_cap(making, count, out) : status;
}

davy_status davy_incident_alert_write(const davy_incident *incident, const davy_site *site,
                                      const davy_incident_alert_order *order, davy_buffer *out)
{
    struct making making = {.incident = incident, .site = site, .order = order};
    json_t *impact = incident->impact ? json_loads(incident->impact, 0, NULL) : NULL;
    davy_status status = survey(impact, site, !is_cancel(order), &making.ground);

    (void) snprintf(making.chemical, sizeof making.chemical, "%.100s",
                    text_of(json_object_get(impact, "chemical"), "name"));
    if (status == DAVY_OK)
        status = make(&making, out);
    for (size_t i = 0; i < making.ground.count; i++)
        free(making.ground.polygons[i]);
    for (size_t i = 0; i < 2; i++) {
        davy_buffer_clear(&making.headlines[i]);
        davy_buffer_clear(&making.descriptions[i]);
    }
    davy_buffer_clear(&making.references);
    json_decref(impact);
    return status;
}
