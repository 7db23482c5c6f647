/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/ring.h"
#include "hazard/impact/impact.h"
#include "respond/threat/frozen.h"
#include "respond/threat/threats.h"
#include "respond/threat/weather_now.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * @file
 * The inside of davy_threats, shared by the files that begin and end, compute, record and show.
 *
 * Stage: respond, room threat, inside.
 */

/** Alarms that are kept of one threat; when there are more, the oldest goes. */
#define DAVY_THREAT_ALARMS_MAX ((size_t) 32)

/** An alarm as the queue carries it. */
typedef struct davy_threat_alarm {
    char key[DAVY_CONDITION_KEY_MAX];
    char detector[DAVY_PATH_MAX]; /* "" for none */
    uint64_t occurrence;          /* number of the raise */
} davy_threat_alarm;

typedef struct davy_threat {
    char *name; /* of the scenario */
    bool active;
    int64_t since_ns;
    char by[DAVY_ALARM_BY_MAX];                       /* a person; "" for alarms alone */
    davy_threat_alarm alarms[DAVY_THREAT_ALARMS_MAX]; /* that began it or came later */
    size_t alarm_count;

    bool computed;
    davy_weather_now weather;          /* of the last computation */
    char people[DAVY_FROZEN_HASH_MAX]; /* of who was where then */
    int64_t computed_ns;               /* monotonic */
    char *json;                        /* davy_impact_json(); NULL before the first */
    uint64_t sequence;                 /* of its record; 0: not durable */
    char hash[DAVY_FROZEN_HASH_MAX];
    char problem[256]; /* why the last computation did not come about; "" for none */
} davy_threat;

struct davy_threats {
    davy_threats_parts parts;
    davy_ring *queue; /* of davy_threat_alarm */
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    atomic_bool look_at_all; /* the queue was full, or the site is another one */
    atomic_bool reloaded;

    pthread_mutex_t turn;  /* one at a time changes what is below, and may take its time */
    pthread_mutex_t mutex; /* short: to change it, and to look at it without having the turn */
    davy_threat *items[DAVY_SITE_SCENARIOS_MAX]; /* active and ended */
    size_t count;
    const davy_site *seen;           /* the site of the hash; to be compared, not looked into */
    char site[DAVY_FROZEN_HASH_MAX]; /* hash of its file */
    uint64_t computations;
    double longest_s; /* computation */
};

/** The threat of a scenario; made when there is none. NULL without room or memory. */
davy_threat *davy_threat_of(davy_threats *threats, const char *name, bool make);
size_t davy_threats_active(const davy_threats *threats);

/** Keep the newest occurrence of an alarm. True when it was not there, or an older one. */
bool davy_threat_note_alarm(davy_threat *threat, const davy_threat_alarm *alarm);

/** The hash of this site from now on. @param anew  also when it has the address of the last one */
void davy_threats_see(davy_threats *threats, const davy_site *site, bool anew);

/** Readings of the station in the units of weather_now.h; NaN: silent. */
void davy_threat_readings(davy_threats *threats, const davy_site *site, int64_t now_ns,
                          double readings[DAVY_WEATHER_PARTS]);

/** Hash of who is where: the badges, and whether it is day. "": no memory. */
void davy_threat_people(davy_threats *threats, const davy_site *site, int64_t now_ns,
                        char hash[DAVY_FROZEN_HASH_MAX]);

/** Compute, record, publish. Problems are told in the threat. */
void davy_threat_compute(davy_threats *threats, davy_threat *threat, const davy_site *site);

/** Records. */
davy_status davy_threat_record_begin(davy_threats *threats, const davy_threat *threat,
                                     const char *by, const char *comment);
davy_status davy_threat_record_end(davy_threats *threats, const davy_threat *threat, const char *by,
                                   const char *comment);
davy_status davy_threat_record_impact(davy_threats *threats, const davy_threat *threat,
                                      const davy_impact_input *input, uint64_t *sequence);
DAVY_MUST_CHECK davy_status davy_threats_rebuild(davy_threats *threats);

/** The event, without the rings. @param impact  NULL: it is not new */
void davy_threat_publish(davy_threats *threats, const davy_threat *threat,
                         const davy_impact *impact);
