/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/settings.h"

#include "site/load.h"

#include "../testing.h"

#include <jansson.h>
#include <stdlib.h>

/* What a site of these lines says about its alarms. */
static char *settings_of(const char *text, char hash[DAVY_SETTINGS_HASH_MAX])
{
    davy_site_faults faults = {0};
    davy_buffer settings = {0};
    davy_site *site;

    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    assert_ok(davy_settings_write(site, &settings));
    davy_settings_hash(settings.bytes, settings.length, hash);
    davy_site_destroy(site);
    davy_site_faults_clear(&faults);
    return settings.bytes;
}

/* The sentences of what differs, one a line. */
static char *texts_of(const json_t *changes)
{
    davy_buffer text = {0};
    const json_t *change;
    size_t index;

    davy_buffer_append_text(&text, "");
    json_array_foreach(changes, index, change)
        davy_buffer_printf(&text, "%s\n", json_string_value(json_object_get(change, "text")));
    assert_ok(davy_buffer_ok(&text));
    return text.bytes;
}

static void assert_differs(const char *before, const char *after, const char *expected)
{
    char old_hash[DAVY_SETTINGS_HASH_MAX], new_hash[DAVY_SETTINGS_HASH_MAX];
    char *old = settings_of(before, old_hash), *new = settings_of(after, new_hash);
    json_t *changes = davy_settings_diff(old, new);
    char *texts = texts_of(changes);

    assert_string_equal(texts ? texts : "", expected);
    assert_int_equal(strcmp(old_hash, new_hash) == 0, expected[0] == '\0');
    free(texts);
    free(old);
    free(new);
    json_decref(changes);
}

#define SITE "site: {name: a}\nassets:\n- name: T-101\n  signals:\n"

static void settings_are_lines_in_order(void **state)
{
    char hash[DAVY_SETTINGS_HASH_MAX];
    char *text = settings_of(SITE "  - {name: p, unit: kPa, limits: {hi: 1000, hihi: 1200.5},"
                                  " deadband: 5, on_delay: 2s}\n",
                             hash);

    (void) state;
    /* By hand from the file; hi stands before hihi, and the quality of a watched signal has 5 s. */
    assert_string_equal(text, "T-101/p:hi\t\t1000 kPa\n"
                              "T-101/p:hi\tdeadband\t5 kPa\n"
                              "T-101/p:hi\ton-delay\t2s\n"
                              "T-101/p:hi\tposition\tsite\n"
                              "T-101/p:hi\tpriority\tmedium\n"
                              "T-101/p:hihi\t\t1200.5 kPa\n"
                              "T-101/p:hihi\tdeadband\t5 kPa\n"
                              "T-101/p:hihi\ton-delay\t2s\n"
                              "T-101/p:hihi\tposition\tsite\n"
                              "T-101/p:hihi\tpriority\tmedium\n"
                              "T-101/p:quality\t\ton\n"
                              "T-101/p:quality\ton-delay\t5s\n"
                              "T-101/p:quality\tposition\tsite\n"
                              "T-101/p:quality\tpriority\tmedium\n");
    assert_int_equal(strlen(hash), 64);
    free(text);
}

static void a_limit_that_moved_is_a_sentence(void **state)
{
    (void) state;
    assert_differs(SITE "  - {name: pressure, unit: kPa, limits: {hi: 1000}}\n",
                   SITE "  - {name: pressure, unit: kPa, limits: {hi: 1050}}\n",
                   "T-101/pressure:hi 1000 -> 1050 kPa\n");
    assert_differs(SITE "  - {name: pressure, unit: kPa, limits: {hi: 1000}}\n",
                   SITE "  - {name: pressure, unit: bar, limits: {hi: 10}}\n",
                   "T-101/pressure:hi 1000 kPa -> 10 bar\n");
    assert_differs(SITE "  - {name: p, unit: kPa, limits: {hi: 0.1}}\n",
                   SITE "  - {name: p, unit: kPa, limits: {hi: 0.10000000000000002}}\n",
                   "T-101/p:hi 0.1 -> 0.10000000000000002 kPa\n");
}

static void what_is_new_or_gone_is_one_sentence(void **state)
{
    (void) state;
    assert_differs(SITE "  - {name: p, limits: {hi: 9}, on_delay: 2s}\n",
                   SITE "  - {name: p, limits: {lo: 1}, on_delay: 2s}\n",
                   "T-101/p:hi removed: was 9\n"
                   "T-101/p:lo new: 1\n");
    assert_differs(SITE "  - {name: p, limits: {hi: 9}, on_delay: 2s}\n",
                   SITE "  - {name: p, limits: {hi: 9}, off_delay: 3s}\n",
                   "T-101/p:hi off-delay new: 3s\n"
                   "T-101/p:hi on-delay removed: was 2s\n");
}

static void rules_are_settings_too(void **state)
{
    static const char before[] =
        SITE "  - {name: p, limits: {hi: 9}}\n  - {name: q, deadline: 9s}\n"
             "alarms:\n"
             "- {match: [\"T-101/p:hi\"], priority: high, suppress_when: \"T-101/q < 1\"}\n";
    static const char after[] =
        SITE "  - {name: p, limits: {hi: 9}}\n  - {name: q, deadline: 9s}\n"
             "alarms:\n"
             "- {match: [\"T-101/p:hi\"], priority: critical, latch: true, shelve_max: 2h,"
             " suppress_when: \"T-101/q < 2\"}\n";

    (void) state;
    assert_differs(before, after,
                   "T-101/p:hi latch new: yes\n"
                   "T-101/p:hi longest shelf new: 2h\n"
                   "T-101/p:hi priority high -> critical\n"
                   "T-101/p:hi suppressed when T-101/q < 1 -> T-101/q < 2\n");
}

static void what_changes_no_alarm_is_no_difference(void **state)
{
    (void) state;
    assert_differs(SITE "  - {name: p, limits: {hi: 9}}\n  - {name: q}\n",
                   "site: {name: a, title: Another}\nassets:\n- name: T-101\n  title: Tank\n"
                   "  signals:\n  - {name: q}\n  - {name: p, title: P, limits: {hi: 9}}\n",
                   "");
}

/* The file of settings comes from a disk: whatever it holds, the walk ends. */
static void lines_that_are_none_are_passed_over(void **state)
{
    json_t *changes = davy_settings_diff("garbage\n\n\t\t\nT:hi\t\t1\nT:hi\tx", "T:hi\t\t2\n");

    (void) state;
    assert_int_equal(json_array_size(changes), 2);
    json_decref(changes);
}

static void rules_over_the_daemons_own_conditions_are_settings(void **state)
{
    static const char plant[] = SITE "  - {name: p, limits: {hi: 9}}\n";
    static const char ruled[] = SITE "  - {name: p, limits: {hi: 9}}\n"
                                     "alarms: [{match: ['davy:store'], priority: low}]\n";

    (void) state;
    assert_differs(plant, ruled, "davy:store priority new: low\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_lines_in_order),
        cmocka_unit_test(a_limit_that_moved_is_a_sentence),
        cmocka_unit_test(what_is_new_or_gone_is_one_sentence),
        cmocka_unit_test(rules_are_settings_too),
        cmocka_unit_test(what_changes_no_alarm_is_no_difference),
        cmocka_unit_test(lines_that_are_none_are_passed_over),
        cmocka_unit_test(rules_over_the_daemons_own_conditions_are_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
