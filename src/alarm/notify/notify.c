/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/follow.h"

#include "core/log.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Long enough for somebody to see the alarm. */
#define DAMAGE_TOLD_NS (600 * DAVY_NS_PER_S)

/* -- Receivers -------------------------------------------------------------------------------- */

davy_worker *davy_notify_worker(const davy_notify *notify, const char *receiver)
{
    for (size_t i = 0; i < notify->worker_count; i++)
        if (strcmp(davy_worker_receiver(notify->workers[i])->name, receiver) == 0)
            return notify->workers[i];
    return NULL;
}

static char *make_heartbeat(void *context, int64_t every_ns)
{
    davy_notify *notify = context;
    char problem[200] = "";
    char *text;

    if (!notify->parts.watches(notify->parts.context, problem, sizeof problem))
        return NULL;
    pthread_mutex_lock(&notify->lock);
    text = davy_notice_encode_heartbeat(notify->site, every_ns, problem[0] ? problem : NULL,
                                        davy_wall_ns(notify->parts.clock));
    pthread_mutex_unlock(&notify->lock);
    return text;
}

/* The workers of a site: those before that are equal, and new ones. */
struct crew {
    davy_worker *workers[DAVY_SITE_RECEIVERS_MAX];
    bool kept[DAVY_SITE_RECEIVERS_MAX]; /* of those before */
    bool fresh[DAVY_SITE_RECEIVERS_MAX];
    size_t count;
};

static davy_worker *find_equal(davy_notify *notify, const davy_site *site, size_t receiver,
                               struct crew *crew)
{
    const char *before = notify->site ? notify->site->file : NULL;

    if (!before || !site->file || strcmp(before, site->file) != 0)
        return NULL;
    for (size_t i = 0; i < notify->worker_count; i++)
        if (davy_site_receiver_equal(davy_worker_receiver(notify->workers[i]),
                                     &site->receivers[receiver])) {
            crew->kept[i] = true;
            return notify->workers[i];
        }
    return NULL;
}

static davy_status hire(davy_notify *notify, const davy_site *site, struct crew *crew)
{
    const davy_worker_parts parts = {notify->queue, notify->parts.clock, notify, make_heartbeat};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < site->receiver_count && status == DAVY_OK; i++) {
        crew->workers[i] = find_equal(notify, site, i, crew);
        crew->fresh[i] = !crew->workers[i];
        if (crew->fresh[i])
            status = davy_worker_create(&parts, site, &site->receivers[i], &crew->workers[i]);
        crew->count += status == DAVY_OK;
    }
    for (size_t i = 0; i < crew->count && status != DAVY_OK; i++)
        if (crew->fresh[i])
            davy_worker_destroy(crew->workers[i]);
    return status;
}

static void set_heartbeats(davy_notify *notify, const davy_site *site)
{
    for (size_t i = 0; i < notify->worker_count; i++)
        davy_worker_set_heartbeat(notify->workers[i], 0);
    for (size_t i = 0; i < site->heartbeat.to_count; i++)
        davy_worker_set_heartbeat(notify->workers[site->heartbeat.to[i]], site->heartbeat.every_ns);
}

static davy_status start_fresh(const davy_notify *notify, const struct crew *crew)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < crew->count && status == DAVY_OK; i++)
        if (crew->fresh[i] && notify->started)
            status = davy_worker_start(crew->workers[i]);
    return status;
}

/* Give the old workers' places to the new ones; the old ones are left in `gone`. */
static size_t replace(davy_notify *notify, const davy_site *site, davy_timezone *zone,
                      const struct crew *crew, davy_worker *gone[DAVY_SITE_RECEIVERS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < notify->worker_count; i++)
        if (!crew->kept[i])
            gone[count++] = notify->workers[i];
    memcpy(notify->workers, crew->workers, sizeof notify->workers);
    notify->worker_count = crew->count;
    davy_timezone_close(notify->zone);
    notify->zone = zone;
    notify->site = site;
    set_heartbeats(notify, site);
    return count;
}

/* A zone that is not on this machine is UTC; `davy check` tells it where the zones are there. */
static davy_timezone *open_zone(const davy_site *site)
{
    davy_timezone *zone = NULL;

    if (davy_timezone_open(site->timezone, &zone) != DAVY_OK) {
        davy_log(DAVY_LOG_WARNING, "notify", "schedules of routes are in UTC: %s", davy_error());
        return NULL;
    }
    return zone;
}

