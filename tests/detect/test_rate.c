/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/rate.h"

#include "../testing.h"

#define MS 1000000LL

static davy_change at(davy_rate *rate, int64_t ms, double value)
{
    return davy_rate_update(rate, 5.0, &(davy_delays){0}, value, ms * MS, ms * MS);
}

/* 11 units in 2 s are 5.5 per second, above 5; 9 in 2 s are 4.5, at the release of 0.9 x 5. */
static void a_change_faster_than_the_limit_begins_and_ends(void **state)
{
    davy_rate rate = {0};

    (void) state;
    assert_int_equal(at(&rate, 0, 100.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&rate, 2000, 89.0), DAVY_CHANGE_BEGINS);
    assert_near(rate.per_second, -5.5, 1e-12);
    assert_int_equal(at(&rate, 4000, 79.8), DAVY_CHANGE_NONE);
    assert_int_equal(at(&rate, 6000, 71.0), DAVY_CHANGE_ENDS);
}

static void two_samples_a_millisecond_apart_are_no_rate(void **state)
{
    davy_rate rate = {0};

    (void) state;
    (void) at(&rate, 0, 100.0);
    assert_int_equal(at(&rate, 1, 101.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&rate, 1000, 101.0), DAVY_CHANGE_ENDS); /* first answer: 1 per second */
    assert_near(rate.per_second, 1.0, 1e-12);
}

static void a_jump_within_the_span_is_seen_when_the_span_is_over(void **state)
{
    davy_rate rate = {0};

    (void) state;
    (void) at(&rate, 0, 0.0);
    assert_int_equal(at(&rate, 500, 50.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&rate, 1000, 50.0), DAVY_CHANGE_BEGINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_faster_than_the_limit_begins_and_ends),
        cmocka_unit_test(two_samples_a_millisecond_apart_are_no_rate),
        cmocka_unit_test(a_jump_within_the_span_is_seen_when_the_span_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
