/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/clock.h"
#include "site/site.h"
#include "store/records.h"

struct json_t;

/**
 * @file
 * What the alarms say when they are taken together: figures and floods while the plant runs.
 *
 * Stage: alarm. Reads the records behind the alarm engine, with a connection of its own, so it
 * never holds the alarms' lock and delays no announcement. At the start, after a reload, and once a
 * day it reads all of them, which keeps the figures those of the last 30 days; between, only what
 * is new. Floods are recorded when they begin and when they end, once each, also over a restart.
 *
 * davy_alarm_watch_use() and davy_alarm_watch_poll() are for one thread; the others for any.
 */
typedef struct davy_alarm_watch davy_alarm_watch;

typedef struct davy_alarm_watch_parts {
    davy_records *records; /* floods are written here */
    const char *file;      /* of these records: opened again, for reading only */
    const davy_clock *clock;
    void *context;
    /* A flood began, went on or ended: event "flood" with its card, without the order. */
    void (*publish)(void *context, const char *event, const char *json);
} davy_alarm_watch_parts;

/** Days that the live figures reach back. */
#define DAVY_ALARM_WATCH_DAYS 30

DAVY_MUST_CHECK davy_status davy_alarm_watch_create(const davy_alarm_watch_parts *parts,
                                                    davy_alarm_watch **out);
/** NULL is fine. */
void davy_alarm_watch_destroy(davy_alarm_watch *watch);

/** Read all records anew for this site. Until then, and after a failure, what was is shown.
 * @param site  borrowed until the next success or destroy */
DAVY_MUST_CHECK davy_status davy_alarm_watch_use(davy_alarm_watch *watch, const davy_site *site);

/** Read what is new, let time pass, tell floods. Call about every second. A record of a flood that
 * cannot be written is tried again; the failure is the answer. */
DAVY_MUST_CHECK davy_status davy_alarm_watch_poll(davy_alarm_watch *watch);

/** Is the last davy_alarm_watch_use() older than a day? */
bool davy_alarm_watch_is_old(davy_alarm_watch *watch);

/** The figures of the last 30 days: davy_kpi_json(). DAVY_ERR_UNAVAILABLE before the first use. */
DAVY_MUST_CHECK davy_status davy_alarm_watch_kpi(davy_alarm_watch *watch, const char *position,
                                                 struct json_t **out);

/** The figures of a past range, read now: davy_kpi_history(). */
DAVY_MUST_CHECK davy_status davy_alarm_watch_history(davy_alarm_watch *watch, const davy_site *site,
                                                     int64_t from_ns, int64_t to_ns,
                                                     const char *position, struct json_t **out);

/** What went before an alarm, read now: davy_alarm_related(). */
DAVY_MUST_CHECK davy_status davy_alarm_watch_related(davy_alarm_watch *watch, const davy_site *site,
                                                     const char *key, struct json_t **out);

/** {"floods": [...]}: the cards of all positions that are in flood now. */
DAVY_MUST_CHECK davy_status davy_alarm_watch_floods(davy_alarm_watch *watch, struct json_t **out);

/** Figures of each position in Prometheus text. */
void davy_alarm_watch_metrics(davy_alarm_watch *watch, davy_buffer *out);
