/* SPDX-License-Identifier: Apache-2.0 */
#include "app/health.h"

#include "app/live.h"
#include "core/log.h"
#include "core/utf8.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOK_NS DAVY_NS_PER_S

/* A disk on the brink refuses one write and takes the next: an alarm per change helps nobody. */
#define QUIET_NS (3 * DAVY_NS_PER_S)

#define FUTURE_LOG_NS (60 * DAVY_NS_PER_S)

_Static_assert(DAVY_HEALTH_COUNT == DAVY_SITE_OWN_CONDITIONS, "the daemon's own conditions");

static const char *name_of(int kind)
{
    return davy_condition_kind_name((davy_condition_kind) (DAVY_CONDITION_STORE + kind));
}

/* One condition: what was seen last, and what the alarms were told. */
struct aspect {
    bool bad;          /* the newest answer */
    bool active, told; /* what was told; the first answer always is, a restart may end an alarm */
    davy_status kind;  /* of the newest failure */
    int64_t failed_ns; /* monotonic, its moment */
    char text[160];
};

struct davy_health {
    davy_store *store;
    davy_alarms *alarms;
    const davy_records *records;
    const davy_clock *clock;
    struct davy_live *live;
    davy_notify *notify; /* NULL: nobody is told */
    davy_keeper *keeper; /* NULL: nothing is removed */
    pthread_t thread;
    bool started;
    atomic_uint_fast64_t refused, ahead;    /* samples */
    atomic_bool any_bad[DAVY_HEALTH_COUNT]; /* as `bad`: a success need not take the lock */
    uint64_t ahead_logged;                  /* the thread's */
    int64_t ahead_logged_ns;

    pthread_mutex_t lock; /* for all below */
    pthread_cond_t wake;
    bool stopping;
    struct aspect aspects[DAVY_HEALTH_COUNT];
};

