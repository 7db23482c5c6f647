/* SPDX-License-Identifier: Apache-2.0 */
#include "site/condition.h"
#include "site/logic.h"
#include "site_testing.h"

#include <math.h>
#include <stdlib.h>

#define S 1000000000LL

#define PLANT                                                                       \
    "site: {name: s}\n"                                                             \
    "sources: [{name: plc, kind: lines}]\n"                                         \
    "assets:\n"                                                                     \
    "- name: A\n"                                                                   \
    "  signals:\n"                                                                  \
    "  - {name: x, unit: kPa, range: [0, 200], limits: {lo: 10, hi: 90, hihi: 95}," \
    " deadband: 1, on_delay: 2s, deadline: 10s, stuck: 1h}\n"                       \
    "  - {name: y, unit: A, limits: {hi: 9}, deadline: 10s, priority: high}\n"      \
    "  - {name: z, unit: A, limits: {lo: 1}}\n"                                     \
    "detectors: [{name: d, model: m, signals: [A/*], on_delay: 5s}]\n"

/* All conditions of a site with their rules. */
struct plant {
    davy_site *site;
    davy_condition *conditions;
    size_t count;
};

static struct plant plant_from(const char *text)
{
    struct plant plant = {.site = read_good(text)};
    size_t bytes;

    assert_ok(davy_conditions_make(plant.site, &plant.conditions, &plant.count, &bytes));
    return plant;
}

static void clear(struct plant *plant)
{
    free(plant->conditions);
    davy_site_destroy(plant->site);
}

static const davy_condition *at(const struct plant *plant, const char *key)
{
    for (size_t i = 0; i < plant->count; i++)
        if (strcmp(plant->conditions[i].key, key) == 0)
            return &plant->conditions[i];
    fail_msg("no condition '%s'", key);
    return NULL;
}

static void a_condition_that_no_rule_matches_has_what_is_its_own(void **state)
{
    struct plant plant = plant_from(PLANT);

    (void) state;
    assert_ptr_equal(at(&plant, "A/x:hi")->rule, &davy_site_rule_plain);
    assert_true(at(&plant, "A/x:hi")->on_delay_ns == 2 * S);
    assert_near(at(&plant, "A/x:hi")->deadband, 1.0, 0.0);
    assert_true(at(&plant, "A/x:stuck")->on_delay_ns == 0);
    assert_true(at(&plant, "A/x:silence")->on_delay_ns == 0);
    assert_true(at(&plant, "A/x:quality")->on_delay_ns == 5 * S);
    assert_true(at(&plant, "source plc:source")->on_delay_ns == 3 * S);
    assert_true(at(&plant, "detector d:model")->on_delay_ns == 5 * S);
    assert_true(at(&plant, "A/x:hi")->rule->shelve_max_ns == 12 * 3600 * S);
    clear(&plant);
}

/* Each of the ways in which a signal fails to tell has a delay of its own. */
static void silence_stale_and_bad_values_have_delays_of_their_own(void **state)
{
    struct plant plant = plant_from(PLANT "alarms:\n"
                                          "- {match: ['**:silence'], on_delay: 30s}\n"
                                          "- {match: ['**:stuck'], on_delay: 1min}\n"
                                          "- {match: ['**:quality'], on_delay: 20s}\n"
                                          "- {match: ['source *:source'], on_delay: 15s}\n"
                                          "- {match: ['detector *:verdict'], on_delay: 2min}\n");

    (void) state;
    assert_true(at(&plant, "A/x:silence")->on_delay_ns == 30 * S);
    assert_true(at(&plant, "A/x:stuck")->on_delay_ns == 60 * S);
    assert_true(at(&plant, "A/x:quality")->on_delay_ns == 20 * S);
    assert_true(at(&plant, "source plc:source")->on_delay_ns == 15 * S);
    assert_true(at(&plant, "detector d:verdict")->on_delay_ns == 120 * S);
    assert_true(at(&plant, "A/x:hi")->on_delay_ns == 2 * S);
    assert_true(at(&plant, "detector d:model")->on_delay_ns == 5 * S);
    clear(&plant);
}

static void later_rules_win_for_the_keys_they_give(void **state)
{
    struct plant plant =
        plant_from(PLANT "alarms:\n"
                         "- {match: ['**'], priority: low, department: process, shelve_max: 4h}\n"
                         "- {match: ['A/x:hi*'], priority: critical, latch: true}\n"
                         "- {match: [A/x:hihi, A/x:hihi], latch: false, deadband: 2%,\n"
                         "   cause: c, actions: [one, two]}\n");
    const davy_condition *hi = at(&plant, "A/x:hi"), *hihi = at(&plant, "A/x:hihi");

    (void) state;
    assert_int_equal(at(&plant, "A/y:hi")->priority, DAVY_PRIORITY_LOW);
    assert_int_equal(at(&plant, "source plc:source")->priority, DAVY_PRIORITY_LOW);
    assert_int_equal(hi->priority, DAVY_PRIORITY_CRITICAL);
    assert_true(hi->rule->latch);
    assert_near(hi->deadband, 1.0, 0.0);
    assert_int_equal(hihi->priority, DAVY_PRIORITY_CRITICAL);
    assert_false(hihi->rule->latch);
    assert_near(hihi->deadband, 4.0, 1e-12); /* 2 % of 200 kPa */
    assert_string_equal(hihi->rule->department, "process");
    assert_string_equal(hihi->rule->cause, "c");
    assert_int_equal(hihi->rule->action_count, 2);
    assert_string_equal(hihi->rule->actions[1], "two");
    assert_true(hihi->rule->shelve_max_ns == 4 * 3600 * S);
    /* What the same rules match shares one sum of them. */
    assert_ptr_equal(at(&plant, "A/y:hi")->rule, at(&plant, "detector d:verdict")->rule);
    clear(&plant);
}

