/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics_events.h"

#include <math.h>

/* Two runs. Run 0: an event at rows 3-5 that is found at row 4; a false episode at 0-1 and, because
 * its gap of two is joined, the alarms at 4 and 7 are one true episode. Run 1: an event at 11-12
 * that is missed, a false alarm at 9. */
static const double scores[] = {5, 5, 0, 0, 3, 0, 0, 2, 0, 4, 0, 0, 0};
static const uint8_t faulty[] = {0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1};
static const uint32_t runs[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
#define ROWS DAVY_ARRAY_LENGTH(scores)

static davy_alarm_input make_input(size_t merge)
{
    return (davy_alarm_input){
        .scores = scores, .faulty = faulty, .runs = runs, .count = ROWS, .merge = merge};
}

static void counts_by_the_rule_of_matching(void **state)
{
    const davy_alarm_input input = make_input(2);
    davy_alarm_counts counts[2] = {{0}};
    davy_alarm_delay delays[ROWS];
    size_t count;

    (void) state;
    davy_alarm_count(&input, 1, counts, delays, &count);
    assert_float_equal(counts[0].events, 1, 0);
    assert_float_equal(counts[0].found, 1, 0);
    assert_float_equal(counts[0].true_episodes, 1, 0); /* the gaps of two join all of run 0 */
    assert_float_equal(counts[0].false_episodes, 0, 0);
    assert_float_equal(counts[1].events, 1, 0);
    assert_float_equal(counts[1].found, 0, 0);
    assert_float_equal(counts[1].false_episodes, 1, 0);
    assert_int_equal(count, 1);
    assert_float_equal(delays[0].rows, 1, 0);
    assert_true(isnan(delays[0].seconds));
}

static void episodes_are_apart_when_their_gap_is_longer(void **state)
{
    const davy_alarm_input input = make_input(1);
    davy_alarm_counts counts[2] = {{0}};

    (void) state;
    davy_alarm_count(&input, 1, counts, NULL, NULL);
    assert_float_equal(counts[0].true_episodes, 1, 0);
    assert_float_equal(counts[0].false_episodes, 2, 0); /* rows 0-1, and row 7 */
}

/* With a row left out between, rows 1 and 4 are as far apart as they were in the table. */
static void gaps_and_delays_are_those_of_the_table(void **state)
{
    const size_t places[] = {0, 1, 2, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};
    const int64_t times[] = {0, 1, 2, 10, 40, 41, 42, 43, 0, 1, 2, 3, 4};
    int64_t ns[ROWS];
    davy_alarm_input input = make_input(2);
    davy_alarm_counts counts[2] = {{0}};
    davy_alarm_delay delays[ROWS];
    size_t count;

    (void) state;
    for (size_t i = 0; i < ROWS; i++)
        ns[i] = times[i] * 1000000000;
    input.rows = places;
    input.times = ns;
    davy_alarm_count(&input, 1, counts, delays, &count);
    assert_float_equal(counts[0].false_episodes, 1, 0);
    assert_float_equal(delays[0].seconds, 30, 1e-12);
}

static void the_limit_keeps_the_budget_and_a_lower_one_does_not(void **state)
{
    const davy_alarm_input input = make_input(1);
    double limit;

    (void) state;
    assert_ok(davy_alarm_limit(&input, 0, &limit));
    assert_float_equal(limit, 5, 0); /* the false alarms at 0-1 stand highest */
    assert_ok(davy_alarm_limit(&input, 1, &limit));
    assert_float_equal(limit, 4, 0);
    assert_ok(davy_alarm_limit(&input, 2, &limit));
    assert_float_equal(limit, 2, 0);
    assert_ok(davy_alarm_limit(&input, 100, &limit));
    assert_true(limit == -INFINITY);
}

static void quantiles_of_delays_are_delays_that_were_met(void **state)
{
    davy_alarm_delay delays[] = {{0, 7, 70}, {1, 1, 90}, {1, 3, 10}, {0, 9, 20}};
    const uint32_t only_first[] = {1, 0}, none[] = {0, 0};

    (void) state;
    davy_alarm_delay_sort(delays, 4, 0);
    assert_float_equal(davy_alarm_delay_quantile(delays, 4, 0.5, NULL, 0), 3, 0);
    assert_float_equal(davy_alarm_delay_quantile(delays, 4, 0.9, NULL, 0), 9, 0);
    assert_float_equal(davy_alarm_delay_quantile(delays, 4, 0.5, only_first, 0), 7, 0);
    assert_true(isnan(davy_alarm_delay_quantile(delays, 4, 0.5, none, 0)));
    assert_true(isnan(davy_alarm_delay_quantile(delays, 0, 0.5, NULL, 0)));
    davy_alarm_delay_sort(delays, 4, 1);
    assert_float_equal(davy_alarm_delay_quantile(delays, 4, 0.5, NULL, 1), 20, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_the_rule_of_matching),
        cmocka_unit_test(episodes_are_apart_when_their_gap_is_longer),
        cmocka_unit_test(gaps_and_delays_are_those_of_the_table),
        cmocka_unit_test(the_limit_keeps_the_budget_and_a_lower_one_does_not),
        cmocka_unit_test(quantiles_of_delays_are_delays_that_were_met),
    };

    return cmocka_run_group_tests_name("data: events and episodes", tests, NULL, NULL);
}
