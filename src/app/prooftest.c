/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prooftest.h"

#include "app/prooftest_private.h"
#include "core/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often it is looked whether a test is due. */
#define LOOK_NS (5 * DAVY_NS_PER_S)

/* A test that was broken off is not begun again by itself sooner, unless the site has changed. */
#define REST_NS (600 * DAVY_NS_PER_S)

/* The plan -------------------------------------------------------------------------- */

/* A zone that is not on this machine is UTC; `davy check` tells it where the zones are there. */
static void open_zone(davy_prooftests *tests, const davy_site *site)
{
    davy_timezone_close(tests->zone);
    tests->zone = NULL;
    if (site->prooftest_count > 0 && davy_timezone_open(site->timezone, &tests->zone) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "prooftest", "times of proof tests are in UTC: %s",
                 davy_error());
}

/* Under the lock. What is planned for the first time is kept, so that a restart knows since when.
 */
static void reckon(davy_prooftests *tests)
{
    json_t *fresh = json_array();
    davy_status status =
        davy_prooftest_plan_reckon(&tests->plan, davy_wall_ns(tests->parts.clock), fresh);

    if (status == DAVY_OK && json_array_size(fresh) > 0)
        status = davy_prooftest_keep(
            &tests->parts, json_pack("{s:s, s:O}", "action", "planned", "conditions", fresh), NULL);
    json_decref(fresh);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "prooftest", "what is to be proved is not recorded: %s",
                 davy_error());
}

/* The site of the moment is held as long as it is the plan's. */
static void follow_site(davy_prooftests *tests)
{
    const davy_site *site = davy_site_slot_acquire(tests->parts.slot), *before = tests->plan.site;

    if (site == before) {
        davy_site_slot_release(tests->parts.slot, site);
        return;
    }
    open_zone(tests, site);
    pthread_mutex_lock(&tests->lock);
    tests->plan.site = site;
    tests->plan.zone = tests->zone;
    reckon(tests);
    pthread_mutex_unlock(&tests->lock);
    tests->rest_ns = 0;
    if (before)
        davy_site_slot_release(tests->parts.slot, before);
}

static void tell_health(davy_prooftests *tests)
{
    char text[sizeof tests->told] = "";

    pthread_mutex_lock(&tests->lock);
    (void) davy_prooftest_plan_complains(&tests->plan, davy_wall_ns(tests->parts.clock), text,
                                         sizeof text);
    pthread_mutex_unlock(&tests->lock);
    if (strcmp(text, tests->told) == 0)
        return;
    (void) snprintf(tests->told, sizeof tests->told, "%s", text);
    davy_health_proved(tests->parts.health, text[0] ? text : NULL);
}

static void run_order(davy_prooftests *tests, const davy_prooftest_order *order)
{
    char why[DAVY_ERROR_MAX] = "";

    if (davy_prooftest_run(tests, order) != DAVY_OK)
        (void) snprintf(why, sizeof why, "%s", davy_error());
    if (why[0])
        davy_log(DAVY_LOG_ERROR, "prooftest", "test %llu is broken off: %s",
                 (unsigned long long) order->id, why);
    if (why[0] && order->scheduled)
        tests->rest_ns = davy_monotonic_ns(tests->parts.clock) + REST_NS;
    pthread_mutex_lock(&tests->lock);
    reckon(tests);
    pthread_mutex_unlock(&tests->lock);
    tell_health(tests);
    davy_prooftest_end(tests, why[0] ? why : NULL);
}

static davy_status accept_due(davy_prooftests *tests, size_t next)
{
    const davy_site_prooftest *test = &tests->plan.site->prooftests[next];
    const davy_proof_order order = {NULL, test->match, test->notify};
    size_t count = 0;
    davy_status status = davy_prooftest_count(tests, test->match, &count);

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&tests->lock);
    if (tests->order.id == 0) /* a person was quicker: it is asked again when that one has ended */
        status = davy_prooftest_accept(tests, &order, true, count);
    pthread_mutex_unlock(&tests->lock);
    return status;
}

static void begin_due(davy_prooftests *tests)
{
    int64_t now_ns = davy_monotonic_ns(tests->parts.clock);
    size_t next = davy_prooftest_plan_next(&tests->plan, davy_wall_ns(tests->parts.clock));

    if (next == DAVY_SITE_NONE || now_ns < tests->rest_ns)
        return;
    if (accept_due(tests, next) != DAVY_OK) {
        tests->rest_ns = now_ns + REST_NS;
        davy_log(DAVY_LOG_ERROR, "prooftest", "a test that is due does not begin: %s",
                 davy_error());
    }
}

