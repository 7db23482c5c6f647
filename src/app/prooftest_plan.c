/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prooftest_plan.h"

#include "alarm/reason.h"
#include "core/sample.h"
#include "core/timestamp.h"
#include "site/matching.h"
#include "site/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_NS (86400 * DAVY_NS_PER_S)

void davy_prooftest_plan_clear(davy_prooftest_plan *plan)
{
    json_decref(plan->latest);
    json_decref(plan->due);
    *plan = (davy_prooftest_plan){0};
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* When it is due ------------------------------------------------------------------------------- */

static int64_t offset_s(const davy_timezone *zone, int64_t utc_s)
{
    return zone ? davy_timezone_offset_s(zone, utc_s) : 0;
}

/* The latest moment at or before this one that is the test's time of the day. */
static int64_t latest_at(const davy_prooftest_plan *plan, const davy_site_prooftest *test,
                         int64_t time_ns)
{
    int64_t utc_s = time_ns / DAVY_NS_PER_S - (time_ns % DAVY_NS_PER_S < 0);
    int64_t local_s = davy_site_latest_minute(test->at_min, utc_s + offset_s(plan->zone, utc_s));

    /* The clock may have been put forward or back between the two moments. */
    return (local_s - offset_s(plan->zone, local_s - offset_s(plan->zone, utc_s))) * DAVY_NS_PER_S;
}

static int64_t due_ns(const davy_prooftest_plan *plan, const davy_site_prooftest *test,
                      const json_t *last)
{
    const json_t *planned = json_object_get(last, "planned_ns");
    int64_t limit_ns =
        planned ? json_integer_value(planned) : number_of(last, "time_ns") + test->interval_ns;

    if (test->at_min < 0)
        return limit_ns;
    return latest_at(plan, test, planned ? limit_ns + DAY_NS - 1 : limit_ns);
}

static bool may_begin(const davy_prooftest_plan *plan, const davy_site_prooftest *test,
                      int64_t now_ns)
{
    return test->at_min < 0 || now_ns - latest_at(plan, test, now_ns) < DAVY_PROOFTEST_LATE_NS;
}

/* The tables ----------------------------------------------------------------------------------- */

struct reckoning {
    davy_prooftest_plan *plan;
    const davy_site_prooftest *test;
    int64_t now_ns;
    json_t *fresh;
    int64_t earliest_ns;
};

static void reckon_condition(void *context, davy_condition_name name, const char *key)
{
    struct reckoning *work = context;
    davy_prooftest_plan *plan = work->plan;
    const json_t *before = json_object_get(plan->due, key);
    int64_t at_ns;

    (void) name;
    if (!json_object_get(plan->latest, key)) {
        (void) json_object_set_new(plan->latest, key,
                                   json_pack("{s:I}", "planned_ns", (json_int_t) work->now_ns));
        (void) json_array_append_new(work->fresh, json_string(key));
    }
    at_ns = due_ns(plan, work->test, json_object_get(plan->latest, key));
    if (at_ns < work->earliest_ns)
        work->earliest_ns = at_ns;
    if (!before || at_ns < json_integer_value(before))
        (void) json_object_set_new(plan->due, key, json_integer(at_ns));
}

/* Patterns are separated by commas. */
static davy_status reckon_test(struct reckoning *work)
{
    char *patterns = strdup(work->test->match), *rest = patterns;

    if (!patterns)
        return davy_fail(DAVY_ERR_NOMEM, "patterns of a proof test");
    for (char *pattern = strtok_r(patterns, ",", &rest); pattern;
         pattern = strtok_r(NULL, ",", &rest))
        (void) davy_conditions_match(work->plan->site, pattern, true, reckon_condition, work);
    free(patterns);
    return DAVY_OK;
}

davy_status davy_prooftest_plan_reckon(davy_prooftest_plan *plan, int64_t now_ns, json_t *fresh)
{
    davy_status status = DAVY_OK;

    json_decref(plan->due);
    plan->due = json_object();
    if (!plan->due || !fresh)
        return davy_fail(DAVY_ERR_NOMEM, "proof tests to come");
    for (size_t i = 0; i < plan->site->prooftest_count && status == DAVY_OK; i++) {
        struct reckoning work = {plan, &plan->site->prooftests[i], now_ns, fresh, INT64_MAX};

        status = reckon_test(&work);
        plan->due_ns[i] = work.earliest_ns;
    }
    return status;
}

size_t davy_prooftest_plan_next(const davy_prooftest_plan *plan, int64_t now_ns)
{
    for (size_t i = 0; i < plan->site->prooftest_count; i++)
        if (now_ns >= plan->due_ns[i] && may_begin(plan, &plan->site->prooftests[i], now_ns))
            return i;
    return DAVY_SITE_NONE;
}

void davy_prooftest_plan_proved(davy_prooftest_plan *plan, uint64_t test, int64_t time_ns,
                                json_t *item)
{
    const char *key = json_string_value(json_object_get(item, "condition"));

    if (key)
        (void) json_object_set_new(plan->latest, key,
                                   json_pack("{s:I, s:I, s:O}", "test", (json_int_t) test,
                                             "time_ns", (json_int_t) time_ns, "item", item));
}

/* Telling -------------------------------------------------------------------------------------- */

static bool has_failed(const json_t *last)
{
    const char *outcome =
        json_string_value(json_object_get(json_object_get(last, "item"), "outcome"));

    return outcome && strcmp(outcome, "failed") == 0;
}

static bool is_overdue(const json_t *due, int64_t now_ns)
{
    return due && now_ns - json_integer_value(due) >= DAVY_PROOFTEST_LATE_NS;
}

/* What has failed and is no longer a condition of the site cannot be proved again. */
static size_t tell_failed(const davy_prooftest_plan *plan, char *text, size_t capacity)
{
    davy_condition_name name;
    const char *key;
    json_t *last;
    size_t count = 0;

    json_object_foreach(plan->latest, key, last)
    {
        const json_t *why = json_object_get(json_object_get(last, "item"), "why");

        if (!has_failed(last) || !davy_condition_find(plan->site, key, &name))
            continue;
        if (count++ == 0)
            (void) snprintf(text, capacity, "the proof of %s failed: %s", key,
                            json_is_string(why) ? json_string_value(why) : "");
    }
    return count;
}

static size_t tell_overdue(const davy_prooftest_plan *plan, int64_t now_ns, char *text,
                           size_t capacity)
{
    char since[DAVY_TIMESTAMP_MAX];
    const char *key;
    json_t *due;
    size_t count = 0;

    json_object_foreach(plan->due, key, due)
    {
        if (!is_overdue(due, now_ns) || count++ > 0)
            continue;
        davy_timestamp_format(json_integer_value(due), 0, since);
        (void) snprintf(text, capacity, "the proof of %s is overdue since %s", key, since);
    }
    return count;
}

bool davy_prooftest_plan_complains(const davy_prooftest_plan *plan, int64_t now_ns, char *text,
                                   size_t capacity)
{
    char overdue[256] = "";
    size_t failed = tell_failed(plan, text, capacity);
    size_t late = tell_overdue(plan, now_ns, overdue, sizeof overdue);

    if (failed == 0 && late == 1)
        (void) snprintf(text, capacity, "%s", overdue);
    else if (failed + late > 1)
        (void) snprintf(text, capacity, "proofs: %zu failed, %zu overdue; see davy prooftest list",
                        failed, late);
    return failed + late > 0;
}

static json_t *time_or_null(const json_t *ns)
{
    return ns ? davy_alarm_time_json(json_integer_value(ns)) : json_null();
}

static json_t *condition_json(const davy_prooftest_plan *plan, const davy_condition *condition,
                              int64_t now_ns)
{
    const json_t *last = json_object_get(plan->latest, condition->key);
    const json_t *due = json_object_get(plan->due, condition->key);
    const json_t *proved = json_object_get(last, "time_ns");
    json_t *item = json_object_get(last, "item");
    const char *detector = condition->detector == DAVY_SITE_NONE
                               ? NULL
                               : plan->site->detectors[condition->detector].name;

    return json_pack("{s:s, s:s, s:s?, s:o, s:b, s:O?, s:o, s:o, s:o}", "condition", condition->key,
                     "kind", davy_condition_kind_name(condition->kind), "detector", detector, "due",
                     time_or_null(due), "overdue", is_overdue(due, now_ns), "test",
                     json_object_get(last, "test"), "proved", time_or_null(proved), "age_s",
                     proved ? json_integer((now_ns - json_integer_value(proved)) / DAVY_NS_PER_S)
                            : json_null(),
                     "item", item ? json_deep_copy(item) : json_null());
}

/* One round for those that were proved or are planned, one for the rest. */
static size_t list_round(const davy_prooftest_plan *plan, const davy_condition *conditions,
                         size_t count, bool known, size_t most, int64_t now_ns, json_t *list)
{
    size_t left_out = 0;

    for (size_t i = 0; i < count; i++) {
        if ((json_object_get(plan->latest, conditions[i].key) != NULL) != known)
            continue;
        if (json_array_size(list) < most)
            (void) json_array_append_new(list, condition_json(plan, &conditions[i], now_ns));
        else
            left_out++;
    }
    return left_out;
}

davy_status davy_prooftest_plan_json(const davy_prooftest_plan *plan, int64_t now_ns, size_t most,
                                     json_t **out, size_t *left_out)
{
    davy_condition *conditions;
    size_t count, bytes;
    davy_status status = davy_conditions_make(plan->site, &conditions, &count, &bytes);
    json_t *list;

    if (status != DAVY_OK)
        return status;
    list = json_array();
    *left_out = list_round(plan, conditions, count, true, most, now_ns, list);
    *left_out += list_round(plan, conditions, count, false, most, now_ns, list);
    free(conditions);
    *out = list;
    return list ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu conditions", count);
}
