/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/stuck.h"

#include "../testing.h"

#define S 1000000000LL

static davy_change at(davy_stuck *stuck, int64_t second, double value)
{
    return davy_stuck_update(stuck, 10 * S, &(davy_delays){0}, value, second * S, second * S);
}

static void an_unchanged_value_is_stuck_after_its_time(void **state)
{
    davy_stuck stuck = {0};

    (void) state;
    for (int64_t second = 0; second < 10; second++)
        assert_int_equal(at(&stuck, second, 42.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&stuck, 10, 42.0), DAVY_CHANGE_BEGINS);
    assert_int_equal(at(&stuck, 11, 42.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&stuck, 12, 42.0001), DAVY_CHANGE_ENDS);
}

static void a_change_of_the_last_digit_is_a_change(void **state)
{
    davy_stuck stuck = {0};

    (void) state;
    (void) at(&stuck, 0, 42.0);
    assert_int_equal(at(&stuck, 9, 42.0 + 1e-14), DAVY_CHANGE_ENDS);
    assert_int_equal(at(&stuck, 18, 42.0 + 1e-14), DAVY_CHANGE_NONE);
}

/* A gap counts for 5 s of the 10 s, however long it was. */
static void an_hour_without_samples_is_not_an_hour_stuck(void **state)
{
    davy_stuck stuck = {0};

    (void) state;
    (void) at(&stuck, 0, 1.0);
    (void) at(&stuck, 1, 42.0);
    assert_int_equal(at(&stuck, 3600, 42.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&stuck, 3604, 42.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&stuck, 3605, 42.0), DAVY_CHANGE_BEGINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unchanged_value_is_stuck_after_its_time),
        cmocka_unit_test(a_change_of_the_last_digit_is_a_change),
        cmocka_unit_test(an_hour_without_samples_is_not_an_hour_stuck),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
