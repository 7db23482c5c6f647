/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "app/health.h"
#include "app/scores.h"
#include "app/site_slot.h"
#include "app/swaps.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "detect/engine.h"

/**
 * @file
 * Live detection: one thread that takes durable samples to the detectors and their findings to the
 * alarms.
 *
 * Stage: app. Its ring is bounded. When it is full the deliverer waits: a source polls later, an
 * HTTP client is answered later, and no sample passes unseen.
 */
typedef struct davy_live davy_live;

typedef struct davy_live_parts {
    davy_site_slot *slot;
    davy_alarms *alarms;
    davy_scores *scores;
    davy_store *store;
    const char *registry;
    const davy_clock *clock;
    davy_health *health;
    /* A reload gave a detector another model. Optional. */
    davy_swap_tell *swapped;
    void *context;
} davy_live_parts;

/** Samples that may wait for detection: two seconds of a plant of 100,000 signals at 1 Hz. */
#define DAVY_LIVE_RING 262144

/** Make the engine for the slot's site and tell the alarms its conditions; no thread yet. */
DAVY_MUST_CHECK davy_status davy_live_create(const davy_live_parts *parts, davy_live **out);
DAVY_MUST_CHECK davy_status davy_live_start(davy_live *live);
/** Ends the thread after what waits has been looked at; deliverers wait no longer. */
void davy_live_stop(davy_live *live);
/** NULL is fine. */
void davy_live_destroy(davy_live *live);

/** Hand over samples, from any thread; waits while the ring is full. */
void davy_live_push(davy_live *live, const davy_sample *samples, size_t count);

/**
 * Who looks at the same samples after detection, in its thread and under its lock: a proof test.
 * NULL takes it away; on return nobody is called any more.
 */
typedef struct davy_live_lane {
    void *context;
    void (*samples)(void *context, const davy_sample *samples, size_t count, int64_t now_ns);
    void (*tick)(void *context, int64_t now_ns, int64_t wall_ns);
} davy_live_lane;

void davy_live_set_lane(davy_live *live, const davy_live_lane *lane);

/** Copy what the checks of a signal have learnt, as davy_detect_lend(). DAVY_ERR_NOT_FOUND. */
DAVY_MUST_CHECK davy_status davy_live_lend(davy_live *live, const char *path, davy_detect *to,
                                           size_t to_signal);

/** The slot has a new site: make a new engine, move over what did not change. */
DAVY_MUST_CHECK davy_status davy_live_reload(davy_live *live);

/** A source of this name lost its peer or has it again. */
void davy_live_source(davy_live *live, const char *name, bool running, const char *message);

/** A condition of the daemon itself began or ended. */
void davy_live_tell(davy_live *live, davy_health_kind kind, bool active, const char *text);

/** How long ago its thread has looked at the time last: it does so four times a second. */
int64_t davy_live_age_ns(davy_live *live);

/** State of a detector of the current site, by index. */
DAVY_MUST_CHECK davy_status davy_live_detector(davy_live *live, size_t detector,
                                               davy_detect_status *status);

/** Ring and delay figures in Prometheus text. */
void davy_live_metrics(davy_live *live, davy_buffer *out);
