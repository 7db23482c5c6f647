/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "core/pattern.h"
#include "respond/threat/threats_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Alarms that wait for the thread. More at once are a flood, and then all alarms are looked at. */
#define QUEUE_ALARMS 256
#define LOOK_MS      500

davy_threat *davy_threat_of(davy_threats *threats, const char *name, bool make)
{
    davy_threat *threat;

    for (size_t i = 0; i < threats->count; i++)
        if (strcmp(threats->items[i]->name, name) == 0)
            return threats->items[i];
    if (!make || threats->count == DAVY_ARRAY_LENGTH(threats->items))
        return NULL;
    threat = calloc(1, sizeof *threat);
    if (threat)
        threat->name = strdup(name);
    if (!threat || !threat->name) {
        free(threat);
        return NULL;
    }
    pthread_mutex_lock(&threats->mutex);
    threats->items[threats->count++] = threat;
    pthread_mutex_unlock(&threats->mutex);
    return threat;
}

size_t davy_threats_active(const davy_threats *threats)
{
    size_t active = 0;

    for (size_t i = 0; i < threats->count; i++)
        active += threats->items[i]->active;
    return active;
}

bool davy_threat_note_alarm(davy_threat *threat, const davy_threat_alarm *alarm)
{
    for (size_t i = 0; i < threat->alarm_count; i++) {
        if (strcmp(threat->alarms[i].key, alarm->key) != 0)
            continue;
        if (threat->alarms[i].occurrence >= alarm->occurrence)
            return false;
        threat->alarms[i].occurrence = alarm->occurrence;
        return true;
    }
    if (threat->alarm_count == DAVY_THREAT_ALARMS_MAX)
        memmove(threat->alarms, threat->alarms + 1, --threat->alarm_count * sizeof *threat->alarms);
    threat->alarms[threat->alarm_count++] = *alarm;
    return true;
}

/* Begins ----------------------------------------------------------------------------------- */

static davy_status begin(davy_threats *threats, davy_threat *threat, const char *by,
                         const char *comment)
{
    davy_threat next = *threat;
    davy_status status;
    char *before;

    if (davy_threats_active(threats) >= DAVY_THREATS_MAX)
        return davy_fail(DAVY_ERR_FULL, "%zu scenarios have begun: end one that is over",
                         DAVY_THREATS_MAX);
    next.active = true;
    next.since_ns = davy_wall_ns(threats->parts.clock);
    next.computed = false;
    next.json = NULL; /* that of the last time is another day's */
    next.sequence = 0;
    next.hash[0] = next.problem[0] = '\0';
    (void) snprintf(next.by, sizeof next.by, "%s", by ? by : "");
    status = davy_threat_record_begin(threats, &next, by, comment);
    if (status != DAVY_OK && by)
        return status; /* an alarm is no less an alarm when the disk is full */
    before = threat->json;
    pthread_mutex_lock(&threats->mutex);
    *threat = next;
    pthread_mutex_unlock(&threats->mutex);
    free(before);
    return status;
}

static bool matches(const davy_scenario *scenario, const davy_threat_alarm *alarm)
{
    return scenario->when &&
           (davy_pattern_matches(scenario->when, alarm->key) ||
            (alarm->detector[0] && davy_pattern_matches(scenario->when, alarm->detector)));
}

static bool note(davy_threats *threats, davy_threat *threat, const davy_threat_alarm *alarm)
{
    bool is_new;

    pthread_mutex_lock(&threats->mutex);
    is_new = davy_threat_note_alarm(threat, alarm);
    pthread_mutex_unlock(&threats->mutex);
    return is_new;
}

static void take_alarm(davy_threats *threats, const davy_site *site, const davy_threat_alarm *alarm)
{
    for (size_t i = 0; i < site->emergency.scenario_count; i++) {
        const davy_scenario *scenario = &site->emergency.scenarios[i];
        davy_threat *threat;

        if (!matches(scenario, alarm))
            continue;
        threat = davy_threat_of(threats, scenario->name, true);
        if (!threat || !note(threats, threat, alarm))
            continue;
        if (!threat->active && begin(threats, threat, NULL, NULL) != DAVY_OK)
            davy_log(DAVY_LOG_ERROR, "threat", "%s: %s", scenario->name, davy_error());
        davy_log(DAVY_LOG_WARNING, "threat", "scenario %s: alarm %s", scenario->name, alarm->key);
    }
}

