/* SPDX-License-Identifier: Apache-2.0 */
#include "app/live.h"

#include "core/log.h"
#include "core/ring.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Samples looked at before the findings are made durable, in one sync: small enough that an alarm
 * does not wait for a flood behind it, large enough to share the sync of a burst of findings. */
#define BATCH         1024
#define FINDINGS_MAX  BATCH
#define TICK_NS       (250 * DAVY_NS_PER_MS)
#define WAIT_MS       100
#define FULL_SLEEP_NS DAVY_NS_PER_MS

struct davy_live {
    davy_live_parts parts;
    davy_ring *ring;
    davy_sample *batch; /* BATCH, of its thread */
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    atomic_uint_fast64_t waits, looked_at;
    atomic_int_fast64_t ticked_ns; /* monotonic */

    pthread_mutex_t mutex; /* for all below */
    davy_detect *engine;
    davy_detect *retired; /* of the site before: its model texts may still be read by a request */
    davy_condition *conditions; /* the engine's, then those of the daemon itself */
    size_t first_own;
    const davy_site *site;
    davy_live_lane lane; /* zeroes: none */
    davy_finding findings[FINDINGS_MAX];
    size_t finding_count;
};

/* Make the findings durable and announced. The engine stays locked meanwhile, so that findings
 * reach the alarms in the order in which they were made. */
static void settle(davy_live *live)
{
    if (live->finding_count == 0)
        return;
    davy_health_recorded(live->parts.health,
                         davy_alarms_take(live->parts.alarms, live->findings, live->finding_count));
    live->finding_count = 0;
}

static void take_finding(void *context, const davy_finding *finding)
{
    davy_live *live = context;

    if (live->finding_count == FINDINGS_MAX)
        settle(live);
    live->findings[live->finding_count++] = *finding;
}

/* In its place among the findings: what was found before it is settled first. */
static void take_suppression(void *context, size_t suppression, bool active, int64_t time_ns)
{
    davy_live *live = context;

    (void) time_ns;
    settle(live);
    davy_health_recorded(live->parts.health,
                         davy_alarms_suppress(live->parts.alarms, suppression, active));
}

static void take_score(void *context, const davy_detect_score *score)
{
    davy_live *live = context;

    davy_scores_take(live->parts.scores, score);
}

/* After a start the engine has no past, and the alarms have: a condition that held goes on. */
static void restore(davy_live *live, davy_detect *engine, size_t condition_count)
{
    for (size_t i = 0; i < condition_count; i++)
        if (davy_alarms_is_active(live->parts.alarms, i))
            davy_detect_restore(engine, i);
}

/* What checks know of the past they know from the store. A store that fails says so elsewhere. */
static void recall(const davy_live *live, davy_detect *engine)
{
    if (davy_detect_recall(engine, live->parts.store) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "detect", "novelties begin without a past: %s", davy_error());
}

/* A budget that the history of a model cannot vouch for is said once, when the engine is made. */
static void log_budgets(const davy_live *live)
{
    davy_detect_status status;

    for (size_t i = 0; i < live->site->detector_count; i++) {
        davy_detect_get_status(live->engine, i, &status);
        if (status.note[0])
            davy_log(DAVY_LOG_WARNING, "detect", "detector '%s': %s", live->site->detectors[i].name,
                     status.note);
    }
}

/* The alarms' list for an engine: its conditions, then those of the daemon itself. */
static davy_status join_conditions(const davy_site *site, const davy_detect *engine,
                                   davy_condition **out, size_t *count)
{
    const davy_condition *conditions = davy_detect_conditions(engine, count);
    davy_condition *joined = malloc((*count + DAVY_SITE_OWN_CONDITIONS) * sizeof *joined);

    if (!joined)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions", *count);
    memcpy(joined, conditions, *count * sizeof *joined);
    davy_conditions_own(site, joined + *count);
    *out = joined;
    return DAVY_OK;
}