/* The thread ----------------------------------------------------------------------------------- */

static void await_order(davy_prooftests *tests, davy_prooftest_order *order)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_NS / DAVY_NS_PER_S;
    pthread_mutex_lock(&tests->lock);
    if (tests->order.id == 0 && !atomic_load(&tests->stopping))
        (void) pthread_cond_timedwait(&tests->wake, &tests->lock, &until);
    *order = tests->order;
    pthread_mutex_unlock(&tests->lock);
}

static void *run_tests(void *argument)
{
    davy_prooftests *tests = argument;

    while (!atomic_load(&tests->stopping)) {
        davy_prooftest_order order;

        follow_site(tests);
        tell_health(tests);
        begin_due(tests);
        await_order(tests, &order);
        if (order.id != 0)
            run_order(tests, &order);
    }
    if (tests->order.id != 0) /* of a moment ago; nobody orders any more */
        davy_prooftest_end(tests, DAVY_PROOFTEST_STOPPED);
    return NULL;
}

/* Opening -------------------------------------------------------------------------------------- */

static void init_locks(davy_prooftests *tests)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&tests->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&tests->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

davy_status davy_prooftests_create(const davy_prooftest_parts *parts, davy_prooftests **out)
{
    davy_prooftests *tests = calloc(1, sizeof *tests);
    davy_status status;

    if (!tests)
        return davy_fail(DAVY_ERR_NOMEM, "proof tests");
    tests->parts = *parts;
    init_locks(tests);
    status = davy_prooftest_latest(parts->records, &tests->plan);
    if (status != DAVY_OK) {
        davy_prooftests_destroy(tests);
        return status;
    }
    follow_site(tests);
    *out = tests;
    return DAVY_OK;
}

davy_status davy_prooftests_start(davy_prooftests *tests)
{
    if (pthread_create(&tests->thread, NULL, run_tests, tests) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of proof tests");
    tests->started = true;
    return DAVY_OK;
}

void davy_prooftests_stop(davy_prooftests *tests)
{
    if (!tests || !tests->started)
        return;
    pthread_mutex_lock(&tests->lock);
    atomic_store(&tests->stopping, true);
    pthread_cond_signal(&tests->wake);
    pthread_mutex_unlock(&tests->lock);
    pthread_join(tests->thread, NULL);
    tests->started = false;
}

void davy_prooftests_destroy(davy_prooftests *tests)
{
    if (!tests)
        return;
    davy_prooftests_stop(tests);
    if (tests->plan.site)
        davy_site_slot_release(tests->parts.slot, tests->plan.site);
    davy_prooftest_plan_clear(&tests->plan);
    davy_timezone_close(tests->zone);
    free(tests->order.patterns);
    pthread_cond_destroy(&tests->wake);
    pthread_mutex_destroy(&tests->lock);
    free(tests);
}

/* The routes' view ----------------------------------------------------------------------------- */

static davy_status start(void *context, const davy_proof_order *order, uint64_t *id)
{
    davy_prooftests *tests = context;
    size_t count;
    davy_status status = davy_prooftest_count(tests, order->patterns, &count);

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&tests->lock);
    status = davy_prooftest_accept(tests, order, false, count);
    if (status == DAVY_OK) {
        *id = tests->order.id;
        pthread_cond_signal(&tests->wake);
    }
    pthread_mutex_unlock(&tests->lock);
    return status;
}

static uint64_t running(davy_prooftests *tests)
{
    uint64_t id;

    pthread_mutex_lock(&tests->lock);
    id = tests->order.id;
    pthread_mutex_unlock(&tests->lock);
    return id;
}

static davy_status get(void *context, uint64_t id, json_t **test)
{
    davy_prooftests *tests = context;

    return davy_prooftest_read(tests->parts.records, id, running(tests), test);
}

static davy_status list(void *context, size_t limit, json_t **out)
{
    davy_prooftests *tests = context;

    return davy_prooftest_list(tests->parts.records, limit, running(tests), out);
}

static davy_status list_conditions(void *context, size_t most, json_t **out, size_t *left_out)
{
    davy_prooftests *tests = context;
    davy_status status;

    pthread_mutex_lock(&tests->lock);
    status = davy_prooftest_plan_json(&tests->plan, davy_wall_ns(tests->parts.clock), most, out,
                                      left_out);
    pthread_mutex_unlock(&tests->lock);
    return status;
}

davy_proofs davy_prooftests_view(davy_prooftests *tests)
{
    return (davy_proofs){tests, start, get, list, list_conditions};
}