static void a_key_is_found_again(void **state)
{
    davy_site *site = read_good(PLANT);
    davy_condition_name name;
    char key[DAVY_CONDITION_KEY_MAX];
    static const char *const keys[] = {"A/x:hihi",          "A/y:silence", "detector d:verdict",
                                       "source plc:source", "davy:store",  "davy:prooftest"};
    static const char *const none[] = {
        "A/y:hihi",  "A/w:hi",     "A/x",     "x:hi",         "detector e:model",
        "d:model",   "plc:source", "davy:hi", "davy x:store", "A/x:store",
        "x:records", ":",          ""};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
        assert_true(davy_condition_find(site, keys[i], &name));
        assert_string_equal(davy_condition_key(site, name, key), keys[i]);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(none); i++)
        assert_false(davy_condition_find(site, none[i], &name));
    davy_site_destroy(site);
}

static void a_logic_knows_the_signals_and_conditions_of_the_site(void **state)
{
    struct plant plant = plant_from(PLANT "alarms:\n"
                                          "- {match: [A/z:lo], latch: true}\n"
                                          "- match: [A/z:lo]\n"
                                          "  suppress_when: A/y < 0.2 and not A/x:hi\n");
    const davy_site_rule *rule = at(&plant, "A/z:lo")->rule;

    (void) state;
    assert_int_equal(plant.site->suppression_count, 1);
    assert_int_equal(rule->suppression, 0);
    assert_true(rule->latch);
    assert_int_equal(plant.site->suppressions[0].line, 13);
    assert_int_equal(plant.site->suppressions[0].logic->signals[0], 1);
    assert_int_equal(plant.site->suppressions[0].logic->conditions[0].kind, DAVY_CONDITION_HI);
    assert_true(at(&plant, "A/x:hi")->rule->suppression == DAVY_SITE_NONE);
    clear(&plant);
}

/* PLANT has nine lines, so a rule begins on line 11. */
static void faults_of_rules_are_told_where_they_stand(void **state)
{
    static const bad_case cases[] = {
        {PLANT "alarms:\n- {match: [A/x:lolo], latch: true}\n", 11, 12, "alarms[0].match[0]",
         "no condition matches 'A/x:lolo'"},
        {PLANT "alarms:\n- {match: [A/x:hi]}\n", 11, 3, "alarms[0]", "says nothing"},
        {PLANT "alarms:\n- {latch: true}\n", 11, 3, "alarms[0]", "'match' is missing"},
        {PLANT "alarms:\n- {match: [A/x:hi], priority: urgent}\n", 11, 31, "alarms[0].priority",
         "write one of low"},
        {PLANT "alarms:\n- {match: [A/x:hi], shelve_max: 13h}\n", 11, 33, "alarms[0].shelve_max",
         "not from 1ms to 12h"},
        {PLANT "alarms:\n- {match: [A/x:hi], deadband: 200%}\n", 11, 31, "alarms[0].deadband",
         "no deadband"},
        {PLANT "alarms:\n- {match: [A/y:hi], deadband: 2%}\n", 11, 31, "alarms[0].deadband",
         "there is no range"},
        {PLANT "alarms:\n- {match: [A/x:hi], deadband: 80}\n", 11, 31, "alarms[0].deadband",
         "could never end"},
        {PLANT "alarms:\n- {match: ['**:silence'], deadband: 2}\n", 11, 37, "alarms[0].deadband",
         "only limits have a deadband"},
        {PLANT "alarms:\n- {match: [A/x:hi], suppress_when: A/y < 1 or A/q > 1}\n", 11, 47,
         "alarms[0].suppress_when", "no signal 'A/q'"},
        {PLANT "alarms:\n- {match: [A/x:hi], suppress_when: 'A/y < 1 or A/q > 1'}\n", 11, 48,
         "alarms[0].suppress_when", "no signal 'A/q'"},
        {PLANT "alarms:\n- {match: [A/x:hi], suppress_when: A/z < 1}\n", 11, 36,
         "alarms[0].suppress_when", "'A/z' has no deadline"},
        {PLANT "alarms:\n- {match: [A/x:hi], suppress_when: 'not A/z:lo'}\n", 11, 36,
         "alarms[0].suppress_when", "'A/z' has no deadline"},
        {PLANT "alarms:\n- {match: [A/x:hi], actions: []}\n", 11, 30, "alarms[0].actions",
         "the list is empty"},
        {PLANT "alarms:\n- {match: ['davy:*'], on_delay: 1min}\n", 11, 33, "alarms[0].on_delay",
         "neither suppressed nor delayed"},
        {PLANT "alarms:\n- {match: [A/x:hi, 'davy:store'], suppress_when: A/y < 1}\n", 11, 50,
         "alarms[0].suppress_when", "neither suppressed nor delayed"},
        {PLANT "alarms:\n- {match: [A/x:hi], suppress_when: 'davy:store'}\n", 11, 37,
         "alarms[0].suppress_when", "davy:store"},
        {PLANT "alarms:\n- {match: ['davy:hi'], latch: true}\n", 11, 12, "alarms[0].match[0]",
         "no condition matches 'davy:hi'"},
    };

    (void) state;
    assert_cases(cases);
}

