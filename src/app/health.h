/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/notify/notify.h"
#include "app/keeper.h"
#include "app/scores.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "store/records.h"
#include "store/store.h"

#include <stdbool.h>

/**
 * @file
 * Health: the daemon's own failures, made visible as alarms, readiness and figures.
 *
 * Stage: app. What fails in the daemon is a condition like one of the plant: `davy:store` while
 * samples are not kept, `davy:records` while alarms are announced and not recorded, `davy:damage`
 * when part of what was kept cannot be read or is gone, `davy:receivers` while somebody who is to
 * be told of alarms is not, `davy:prooftest` while the last proof test of a condition did not reach
 * its end, `davy:retention` while a shorter time of retention waits to remove days. A thread of its
 * own looks once a second, because the store's figures may wait for a disk and the thread that
 * detects must not.
 */
typedef struct davy_health davy_health;

struct davy_live;

/** In the order of the daemon's own kinds of condition. */
typedef enum davy_health_kind {
    DAVY_HEALTH_STORE,
    DAVY_HEALTH_RECORDS,
    DAVY_HEALTH_DAMAGE,
    DAVY_HEALTH_RECEIVERS,
    DAVY_HEALTH_PROOFTEST,
    DAVY_HEALTH_RETENTION,
    DAVY_HEALTH_COUNT
} davy_health_kind;

DAVY_MUST_CHECK davy_status davy_health_create(davy_store *store, davy_alarms *alarms,
                                               const davy_records *records, const davy_clock *clock,
                                               davy_health **out);
/** Also look at who is told of alarms, and at what waits to be removed; before
 * davy_health_start(). */
void davy_health_watch(davy_health *health, davy_notify *notify, davy_keeper *keeper);
/** Start to look, and to tell `live` what was found. */
DAVY_MUST_CHECK davy_status davy_health_start(davy_health *health, struct davy_live *live);
/** Ends the thread. NULL is fine. */
void davy_health_stop(davy_health *health);
/** NULL is fine. */
void davy_health_destroy(davy_health *health);

/**
 * An append of samples ended so, on any thread; davy_error() is that of the append.
 *
 * @param ahead  samples whose time was too far in the future and was replaced
 */
void davy_health_appended(davy_health *health, davy_status status, size_t count, size_t ahead);

/** Records of alarms were written or not, on any thread; davy_error() as above. */
void davy_health_recorded(davy_health *health, davy_status status);

/** A proof test has ended, on any thread. @param text  what has not reached its end; NULL when
 * everything that was tested did */
void davy_health_proved(davy_health *health, const char *text);

/** True, with a sentence, while the daemon does not keep what it is given. */
bool davy_health_is_failing(davy_health *health, char *text, size_t capacity);

/** Figures in Prometheus text. */
void davy_health_metrics(davy_health *health, davy_buffer *out);
