/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prooftest_plan.h"

#include "../testing.h"

#include "site/load.h"
#include "store/records.h"

#include "app/prooftest_private.h"

#include <stdlib.h>
#include <unistd.h>

#define HOUR (3600 * DAVY_NS_PER_S)
#define DAY  (24 * HOUR)

/* Midnight in UTC: date -u -d 2026-03-01 +%s. */
#define MARCH (1772323200 * DAVY_NS_PER_S)

#define PLANT                                                              \
    "site: {name: a, timezone: Europe/Berlin}\n"                           \
    "assets: [{name: T, signals: [{name: p, limits: {hi: 9, hihi: 10}},\n" \
    "                             {name: q, limits: {hi: 9}}]}]\n"

static const char daily[] =
    PLANT "prooftests: [{match: [\"T/p:hi\"], interval: 30d, at: \"02:00\"}]\n";
static const char any_time[] = PLANT "prooftests: [{match: [\"T/p:hi\"], interval: 1h}]\n";

static davy_site *site_from(const char *text)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    assert_ok(davy_site_parse("site.yaml", text, strlen(text), &faults, &site));
    davy_site_faults_clear(&faults);
    return site;
}

struct case_ {
    davy_site *site;
    davy_timezone *zone;
    davy_prooftest_plan plan;
};

static struct case_ open_case(const char *text)
{
    struct case_ it = {.site = site_from(text)};

    if (davy_timezone_open(it.site->timezone, &it.zone) != DAVY_OK)
        it.zone = NULL;
    it.plan = (davy_prooftest_plan){.site = it.site, .zone = it.zone, .latest = json_object()};
    return it;
}

static void close_case(struct case_ *it)
{
    davy_prooftest_plan_clear(&it->plan);
    davy_timezone_close(it->zone);
    davy_site_destroy(it->site);
}

static size_t reckon(struct case_ *it, int64_t now_ns)
{
    json_t *fresh = json_array();
    size_t count;

    assert_ok(davy_prooftest_plan_reckon(&it->plan, now_ns, fresh));
    count = json_array_size(fresh);
    json_decref(fresh);
    return count;
}

static void prove(struct case_ *it, const char *key, const char *why, int64_t time_ns)
{
    json_t *item = json_pack("{s:s, s:s, s:s?}", "condition", key, "outcome",
                             why ? "failed" : "passed", "why", why);

    davy_prooftest_plan_proved(&it->plan, 7, time_ns, item);
    json_decref(item);
    (void) reckon(it, time_ns);
}

/* Planned at 2026-03-01 09:00 in Berlin (08:00 UTC): the first 02:00 there is 2026-03-02 01:00 UTC.
 * The hour from there is for the test, then it is overdue. */
static void what_was_never_proved_is_due_at_the_first_time_of_the_day(void **state)
{
    struct case_ it = open_case(daily);
    const int64_t first = MARCH + DAY + HOUR;
    char text[200];

    (void) state;
    if (!it.zone) {
        close_case(&it);
        davy_skip_test("no zones on this machine");
    }
    assert_int_equal(reckon(&it, MARCH + 8 * HOUR), 1);
    assert_int_equal(reckon(&it, MARCH + 9 * HOUR), 0); /* planned once */
    assert_int_equal(it.plan.due_ns[0], first);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, first - 1), DAVY_SITE_NONE);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, first), 0);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, first + HOUR - 1), 0);
    assert_false(davy_prooftest_plan_complains(&it.plan, first + HOUR - 1, text, sizeof text));
    assert_true(davy_prooftest_plan_complains(&it.plan, first + HOUR, text, sizeof text));
    assert_string_equal(text, "the proof of T/p:hi is overdue since 2026-03-02T01:00:00Z");
    close_case(&it);
}

/* Missed at 02:00, it is not begun in the middle of the day, and is at the next 02:00. */
static void a_test_that_was_missed_waits_for_the_next_day(void **state)
{
    struct case_ it = open_case(daily);
    const int64_t first = MARCH + DAY + HOUR;

    (void) state;
    if (!it.zone) {
        close_case(&it);
        davy_skip_test("no zones on this machine");
    }
    (void) reckon(&it, MARCH + 8 * HOUR);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, first + HOUR), DAVY_SITE_NONE);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, first + 10 * HOUR), DAVY_SITE_NONE);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, first + DAY), 0);
    close_case(&it);
}

