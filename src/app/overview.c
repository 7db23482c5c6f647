/* SPDX-License-Identifier: Apache-2.0 */
#include "app/overview.h"

#include "core/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_NS (500 * DAVY_NS_PER_MS)

struct davy_overview {
    davy_alarm_watch *watch;
    davy_site_slot *slot;
    const davy_site *site; /* that the watch uses, held; NULL before the first use */
    bool failing;          /* told, and not again until it works */
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* for what is below */
    pthread_cond_t wake;
    bool stopping;
};

davy_status davy_overview_create(davy_alarm_watch *watch, davy_site_slot *slot, davy_overview **out)
{
    davy_overview *overview = calloc(1, sizeof *overview);
    pthread_condattr_t monotonic;

    if (!overview)
        return davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
    overview->watch = watch;
    overview->slot = slot;
    pthread_mutex_init(&overview->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&overview->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *out = overview;
    return DAVY_OK;
}

void davy_overview_destroy(davy_overview *overview)
{
    if (!overview)
        return;
    davy_overview_stop(overview);
    if (overview->site)
        davy_site_slot_release(overview->slot, overview->site);
    pthread_cond_destroy(&overview->wake);
    pthread_mutex_destroy(&overview->lock);
    free(overview);
}

/* All records anew when the site is another, or once a day. The site is held while it is used. */
static davy_status follow_site(davy_overview *overview)
{
    const davy_site *site = davy_site_slot_acquire(overview->slot), *before = overview->site;
    davy_status status = DAVY_OK;

    if (site == before && !davy_alarm_watch_is_old(overview->watch)) {
        davy_site_slot_release(overview->slot, site);
        return DAVY_OK;
    }
    status = davy_alarm_watch_use(overview->watch, site);
    if (status == DAVY_OK)
        overview->site = site;
    else
        before = site;
    if (before)
        davy_site_slot_release(overview->slot, before);
    return status;
}

static void look(davy_overview *overview)
{
    davy_status status = follow_site(overview);

    if (status == DAVY_OK)
        status = davy_alarm_watch_poll(overview->watch);
    if (status != DAVY_OK && !overview->failing)
        davy_log(DAVY_LOG_ERROR, "alarm", "figures and floods wait: %s", davy_error());
    overview->failing = status != DAVY_OK;
}

/* False to end. */
static bool wait_for_look(davy_overview *overview)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_NS;
    until.tv_sec += until.tv_nsec / DAVY_NS_PER_S;
    until.tv_nsec %= DAVY_NS_PER_S;
    pthread_mutex_lock(&overview->lock);
    if (!overview->stopping)
        (void) pthread_cond_timedwait(&overview->wake, &overview->lock, &until);
    stop = overview->stopping;
    pthread_mutex_unlock(&overview->lock);
    return !stop;
}

static void *run_overview(void *argument)
{
    davy_overview *overview = argument;

    do
        look(overview);
    while (wait_for_look(overview));
    return NULL;
}

davy_status davy_overview_start(davy_overview *overview)
{
    if (pthread_create(&overview->thread, NULL, run_overview, overview) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of the figures of alarms");
    overview->started = true;
    return DAVY_OK;
}

void davy_overview_stop(davy_overview *overview)
{
    if (!overview || !overview->started)
        return;
    pthread_mutex_lock(&overview->lock);
    overview->stopping = true;
    pthread_cond_signal(&overview->wake);
    pthread_mutex_unlock(&overview->lock);
    pthread_join(overview->thread, NULL);
    overview->started = false;
}