davy_status davy_health_create(davy_store *store, davy_alarms *alarms, const davy_records *records,
                               const davy_clock *clock, davy_health **out)
{
    davy_health *health = calloc(1, sizeof *health);
    pthread_condattr_t monotonic;

    if (!health)
        return davy_fail(DAVY_ERR_NOMEM, "health");
    health->store = store;
    health->alarms = alarms;
    health->records = records;
    health->clock = clock;
    pthread_mutex_init(&health->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&health->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *out = health;
    return DAVY_OK;
}

void davy_health_destroy(davy_health *health)
{
    if (!health)
        return;
    davy_health_stop(health);
    pthread_cond_destroy(&health->wake);
    pthread_mutex_destroy(&health->lock);
    free(health);
}

/* What was seen -------------------------------------------------------------------------------- */

/* The alarm of a failure shall not wait for the next look. */
static void note_failure(davy_health *health, davy_health_kind kind, davy_status status,
                         const char *what)
{
    struct aspect *aspect = &health->aspects[kind];
    char sentence[256];

    (void) snprintf(sentence, sizeof sentence, "%s: %s", what, davy_error());
    pthread_mutex_lock(&health->lock);
    if (!aspect->bad || aspect->kind != status)
        (void) davy_utf8_show(sentence, strlen(sentence), aspect->text, sizeof aspect->text);
    aspect->bad = true;
    aspect->kind = status;
    aspect->failed_ns = davy_monotonic_ns(health->clock);
    atomic_store(&health->any_bad[kind], true);
    if (!aspect->active)
        pthread_cond_signal(&health->wake);
    pthread_mutex_unlock(&health->lock);
}

static void note_success(davy_health *health, davy_health_kind kind)
{
    if (!atomic_load(&health->any_bad[kind]))
        return;
    pthread_mutex_lock(&health->lock);
    health->aspects[kind].bad = false;
    atomic_store(&health->any_bad[kind], false);
    pthread_mutex_unlock(&health->lock);
}

static void note(davy_health *health, davy_health_kind kind, davy_status status, const char *what)
{
    if (status == DAVY_OK)
        note_success(health, kind);
    else
        note_failure(health, kind, status, what);
}

void davy_health_appended(davy_health *health, davy_status status, size_t count, size_t ahead)
{
    if (ahead > 0)
        atomic_fetch_add(&health->ahead, ahead);
    if (status == DAVY_ERR_INVALID)
        return; /* the samples were wrong, not the store */
    if (status != DAVY_OK)
        atomic_fetch_add(&health->refused, count);
    note(health, DAVY_HEALTH_STORE, status, "samples are not kept");
}

void davy_health_recorded(davy_health *health, davy_status status)
{
    note(health, DAVY_HEALTH_RECORDS, status, "alarms are announced and not recorded");
}

void davy_health_proved(davy_health *health, const char *text)
{
    struct aspect *aspect = &health->aspects[DAVY_HEALTH_PROOFTEST];

    pthread_mutex_lock(&health->lock);
    aspect->bad = text != NULL;
    if (text)
        (void) davy_utf8_show(text, strlen(text), aspect->text, sizeof aspect->text);
    pthread_cond_signal(&health->wake);
    pthread_mutex_unlock(&health->lock);
}

/* Looking -------------------------------------------------------------------------------------- */

/* Room ends "the disk is full" before the next write proves it. */
static bool has_room(const davy_health *health)
{
    davy_room_state room = davy_store_room(health->store);

    return room.free_bytes >= room.floor_bytes;
}

static void look_for_room(davy_health *health)
{
    bool full;

    pthread_mutex_lock(&health->lock);
    full = health->aspects[DAVY_HEALTH_STORE].bad &&
           health->aspects[DAVY_HEALTH_STORE].kind == DAVY_ERR_FULL;
    pthread_mutex_unlock(&health->lock);
    if (full && has_room(health))
        note_success(health, DAVY_HEALTH_STORE);
}

static void look_for_damage(davy_health *health)
{
    struct aspect *aspect = &health->aspects[DAVY_HEALTH_DAMAGE];
    davy_store_stats stats;
    davy_alarms_stats alarms;
    uint64_t damaged;

    davy_store_get_stats(health->store, &stats);
    davy_alarms_get_stats(health->alarms, &alarms);
    damaged = stats.damaged_chunks + stats.damaged_frames + alarms.unreadable + stats.missed_files;
    pthread_mutex_lock(&health->lock);
    aspect->bad = damaged > 0 || davy_records_are_cut(health->records);
    if (damaged == 0)
        (void) snprintf(
            aspect->text, sizeof aspect->text,
            "records of alarms and actions are missing at their end: run 'davy verify'");
    else
        (void) snprintf(
            aspect->text, sizeof aspect->text,
            "%llu damaged place%s in what was kept, left out of answers: run 'davy verify'",
            (unsigned long long) damaged, damaged == 1 ? "" : "s");
    pthread_mutex_unlock(&health->lock);
}

static void look_for_receivers(davy_health *health)
{
    struct aspect *aspect = &health->aspects[DAVY_HEALTH_RECEIVERS];
    char text[512];
    bool failing = health->notify && davy_notify_is_failing(health->notify, text, sizeof text);

    pthread_mutex_lock(&health->lock);
    aspect->bad = failing;
    if (failing) {
        aspect->failed_ns = davy_monotonic_ns(health->clock);
        (void) davy_utf8_show(text, strlen(text), aspect->text, sizeof aspect->text);
    }
    pthread_mutex_unlock(&health->lock);
}

static void look_for_waits(davy_health *health)
{
    struct aspect *aspect = &health->aspects[DAVY_HEALTH_RETENTION];
    char text[sizeof aspect->text];
    const bool waits = health->keeper && davy_keeper_waits(health->keeper, text, sizeof text);

    pthread_mutex_lock(&health->lock);
    aspect->bad = waits;
    if (waits)
        (void) snprintf(aspect->text, sizeof aspect->text, "%s", text);
    pthread_mutex_unlock(&health->lock);
}

static void log_future(davy_health *health, int64_t now_ns)
{
    uint64_t ahead = atomic_load(&health->ahead);

    if (ahead == health->ahead_logged ||
        (health->ahead_logged > 0 && now_ns - health->ahead_logged_ns < FUTURE_LOG_NS))
        return;
    davy_log(DAVY_LOG_WARNING, "intake",
             "%llu samples had a time far in the future, which was replaced: look at the clocks of"
             " the senders and of this machine",
             (unsigned long long) (ahead - health->ahead_logged));
    health->ahead_logged = ahead;
    health->ahead_logged_ns = now_ns;
}

/* Under the lock. True when the alarms must hear of it, with the sentence. */
static bool has_changed(struct aspect *aspect, int64_t now_ns, char *text, size_t capacity)
{
    bool active = aspect->bad;

    if (!active && aspect->active && now_ns - aspect->failed_ns < QUIET_NS)
        return false;
    if (aspect->told && active == aspect->active)
        return false;
    aspect->told = true;
    aspect->active = active;
    (void) snprintf(text, capacity, "%s", active ? aspect->text : "this works again");
    return true;
}

static void tell(davy_health *health, davy_health_kind kind)
{
    struct aspect *aspect = &health->aspects[kind];
    bool changed, active, first;
    char text[sizeof aspect->text];

    pthread_mutex_lock(&health->lock);
    first = !aspect->told;
    changed = has_changed(aspect, davy_monotonic_ns(health->clock), text, sizeof text);
    active = aspect->active;
    pthread_mutex_unlock(&health->lock);
    if (!changed)
        return;
    if (active || !first)
        davy_log(active ? DAVY_LOG_ERROR : DAVY_LOG_INFO, "health", "davy:%s: %s",
                 name_of((int) kind), text);
    davy_live_tell(health->live, kind, active, text);
}

static void look(davy_health *health)
{
    look_for_room(health);
    look_for_damage(health);
    look_for_receivers(health);
    look_for_waits(health);
    log_future(health, davy_monotonic_ns(health->clock));
    for (int kind = 0; kind < DAVY_HEALTH_COUNT; kind++)
        tell(health, (davy_health_kind) kind);
}

/* Wait for the next look, or for a failure that was not told. False to end. */
static bool wait_for_look(davy_health *health)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_NS / DAVY_NS_PER_S;
    pthread_mutex_lock(&health->lock);
    if (!health->stopping)
        (void) pthread_cond_timedwait(&health->wake, &health->lock, &until);
    stop = health->stopping;
    pthread_mutex_unlock(&health->lock);
    return !stop;
}