/* 30 days after 2026-03-02 01:05 UTC is 2026-04-01 01:05 UTC, when Berlin has summer time: the last
 * 02:00 there is 00:00 UTC. The interval is not exceeded, and the proof of a person counts. */
static void the_interval_is_never_exceeded(void **state)
{
    struct case_ it = open_case(daily);
    const int64_t april = MARCH + 31 * DAY;

    (void) state;
    if (!it.zone) {
        close_case(&it);
        davy_skip_test("no zones on this machine");
    }
    prove(&it, "T/p:hi", NULL, MARCH + DAY + HOUR + HOUR / 12);
    assert_int_equal(it.plan.due_ns[0], april);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, april - 1), DAVY_SITE_NONE);
    prove(&it, "T/p:hi", NULL, MARCH + 10 * DAY + 15 * HOUR);
    assert_int_equal(it.plan.due_ns[0], april + 9 * DAY);
    close_case(&it);
}

static void without_a_time_of_the_day_it_begins_when_it_is_due(void **state)
{
    struct case_ it = open_case(any_time);

    (void) state;
    (void) reckon(&it, MARCH);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, MARCH), 0);
    prove(&it, "T/p:hi", NULL, MARCH + 5);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, MARCH + HOUR + 4), DAVY_SITE_NONE);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, MARCH + HOUR + 5), 0);
    assert_int_equal(davy_prooftest_plan_next(&it.plan, MARCH + 100 * HOUR), 0);
    close_case(&it);
}

/* A condition of two tests is due by the sooner one; the later one keeps its own time. */
static void two_tests_of_one_condition_are_reckoned_apart(void **state)
{
    struct case_ it = open_case(PLANT "prooftests: [{match: [\"T/*\"], interval: 10h},\n"
                                      "  {match: [\"T/p:hi\", \"T/p:hihi\"], interval: 2h}]\n");

    (void) state;
    assert_int_equal(reckon(&it, MARCH), 5); /* hi, hihi, quality of p, hi, quality of q */
    for (int i = 0; i < 5; i++) {
        static const char *const keys[] = {"T/p:hi", "T/p:hihi", "T/p:quality", "T/q:hi",
                                           "T/q:quality"};

        prove(&it, keys[i], NULL, MARCH + i);
    }
    assert_int_equal(it.plan.due_ns[0], MARCH + 10 * HOUR);
    assert_int_equal(it.plan.due_ns[1], MARCH + 2 * HOUR);
    assert_int_equal(json_integer_value(json_object_get(it.plan.due, "T/p:hi")), MARCH + 2 * HOUR);
    assert_int_equal(json_integer_value(json_object_get(it.plan.due, "T/q:hi")),
                     MARCH + 3 + 10 * HOUR);
    close_case(&it);
}

static void what_failed_or_is_late_is_told_and_what_the_site_lost_is_not(void **state)
{
    struct case_ it = open_case(any_time);
    char text[200];

    (void) state;
    prove(&it, "T/p:hi", "no path", MARCH);
    assert_true(davy_prooftest_plan_complains(&it.plan, MARCH, text, sizeof text));
    assert_string_equal(text, "the proof of T/p:hi failed: no path");
    assert_true(davy_prooftest_plan_complains(&it.plan, MARCH + 2 * HOUR, text, sizeof text));
    assert_string_equal(text, "proofs: 1 failed, 1 overdue; see davy prooftest list");
    prove(&it, "T/p:hi", NULL, MARCH + 2 * HOUR);
    prove(&it, "T/gone:hi", "no path", MARCH + 2 * HOUR);
    assert_false(davy_prooftest_plan_complains(&it.plan, MARCH + 2 * HOUR, text, sizeof text));
    close_case(&it);
}

static const char *text_at(const json_t *list, size_t index, const char *key)
{
    const char *text = json_string_value(json_object_get(json_array_get(list, index), key));

    return text ? text : "null";
}

