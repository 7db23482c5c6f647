/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/delay.h"

#include "../testing.h"

/* On-delay 2, off-delay 3, in plain numbers: the machine does not care for the unit. */
static const davy_delays delays = {2, 3};

static void begins_after_the_on_delay(void **state)
{
    davy_delay delay = {0};

    (void) state;
    assert_int_equal(davy_delay_update(&delay, true, 10, 0, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, true, 11, 1, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, true, 12, 2, &delays), DAVY_CHANGE_BEGINS);
    assert_int_equal(davy_delay_update(&delay, true, 13, 3, &delays), DAVY_CHANGE_NONE);
    assert_true(davy_delay_active(&delay));
}

static void a_short_visit_is_nothing(void **state)
{
    davy_delay delay = {0};

    (void) state;
    assert_int_equal(davy_delay_update(&delay, false, 9, 0, &delays), DAVY_CHANGE_ENDS);
    (void) davy_delay_update(&delay, true, 10, 0, &delays);
    assert_int_equal(davy_delay_update(&delay, false, 11, 0, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, true, 12, 0, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, true, 13, 0, &delays), DAVY_CHANGE_NONE);
}

static void ends_after_the_off_delay_and_a_relapse_takes_it_back(void **state)
{
    davy_delay delay = {0};

    (void) state;
    (void) davy_delay_update(&delay, true, 0, 0, &delays);
    assert_int_equal(davy_delay_update(&delay, true, 2, 2, &delays), DAVY_CHANGE_BEGINS);
    assert_int_equal(davy_delay_update(&delay, false, 3, 3, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, true, 5, 5, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, false, 6, 6, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, false, 8, 8, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, false, 9, 9, &delays), DAVY_CHANGE_ENDS);
}

static void the_first_answer_is_told_also_when_nothing_is_wrong(void **state)
{
    davy_delay quiet = {0};
    davy_delay visit = {0};

    (void) state;
    assert_int_equal(davy_delay_update(&quiet, false, 0, 0, &delays), DAVY_CHANGE_ENDS);
    assert_int_equal(davy_delay_update(&quiet, false, 1, 1, &delays), DAVY_CHANGE_NONE);
    (void) davy_delay_update(&visit, true, 0, 0, &delays);
    assert_int_equal(davy_delay_update(&visit, false, 1, 1, &delays), DAVY_CHANGE_ENDS);
}

static void a_delay_runs_out_when_no_sample_follows(void **state)
{
    davy_delay delay = {0};
    int64_t time_ns = 0;

    (void) state;
    (void) davy_delay_update(&delay, true, 100, 5, &delays);
    assert_int_equal(davy_delay_tick(&delay, 6, &delays, &time_ns), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_tick(&delay, 7, &delays, &time_ns), DAVY_CHANGE_BEGINS);
    assert_int_equal(time_ns, 102);
}

static void a_bad_sample_takes_back_a_pending_end_and_no_pending_begin(void **state)
{
    davy_delay delay = {0};
    int64_t time_ns = 0;

    (void) state;
    (void) davy_delay_update(&delay, true, 0, 0, &delays);
    davy_delay_hold(&delay);
    assert_int_equal(davy_delay_tick(&delay, 2, &delays, &time_ns), DAVY_CHANGE_BEGINS);
    (void) davy_delay_update(&delay, false, 3, 3, &delays);
    davy_delay_hold(&delay);
    assert_int_equal(davy_delay_tick(&delay, 100, &delays, &time_ns), DAVY_CHANGE_NONE);
    assert_true(davy_delay_active(&delay));
}

static void a_clock_set_back_restarts_the_delay_and_does_not_stretch_it(void **state)
{
    davy_delay delay = {0};

    (void) state;
    (void) davy_delay_update(&delay, true, 1000, 0, &delays);
    assert_int_equal(davy_delay_update(&delay, true, 10, 1, &delays), DAVY_CHANGE_NONE);
    assert_int_equal(davy_delay_update(&delay, true, 12, 3, &delays), DAVY_CHANGE_BEGINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_after_the_on_delay),
        cmocka_unit_test(a_short_visit_is_nothing),
        cmocka_unit_test(ends_after_the_off_delay_and_a_relapse_takes_it_back),
        cmocka_unit_test(the_first_answer_is_told_also_when_nothing_is_wrong),
        cmocka_unit_test(a_delay_runs_out_when_no_sample_follows),
        cmocka_unit_test(a_bad_sample_takes_back_a_pending_end_and_no_pending_begin),
        cmocka_unit_test(a_clock_set_back_restarts_the_delay_and_does_not_stretch_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