/* Under the mutex. The engine of the site before hands over what did not change and is retired. */
static davy_status make_engine(davy_live *live)
{
    const davy_detect_callbacks callbacks = {live, take_finding, take_score, take_suppression};
    const davy_site *before = live->site;
    davy_condition *conditions = NULL;
    davy_detect *engine = NULL;
    davy_status status;
    size_t count = 0;

    settle(live);
    live->site = davy_site_slot_acquire(live->parts.slot);
    status = davy_scores_configure(live->parts.scores, live->site);
    if (status == DAVY_OK)
        status = davy_detect_create(live->site, live->parts.registry, &callbacks,
                                    davy_monotonic_ns(live->parts.clock), live->engine, &engine);
    if (status == DAVY_OK)
        status = join_conditions(live->site, engine, &conditions, &count);
    if (status != DAVY_OK) {
        davy_detect_destroy(engine);
        davy_site_slot_release(live->parts.slot, live->site);
        live->site = before;
        return status;
    }
    status = davy_alarms_configure(live->parts.alarms, live->site, conditions,
                                   count + DAVY_SITE_OWN_CONDITIONS);
    free(live->conditions);
    live->conditions = conditions;
    live->first_own = count;
    recall(live, engine);
    if (!live->engine)
        restore(live, engine, count);
    else if (live->parts.swapped)
        davy_swaps_find(&(davy_swap_side){before, live->engine},
                        &(davy_swap_side){live->site, engine}, live->parts.swapped,
                        live->parts.context);
    davy_detect_destroy(live->retired);
    live->retired = live->engine;
    live->engine = engine;
    log_budgets(live);
    if (before)
        davy_site_slot_release(live->parts.slot, before);
    return status;
}

davy_status davy_live_create(const davy_live_parts *parts, davy_live **out)
{
    davy_live *live = calloc(1, sizeof *live);
    davy_status status;

    if (!live)
        return davy_fail(DAVY_ERR_NOMEM, "live detection");
    live->parts = *parts;
    pthread_mutex_init(&live->mutex, NULL);
    live->batch = calloc(BATCH, sizeof *live->batch);
    status = live->batch ? davy_ring_create(sizeof(davy_sample), DAVY_LIVE_RING, &live->ring)
                         : davy_fail(DAVY_ERR_NOMEM, "live detection");
    if (status == DAVY_OK)
        status = davy_live_reload(live);
    if (status != DAVY_OK) {
        davy_live_destroy(live);
        return status;
    }
    *out = live;
    return DAVY_OK;
}

static void look_at_samples(davy_live *live, size_t count)
{
    pthread_mutex_lock(&live->mutex);
    davy_detect_samples(live->engine, live->batch, count, davy_monotonic_ns(live->parts.clock));
    settle(live);
    if (live->lane.samples)
        live->lane.samples(live->lane.context, live->batch, count,
                           davy_monotonic_ns(live->parts.clock));
    pthread_mutex_unlock(&live->mutex);
    atomic_fetch_add(&live->looked_at, count);
}

static void look_at_time(davy_live *live, int64_t now_ns)
{
    pthread_mutex_lock(&live->mutex);
    davy_detect_tick(live->engine, now_ns, davy_wall_ns(live->parts.clock));
    settle(live);
    if (live->lane.tick)
        live->lane.tick(live->lane.context, now_ns, davy_wall_ns(live->parts.clock));
    pthread_mutex_unlock(&live->mutex);
    davy_health_recorded(live->parts.health, davy_alarms_tick(live->parts.alarms));
}

static void *run_live(void *argument)
{
    davy_live *live = argument;

    for (;;) {
        size_t count = davy_ring_pop(live->ring, live->batch, BATCH);
        int64_t now_ns = davy_monotonic_ns(live->parts.clock);

        if (now_ns - atomic_load(&live->ticked_ns) >= TICK_NS) {
            look_at_time(live, now_ns);
            atomic_store(&live->ticked_ns, now_ns);
        }
        if (count > 0)
            look_at_samples(live, count);
        if (count == 0 && atomic_load(&live->stopping))
            return NULL;
        if (count == 0)
            davy_ring_wait(live->ring, WAIT_MS);
    }
}

davy_status davy_live_start(davy_live *live)
{
    if (pthread_create(&live->thread, NULL, run_live, live) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of live detection");
    live->started = true;
    return DAVY_OK;
}

void davy_live_stop(davy_live *live)
{
    if (!live || !live->started)
        return;
    atomic_store(&live->stopping, true);
    davy_ring_wake(live->ring);
    pthread_join(live->thread, NULL);
    live->started = false;
}

void davy_live_destroy(davy_live *live)
{
    if (!live)
        return;
    davy_live_stop(live);
    davy_detect_destroy(live->engine);
    davy_detect_destroy(live->retired);
    if (live->site)
        davy_site_slot_release(live->parts.slot, live->site);
    davy_ring_destroy(live->ring);
    free(live->conditions);
    free(live->batch);
    pthread_mutex_destroy(&live->mutex);
    free(live);
}

void davy_live_push(davy_live *live, const davy_sample *samples, size_t count)
{
    const struct timespec pause = {0, FULL_SLEEP_NS};
    size_t taken = davy_ring_push(live->ring, samples, count);

    while (taken < count && !atomic_load(&live->stopping)) {
        atomic_fetch_add(&live->waits, 1);
        nanosleep(&pause, NULL);
        taken += davy_ring_push(live->ring, samples + taken, count - taken);
    }
}

void davy_live_set_lane(davy_live *live, const davy_live_lane *lane)
{
    pthread_mutex_lock(&live->mutex);
    live->lane = lane ? *lane : (davy_live_lane){0};
    pthread_mutex_unlock(&live->mutex);
}

davy_status davy_live_lend(davy_live *live, const char *path, davy_detect *to, size_t to_signal)
{
    const davy_site_signal *signal;
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&live->mutex);
    signal = davy_site_find_signal(live->site, path);
    if (signal)
        davy_detect_lend(live->engine, (size_t) (signal - live->site->signals), to, to_signal);
    else
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no signal has the path '%s'", path);
    pthread_mutex_unlock(&live->mutex);
    return status;
}

