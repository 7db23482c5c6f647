/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "site/site.h"
#include "store/records.h"
#include "store/store.h"

/**
 * @file
 * Threats: scenarios of the site that have begun, each with its impact in the weather of this
 * moment.
 *
 * Stage: respond, room threat. An alarm that matches `when` of a scenario begins it, and so does a
 * person. From then on its impact is computed again whenever the weather moves
 * (threat/weather_now.h), whenever the site changes, and after a restart, until a person ends it:
 * an alarm that returns to normal does not say that the cloud is gone.
 *
 *     alarm --> queue --> thread begins --+
 *     person, POST, begins or ends -------+--> readings --> impact --> record --> event "zone"
 *     the weather moved ------------------+
 *
 * A thread of its own: the one that detects only puts the key of an alarm into a bounded queue and
 * never waits. When the queue is full the thread looks at all active alarms instead, so none is
 * missed. What began, ended and was computed from what are records of kind DAVY_RECORD_IMPACT with
 * the subject "scenario NAME". One that the disk refuses is told all the same, as not durable.
 *
 * Bad at: a release that no scenario describes.
 */
typedef struct davy_threats davy_threats;

/** Subject of the records: "scenario T-101-leak". */
#define DAVY_THREAT_SUBJECT "scenario "

/** Scenarios that may have begun at a time: each is computed about every other second. */
#define DAVY_THREATS_MAX ((size_t) 64)

/** Shortest time between two computations of one, so that gusts do not fill the disk. */
#define DAVY_THREAT_PAUSE_NS (2 * DAVY_NS_PER_S)
/** The same for people: a shift that passes a gate one by one does not fill the disk either. */
#define DAVY_THREAT_PEOPLE_NS (5 * DAVY_NS_PER_S)
/** Most people that the badges of one place count: as many as the largest plants employ. */
#define DAVY_THREAT_PEOPLE_MAX 1e5

/** A reading without a deadline of its own that is older says nothing: stations send every minute.
 */
#define DAVY_THREAT_STALE_NS (120 * DAVY_NS_PER_S)

typedef struct davy_threats_parts {
    davy_store *store; /* readings: newest samples */
    davy_records *records;
    davy_alarms *alarms; /* looked at after a restart, a reload, and when the queue was full */
    const davy_clock *clock;
    void *context;
    const davy_site *(*acquire_site)(void *context);
    void (*release_site)(void *context, const davy_site *site);
    /* Event "zone": {"live", "weather", "zones": [{"id", "effect", "endpoint", "distance", ...}]}
     * without the rings; davy_threats_json() has them. Must not wait or call back. */
    void (*publish)(void *context, const char *event, const char *json);
} davy_threats_parts;

/** Rebuilds what had begun from the records. */
DAVY_MUST_CHECK davy_status davy_threats_open(const davy_threats_parts *parts, davy_threats **out);
/** Begin to look. */
DAVY_MUST_CHECK davy_status davy_threats_start(davy_threats *threats);
/** NULL is fine. */
void davy_threats_stop(davy_threats *threats);
/** NULL is fine. */
void davy_threats_close(davy_threats *threats);

/** An alarm was announced. From any thread; never waits. NULL is fine. */
void davy_threats_alarm(davy_threats *threats, const davy_alarm *alarm);

/** The site was replaced. NULL is fine. */
void davy_threats_reload(davy_threats *threats);

/**
 * A person begins a scenario of the site; its impact is there on return. One that has begun goes
 * on.
 *
 * @param by, comment  words that a person may leave on record; comment may be NULL
 * @return DAVY_ERR_NOT_FOUND; DAVY_ERR_FULL beyond DAVY_THREATS_MAX; the records' failure: nothing
 *         began
 */
DAVY_MUST_CHECK davy_status davy_threats_begin(davy_threats *threats, const char *by,
                                               const char *scenario, const char *comment);

/** A person ends one. DAVY_ERR_NOT_FOUND when it has not begun; the records' failure: it goes on.
 */
DAVY_MUST_CHECK davy_status davy_threats_end(davy_threats *threats, const char *by,
                                             const char *scenario, const char *comment);

/**
 * {"zones": [...]}: for each that has begun, the oldest first, its impact as davy_impact_json()
 * writes it, with "live" before all else.
 *
 * @param scenario  this one alone, as an object; NULL: all. DAVY_ERR_NOT_FOUND
 */
DAVY_MUST_CHECK davy_status davy_threats_json(davy_threats *threats, const char *scenario,
                                              davy_buffer *out);

/** Figures in Prometheus text. */
void davy_threats_metrics(davy_threats *threats, davy_buffer *out);
