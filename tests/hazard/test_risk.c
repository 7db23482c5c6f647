/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/risk/risk.h"
#include "hazard/risk/societal.h"

static davy_answer sum_of(const davy_risk_term *terms, size_t count)
{
    davy_answer risk = davy_individual_risk_none();

    for (size_t i = 0; i < count; i++)
        davy_individual_risk_add(&risk, &terms[i]);
    return risk;
}

/* By hand: a cloud at 1e-5 per year, in D 5 m/s 0.7 of the year, 0.1 of it this way, where it kills
 * 0.2; in F 2 m/s 0.3, 0.15, 0.9; and a fireball of 2e-6 in all weathers that kills 0.5 here.
 * 1.4e-7 + 4.05e-7 + 1e-6. */
static void individual_risk_is_the_sum_over_outcomes_weathers_and_sectors(void **state)
{
    static const davy_risk_term terms[] = {
        {1e-5, 0.7, 0.1, 0.2}, {1e-5, 0.3, 0.15, 0.9}, {2e-6, 1, 1, 0.5}};
    const davy_answer answer = sum_of(terms, DAVY_ARRAY_LENGTH(terms));

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
    assert_near(answer.value, 1.545e-6, 1e-18);
    assert_string_equal(answer.unit, "1/a");
}

static void a_term_that_is_not_known_or_not_possible_leaves_no_sum(void **state)
{
    davy_risk_term terms[] = {{1e-5, 0.7, 0.1, 0.2}, {1e-5, 0.3, NAN, 0.9}};
    davy_answer answer = sum_of(terms, 2);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "share of the direction");
    terms[1].direction = 1.5;
    assert_int_equal(sum_of(terms, 2).kind, DAVY_ANSWER_OUTSIDE);
    assert_true(isnan(sum_of(terms, 2).value));
    answer = sum_of(terms, 0);
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "list of outcomes");
}

/* By hand: 1 death 1e-4, 10 deaths twice 1e-5, 100 deaths 1e-6, and one without deaths:
 * F(1) = 1.21e-4, F(10) = 2.1e-5, F(100) = 1e-6; expected 1e-4 + 2e-4 + 1e-4. */
static const davy_risk_event events[] = {{1e-5, 10}, {1e-6, 100}, {3e-3, 0}, {1e-4, 1}, {1e-5, 10}};

static void the_curve_has_a_corner_for_each_number_of_deaths(void **state)
{
    davy_fn_point points[DAVY_ARRAY_LENGTH(events)];
    size_t count;

    (void) state;
    assert_ok(davy_fn_curve(events, DAVY_ARRAY_LENGTH(events), points, &count));
    assert_int_equal(count, 3);
    assert_near(points[0].deaths, 1, 0);
    assert_near(points[0].frequency, 1.21e-4, 1e-18);
    assert_near(points[1].deaths, 10, 0);
    assert_near(points[1].frequency, 2.1e-5, 1e-18);
    assert_near(points[2].frequency, 1e-6, 1e-18);
    assert_near(davy_expected_deaths(events, DAVY_ARRAY_LENGTH(events)).value, 4e-4, 1e-18);
}

/* The area under the curve is the deaths to be expected: sum of F(N) (N - the N before it). */
static void the_area_under_the_curve_is_the_expected_number(void **state)
{
    davy_fn_point points[DAVY_ARRAY_LENGTH(events)];
    double area = 0, before = 0;
    size_t count;

    (void) state;
    assert_ok(davy_fn_curve(events, DAVY_ARRAY_LENGTH(events), points, &count));
    for (size_t i = 0; i < count; i++) {
        area += points[i].frequency * (points[i].deaths - before);
        before = points[i].deaths;
    }
    assert_near(area, davy_expected_deaths(events, DAVY_ARRAY_LENGTH(events)).value, 1e-18);
}

static void a_curve_of_nothing_deadly_has_no_corner_and_bad_events_are_refused(void **state)
{
    const davy_risk_event harmless = {1e-3, 0}, negative = {-1, 3}, unknown = {1e-3, NAN};
    davy_fn_point point;
    size_t count;

    (void) state;
    assert_ok(davy_fn_curve(&harmless, 1, &point, &count));
    assert_int_equal(count, 0);
    assert_ok(davy_fn_curve(NULL, 0, NULL, &count));
    assert_int_equal(count, 0);
    assert_fails(davy_fn_curve(&negative, 1, &point, &count), DAVY_ERR_INVALID, "event 1");
    assert_fails(davy_fn_curve(&unknown, 1, &point, &count), DAVY_ERR_INVALID, "deaths");
}