davy_status davy_notify_reload(davy_notify *notify)
{
    const davy_site *site = notify->parts.acquire_site(notify->parts.context);
    const davy_site *before;
    davy_worker *gone[DAVY_SITE_RECEIVERS_MAX];
    struct crew crew = {0};
    size_t gone_count = 0;
    davy_status status;

    pthread_mutex_lock(&notify->lock);
    before = notify->site;
    status = hire(notify, site, &crew);
    if (status == DAVY_OK)
        gone_count = replace(notify, site, open_zone(site), &crew, gone);
    pthread_mutex_unlock(&notify->lock);
    /* Without the lock: a worker that ends may be asking for a sign of life. */
    for (size_t i = 0; i < gone_count; i++)
        davy_worker_destroy(gone[i]);
    if (status != DAVY_OK)
        before = site;
    else
        status = start_fresh(notify, &crew);
    if (before)
        notify->parts.release_site(notify->parts.context, before);
    davy_notify_wake(notify);
    return status;
}

/* -- Opening ---------------------------------------------------------------------------------- */

/* A new file begins with now, and so does one that is ahead of the records: they are others. */
static davy_status find_place(davy_notify *notify)
{
    uint64_t last = 0;
    bool known = false;
    davy_status status = davy_notify_queue_cursor(notify->queue, &notify->cursor, &known);

    if (status == DAVY_OK)
        status = davy_records_last(notify->parts.records, &last);
    if (status != DAVY_OK || (known && notify->cursor <= last)) {
        notify->ahead = notify->cursor;
        return status;
    }
    if (known)
        davy_log(DAVY_LOG_WARNING, "notify",
                 "the records end before what receivers were told: they are not those of '%s'",
                 notify->parts.file);
    notify->cursor = notify->ahead = last;
    status = davy_notify_queue_begin(notify->queue);
    return status == DAVY_OK ? davy_notify_queue_end(notify->queue,
                                                     davy_notify_queue_advance(notify->queue, last))
                             : status;
}

static davy_status open_queue(davy_notify *notify)
{
    davy_status status = davy_notify_queue_open(notify->parts.file, &notify->queue);

    if (status == DAVY_OK)
        status = find_place(notify);
    if (status == DAVY_OK)
        status = davy_notify_queue_clamp(notify->queue, davy_wall_ns(notify->parts.clock));
    if (status != DAVY_OK) {
        davy_notify_queue_close(notify->queue);
        notify->queue = NULL;
    }
    return status;
}

/* A plant is not left unwatched because of a list of messages: a file that is damaged makes room
 * for a new one, stays for whoever wants to look, and is told, also as an alarm. */
