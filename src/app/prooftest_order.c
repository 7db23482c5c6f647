/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prooftest_private.h"
#include "core/log.h"
#include "site/matching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Conditions ----------------------------------------------------------------------------------- */

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
        if (!patterns || davy_condition_matches(site, &(*conditions)[i], patterns))
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

/* Beginning ------------------------------------------------------------------------------------ */

davy_status davy_prooftest_accept(davy_prooftests *tests, const davy_proof_order *wanted,
                                  bool scheduled, size_t count)
{
    davy_prooftest_order order = {.notify = wanted->notify, .scheduled = scheduled};
    davy_record kept = {0};
    davy_status status;

    if (tests->order.id != 0)
        return davy_fail(DAVY_ERR_EXISTS, "proof test %llu is running",
                         (unsigned long long) tests->order.id);
    order.patterns = wanted->patterns ? strdup(wanted->patterns) : NULL;
    if (wanted->patterns && !order.patterns)
        return davy_fail(DAVY_ERR_NOMEM, "proof test");
    status = davy_prooftest_keep(&tests->parts,
                                 json_pack("{s:s, s:s?, s:s?, s:b, s:I}", "action", "started", "by",
                                           wanted->by, "patterns", wanted->patterns, "notify",
                                           wanted->notify, "conditions", (json_int_t) count),
                                 &kept);
    order.id = kept.sequence;
    if (status == DAVY_OK)
        tests->order = order;
    else
        free(order.patterns);
    return status;
}

davy_status davy_prooftest_count(davy_prooftests *tests, const char *patterns, size_t *count)
{
    const davy_site *site = davy_site_slot_acquire(tests->parts.slot);
    davy_condition *conditions = NULL;
    davy_status status = find_wanted(site, patterns, &conditions, count);

    free(conditions);
    davy_site_slot_release(tests->parts.slot, site);
    return status;
}

/* One test ----------------------------------------------------------------------------------- */

static void note_outcome(davy_prooftests *tests, uint64_t id, int64_t time_ns, json_t *item)
{
    const char *why = json_string_value(json_object_get(item, "why"));

    pthread_mutex_lock(&tests->lock);
    davy_prooftest_plan_proved(&tests->plan, id, time_ns, item);
    pthread_mutex_unlock(&tests->lock);
    if (why)
        davy_log(DAVY_LOG_ERROR, "prooftest", "%s: %s",
                 json_string_value(json_object_get(item, "condition")), why);
}

/* What is not in the records is not proved. */
static davy_status keep_item(davy_prooftests *tests, uint64_t id, json_t *item)
{
    davy_record kept;
    davy_status status = davy_prooftest_keep(
        &tests->parts,
        json_pack("{s:s, s:I, s:O}", "action", "proved", "test", (json_int_t) id, "item", item),
        &kept);

    if (status == DAVY_OK)
        note_outcome(tests, id, kept.time_ns, item);
    return status;
}

/* Conditions and detectors are named by their places in the site at work. */
static davy_status check_site(davy_prooftests *tests, const davy_site *site)
{
    const davy_site *now = davy_site_slot_acquire(tests->parts.slot);

    davy_site_slot_release(tests->parts.slot, now);
    return now == site ? DAVY_OK
                       : davy_fail(DAVY_ERR_UNAVAILABLE, "the site has changed: begin anew");
}

/* What was begun with one site and ended with another, or was broken off, says nothing. */
static davy_status prove_one(davy_prooftests *tests, const davy_prooftest_item *item, uint64_t id)
{
    json_t *result = NULL;
    davy_status status = check_site(tests, item->site);

    if (status == DAVY_OK)
        status = davy_prooftest_prove(item, &result);
    if (status == DAVY_OK)
        status = check_site(tests, item->site);
    if (status == DAVY_OK && atomic_load(&tests->stopping))
        status = davy_fail(DAVY_ERR_UNAVAILABLE, DAVY_PROOFTEST_STOPPED);
    if (status == DAVY_OK)
        status = keep_item(tests, id, result);
    json_decref(result);
    return status;
}

davy_status davy_prooftest_run(davy_prooftests *tests, const davy_prooftest_order *order)
{
    const davy_site *site = davy_site_slot_acquire(tests->parts.slot);
    davy_condition *conditions = NULL;
    size_t count;
    davy_status status = find_wanted(site, order->patterns, &conditions, &count);

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const davy_prooftest_item item = {&tests->parts, site, &conditions[i], order->notify,
                                          &tests->stopping};

        status = prove_one(tests, &item, order->id);
    }
    free(conditions);
    davy_site_slot_release(tests->parts.slot, site);
    return status;
}

static json_t *last_words(uint64_t id, const char *why)
{
    return why ? json_pack("{s:s, s:I, s:s}", "action", "interrupted", "test", (json_int_t) id,
                           "why", why)
               : json_pack("{s:s, s:I}", "action", "finished", "test", (json_int_t) id);
}

static void announce_end(const davy_prooftests *tests, uint64_t id, const char *state)
{
    char text[96];

    (void) snprintf(text, sizeof text, "{\"test\":%llu,\"state\":\"%s\"}", (unsigned long long) id,
                    state);
    tests->parts.publish(tests->parts.context, "prooftest", text);
}

void davy_prooftest_end(davy_prooftests *tests, const char *why)
{
    uint64_t id;
    davy_status status;

    pthread_mutex_lock(&tests->lock);
    id = tests->order.id;
    status = davy_prooftest_keep(&tests->parts, last_words(id, why), NULL);
    free(tests->order.patterns);
    tests->order = (davy_prooftest_order){0};
    pthread_mutex_unlock(&tests->lock);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "prooftest", "the end of test %llu is not recorded: %s",
                 (unsigned long long) id, davy_error());
    announce_end(tests, id, why || status != DAVY_OK ? "interrupted" : "finished");
}
