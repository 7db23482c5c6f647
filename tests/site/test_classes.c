/* SPDX-License-Identifier: Apache-2.0 */

/* Classes of retention: what is read, and every fault. */
#include "site_testing.h"

#define PLANT           \
    "site: {name: a}\n" \
    "assets: [{name: T, signals: [{name: p}, {name: vibration}]}]\n"
#define CLASS(text) PLANT "retention:\n- {" text "}\n"
#define DAY_NS      (86400 * DAVY_NS_PER_S)

static void what_a_class_says_is_read(void **state)
{
    davy_site *site =
        read_good(CLASS("class: bulk, match: [\"*/vibration\", T/p], keep: 30d, when_full: 2d") //
                  "- {class: default, keep: 3650d, rollups: 7300d}\n"
                  "- {class: for-ever-2, match: [\"**\"]}\n");

    (void) state;
    assert_int_equal(site->class_count, 3);
    assert_string_equal(site->classes[0].name, "bulk");
    assert_int_equal(site->classes[0].match_count, 2);
    assert_string_equal(site->classes[0].match[1], "T/p");
    assert_true(site->classes[0].keep_ns == 30 * DAY_NS);
    assert_true(site->classes[0].when_full_ns == 2 * DAY_NS);
    assert_int_equal(site->classes[0].line, 4);
    assert_int_equal(site->classes[1].match_count, 0);
    assert_true(site->classes[1].rollups_ns == 7300 * DAY_NS);
    assert_true(site->classes[2].keep_ns == 0 && site->classes[2].when_full_ns == 0);
    davy_site_destroy(site);
}

static void faults_are_told(void **state)
{
    static const bad_case cases[] = {
        {CLASS("match: [T/p]"), 4, 3, "retention[0]", "'class' is missing"},
        {CLASS("class: bulk, keep: 30d"), 4, 3, "retention[0]", "matches no signal"},
        {CLASS("class: default, match: [T/p]"), 4, 27, "retention[0].match", "take it out"},
        {CLASS("class: bulk, match: [T/q]"), 4, 24, "retention[0].match",
         "no signal matches 'T/q'"},
        {CLASS("class: bulk, match: []"), 4, 24, "retention[0].match", "the list is empty"},
        {CLASS("class: rollups, match: [T/p]"), 4, 11, "retention[0].class", "is taken"},
        {CLASS("class: Bulk, match: [T/p]"), 4, 11, "retention[0].class", "small letters"},
        {CLASS("class: -x, match: [T/p]"), 4, 11, "retention[0].class", "small letters"},
        {CLASS("class: a12345678901234567890123456789012, match: [T/p]"), 4, 11,
         "retention[0].class", "small letters"},
        {CLASS("class: bulk, match: [T/p]}\n- {class: bulk, match: [T/p]"), 5, 11,
         "retention[1].class", "'bulk' is taken by retention[0]"},
        {CLASS("class: bulk, match: [T/p], keep: 12h"), 4, 37, "retention[0].keep",
         "'12h' is not from 1d"},
        {CLASS("class: bulk, match: [T/p], keep: 30d, when_full: 31d"), 4, 53,
         "retention[0].when_full", "longer than 'keep'"},
        {CLASS("class: bulk, match: [T/p], keep: 30d, rollups: 29d"), 4, 51, "retention[0].rollups",
         "as long as they are"},
        {CLASS("class: bulk, match: [T/p], rollups: 29d"), 4, 40, "retention[0].rollups",
         "as long as they are"},
        {CLASS("class: bulk, match: [T/p], kep: 30d"), 4, 31, "retention[0].kep",
         "did you mean 'keep'"},
    };

    (void) state;
    assert_cases(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_class_says_is_read),
        cmocka_unit_test(faults_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