static davy_threat_alarm note_of(const davy_alarm *alarm)
{
    davy_threat_alarm note = {.occurrence = alarm->occurrences};

    (void) snprintf(note.key, sizeof note.key, "%s", alarm->key);
    (void) snprintf(note.detector, sizeof note.detector, "%s",
                    alarm->detector ? alarm->detector : "");
    return note;
}

/* What is set aside is no news: somebody has said so. */
static bool stands(const davy_alarm *alarm)
{
    return alarm->active &&
           (alarm->state == DAVY_ALARM_UNACKNOWLEDGED || alarm->state == DAVY_ALARM_ACKNOWLEDGED);
}

struct look {
    davy_threats *threats;
    const davy_site *site;
};

static davy_status look_at_alarm(void *context, const davy_alarm *alarm)
{
    const struct look *look = context;
    const davy_threat_alarm note = note_of(alarm);

    if (stands(alarm))
        take_alarm(look->threats, look->site, &note);
    return DAVY_OK;
}

static void look_at_alarms(davy_threats *threats, const davy_site *site)
{
    struct look look = {threats, site};

    if (threats->parts.alarms && davy_alarms_visit(threats->parts.alarms, DAVY_ALARMS_ACTIVE,
                                                   look_at_alarm, &look) != DAVY_OK) {
        davy_log(DAVY_LOG_ERROR, "threat", "alarms are looked at again: %s", davy_error());
        atomic_store(&threats->look_at_all, true);
    }
}

void davy_threats_alarm(davy_threats *threats, const davy_alarm *alarm)
{
    davy_threat_alarm note;

    if (!threats || !stands(alarm))
        return;
    note = note_of(alarm);
    if (davy_ring_push(threats->queue, &note, 1) == 0)
        atomic_store(&threats->look_at_all, true);
}

void davy_threats_reload(davy_threats *threats)
{
    if (!threats)
        return;
    atomic_store(&threats->reloaded, true);
    davy_ring_wake(threats->queue);
}

/* A reload puts the site in its place before it tells of it. */
void davy_threats_see(davy_threats *threats, const davy_site *site, bool anew)
{
    if (!anew && site == threats->seen)
        return;
    threats->seen = site;
    davy_frozen_hash(site->text, site->text_length, threats->site);
}

/* The thread ------------------------------------------------------------------------------- */

static void look_at_weather(davy_threats *threats, const davy_site *site, bool anew)
{
    const int64_t now_ns = davy_wall_ns(threats->parts.clock);
    const int64_t age_ns = davy_monotonic_ns(threats->parts.clock);
    double readings[DAVY_WEATHER_PARTS];
    davy_weather_now weather;
    char people[DAVY_FROZEN_HASH_MAX];

    if (davy_threats_active(threats) == 0)
        return;
    davy_threat_people(threats, site, now_ns, people);
    davy_threat_readings(threats, site, now_ns, readings);
    weather = davy_weather_now_of(&site->emergency.weather, readings, site->latitude,
                                  site->longitude, now_ns);
    for (size_t i = 0; i < threats->count; i++) {
        davy_threat *threat = threats->items[i];

        if (!threat->active)
            continue;
        if (anew || !threat->computed ||
            (age_ns - threat->computed_ns >= DAVY_THREAT_PAUSE_NS &&
             davy_weather_moved(&threat->weather, &weather)) ||
            (age_ns - threat->computed_ns >= DAVY_THREAT_PEOPLE_NS &&
             strcmp(threat->people, people) != 0))
            davy_threat_compute(threats, threat, site);
    }
}

static void look(davy_threats *threats)
{
    const davy_site *site = threats->parts.acquire_site(threats->parts.context);
    const bool anew = atomic_exchange(&threats->reloaded, false);
    davy_threat_alarm alarm;

    pthread_mutex_lock(&threats->turn);
    davy_threats_see(threats, site, anew);
    while (davy_ring_pop(threats->queue, &alarm, 1) == 1)
        take_alarm(threats, site, &alarm);
    if (atomic_exchange(&threats->look_at_all, false) || anew)
        look_at_alarms(threats, site);
    look_at_weather(threats, site, anew);
    pthread_mutex_unlock(&threats->turn);
    threats->parts.release_site(threats->parts.context, site);
}

