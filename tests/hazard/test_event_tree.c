/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/risk/event_tree.h"
#include "hazard/risk/ignition.h"
#include "hazard/risk/likelihood.h"

#include "core/random.h"

/* TNO Purple Book CPR 18E, table 4.5; the middle band is printed "10 - 100", so both are in it. */
static void direct_ignition_follows_table_4_5_and_its_borders(void **state)
{
    (void) state;
    assert_near(davy_ignition_of_rate(DAVY_IGNITION_K1_LIQUID, 300).value, 0.065, 0);
    assert_near(davy_ignition_of_rate(DAVY_IGNITION_LOW_REACTIVE, 9.99).value, 0.02, 0);
    assert_near(davy_ignition_of_rate(DAVY_IGNITION_LOW_REACTIVE, 10).value, 0.04, 0);
    assert_near(davy_ignition_of_rate(DAVY_IGNITION_LOW_REACTIVE, 100).value, 0.04, 0);
    assert_near(davy_ignition_of_rate(DAVY_IGNITION_LOW_REACTIVE, 100.01).value, 0.09, 0);
    assert_near(davy_ignition_of_mass(DAVY_IGNITION_REACTIVE, 999).value, 0.2, 0);
    assert_near(davy_ignition_of_mass(DAVY_IGNITION_REACTIVE, 1000).value, 0.5, 0);
    assert_near(davy_ignition_of_mass(DAVY_IGNITION_REACTIVE, 10001).value, 0.7, 0);
}

static void an_unknown_reactivity_is_missing_and_no_release_is_none(void **state)
{
    davy_answer answer = davy_ignition_of_rate(DAVY_IGNITION_SUBSTANCES, 5);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "reactivity of the substance");
    assert_int_equal(davy_ignition_of_rate(DAVY_IGNITION_REACTIVE, -1).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_ignition_hyram(true, 0).kind, DAVY_ANSWER_OUTSIDE);
}

/* Cox, Lees and Ang 1990: of gas leaks 0.01 (below 1 kg/s), 0.07 and 0.3 (above 50) burn in all. */
static void immediate_and_delayed_ignition_add_up_to_cox_lees_and_ang(void **state)
{
    static const double rates[] = {0.5, 20, 50}, all[] = {0.01, 0.07, 0.3};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rates); i++) {
        const double now = davy_ignition_hyram(false, rates[i]).value;
        const double later = davy_ignition_hyram_delayed(false, rates[i]).value;

        assert_near(now + (1 - now) * later, all[i], 1e-12);
    }
    assert_near(davy_ignition_hyram(true, 0.125).value, 0.053, 0);
    assert_near(davy_ignition_hyram_delayed(true, 10).value, 0.12 / 0.77, 1e-12);
}

/* Two sources of 0.005 per second for a minute: 1 - exp(-0.6). */
static void sources_ignite_the_more_the_longer_a_cloud_covers_them(void **state)
{
    (void) state;
    assert_near(davy_ignition_by_sources(2, 0.005, 60).value, 0.45118836390597, 1e-12);
    assert_near(davy_ignition_by_sources(2, 0.005, 0).value, 0, 0);
    assert_int_equal(davy_ignition_by_sources(2, -1, 60).kind, DAVY_ANSWER_OUTSIDE);
}

/* The gas line of the worked study of Petrolord/petrolord-suite: 2e-4 per year, ignition 0.02 and
 * then 0.1; jet fire 4e-6, flash fire 1.18e-5 (1.176e-5), explosion 7.84e-6, unignited 1.764e-4. */
static void a_gas_line_becomes_what_the_worked_study_says(void **state)
{
    const davy_event_tree tree = {2e-4, 0.02, 0.1, DAVY_EXPLOSION_SHARE, false};

    (void) state;
    assert_near(davy_event_tree_frequency(&tree, DAVY_OUTCOME_FIRE).value, 4e-6, 1e-18);
    assert_near(davy_event_tree_frequency(&tree, DAVY_OUTCOME_FLASH_FIRE).value, 1.176e-5, 1e-18);
    assert_near(davy_event_tree_frequency(&tree, DAVY_OUTCOME_EXPLOSION).value, 7.84e-6, 1e-18);
    assert_near(davy_event_tree_frequency(&tree, DAVY_OUTCOME_DISPERSED).value, 1.764e-4, 1e-18);
    assert_near(davy_event_tree_frequency(&tree, DAVY_OUTCOME_TOXIC_CLOUD).value, 0, 0);
}

