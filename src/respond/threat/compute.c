/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "core/zone.h"
#include "hazard/risk/likelihood.h"
#include "respond/threat/threats_private.h"
#include "site/schedule.h"
#include "site/unit_convert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From readings to an impact: the station, who is there, how likely, the models. */

/* A sample from the future is one of a clock that is wrong. */
#define AHEAD_NS (5 * DAVY_NS_PER_S)

/* The newest value of a signal when it is good and not stale; otherwise NaN. */
static double reading_of(davy_threats *threats, const davy_site *site, size_t index, int64_t now_ns)
{
    const davy_site_signal *signal;
    davy_sample sample;
    int64_t stale_ns;

    if (index >= site->signal_count)
        return NAN;
    signal = &site->signals[index];
    stale_ns = signal->deadline_ns > 0 ? signal->deadline_ns : DAVY_THREAT_STALE_NS;
    if (davy_store_latest(threats->parts.store, signal->id, &sample) != DAVY_OK ||
        sample.quality != DAVY_QUALITY_GOOD || !isfinite(sample.value) ||
        now_ns - sample.time_ns > stale_ns || sample.time_ns - now_ns > AHEAD_NS)
        return NAN;
    return sample.value;
}

/* What no weather is, is a fault of the instrument. */
static void bound_readings(double readings[DAVY_WEATHER_PARTS])
{
    static const double low[] = {0, -360, 200, 0, -50, 0};
    static const double high[] = {75, 720, 340, 1.05, 1500, 1.05};

    for (unsigned part = 0; part < DAVY_WEATHER_PARTS; part++)
        if (!(readings[part] >= low[part] && readings[part] <= high[part]))
            readings[part] = NAN;
}

void davy_threat_readings(davy_threats *threats, const davy_site *site, int64_t now_ns,
                          double readings[DAVY_WEATHER_PARTS])
{
    for (unsigned part = 0; part < DAVY_WEATHER_PARTS; part++) {
        const size_t index =
            davy_weather_part_signal(&site->emergency.weather, (davy_weather_part) part);
        davy_unit_scale scale;

        readings[part] = reading_of(threats, site, index, now_ns);
        if (isnan(readings[part]))
            continue;
        if (davy_unit_convert(site->signals[index].unit,
                              davy_weather_part_unit((davy_weather_part) part), &scale) == DAVY_OK)
            readings[part] = readings[part] * scale.scale + scale.offset;
        else
            readings[part] = NAN; /* the site file was checked for it */
    }
    bound_readings(readings);
}

/* Do the people of the day count? */
static bool is_day(const davy_site *site, int64_t now_ns)
{
    const int64_t second = now_ns / DAVY_NS_PER_S;
    davy_timezone *zone = NULL;
    int offset = 0;

    if (davy_timezone_open(site->timezone, &zone) == DAVY_OK)
        offset = davy_timezone_offset_s(zone, second);
    davy_timezone_close(zone);
    return davy_site_schedule_holds(site->emergency.day, site->emergency.day_count,
                                    second + offset);
}

/* Of each place; NaN: not known. Fewer than nobody, and more than a place holds, is a fault of what
 * counts: then the file's figure is taken. */
static double *count_badges(davy_threats *threats, const davy_site *site, int64_t now_ns)
{
    const size_t count = site->emergency.place_count;
    double *badges = calloc(count + 1, sizeof *badges);

    for (size_t i = 0; badges && i < count; i++) {
        badges[i] = reading_of(threats, site, site->emergency.places[i].badges, now_ns);
        if (!(badges[i] >= 0 && badges[i] <= DAVY_THREAT_PEOPLE_MAX))
            badges[i] = NAN;
    }
    return badges;
}

void davy_threat_people(davy_threats *threats, const davy_site *site, int64_t now_ns,
                        char hash[DAVY_FROZEN_HASH_MAX])
{
    const size_t count = site->emergency.place_count;
    double *people = count_badges(threats, site, now_ns);

    hash[0] = '\0';
    if (!people)
        return;
    people[count] = is_day(site, now_ns);
    davy_frozen_hash((const char *) people, (count + 1) * sizeof *people, hash);
    free(people);
}

static const davy_site_detector *detector_of(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->detector_count; i++)
        if (strcmp(site->detectors[i].name, name) == 0)
            return &site->detectors[i];
    return NULL;
}

/* Of the alarms that began it the likeliest counts. Limits have no calibrated rate of false alarms,
 * so an alarm of a limit says nothing here; and a detector is taken to find every release, so that
 * the likelihood is one at most. */