static void *run(void *argument)
{
    davy_threats *threats = argument;

    while (!atomic_load(&threats->stopping)) {
        look(threats);
        davy_ring_wait(threats->queue, LOOK_MS);
    }
    return NULL;
}

/* Life ------------------------------------------------------------------------------------- */

davy_status davy_threats_open(const davy_threats_parts *parts, davy_threats **out)
{
    davy_threats *threats = calloc(1, sizeof *threats);
    davy_status status;

    if (!threats)
        return davy_fail(DAVY_ERR_NOMEM, "threats");
    threats->parts = *parts;
    pthread_mutex_init(&threats->turn, NULL);
    pthread_mutex_init(&threats->mutex, NULL);
    atomic_store(&threats->reloaded, true); /* the first look is at a new site */
    status = davy_ring_create(sizeof(davy_threat_alarm), QUEUE_ALARMS, &threats->queue);
    if (status == DAVY_OK)
        status = davy_threats_rebuild(threats);
    if (status != DAVY_OK) {
        davy_threats_close(threats);
        return status;
    }
    *out = threats;
    return DAVY_OK;
}

davy_status davy_threats_start(davy_threats *threats)
{
    if (pthread_create(&threats->thread, NULL, run, threats) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of threats");
    threats->started = true;
    return DAVY_OK;
}

void davy_threats_stop(davy_threats *threats)
{
    if (!threats || !threats->started)
        return;
    atomic_store(&threats->stopping, true);
    davy_ring_wake(threats->queue);
    pthread_join(threats->thread, NULL);
    threats->started = false;
}

void davy_threats_close(davy_threats *threats)
{
    if (!threats)
        return;
    davy_threats_stop(threats);
    for (size_t i = 0; i < threats->count; i++) {
        free(threats->items[i]->name);
        free(threats->items[i]->json);
        free(threats->items[i]);
    }
    davy_ring_destroy(threats->queue);
    pthread_mutex_destroy(&threats->turn);
    pthread_mutex_destroy(&threats->mutex);
    free(threats);
}

/* People ----------------------------------------------------------------------------------- */

static bool has_scenario(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->emergency.scenario_count; i++)
        if (strcmp(site->emergency.scenarios[i].name, name) == 0)
            return true;
    return false;
}

static davy_status begin_for(davy_threats *threats, const davy_site *site, const char *by,
                             const char *scenario, const char *comment)
{
    davy_threat *threat;
    davy_status status = DAVY_OK;

    if (!has_scenario(site, scenario))
        return davy_fail(DAVY_ERR_NOT_FOUND, "the site has no scenario '%.60s'", scenario);
    threat = davy_threat_of(threats, scenario, true);
    if (!threat)
        return davy_fail(DAVY_ERR_NOMEM, "scenario '%.60s'", scenario);
    if (!threat->active)
        status = begin(threats, threat, by, comment);
    if (status == DAVY_OK && !threat->computed)
        davy_threat_compute(threats, threat, site);
    return status;
}

davy_status davy_threats_begin(davy_threats *threats, const char *by, const char *scenario,
                               const char *comment)
{
    const davy_site *site = threats->parts.acquire_site(threats->parts.context);
    davy_status status;

    pthread_mutex_lock(&threats->turn);
    davy_threats_see(threats, site, false);
    status = begin_for(threats, site, by, scenario, comment);
    pthread_mutex_unlock(&threats->turn);
    threats->parts.release_site(threats->parts.context, site);
    return status;
}

davy_status davy_threats_end(davy_threats *threats, const char *by, const char *scenario,
                             const char *comment)
{
    davy_threat *threat;
    davy_status status;

    pthread_mutex_lock(&threats->turn);
    threat = davy_threat_of(threats, scenario, false);
    if (!threat || !threat->active)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "the scenario '%.60s' has not begun", scenario);
    else
        status = davy_threat_record_end(threats, threat, by, comment);
    if (status == DAVY_OK) {
        pthread_mutex_lock(&threats->mutex);
        threat->active = false;
        (void) snprintf(threat->by, sizeof threat->by, "%s", by);
        pthread_mutex_unlock(&threats->mutex);
        davy_threat_publish(threats, threat, NULL);
    }
    pthread_mutex_unlock(&threats->turn);
    return status;
}