static void the_outcomes_of_any_tree_add_up_to_the_release(void **state)
{
    (void) state;
    for (uint64_t i = 0; i < 1000; i++) {
        const davy_event_tree tree = {(double) davy_random_uniform(1, 0, i),
                                      (double) davy_random_uniform(1, 1, i),
                                      (double) davy_random_uniform(1, 2, i),
                                      (double) davy_random_uniform(1, 3, i), i % 2 == 0};
        double sum = 0;

        for (davy_outcome outcome = 0; outcome < DAVY_OUTCOMES; outcome++) {
            const davy_answer answer = davy_event_tree_frequency(&tree, outcome);

            assert_true(answer.value >= 0);
            sum += answer.value;
        }
        assert_near(sum, tree.frequency, 1e-12);
    }
}

static void a_tree_with_an_impossible_or_unknown_branch_has_no_figure(void **state)
{
    davy_event_tree tree = {1e-4, 1.1, 0.1, DAVY_EXPLOSION_SHARE, true};
    davy_answer answer = davy_event_tree_frequency(&tree, DAVY_OUTCOME_FIRE);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(answer.what, "probability of immediate ignition");
    assert_true(isnan(answer.value));
    tree.immediate = 0.1;
    tree.delayed = NAN;
    answer = davy_event_tree_frequency(&tree, DAVY_OUTCOME_TOXIC_CLOUD);
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "probability of delayed ignition");
}

/* A release in 1000 years, found nine times of ten, by a detector with one false alarm a week:
 * 9e-4 / (9e-4 + 365.25 / 7). With two false alarms in a thousand years: 9e-4 / 2.9e-3. */
static void an_alarm_is_as_likely_a_release_as_its_prior_allows(void **state)
{
    (void) state;
    assert_near(davy_likelihood_of_alarm(1e-3, 0.9, 1.0 / 7).value, 1.7248162e-5, 1e-11);
    assert_near(davy_likelihood_of_alarm(1e-3, 0.9, 2e-3 / 365.25).value, 9.0 / 29, 1e-12);
    assert_near(davy_likelihood_of_alarm(0, 0.9, 1).value, 0, 0);
    assert_int_equal(davy_likelihood_of_alarm(1e-3, NAN, 1).kind, DAVY_ANSWER_NO_DATA);
}

/* Sellke, Bayarri and Berger 2001: with even odds the null keeps at least 0.289 at p = 0.05, 0.111
 * at 0.01 and 0.0184 at 0.001. */
static void a_p_value_says_less_than_it_seems(void **state)
{
    static const double p[] = {0.05, 0.01, 0.001}, null[] = {0.289, 0.111, 0.0184};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(p); i++)
        assert_near(1 - davy_likelihood_at_most(0.5, p[i]).value, null[i], 5e-4);
    assert_near(davy_likelihood_at_most(0.01, 0.5).value, 0.01, 1e-15);
    assert_near(davy_likelihood_at_most(0.01, 1).value, 0.01, 1e-15);
    assert_int_equal(davy_likelihood_at_most(0.01, 0).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_ignition_follows_table_4_5_and_its_borders),
        cmocka_unit_test(an_unknown_reactivity_is_missing_and_no_release_is_none),
        cmocka_unit_test(immediate_and_delayed_ignition_add_up_to_cox_lees_and_ang),
        cmocka_unit_test(sources_ignite_the_more_the_longer_a_cloud_covers_them),
        cmocka_unit_test(a_gas_line_becomes_what_the_worked_study_says),
        cmocka_unit_test(the_outcomes_of_any_tree_add_up_to_the_release),
        cmocka_unit_test(a_tree_with_an_impossible_or_unknown_branch_has_no_figure),
        cmocka_unit_test(an_alarm_is_as_likely_a_release_as_its_prior_allows),
        cmocka_unit_test(a_p_value_says_less_than_it_seems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
