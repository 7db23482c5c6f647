/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/check.h"
#include "hazard/impact/impact.h"
#include "respond/incident/request.h"
#include "respond/threat/frozen.h"
#include "respond/threat/threats.h"
#include "respond/threat/weather_now.h"
#include "site/faults.h"
#include "site/scenario.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Of a scenario that has begun ----------------------------------------------------------------- */

struct wanted {
    uint64_t sequence;
    json_t *body;
};

static davy_status take_record(void *context, const davy_record *record)
{
    struct wanted *wanted = context;

    if (record->sequence == wanted->sequence)
        wanted->body = json_loads(record->body, 0, NULL);
    return DAVY_OK;
}

/* The record of the impact has what it was computed from. */
static davy_status find_inputs(const davy_incidents_parts *parts, json_t *live, json_t *body)
{
    const json_int_t sequence = json_integer_value(json_object_get(live, "record"));
    struct wanted wanted = {(uint64_t) sequence, NULL};
    davy_status status = sequence > 0
                             ? davy_records_scan(parts->records, DAVY_RECORD_IMPACT, NULL,
                                                 wanted.sequence - 1, 1, take_record, &wanted)
                             : DAVY_OK;

    if (status == DAVY_OK && json_object_get(wanted.body, "inputs")) {
        (void) json_object_set(body, "inputs", json_object_get(wanted.body, "inputs"));
        (void) json_object_set(body, "hash", json_object_get(wanted.body, "hash"));
    }
    json_decref(wanted.body);
    return status;
}

/* DAVY_ERR_NOT_FOUND when it has not begun. */
static davy_status take_live(const davy_incidents_parts *parts, const char *scenario, json_t *body)
{
    davy_buffer text = {0};
    json_t *impact;
    davy_status status = parts->threats ? davy_threats_json(parts->threats, scenario, &text)
                                        : davy_fail(DAVY_ERR_NOT_FOUND, "no scenario is followed");

    impact = status == DAVY_OK ? json_loads(text.bytes, 0, NULL) : NULL;
    davy_buffer_clear(&text);
    if (status == DAVY_OK && !json_is_array(json_object_get(impact, "zones")))
        status = davy_fail(DAVY_ERR_INVALID, "scenario '%.64s' is not computed yet", scenario);
    if (status == DAVY_OK)
        status = find_inputs(parts, json_object_get(impact, "live"), body);
    if (status == DAVY_OK) {
        (void) json_object_del(impact, "live");
        (void) json_object_set(body, "impact", impact);
    }
    json_decref(impact);
    return status;
}

/* Of a scenario that was sent ------------------------------------------------------------------ */

static davy_status keep_computed(const davy_impact_input *input, const davy_site *site,
                                 const davy_buffer *text, json_t *body)
{
    char site_hash[DAVY_FROZEN_HASH_MAX], hash[DAVY_FROZEN_HASH_MAX];
    json_t *impact = json_loadb(text->bytes, text->length, 0, NULL);
    json_t *inputs;

    davy_frozen_hash(site->text, site->text_length, site_hash);
    davy_frozen_hash(text->bytes, text->length, hash);
    inputs = davy_impact_freeze(input, site_hash);
    if (!impact || !inputs) {
        json_decref(impact);
        json_decref(inputs);
        return davy_fail(DAVY_ERR_NOMEM, "an impact");
    }
    (void) json_object_set_new(body, "impact", impact);
    (void) json_object_set_new(body, "inputs", inputs);
    (void) json_object_set_new(body, "hash", json_string(hash));
    return DAVY_OK;
}

static davy_status compute_input(const davy_impact_input *input, json_t *body)
{
    davy_buffer text = {0};
    davy_status status = davy_impact_write(input, &text);

    if (status == DAVY_OK)
        status = keep_computed(input, input->site, &text, body);
    davy_buffer_clear(&text);
    return status;
}

static davy_status compute(const davy_site *site, const char *order, int64_t now_ns, json_t *body)
{
    davy_site_faults faults = {0};
    davy_scenario_file file = {0};
    davy_status status = davy_scenario_parse("order", order, strlen(order), site, &file, &faults);
    const davy_impact_input input = {.scenario = &file.scenario,
                                     .site = site,
                                     .latitude = file.located ? file.latitude : NAN,
                                     .longitude = file.located ? file.longitude : NAN,
                                     .day = !file.scenario.weather.night,
                                     .computed_ns = now_ns,
                                     .likelihood = NAN};

    if (status == DAVY_OK)
        status = davy_scenario_check(&file.scenario, "scenario.chemical", &faults);
    if (status == DAVY_OK)
        status = compute_input(&input, body);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
    return status;
}

/* A drill of a scenario of the site, in the worst weather: nothing begins by it. */
static davy_status rehearse(const davy_site *site, const char *name, int64_t now_ns, json_t *body)
{
    double silent[DAVY_WEATHER_PARTS];

    for (unsigned part = 0; part < DAVY_WEATHER_PARTS; part++)
        silent[part] = NAN;
    for (size_t i = 0; i < site->emergency.scenario_count; i++) {
        davy_scenario scenario = site->emergency.scenarios[i];
        const davy_impact_input input = {.scenario = &scenario,
                                         .site = site,
                                         .latitude = site->latitude,
                                         .longitude = site->longitude,
                                         .day = true,
                                         .computed_ns = now_ns,
                                         .likelihood = NAN};

        if (strcmp(scenario.name, name) != 0)
            continue;
        scenario.weather = davy_weather_now_of(&site->emergency.weather, silent, site->latitude,
                                               site->longitude, now_ns)
                               .weather;
        return compute_input(&input, body);
    }
    return davy_fail(DAVY_ERR_INVALID, "the site has no scenario '%.64s'", name);
}

static davy_status take_scenario(const davy_incidents_parts *parts, const char *name, bool drill,
                                 int64_t now_ns, json_t *body)
{
    davy_status status = take_live(parts, name, body);
    const davy_site *site;

    if (status != DAVY_ERR_NOT_FOUND)
        return status;
    if (!drill || !parts->acquire_site)
        return davy_fail(DAVY_ERR_INVALID,
                         "scenario '%.64s' has not begun: begin it, or send an 'order'", name);
    site = parts->acquire_site(parts->context);
    status = rehearse(site, name, now_ns, body);
    parts->release_site(parts->context, site);
    return status;
}

davy_status davy_incident_request_impact(const davy_incidents_parts *parts,
                                         const davy_incident_event *event, bool drill,
                                         int64_t now_ns, struct json_t *body)
{
    const davy_site *site;
    davy_status status;

    if (event->kind != DAVY_INCIDENT_IMPACT || event->impact)
        return DAVY_OK;
    if (event->order && parts->acquire_site) {
        site = parts->acquire_site(parts->context);
        status = compute(site, event->order, now_ns, body);
        parts->release_site(parts->context, site);
        (void) json_object_del(body, "order");
        return status;
    }
    return event->scenario ? take_scenario(parts, event->scenario, drill, now_ns, body) : DAVY_OK;
}