/* What was proved or is planned comes first, and what does not fit is counted. */
static void conditions_are_listed_with_their_last_proofs(void **state)
{
    struct case_ it = open_case(PLANT "prooftests: [{match: [\"T/q:hi\"], interval: 1h}]\n");
    json_t *list = NULL;
    size_t left_out;

    (void) state;
    prove(&it, "T/p:hihi", "no path", MARCH);
    assert_ok(
        davy_prooftest_plan_json(&it.plan, MARCH + 90 * 60 * DAVY_NS_PER_S, 3, &list, &left_out));
    assert_int_equal(json_array_size(list), 3);
    assert_int_equal(left_out, 2);
    assert_string_equal(text_at(list, 0, "condition"), "T/p:hihi");
    assert_string_equal(text_at(list, 0, "kind"), "hihi");
    assert_string_equal(text_at(list, 0, "proved"), "2026-03-01T00:00:00.000Z");
    assert_string_equal(text_at(list, 0, "due"), "null");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "age_s")), 5400);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "test")), 7);
    assert_string_equal(text_at(list, 1, "condition"), "T/q:hi");
    assert_true(json_is_true(json_object_get(json_array_get(list, 1), "overdue")));
    assert_true(json_is_null(json_object_get(json_array_get(list, 1), "item")));
    assert_string_equal(text_at(list, 2, "condition"), "T/p:hi");
    json_decref(list);
    close_case(&it);
}

/* A restart: the records tell since when it is planned, and what was proved last. */
static void records_tell_what_is_planned_and_what_was_proved(void **state)
{
    davy_clock_fake fake;
    char path[] = "/tmp/davy-plan-XXXXXX", file[64];
    davy_prooftest_parts parts = {.clock = &fake.clock};
    struct case_ it = open_case(any_time);
    json_t *test = NULL;
    davy_record kept;
    uint64_t id;

    (void) state;
    davy_clock_fake_init(&fake, MARCH);
    assert_non_null(mkdtemp(path));
    (void) snprintf(file, sizeof file, "%s/records.db", path);
    assert_ok(davy_records_open(file, &parts.records));
    assert_ok(davy_prooftest_keep(
        &parts, json_pack("{s:s, s:[s, s]}", "action", "planned", "conditions", "T/p:hi", "T/q:hi"),
        NULL));
    davy_clock_fake_advance(&fake, HOUR);
    assert_ok(davy_prooftest_keep(&parts,
                                  json_pack("{s:s, s:n, s:n, s:b, s:i}", "action", "started", "by",
                                            "patterns", "notify", 0, "conditions", 1),
                                  &kept));
    id = kept.sequence;
    assert_ok(davy_prooftest_keep(&parts,
                                  json_pack("{s:s, s:I, s:{s:s, s:s}}", "action", "proved", "test",
                                            (json_int_t) id, "item", "condition", "T/q:hi",
                                            "outcome", "passed"),
                                  NULL));
    assert_ok(davy_prooftest_keep(&parts,
                                  json_pack("{s:s, s:I, s:s}", "action", "interrupted", "test",
                                            (json_int_t) id, "why", "davy was stopped"),
                                  NULL));
    json_decref(it.plan.latest);
    assert_ok(davy_prooftest_latest(parts.records, &it.plan));
    assert_int_equal(reckon(&it, MARCH + 50 * HOUR), 0);
    assert_int_equal(it.plan.due_ns[0], MARCH);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(it.plan.latest, "T/q:hi"), "time_ns")),
        MARCH + HOUR);
    assert_ok(davy_prooftest_read(parts.records, id, 0, &test));
    assert_string_equal(json_string_value(json_object_get(test, "state")), "interrupted");
    assert_string_equal(json_string_value(json_object_get(test, "why")), "davy was stopped");
    assert_true(json_is_string(json_object_get(test, "ended")));
    json_decref(test);
    davy_records_close(parts.records);
    close_case(&it);
    (void) snprintf(file, sizeof file, "rm -r '%s'", path);
    assert_int_equal(system(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_never_proved_is_due_at_the_first_time_of_the_day),
        cmocka_unit_test(a_test_that_was_missed_waits_for_the_next_day),
        cmocka_unit_test(the_interval_is_never_exceeded),
        cmocka_unit_test(without_a_time_of_the_day_it_begins_when_it_is_due),
        cmocka_unit_test(two_tests_of_one_condition_are_reckoned_apart),
        cmocka_unit_test(what_failed_or_is_late_is_told_and_what_the_site_lost_is_not),
        cmocka_unit_test(conditions_are_listed_with_their_last_proofs),
        cmocka_unit_test(records_tell_what_is_planned_and_what_was_proved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
