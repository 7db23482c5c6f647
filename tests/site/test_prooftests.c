/* SPDX-License-Identifier: Apache-2.0 */

/* Proof tests that run by themselves: what is read, every fault, and the moments of a day. */
#include "site/schedule.h"
#include "site_testing.h"

#include <stdlib.h>

#define PLANT                                                                \
    "site: {name: a}\n"                                                      \
    "sources: [{name: in, kind: lines}]\n"                                   \
    "assets: [{name: T, signals: [{name: p, limits: {hi: 9, hihi: 10}}]}]\n" \
    "detectors: [{name: watch, model: m, signals: [T/p]}]\n"
#define TEST(text) PLANT "prooftests:\n- {" text "}\n"

static void what_a_test_says_is_read(void **state)
{
    davy_site *site =
        read_good(TEST("match: [\"T/*:hihi\", watch, \"source *:source\"], interval: 30d,\n"
                       "   at: \"02:30\", notify: true") //
                  "- {match: [\"**\"], interval: 1h}\n");

    (void) state;
    assert_int_equal(site->prooftest_count, 2);
    assert_string_equal(site->prooftests[0].match, "T/*:hihi,watch,source *:source");
    assert_int_equal(site->prooftests[0].interval_ns, 30 * 86400 * DAVY_NS_PER_S);
    assert_int_equal(site->prooftests[0].at_min, 150);
    assert_true(site->prooftests[0].notify);
    assert_int_equal(site->prooftests[0].line, 6);
    assert_string_equal(site->prooftests[1].match, "**");
    assert_int_equal(site->prooftests[1].at_min, -1);
    assert_false(site->prooftests[1].notify); /* nobody is told unless it is asked for */
    davy_site_destroy(site);
}

static void faults_are_told(void **state)
{
    static const bad_case cases[] = {
        {TEST("match: [\"T/p:hihi\"]"), 6, 3, "prooftests[0]", "'interval' is missing"},
        {TEST("interval: 30d"), 6, 3, "prooftests[0]", "'match' is missing"},
        {TEST("match: [], interval: 30d"), 6, 11, "prooftests[0].match", "the list is empty"},
        {TEST("match: T/p:hihi, interval: 30d"), 6, 11, "prooftests[0].match",
         "match: [\"T-101/*:hihi\", T-101-health]"},
        {TEST("match: [\"T/p:lolo\"], interval: 30d"), 6, 12, "prooftests[0].match[0]",
         "no condition or detector matches 'T/p:lolo'"},
        {TEST("match: [watch, wach], interval: 30d"), 6, 19, "prooftests[0].match[1]",
         "no condition or detector matches 'wach'"},
        {TEST("match: [\"T/p:hi,T/p:hihi\"], interval: 30d"), 6, 12, "prooftests[0].match[0]",
         "more than one pattern"},
        {TEST("match: [watch], interval: 10s"), 6, 30, "prooftests[0].interval",
         "'10s' is not from 1min to 3660d"},
        {TEST("match: [watch], interval: 30d, at: 25:00"), 6, 39, "prooftests[0].at",
         "'25:00' is no time of the day"},
        {TEST("match: [watch], interval: 30d, at: \"24:00\""), 6, 39, "prooftests[0].at",
         "at: \"02:00\""},
        {TEST("match: [watch], interval: 12h, at: \"02:00\""), 6, 39, "prooftests[0].at",
         "more than once a day has no time of the day"},
        {TEST("match: [watch], interval: 30d, every: 1d"), 6, 35, "prooftests[0].every",
         "unknown key 'every'"},
        {"site: {name: a}\nassets: [{name: prooftest}]\n", 2, 17, "assets[0].name",
         "marks the samples of proof tests"},
        {PLANT "positions: [{name: prooftest, assets: [T, X]}]\n", 5, 43, "positions[0].assets[1]",
         "no asset matches 'X'"}, /* the name is taken for paths alone */
    };

    (void) state;
    assert_cases(cases);
}

/* Signals with one limit have two conditions each (hi and quality): 500 fill a test. Patterns that
 * overlap count once. */
static char *plant_of(size_t signals)
{
    char *text = calloc(1, signals * 64 + 512), *end = text;

    assert_non_null(text);
    end += sprintf(end, "site: {name: a}\nassets:\n- name: T\n  signals:\n");
    for (size_t i = 0; i < signals; i++)
        end += sprintf(end, "  - {name: s%zu, limits: {hi: 1}}\n", i);
    (void) sprintf(end, "prooftests: [{match: [\"T/*\", \"T/s1*\", \"**\"], interval: 1d}]\n");
    return text;
}

static void a_test_has_at_most_a_thousand_conditions(void **state)
{
    char *fits = plant_of(500), *more = plant_of(501);
    davy_site_faults faults;

    (void) state;
    davy_site_destroy(read_good(fits));
    read_bad(more, &faults);
    assert_int_equal(faults.count, 1);
    assert_non_null(
        strstr(faults.items[0].what, "1002 conditions are more than the 1000 of one proof test"));
    davy_site_faults_clear(&faults);
    free(fits);
    free(more);
}

/* By hand, from midnight of a day, before and after it. */
static void the_latest_moment_of_a_minute_is_on_this_day_or_the_one_before(void **state)
{
    static const struct {
        int minute;
        int64_t now_s, latest_s;
    } cases[] = {
        {120, 7200, 7200},      {120, 7199, 7200 - 86400},
        {120, 86399, 7200},     {0, 0, 0},
        {0, -1, -86400},        {1439, 0, 86340 - 86400},
        {120, -86400, -165600}, {120, 86400 * 20000 + 7260, 86400 * 20000 + 7200},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_int_equal(davy_site_latest_minute(cases[i].minute, cases[i].now_s),
                         cases[i].latest_s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_test_says_is_read),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(a_test_has_at_most_a_thousand_conditions),
        cmocka_unit_test(the_latest_moment_of_a_minute_is_on_this_day_or_the_one_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
