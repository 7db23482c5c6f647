/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/limit.h"

#include "../testing.h"

#define S 1000000000LL

static davy_change at(davy_delay *delay, const davy_limit_settings *settings, int64_t second,
                      double value)
{
    return davy_limit_update(delay, settings, value, second * S, second * S);
}

static void a_value_at_the_limit_is_not_beyond_it(void **state)
{
    const davy_limit_settings hi = {1000.0, 0.0, DAVY_LIMIT_HIGH, {0, 0}};
    const davy_limit_settings lo = {10.0, 0.0, DAVY_LIMIT_LOW, {0, 0}};
    davy_delay high = {0};
    davy_delay low = {0};

    (void) state;
    assert_int_equal(at(&high, &hi, 0, 1000.0), DAVY_CHANGE_ENDS);
    assert_int_equal(at(&high, &hi, 1, 1000.1), DAVY_CHANGE_BEGINS);
    assert_int_equal(at(&low, &lo, 0, 10.0), DAVY_CHANGE_ENDS);
    assert_int_equal(at(&low, &lo, 1, 9.9), DAVY_CHANGE_BEGINS);
}

/* Limit 1000 with a deadband of 20: it is over below 980 and not before. */
static void the_deadband_keeps_noise_from_ringing(void **state)
{
    const davy_limit_settings hi = {1000.0, 20.0, DAVY_LIMIT_HIGH, {0, 0}};
    davy_delay delay = {0};

    (void) state;
    assert_int_equal(at(&delay, &hi, 0, 1001.0), DAVY_CHANGE_BEGINS);
    assert_int_equal(at(&delay, &hi, 1, 999.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &hi, 2, 981.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &hi, 3, 980.0), DAVY_CHANGE_ENDS);
    assert_int_equal(at(&delay, &hi, 4, 999.0), DAVY_CHANGE_NONE);
}

static void noise_within_the_deadband_does_not_restart_the_on_delay(void **state)
{
    const davy_limit_settings hi = {1000.0, 20.0, DAVY_LIMIT_HIGH, {3 * S, 0}};
    davy_delay delay = {0};

    (void) state;
    (void) at(&delay, &hi, 0, 900.0);
    assert_int_equal(at(&delay, &hi, 1, 1005.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &hi, 2, 995.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &hi, 3, 1004.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &hi, 4, 996.0), DAVY_CHANGE_BEGINS);
}

static void a_low_limit_mirrors_a_high_one(void **state)
{
    const davy_limit_settings lo = {10.0, 2.0, DAVY_LIMIT_LOW, {0, 2 * S}};
    davy_delay delay = {0};

    (void) state;
    assert_int_equal(at(&delay, &lo, 0, 9.0), DAVY_CHANGE_BEGINS);
    assert_int_equal(at(&delay, &lo, 1, 11.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &lo, 2, 12.0), DAVY_CHANGE_NONE);
    assert_int_equal(at(&delay, &lo, 4, 12.0), DAVY_CHANGE_ENDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_at_the_limit_is_not_beyond_it),
        cmocka_unit_test(the_deadband_keeps_noise_from_ringing),
        cmocka_unit_test(noise_within_the_deadband_does_not_restart_the_on_delay),
        cmocka_unit_test(a_low_limit_mirrors_a_high_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
