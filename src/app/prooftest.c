/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prooftest.h"

#include "app/prooftest_private.h"
#include "core/log.h"
#include "core/pattern.h"
#include "site/condition.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test that was ordered. */
struct order {
    uint64_t id;
    char *patterns; /* NULL: all */
    bool notify;
};

struct davy_prooftests {
    davy_prooftest_parts parts;
    json_t *failing; /* {condition: why}, of its thread */
    pthread_t thread;
    bool started;
    atomic_bool stopping;

    pthread_mutex_t lock; /* for all below */
    pthread_cond_t wake;
    struct order order; /* id 0: none */
};

/* Conditions ----------------------------------------------------------------------------------- */

/* A pattern names a key, or a detector by its name. */
static bool is_wanted(const davy_site *site, const davy_condition *condition, const char *patterns)
{
    const char *name =
        condition->detector == DAVY_SITE_NONE ? NULL : site->detectors[condition->detector].name;

    return !patterns || davy_pattern_matches(patterns, condition->key) ||
           (name && davy_pattern_matches(patterns, name));
}

/* The wanted conditions of a site come first in the list. */
static davy_status find_wanted(const davy_site *site, const char *patterns,
                               davy_condition **conditions, size_t *count)
{
    size_t all = 0, bytes;
    davy_status status = davy_conditions_make(site, conditions, &all, &bytes);

    *count = 0;
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < all; i++)
        if (is_wanted(site, &(*conditions)[i], patterns))
            (*conditions)[(*count)++] = (*conditions)[i];
    if (*count > 0 && *count <= DAVY_PROOFTEST_MAX)
        return DAVY_OK;
    free(*conditions);
    *conditions = NULL;
    if (*count == 0)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "the site has no condition or detector that matches %s",
                         patterns ? patterns : "");
    return davy_fail(DAVY_ERR_INVALID,
                     "%zu conditions are more than the %zu of one test: name some", *count,
                     DAVY_PROOFTEST_MAX);
}

/* The thread ----------------------------------------------------------------------------------- */

/* What has failed and is no longer a condition of the site cannot be proved again. */
static void forget_gone(davy_prooftests *tests, const davy_site *site)
{
    davy_condition *conditions;
    json_t *left = json_object();
    size_t count = 0, bytes;

    if (davy_conditions_make(site, &conditions, &count, &bytes) != DAVY_OK) {
        json_decref(left);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *why = json_object_get(tests->failing, conditions[i].key);

        if (why)
            (void) json_object_set(left, conditions[i].key, why);
    }
    free(conditions);
    json_decref(tests->failing);
    tests->failing = left;
}

static void tell_health(davy_prooftests *tests)
{
    size_t count = json_object_size(tests->failing);
    const char *key;
    const json_t *why;
    char text[512] = "";

    json_object_foreach(tests->failing, key, why)
    {
        if (!text[0])
            (void) snprintf(text, sizeof text, "the proof of %s failed: %s", key,
                            json_string_value(why));
    }
    if (count > 1)
        (void) snprintf(text, sizeof text,
                        "the proofs of %zu conditions failed: see davy prooftest"
                        " show",
                        count);
    davy_health_proved(tests->parts.health, count > 0 ? text : NULL);
}

static void note_outcome(davy_prooftests *tests, const char *key, const json_t *item)
{
    const char *why = json_string_value(json_object_get(item, "why"));

    if (atomic_load(&tests->stopping))
        return; /* broken off says nothing */
    if (why)
        (void) json_object_set_new(tests->failing, key, json_string(why));
    else
        (void) json_object_del(tests->failing, key);
    if (why)
        davy_log(DAVY_LOG_ERROR, "prooftest", "%s: %s", key, why);
}

static davy_status keep_item(davy_prooftests *tests, uint64_t id, json_t *item)
{
    return davy_prooftest_keep(
        &tests->parts,
        json_pack("{s:s, s:I, s:O}", "action", "proved", "test", (json_int_t) id, "item", item),
        NULL);
}

/* Conditions and detectors are named by their places in the site at work. */
static davy_status check_site(davy_prooftests *tests, const davy_site *site)
{
    const davy_site *now = davy_site_slot_acquire(tests->parts.slot);

    davy_site_slot_release(tests->parts.slot, now);
    return now == site ? DAVY_OK
                       : davy_fail(DAVY_ERR_UNAVAILABLE, "the site has changed: begin anew");
}

static davy_status prove_all(davy_prooftests *tests, const struct order *order,
                             const davy_site *site)
{
    davy_condition *conditions;
    size_t count;
    davy_status status = find_wanted(site, order->patterns, &conditions, &count);

    for (size_t i = 0; i < count && status == DAVY_OK && !atomic_load(&tests->stopping); i++) {
        const davy_prooftest_item item = {&tests->parts, site, &conditions[i], order->notify,
                                          &tests->stopping};
        json_t *result = NULL;

        status = check_site(tests, site);
        if (status == DAVY_OK)
            status = davy_prooftest_prove(&item, &result);
        if (status == DAVY_OK)
            note_outcome(tests, conditions[i].key, result);
        if (status == DAVY_OK && !atomic_load(&tests->stopping))
            status = keep_item(tests, order->id, result);
        json_decref(result);
    }
    if (count > 0)
        free(conditions);
    return status;
}

