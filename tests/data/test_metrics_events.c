/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics_events.h"

#include <math.h>

/* Two runs. Run 0: an event at rows 3-5 with an alarm at row 4; alarms before it at 0-1 and after
 * it at row 7. Run 1: an event at 11-12 without an alarm, and a false alarm at 9. */
static const double scores[] = {5, 5, 0, 0, 3, 0, 0, 2, 0, 4, 0, 0, 0};
static const uint8_t faulty[] = {0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1};
static const uint32_t runs[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
#define ROWS DAVY_ARRAY_LENGTH(scores)

static davy_alarm_input make_input(size_t merge)
{
    return (davy_alarm_input){
        .scores = scores, .faulty = faulty, .runs = runs, .count = ROWS, .merge = merge};
}

/* Gaps of two are joined: one episode from row 0 to 7, which begins at most two rows before row 3.
 */
static void counts_by_the_rule_of_matching(void **state)
{
    const davy_alarm_input input = make_input(2);
    davy_alarm_counts counts[2] = {{0}};
    davy_alarm_delay delays[ROWS];
    size_t count;

    (void) state;
    davy_alarm_count(&input, 1, counts, delays, &count);
    assert_near(counts[0].events, 1, 0);
    assert_near(counts[0].found, 1, 0);
    assert_near(counts[0].true_episodes, 1, 0);
    assert_near(counts[0].false_episodes, 0, 0);
    assert_near(counts[1].events, 1, 0);
    assert_near(counts[1].found, 0, 0);
    assert_near(counts[1].false_episodes, 1, 0);
    assert_int_equal(count, 1);
    assert_near(delays[0].rows, 0, 0);
    assert_true(isnan(delays[0].seconds));
}

static void episodes_are_apart_when_their_gap_is_longer(void **state)
{
    const davy_alarm_input input = make_input(1);
    davy_alarm_counts counts[2] = {{0}};
    davy_alarm_delay delays[ROWS];
    size_t count;

    (void) state;
    davy_alarm_count(&input, 1, counts, delays, &count);
    assert_near(counts[0].true_episodes, 1, 0);
    assert_near(counts[0].false_episodes, 2, 0); /* rows 0-1, and row 7 */
    assert_int_equal(count, 1);
    assert_near(delays[0].rows, 1, 0);
}

/* Ten rows of quiet, an event of three, two rows, an event of two. */
static davy_alarm_counts count_alarms(const double *alarms, size_t merge, davy_alarm_delay *delay)
{
    static const uint8_t events[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1};
    static const uint32_t one[DAVY_ARRAY_LENGTH(events)] = {0};
    davy_alarm_delay delays[DAVY_ARRAY_LENGTH(events)] = {{0}};
    const davy_alarm_input input = {.scores = alarms,
                                    .faulty = events,
                                    .runs = one,
                                    .count = DAVY_ARRAY_LENGTH(events),
                                    .merge = merge};
    davy_alarm_counts counts = {0};
    size_t count;

    davy_alarm_count(&input, 0, &counts, delays, &count);
    *delay = delays[0];
    return counts;
}

static void an_alarm_that_never_ends_finds_nothing(void **state)
{
    const double always[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    davy_alarm_delay delay;
    const davy_alarm_counts counts = count_alarms(always, 3, &delay);

    (void) state;
    assert_near(counts.events, 2, 0);
    assert_near(counts.found, 0, 0);
    assert_near(counts.false_episodes, 1, 0);
    assert_near(counts.true_episodes, 0, 0);
}

static void an_alarm_that_goes_on_tells_of_one_event_only(void **state)
{
    const double on[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
    davy_alarm_delay delay;
    const davy_alarm_counts counts = count_alarms(on, 3, &delay);

    (void) state;
    assert_near(counts.found, 1, 0);
    assert_near(counts.true_episodes, 1, 0);
    assert_near(counts.false_episodes, 0, 0);
    assert_near(delay.rows, 1, 0);
}

static void an_early_alarm_counts_when_it_still_stands(void **state)
{
    const double stands[] = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
    const double ended[] = {0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    const double long_before[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
    davy_alarm_delay delay;

    (void) state;
    assert_near(count_alarms(stands, 2, &delay).found, 1, 0);
    assert_near(delay.rows, 0, 0);
    assert_near(count_alarms(ended, 2, &delay).found, 0, 0);
    assert_near(count_alarms(ended, 2, &delay).false_episodes, 1, 0);
    assert_near(count_alarms(long_before, 2, &delay).found, 0, 0);
    assert_near(count_alarms(long_before, 2, &delay).false_episodes, 1, 0);
}

/* Rows 3 to 12 of the table were left out before the event: row 1 is no longer near it. */
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
    assert_near(counts[0].false_episodes, 1, 0);
    assert_int_equal(count, 1);
    assert_near(delays[0].rows, 1, 0);
    assert_near(delays[0].seconds, 30, 1e-12);
}

static void the_limit_keeps_the_budget_and_a_lower_one_does_not(void **state)
{
    const davy_alarm_input input = make_input(1);
    double limit;

    (void) state;
    assert_ok(davy_alarm_limit(&input, 0, &limit));
    assert_near(limit, 5, 0); /* the false alarms at 0-1 stand highest */
    assert_ok(davy_alarm_limit(&input, 1, &limit));
    assert_near(limit, 4, 0);
    assert_ok(davy_alarm_limit(&input, 2, &limit));
    assert_near(limit, 2, 0);
    assert_ok(davy_alarm_limit(&input, 100, &limit));
    assert_true(limit == -INFINITY);
}

static void quantiles_of_delays_are_delays_that_were_met(void **state)
{
    davy_alarm_delay delays[] = {{0, 7, 70}, {1, 1, 90}, {1, 3, 10}, {0, 9, 20}};
    const uint32_t only_first[] = {1, 0}, none[] = {0, 0};

    (void) state;
    davy_alarm_delay_sort(delays, 4, 0);
    assert_near(davy_alarm_delay_quantile(delays, 4, 0.5, NULL, 0), 3, 0);
    assert_near(davy_alarm_delay_quantile(delays, 4, 0.9, NULL, 0), 9, 0);
    assert_near(davy_alarm_delay_quantile(delays, 4, 0.5, only_first, 0), 7, 0);
    assert_true(isnan(davy_alarm_delay_quantile(delays, 4, 0.5, none, 0)));
    assert_true(isnan(davy_alarm_delay_quantile(delays, 0, 0.5, NULL, 0)));
    davy_alarm_delay_sort(delays, 4, 1);
    assert_near(davy_alarm_delay_quantile(delays, 4, 0.5, NULL, 1), 20, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_the_rule_of_matching),
        cmocka_unit_test(episodes_are_apart_when_their_gap_is_longer),
        cmocka_unit_test(an_alarm_that_never_ends_finds_nothing),
        cmocka_unit_test(an_alarm_that_goes_on_tells_of_one_event_only),
        cmocka_unit_test(an_early_alarm_counts_when_it_still_stands),
        cmocka_unit_test(gaps_and_delays_are_those_of_the_table),
        cmocka_unit_test(the_limit_keeps_the_budget_and_a_lower_one_does_not),
        cmocka_unit_test(quantiles_of_delays_are_delays_that_were_met),
    };

    return cmocka_run_group_tests_name("data: events and episodes", tests, NULL, NULL);
}
