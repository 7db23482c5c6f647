/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"
#include "hazard/zone/zone.h"
#include "respond/threat/threats_private.h"

#include <stdio.h>
#include <string.h>

/* Threats as JSON: for the list with all of the impact, for the event without its rings. */

static void write_assumed(davy_buffer *out, const davy_threat *threat)
{
    davy_json_array(out, "assumed");
    for (unsigned i = 0; i < DAVY_WEATHER_PARTS && threat->computed; i++) {
        const davy_weather_part part = (davy_weather_part) i;

        if (!(threat->weather.assumed & 1U << i))
            continue;
        davy_json_object(out, NULL);
        davy_json_text(out, "silent", davy_weather_part_name(part));
        davy_json_text(out, "taken", davy_weather_part_assumption(part));
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_live(davy_buffer *out, const davy_threat *threat)
{
    davy_json_object(out, "live");
    davy_json_text(out, "scenario", threat->name);
    davy_json_text(out, "state", threat->active ? "active" : "ended");
    davy_json_time(out, "since", threat->since_ns);
    davy_json_text(out, "by", threat->by[0] ? threat->by : NULL);
    davy_json_array(out, "alarms");
    for (size_t i = 0; i < threat->alarm_count; i++)
        davy_json_text(out, NULL, threat->alarms[i].key);
    davy_json_array_end(out);
    write_assumed(out, threat);
    if (threat->sequence)
        davy_json_unsigned(out, "record", threat->sequence);
    else
        davy_json_null(out, "record");
    davy_json_text(out, "hash", threat->hash[0] ? threat->hash : NULL);
    davy_json_text(out, "problem", threat->problem[0] ? threat->problem : NULL);
    davy_json_object_end(out);
}

/* The impact is an object: what it holds follows the first bracket. */
static void write_threat(davy_buffer *out, const davy_threat *threat)
{
    davy_json_object(out, NULL);
    write_live(out, threat);
    if (threat->json) {
        davy_buffer_append_text(out, ",");
        davy_buffer_append_text(out, threat->json + 1);
    } else {
        davy_json_object_end(out);
    }
}

static void write_zone(davy_buffer *out, const davy_impact *impact, size_t index)
{
    const davy_zone *zone = &impact->zones[index];
    char text[DAVY_ANSWER_TEXT_MAX];

    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", index + 1);
    davy_json_text(out, "effect", davy_effect_name(zone->effect));
    davy_json_text(out, "endpoint", zone->endpoint);
    davy_json_integer(out, "severity", zone->severity);
    davy_json_text(out, "text", davy_impact_distance_text(&zone->reach, text));
    davy_json_number(out, "people", impact->models[index].people);
    davy_json_object_end(out);
}

void davy_threat_publish(davy_threats *threats, const davy_threat *threat,
                         const davy_impact *impact)
{
    davy_buffer out = {0};

    davy_json_object(&out, NULL);
    write_live(&out, threat);
    if (impact) {
        const davy_scenario_weather *weather = &impact->scenario.weather;

        davy_json_time(&out, "computed", impact->input.computed_ns);
        davy_json_number(&out, "likelihood", impact->input.likelihood);
        davy_json_object(&out, "weather");
        davy_json_number(&out, "wind", weather->wind);
        davy_json_number(&out, "wind_from", weather->wind_from);
        davy_json_object_end(&out);
        davy_json_array(&out, "zones");
        for (size_t i = 0; i < impact->zone_count; i++)
            write_zone(&out, impact, i);
        davy_json_array_end(&out);
    }
    davy_json_object_end(&out);
    if (threats->parts.publish && davy_buffer_ok(&out) == DAVY_OK)
        threats->parts.publish(threats->parts.context, "zone", out.bytes);
    davy_buffer_clear(&out);
}

static void write_all(const davy_threats *threats, davy_buffer *out)
{
    davy_json_object(out, NULL);
    davy_json_array(out, "zones");
    for (size_t i = 0; i < threats->count; i++)
        if (threats->items[i]->active)
            write_threat(out, threats->items[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static davy_status write_one(davy_threats *threats, const char *scenario, davy_buffer *out)
{
    const davy_threat *threat = davy_threat_of(threats, scenario, false);

    if (!threat)
        return davy_fail(DAVY_ERR_NOT_FOUND, "the scenario '%.60s' has not begun", scenario);
    write_threat(out, threat);
    return DAVY_OK;
}

davy_status davy_threats_json(davy_threats *threats, const char *scenario, davy_buffer *out)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&threats->mutex);
    if (scenario)
        status = write_one(threats, scenario, out);
    else
        write_all(threats, out);
    pthread_mutex_unlock(&threats->mutex);
    return status == DAVY_OK ? davy_buffer_ok(out) : status;
}

void davy_threats_metrics(davy_threats *threats, davy_buffer *out)
{
    pthread_mutex_lock(&threats->mutex);
    davy_buffer_printf(out,
                       "# HELP davy_threats Scenarios that have begun.\n"
                       "# TYPE davy_threats gauge\n"
                       "davy_threats %zu\n"
                       "# HELP davy_threat_computations_total Impacts computed since the start.\n"
                       "# TYPE davy_threat_computations_total counter\n"
                       "davy_threat_computations_total %llu\n"
                       "# HELP davy_threat_longest_seconds Longest computation since the start.\n"
                       "# TYPE davy_threat_longest_seconds gauge\n"
                       "davy_threat_longest_seconds %.6f\n",
                       davy_threats_active(threats), (unsigned long long) threats->computations,
                       threats->longest_s);
    pthread_mutex_unlock(&threats->mutex);
}