static davy_status set_aside(davy_notify *notify)
{
    static const char *const ends[] = {"-wal", "-shm", ""};
    const char *file = notify->parts.file;
    const long long now_s = davy_wall_ns(notify->parts.clock) / DAVY_NS_PER_S;
    char from[PATH_MAX], to[PATH_MAX];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ends); i++) {
        (void) snprintf(from, sizeof from, "%s%s", file, ends[i]);
        (void) snprintf(to, sizeof to, "%s.damaged-%lld%s", file, now_s, ends[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return davy_fail(DAVY_ERR_IO, "'%s' is damaged and cannot be moved aside", from);
    }
    (void) snprintf(notify->damage, sizeof notify->damage,
                    "what was due to receivers was damaged and is lost: it is in '%.120s'", to);
    davy_log(DAVY_LOG_ERROR, "notify", "%s", notify->damage);
    notify->damage_until_ns = davy_monotonic_ns(notify->parts.clock) + DAMAGE_TOLD_NS;
    return DAVY_OK;
}

davy_status davy_notify_open(const davy_notify_parts *parts, davy_notify **out)
{
    davy_notify *notify = calloc(1, sizeof *notify);
    pthread_condattr_t monotonic;
    davy_status status;

    if (!notify)
        return davy_fail(DAVY_ERR_NOMEM, "notification");
    notify->parts = *parts;
    notify->wall_lead_ns = davy_wall_ns(parts->clock) - davy_monotonic_ns(parts->clock);
    pthread_mutex_init(&notify->lock, NULL);
    pthread_mutex_init(&notify->door, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&notify->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    status = open_queue(notify);
    if (status == DAVY_ERR_CORRUPT) {
        status = set_aside(notify);
        if (status == DAVY_OK)
            status = open_queue(notify);
    }
    if (status == DAVY_OK)
        status = davy_notify_reload(notify);
    if (status != DAVY_OK) {
        davy_notify_close(notify);
        return status;
    }
    *out = notify;
    return DAVY_OK;
}

void davy_notify_close(davy_notify *notify)
{
    if (!notify)
        return;
    davy_notify_stop(notify);
    for (size_t i = 0; i < notify->worker_count; i++)
        davy_worker_destroy(notify->workers[i]);
    for (; notify->urgent_count > 0; notify->urgent_count--) {
        davy_notice_draft_clear(&notify->urgent[notify->urgent_first]);
        notify->urgent_first = (notify->urgent_first + 1) % DAVY_NOTIFY_URGENT_MAX;
    }
    if (notify->site)
        notify->parts.release_site(notify->parts.context, notify->site);
    davy_timezone_close(notify->zone);
    davy_notify_queue_close(notify->queue);
    pthread_cond_destroy(&notify->wake);
    pthread_mutex_destroy(&notify->door);
    pthread_mutex_destroy(&notify->lock);
    free(notify);
}

/* -- The thread ------------------------------------------------------------------------------- */

static bool wait(davy_notify *notify, int64_t wait_ns)
{
    struct timespec until;
    bool stopping;

    clock_gettime(CLOCK_MONOTONIC, &until);
    wait_ns += until.tv_nsec;
    until.tv_sec += wait_ns / DAVY_NS_PER_S;
    until.tv_nsec = wait_ns % DAVY_NS_PER_S;
    pthread_mutex_lock(&notify->door);
    while (!notify->woken && !notify->stopping)
        if (pthread_cond_timedwait(&notify->wake, &notify->door, &until) != 0)
            break;
    notify->woken = false;
    stopping = notify->stopping;
    pthread_mutex_unlock(&notify->door);
    return !stopping;
}

static void *run_notify(void *argument)
{
    davy_notify *notify = argument;
    int64_t wait_ns;

    do {
        pthread_mutex_lock(&notify->lock);
        wait_ns = davy_notify_follow(notify);
        pthread_mutex_unlock(&notify->lock);
    } while (wait(notify, wait_ns));
    return NULL;
}

davy_status davy_notify_start(davy_notify *notify)
{
    davy_status status = DAVY_OK;

    if (pthread_create(&notify->thread, NULL, run_notify, notify) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of notification");
    notify->started = true;
    for (size_t i = 0; i < notify->worker_count && status == DAVY_OK; i++)
        status = davy_worker_start(notify->workers[i]);
    return status;
}

void davy_notify_stop(davy_notify *notify)
{
    if (!notify || !notify->started)
        return;
    pthread_mutex_lock(&notify->door);
    notify->stopping = true;
    pthread_cond_signal(&notify->wake);
    pthread_mutex_unlock(&notify->door);
    pthread_join(notify->thread, NULL);
    notify->started = false;
    for (size_t i = 0; i < notify->worker_count; i++)
        davy_worker_stop(notify->workers[i]);
}

void davy_notify_wake(davy_notify *notify)
{
    if (!notify)
        return;
    pthread_mutex_lock(&notify->door);
    notify->woken = true;
    pthread_cond_signal(&notify->wake);
    pthread_mutex_unlock(&notify->door);
}

void davy_notify_urgent(davy_notify *notify, const davy_alarm *alarm, const char *transition)
{
    davy_notice_draft draft, lost = {0};

    if (!notify || davy_notice_draft_alarm(alarm, transition, &draft) != DAVY_OK)
        return;
    pthread_mutex_lock(&notify->door);
    if (notify->urgent_count == DAVY_NOTIFY_URGENT_MAX) {
        lost = notify->urgent[notify->urgent_first];
        notify->urgent_first = (notify->urgent_first + 1) % DAVY_NOTIFY_URGENT_MAX;
        notify->urgent_count--;
        notify->urgent_lost++;
    }
    notify->urgent[(notify->urgent_first + notify->urgent_count++) % DAVY_NOTIFY_URGENT_MAX] =
        draft;
    notify->woken = true;
    pthread_cond_signal(&notify->wake);
    pthread_mutex_unlock(&notify->door);
    davy_notice_draft_clear(&lost);
}

int64_t davy_notify_step(davy_notify *notify)
{
    int64_t wait_ns, other_ns;

    pthread_mutex_lock(&notify->lock);
    wait_ns = davy_notify_follow(notify);
    pthread_mutex_unlock(&notify->lock);
    for (size_t i = 0; i < notify->worker_count; i++) {
        other_ns = davy_worker_step(notify->workers[i]);
        wait_ns = other_ns < wait_ns ? other_ns : wait_ns;
    }
    return wait_ns;
}