static double likelihood_of(const davy_threat *threat, const davy_scenario *scenario,
                            const davy_site *site)
{
    double best = NAN;

    for (size_t i = 0; i < threat->alarm_count; i++) {
        const davy_site_detector *detector = detector_of(site, threat->alarms[i].detector);
        davy_answer answer;

        if (!detector || !(detector->budget_per_day > 0) || isnan(scenario->frequency))
            continue;
        answer = davy_likelihood_of_alarm(scenario->frequency, 1.0, detector->budget_per_day);
        if (answer.kind == DAVY_ANSWER_VALUE)
            best = fmax(best, answer.value); /* of a NaN and a number it is the number */
    }
    return best;
}

static const davy_scenario *scenario_of(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->emergency.scenario_count; i++)
        if (strcmp(site->emergency.scenarios[i].name, name) == 0)
            return &site->emergency.scenarios[i];
    return NULL;
}

static void fail(davy_threat *threat, const char *problem)
{
    (void) snprintf(threat->problem, sizeof threat->problem, "%s", problem);
    davy_log(DAVY_LOG_ERROR, "threat", "scenario %s: %s", threat->name, problem);
}

/* Takes the text. Keeps what was computed, with its record. */
static void keep(davy_threats *threats, davy_threat *threat, const davy_impact_input *input,
                 davy_buffer *text)
{
    threat->json = text->bytes;
    davy_frozen_hash(text->bytes, text->length, threat->hash);
    *text = (davy_buffer){0};
    threat->problem[0] = '\0';
    threat->sequence = 0;
    if (davy_threat_record_impact(threats, threat, input, &threat->sequence) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "threat", "scenario %s is computed and not recorded: %s",
                 threat->name, davy_error());
}

/* Let others see what is new, then tell them. */
static void show(davy_threats *threats, davy_threat *threat, const davy_threat *next,
                 const davy_impact *impact)
{
    const double seconds =
        (double) (davy_monotonic_ns(threats->parts.clock) - next->computed_ns) / DAVY_NS_PER_S;
    char *before = threat->json;

    pthread_mutex_lock(&threats->mutex);
    *threat = *next;
    threats->computations++;
    threats->longest_s = fmax(threats->longest_s, seconds);
    pthread_mutex_unlock(&threats->mutex);
    if (before != threat->json)
        free(before);
    davy_threat_publish(threats, threat, impact);
}

/* What the thread that computes works with: the input, and a copy that nobody looks at. */
struct task {
    davy_threats *threats;
    davy_threat *threat, *next;
};

static void compute(const struct task *task, const davy_impact_input *input)
{
    davy_impact impact = {0};
    davy_buffer text = {0};
    davy_status status = davy_impact_compute(input, &impact);

    if (status == DAVY_OK)
        status = davy_impact_json(&impact, NULL, &text);
    if (status == DAVY_OK)
        keep(task->threats, task->next, input, &text);
    else
        fail(task->next, davy_error());
    show(task->threats, task->threat, task->next, status == DAVY_OK ? &impact : NULL);
    davy_buffer_clear(&text);
    davy_impact_destroy(&impact);
}

static void compute_in(const struct task *task, const davy_site *site, const davy_scenario *of_site)
{
    davy_threats *threats = task->threats;
    const int64_t now_ns = davy_wall_ns(threats->parts.clock);
    double readings[DAVY_WEATHER_PARTS];
    davy_scenario scenario = *of_site;
    double *badges = count_badges(threats, site, now_ns);
    davy_impact_input input = {.scenario = &scenario,
                               .site = site,
                               .latitude = site->latitude,
                               .longitude = site->longitude,
                               .day = is_day(site, now_ns),
                               .badges = badges, /* without memory: as the file says */
                               .computed_ns = now_ns,
                               .likelihood = likelihood_of(task->next, of_site, site)};

    davy_threat_people(threats, site, now_ns, task->next->people);
    davy_threat_readings(threats, site, now_ns, readings);
    task->next->weather = davy_weather_now_of(&site->emergency.weather, readings, site->latitude,
                                              site->longitude, now_ns);
    scenario.weather = task->next->weather.weather;
    compute(task, &input);
    free(badges);
}

void davy_threat_compute(davy_threats *threats, davy_threat *threat, const davy_site *site)
{
    const davy_scenario *scenario = scenario_of(site, threat->name);
    davy_threat next = *threat;
    const struct task task = {threats, threat, &next};

    next.computed = true;
    next.computed_ns = davy_monotonic_ns(threats->parts.clock);
    if (scenario) {
        compute_in(&task, site, scenario);
        return;
    }
    fail(&next, "the site file has no scenario of this name any more: what stands here is old");
    show(threats, threat, &next, NULL);
}