/* Whoever reads that it has finished may order the next one. */
static davy_status end_order(davy_prooftests *tests, davy_status status)
{
    pthread_mutex_lock(&tests->lock);
    if (status == DAVY_OK && !atomic_load(&tests->stopping))
        status = davy_prooftest_keep(
            &tests->parts,
            json_pack("{s:s, s:I}", "action", "finished", "test", (json_int_t) tests->order.id),
            NULL);
    free(tests->order.patterns);
    tests->order = (struct order){0};
    pthread_mutex_unlock(&tests->lock);
    return status;
}

static void run_order(davy_prooftests *tests, const struct order *order)
{
    const davy_site *site = davy_site_slot_acquire(tests->parts.slot);
    davy_status status = prove_all(tests, order, site);

    forget_gone(tests, site);
    davy_site_slot_release(tests->parts.slot, site);
    tell_health(tests);
    status = end_order(tests, status);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "prooftest", "test %llu is broken off: %s",
                 (unsigned long long) order->id, davy_error());
}

static bool wait_for_order(davy_prooftests *tests, struct order *order)
{
    pthread_mutex_lock(&tests->lock);
    while (tests->order.id == 0 && !atomic_load(&tests->stopping))
        pthread_cond_wait(&tests->wake, &tests->lock);
    *order = tests->order;
    pthread_mutex_unlock(&tests->lock);
    return !atomic_load(&tests->stopping);
}

static void *run_tests(void *argument)
{
    davy_prooftests *tests = argument;
    struct order order;

    while (wait_for_order(tests, &order))
        run_order(tests, &order);
    return NULL;
}

/* Opening -------------------------------------------------------------------------------------- */

davy_status davy_prooftests_create(const davy_prooftest_parts *parts, davy_prooftests **out)
{
    davy_prooftests *tests = calloc(1, sizeof *tests);

    if (!tests)
        return davy_fail(DAVY_ERR_NOMEM, "proof tests");
    tests->parts = *parts;
    pthread_mutex_init(&tests->lock, NULL);
    pthread_cond_init(&tests->wake, NULL);
    *out = tests;
    return DAVY_OK;
}

davy_status davy_prooftests_start(davy_prooftests *tests)
{
    const davy_site *site = davy_site_slot_acquire(tests->parts.slot);
    davy_status status = davy_prooftest_failing(tests->parts.records, &tests->failing);

    if (status == DAVY_OK)
        forget_gone(tests, site);
    davy_site_slot_release(tests->parts.slot, site);
    if (status != DAVY_OK)
        return status;
    tell_health(tests);
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
    free(tests->order.patterns);
    json_decref(tests->failing);
    pthread_cond_destroy(&tests->wake);
    pthread_mutex_destroy(&tests->lock);
    free(tests);
}

/* The routes' view ----------------------------------------------------------------------------- */

static davy_status count_wanted(davy_prooftests *tests, const char *patterns, size_t *count)
{
    const davy_site *site = davy_site_slot_acquire(tests->parts.slot);
    davy_condition *conditions = NULL;
    davy_status status = find_wanted(site, patterns, &conditions, count);

    if (status == DAVY_OK)
        free(conditions);
    davy_site_slot_release(tests->parts.slot, site);
    return status;
}

/* Under the lock. */
static davy_status accept_order(davy_prooftests *tests, const davy_proof_order *wanted,
                                size_t count)
{
    struct order order = {.notify = wanted->notify};
    davy_status status;

    if (tests->order.id != 0)
        return davy_fail(DAVY_ERR_EXISTS, "proof test %llu is running",
                         (unsigned long long) tests->order.id);
    order.patterns = wanted->patterns ? strdup(wanted->patterns) : NULL;
    if (wanted->patterns && !order.patterns)
        return davy_fail(DAVY_ERR_NOMEM, "proof test");
    status = davy_prooftest_keep(&tests->parts,
                                 json_pack("{s:s, s:s, s:s?, s:b, s:I}", "action", "started", "by",
                                           wanted->by, "patterns", wanted->patterns, "notify",
                                           wanted->notify, "conditions", (json_int_t) count),
                                 &order.id);
    if (status == DAVY_OK)
        tests->order = order;
    else
        free(order.patterns);
    return status;
}

static davy_status start(void *context, const davy_proof_order *order, uint64_t *id)
{
    davy_prooftests *tests = context;
    size_t count;
    davy_status status = count_wanted(tests, order->patterns, &count);

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&tests->lock);
    status = accept_order(tests, order, count);
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

davy_proofs davy_prooftests_view(davy_prooftests *tests)
{
    return (davy_proofs){tests, start, get, list};
}
