/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/answer.h"

#include <float.h>
#include <math.h>

static const davy_formula speed = {
    "speed",
    "Speed of a thing",
    "s / t",
    "m/s",
    "by hand",
    "",
    "",
    {{"distance", "m", {1, 100}, DAVY_NOT_NEGATIVE}, {"time", "s", {1, 10}, DAVY_POSITIVE}}};

static davy_answer compute(double distance, double time)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &speed, (const double[]){distance, time}))
        return answer;
    return davy_answer_give(answer, distance / time);
}

static void a_value_inside_the_range_is_a_value(void **state)
{
    davy_answer answer = compute(100, 10);
    char text[DAVY_ANSWER_TEXT_MAX];

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
    assert_near(answer.value, 10, 0);
    assert_string_equal(davy_answer_text(&answer, text), "10 m/s");
}

static void outside_the_range_the_first_input_that_is_out_is_named(void **state)
{
    davy_answer answer = compute(200, 20);
    char text[DAVY_ANSWER_TEXT_MAX];

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_near(answer.value, 10, 0);
    assert_string_equal(davy_answer_text(&answer, text),
                        "outside the range: distance is 200 m, valid from 1 to 100 m");
}

static void what_is_not_possible_has_no_value(void **state)
{
    davy_answer answer = compute(-1, 2);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_true(isnan(answer.value));
    assert_string_equal(answer.what, "distance");
}

static void what_is_not_known_is_named(void **state)
{
    davy_answer answer = compute(5, NAN);
    char text[DAVY_ANSWER_TEXT_MAX];

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(davy_answer_text(&answer, text), "not enough data: the time is not known");
}

static void an_answer_that_follows_takes_over_the_doubt_of_an_earlier_one(void **state)
{
    davy_answer answer = compute(5, 5), earlier = compute(200, 5);

    (void) state;
    assert_true(davy_answer_follows(&answer, earlier));
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_near(answer.given, 200, 0);
    assert_false(davy_answer_follows(&answer, compute(NAN, 5)));
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
}

static void a_value_that_is_not_finite_is_no_value(void **state)
{
    davy_answer answer = davy_answer_give(compute(5, 5), INFINITY);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_inside_the_range_is_a_value),
        cmocka_unit_test(outside_the_range_the_first_input_that_is_out_is_named),
        cmocka_unit_test(what_is_not_possible_has_no_value),
        cmocka_unit_test(what_is_not_known_is_named),
        cmocka_unit_test(an_answer_that_follows_takes_over_the_doubt_of_an_earlier_one),
        cmocka_unit_test(a_value_that_is_not_finite_is_no_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