/* GB 36894-2018: through 1e-4 and 1e-6 at 10 deaths, slope -1. */
static void china_s_lines_part_acceptable_from_alarp_from_unacceptable(void **state)
{
    const davy_fn_limit *limit = davy_fn_limit_find("gb36894");
    const davy_fn_point on_lower = {10, 1e-6}, above_lower = {10, 1.01e-6};
    const davy_fn_point on_upper = {100, 1e-5}, curve[] = {{1, 1e-5}, {50, 2.1e-5}};
    const davy_fn_point *worst;

    (void) state;
    assert_non_null(limit);
    assert_int_equal(davy_fn_region(limit, &on_lower, 1, NULL), DAVY_RISK_ACCEPTABLE);
    assert_int_equal(davy_fn_region(limit, &above_lower, 1, NULL), DAVY_RISK_ALARP);
    assert_int_equal(davy_fn_region(limit, &on_upper, 1, NULL), DAVY_RISK_ALARP);
    assert_int_equal(davy_fn_region(limit, curve, 2, &worst), DAVY_RISK_UNACCEPTABLE);
    assert_ptr_equal(worst, &curve[1]);
    assert_int_equal(davy_fn_region(limit, NULL, 0, &worst), DAVY_RISK_ACCEPTABLE);
    assert_null(worst);
}

/* Bevi, article 13(1)(b): 1e-5 at 10, 1e-7 at 100, 1e-9 at 1000; nothing below 10. */
static void the_dutch_line_falls_with_the_square_from_ten_deaths(void **state)
{
    static const davy_fn_point on[] = {{10, 1e-5}, {100, 1e-7}, {1000, 1e-9}};
    const davy_fn_limit *limit = davy_fn_limit_find("bevi");
    const davy_fn_point nine = {9, 1}, above = {1000, 1.1e-9};

    (void) state;
    assert_int_equal(davy_fn_region(limit, on, 3, NULL), DAVY_RISK_ACCEPTABLE);
    assert_int_equal(davy_fn_region(limit, &nine, 1, NULL), DAVY_RISK_ACCEPTABLE);
    assert_int_equal(davy_fn_region(limit, &above, 1, NULL), DAVY_RISK_UNACCEPTABLE);
    assert_null(davy_fn_limit_find("r2p2"));
}

/* Notice 13 of 2014: new 1e-5, 3e-6, 3e-7; in service 3e-5, 1e-5, 3e-6. */
static void individual_limits_follow_the_notice_of_2014(void **state)
{
    (void) state;
    assert_near(davy_individual_limit(davy_risk_target_of(29, false), false).value, 1e-5, 0);
    assert_near(davy_individual_limit(davy_risk_target_of(30, false), false).value, 3e-6, 0);
    assert_near(davy_individual_limit(davy_risk_target_of(99, false), true).value, 1e-5, 0);
    assert_near(davy_individual_limit(davy_risk_target_of(100, false), false).value, 3e-7, 0);
    assert_near(davy_individual_limit(davy_risk_target_of(5, true), true).value, 3e-6, 0);
    assert_near(davy_individual_limit(davy_risk_target_of(NAN, false), false).value, 3e-7, 0);
    assert_true(davy_individual_is_within(1.0000000000000026e-5, 1e-5));
    assert_false(davy_individual_is_within(1.001e-5, 1e-5));
    assert_false(davy_individual_is_within(NAN, 1e-5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(individual_risk_is_the_sum_over_outcomes_weathers_and_sectors),
        cmocka_unit_test(a_term_that_is_not_known_or_not_possible_leaves_no_sum),
        cmocka_unit_test(the_curve_has_a_corner_for_each_number_of_deaths),
        cmocka_unit_test(the_area_under_the_curve_is_the_expected_number),
        cmocka_unit_test(a_curve_of_nothing_deadly_has_no_corner_and_bad_events_are_refused),
        cmocka_unit_test(china_s_lines_part_acceptable_from_alarp_from_unacceptable),
        cmocka_unit_test(the_dutch_line_falls_with_the_square_from_ten_deaths),
        cmocka_unit_test(individual_limits_follow_the_notice_of_2014),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