davy_status davy_live_reload(davy_live *live)
{
    davy_status status;

    pthread_mutex_lock(&live->mutex);
    status = make_engine(live);
    pthread_mutex_unlock(&live->mutex);
    return status;
}

void davy_live_source(davy_live *live, const char *name, bool running, const char *message)
{
    pthread_mutex_lock(&live->mutex);
    for (size_t i = 0; i < live->site->source_count; i++)
        if (strcmp(live->site->sources[i].name, name) == 0)
            davy_detect_source(live->engine, i, running, message, davy_wall_ns(live->parts.clock));
    settle(live);
    pthread_mutex_unlock(&live->mutex);
}

void davy_live_tell(davy_live *live, davy_health_kind kind, bool active, const char *text)
{
    davy_finding finding = {
        .active = active, .time_ns = davy_wall_ns(live->parts.clock), .value = NAN, .limit = NAN};

    (void) snprintf(finding.text, sizeof finding.text, "%s", text);
    pthread_mutex_lock(&live->mutex);
    finding.condition = live->first_own + kind;
    take_finding(live, &finding);
    settle(live);
    pthread_mutex_unlock(&live->mutex);
}

int64_t davy_live_age_ns(davy_live *live)
{
    return davy_monotonic_ns(live->parts.clock) - atomic_load(&live->ticked_ns);
}

davy_status davy_live_detector(davy_live *live, size_t detector, davy_detect_status *status)
{
    davy_status result = DAVY_OK;

    pthread_mutex_lock(&live->mutex);
    if (detector < live->site->detector_count)
        davy_detect_get_status(live->engine, detector, status);
    else
        result = davy_fail(DAVY_ERR_NOT_FOUND, "there is no detector %zu", detector);
    pthread_mutex_unlock(&live->mutex);
    return result;
}

void davy_live_metrics(davy_live *live, davy_buffer *out)
{
    davy_alarms_stats alarms;

    davy_alarms_get_stats(live->parts.alarms, &alarms);
    davy_buffer_printf(out,
                       "# HELP davy_alarm_records_waiting Transitions announced, not yet on disk.\n"
                       "# TYPE davy_alarm_records_waiting gauge\n"
                       "davy_alarm_records_waiting %zu\n"
                       "# HELP davy_alarm_records_given_up_total Of them, too many to keep.\n"
                       "# TYPE davy_alarm_records_given_up_total counter\n"
                       "davy_alarm_records_given_up_total %llu\n"
                       "# HELP davy_alarm_records_unreadable Passed over at the start.\n"
                       "# TYPE davy_alarm_records_unreadable gauge\n"
                       "davy_alarm_records_unreadable %llu\n",
                       alarms.unkept, (unsigned long long) alarms.given_up,
                       (unsigned long long) alarms.unreadable);
    davy_buffer_printf(out,
                       "# HELP davy_live_ring_samples Samples that wait for detection.\n"
                       "# TYPE davy_live_ring_samples gauge\n"
                       "davy_live_ring_samples %zu\n"
                       "# HELP davy_live_ring_capacity Samples the ring holds.\n"
                       "# TYPE davy_live_ring_capacity gauge\n"
                       "davy_live_ring_capacity %zu\n"
                       "# HELP davy_live_samples_total Samples that detection has looked at.\n"
                       "# TYPE davy_live_samples_total counter\n"
                       "davy_live_samples_total %llu\n"
                       "# HELP davy_live_waits_total Times a deliverer waited for a full ring.\n"
                       "# TYPE davy_live_waits_total counter\n"
                       "davy_live_waits_total %llu\n",
                       davy_ring_length(live->ring), davy_ring_capacity(live->ring),
                       (unsigned long long) atomic_load(&live->looked_at),
                       (unsigned long long) atomic_load(&live->waits));
}