/* Who writes "**" thinks of the plant. */
static void only_a_pattern_that_names_davy_reaches_its_own_conditions(void **state)
{
    davy_site *site = read_good(PLANT "alarms:\n"
                                      "- {match: ['**'], priority: low, on_delay: 1min}\n"
                                      "- {match: ['davy:*'], department: it, shelve_max: 1h}\n"
                                      "- {match: ['davy:damage'], priority: high, cause: c}\n");
    davy_condition own[DAVY_SITE_OWN_CONDITIONS];
    davy_condition_name name;

    (void) state;
    davy_conditions_own(site, own);
    assert_string_equal(own[0].key, "davy:store");
    assert_int_equal(own[0].kind, DAVY_CONDITION_STORE);
    assert_int_equal(own[0].priority, DAVY_PRIORITY_CRITICAL);
    assert_string_equal(own[0].rule->department, "it");
    assert_true(own[0].rule->shelve_max_ns == 3600 * S);
    assert_true(own[0].on_delay_ns == 0);
    assert_string_equal(own[2].key, "davy:damage");
    assert_int_equal(own[2].priority, DAVY_PRIORITY_HIGH);
    assert_true(davy_condition_find(site, "davy:damage", &name));
    assert_string_equal(davy_condition_rule(site, name)->cause, "c");
    davy_site_destroy(site);
}

static void the_daemons_own_conditions_have_priorities_without_a_rule(void **state)
{
    static const davy_priority priorities[] = {DAVY_PRIORITY_CRITICAL, DAVY_PRIORITY_HIGH,
                                               DAVY_PRIORITY_MEDIUM,   DAVY_PRIORITY_HIGH,
                                               DAVY_PRIORITY_HIGH,     DAVY_PRIORITY_LOW};
    davy_site *site = read_good(PLANT);
    davy_condition own[DAVY_SITE_OWN_CONDITIONS];
    char key[DAVY_CONDITION_KEY_MAX];

    (void) state;
    davy_conditions_own(site, own);
    for (size_t i = 0; i < DAVY_SITE_OWN_CONDITIONS; i++) {
        assert_int_equal(own[i].priority, priorities[i]);
        assert_ptr_equal(own[i].rule, &davy_site_rule_plain);
        assert_string_equal(own[i].key,
                            davy_condition_key(site, (davy_condition_name){own[i].kind, 0}, key));
    }
    davy_site_destroy(site);
}

static void a_change_of_a_delay_is_seen_by_a_reload_and_one_of_words_is_not(void **state)
{
    davy_site *plain = read_good(PLANT);
    davy_site *words = read_good(PLANT "alarms: [{match: ['**'], latch: true, cause: c}]\n");
    davy_site *delay = read_good(PLANT "alarms: [{match: [A/x:silence], on_delay: 1s}]\n");

    (void) state;
    assert_true(davy_site_signal_equal(plain, &plain->signals[0], words, &words->signals[0]));
    assert_true(davy_site_detector_equal(plain, plain->detectors, words, words->detectors));
    assert_false(davy_site_signal_equal(plain, &plain->signals[0], delay, &delay->signals[0]));
    assert_true(davy_site_signal_equal(plain, &plain->signals[1], delay, &delay->signals[1]));
    davy_site_destroy(plain);
    davy_site_destroy(words);
    davy_site_destroy(delay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_that_no_rule_matches_has_what_is_its_own),
        cmocka_unit_test(silence_stale_and_bad_values_have_delays_of_their_own),
        cmocka_unit_test(later_rules_win_for_the_keys_they_give),
        cmocka_unit_test(a_key_is_found_again),
        cmocka_unit_test(a_logic_knows_the_signals_and_conditions_of_the_site),
        cmocka_unit_test(faults_of_rules_are_told_where_they_stand),
        cmocka_unit_test(only_a_pattern_that_names_davy_reaches_its_own_conditions),
        cmocka_unit_test(the_daemons_own_conditions_have_priorities_without_a_rule),
        cmocka_unit_test(a_change_of_a_delay_is_seen_by_a_reload_and_one_of_words_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