static void *run_health(void *argument)
{
    davy_health *health = argument;

    do
        look(health);
    while (wait_for_look(health));
    return NULL;
}

void davy_health_watch(davy_health *health, davy_notify *notify, davy_keeper *keeper)
{
    health->notify = notify;
    health->keeper = keeper;
}

davy_status davy_health_start(davy_health *health, struct davy_live *live)
{
    health->live = live;
    if (pthread_create(&health->thread, NULL, run_health, health) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of the daemon's health");
    health->started = true;
    return DAVY_OK;
}

void davy_health_stop(davy_health *health)
{
    if (!health || !health->started)
        return;
    pthread_mutex_lock(&health->lock);
    health->stopping = true;
    pthread_cond_signal(&health->wake);
    pthread_mutex_unlock(&health->lock);
    pthread_join(health->thread, NULL);
    health->started = false;
}

/* Answers -------------------------------------------------------------------------------------- */

bool davy_health_is_failing(davy_health *health, char *text, size_t capacity)
{
    bool failing = false;

    pthread_mutex_lock(&health->lock);
    for (int kind = DAVY_HEALTH_STORE; kind <= DAVY_HEALTH_RECORDS && !failing; kind++) {
        const struct aspect *aspect = &health->aspects[kind];

        failing = aspect->bad || aspect->active;
        if (failing)
            (void) snprintf(text, capacity, "%s", aspect->text);
    }
    pthread_mutex_unlock(&health->lock);
    return failing;
}

void davy_health_metrics(davy_health *health, davy_buffer *out)
{
    const davy_room_state room = davy_store_room(health->store);

    davy_buffer_printf(out, "# HELP davy_condition 1 while this condition of the daemon holds.\n"
                            "# TYPE davy_condition gauge\n");
    pthread_mutex_lock(&health->lock);
    for (int kind = 0; kind < DAVY_HEALTH_COUNT; kind++)
        davy_buffer_printf(out, "davy_condition{condition=\"%s\"} %d\n", name_of(kind),
                           health->aspects[kind].bad || health->aspects[kind].active);
    pthread_mutex_unlock(&health->lock);
    davy_buffer_printf(
        out,
        "# HELP davy_intake_refused_samples_total Samples that the store did not keep.\n"
        "# TYPE davy_intake_refused_samples_total counter\n"
        "davy_intake_refused_samples_total %llu\n"
        "# HELP davy_intake_future_samples_total Samples whose time was replaced by now.\n"
        "# TYPE davy_intake_future_samples_total counter\n"
        "davy_intake_future_samples_total %llu\n"
        "# HELP davy_data_free_bytes Room in the folder of the data.\n"
        "# TYPE davy_data_free_bytes gauge\n"
        "davy_data_free_bytes %llu\n"
        "# HELP davy_data_floor_bytes Room that is for alarms: below it samples are refused.\n"
        "# TYPE davy_data_floor_bytes gauge\n"
        "davy_data_floor_bytes %llu\n",
        (unsigned long long) atomic_load(&health->refused),
        (unsigned long long) atomic_load(&health->ahead), (unsigned long long) room.free_bytes,
        (unsigned long long) room.floor_bytes);
}
