/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/periods.h"
#include "alarm/kpi/tally.h"

#include "../testing.h"

static void small_numbers_have_exact_quantiles(void **state)
{
    davy_tally tally = {0};

    (void) state;
    assert_int_equal(davy_tally_quantile(&tally, 0.5), 0);
    for (uint64_t n = 1; n <= 9; n++)
        davy_tally_add(&tally, n, 1);
    assert_int_equal(davy_tally_quantile(&tally, 0.5), 5); /* the fifth of nine */
    assert_int_equal(davy_tally_quantile(&tally, 1.0), 9);
    assert_int_equal(davy_tally_quantile(&tally, 0.0), 1);
    assert_int_equal(tally.largest, 9);
    davy_tally_add(&tally, 0, 0);
    assert_int_equal(tally.total, 9);
}

/* A part is a sixteenth of its power of two: 1000 is in 992 to 1023. */
static void large_numbers_are_wrong_by_a_sixteenth_at_most(void **state)
{
    davy_tally tally = {0};

    (void) state;
    davy_tally_add(&tally, 1000, 3);
    davy_tally_add(&tally, 5000000000, 1);
    assert_int_equal(davy_tally_quantile(&tally, 0.5), 1023);
    assert_int_equal(tally.largest, 5000000000);
    for (uint64_t n = 1; n < 4000000000; n = n * 5 / 4 + 1) {
        davy_tally one = {0};

        davy_tally_add(&one, n, 1);
        davy_tally_add(&one, 4294967295, 1);
        assert_in_range(davy_tally_quantile(&one, 0.5), n, n + n / 16);
    }
}

static void buckets_follow_one_another(void **state)
{
    (void) state;
    for (size_t i = 1; i < DAVY_TALLY_BUCKETS; i++)
        assert_true(davy_tally_end(i) > davy_tally_end(i - 1));
    assert_int_equal(davy_tally_end(32), 33);
    assert_int_equal(davy_tally_end(DAVY_TALLY_BUCKETS - 1), UINT32_MAX);
}

/* Periods of 10 from 100 on: 2 in the first, none in the second, 1 in the third, which runs. */
static void quiet_periods_count_like_any_other(void **state)
{
    davy_periods periods = {.length_ns = 10, .above = 1};

    (void) state;
    davy_periods_begin(&periods, 100);
    davy_periods_add(&periods);
    davy_periods_pass(&periods, 109);
    davy_periods_add(&periods);
    davy_periods_pass(&periods, 120);
    davy_periods_pass(&periods, 105); /* the clock was set back */
    davy_periods_add(&periods);
    assert_int_equal(periods.closed.total, 2);
    davy_periods_end(&periods, 130);
    assert_int_equal(periods.closed.total, 3);
    assert_int_equal(periods.closed.counts[0], 1);
    assert_int_equal(periods.closed.counts[1], 1);
    assert_int_equal(periods.closed.counts[2], 1);
    assert_int_equal(periods.crowded, 1);
}

static void nothing_observed_is_no_period(void **state)
{
    davy_periods periods = {.length_ns = 10};

    (void) state;
    davy_periods_begin(&periods, 100);
    davy_periods_end(&periods, 100);
    assert_int_equal(periods.closed.total, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_numbers_have_exact_quantiles),
        cmocka_unit_test(large_numbers_are_wrong_by_a_sixteenth_at_most),
        cmocka_unit_test(buckets_follow_one_another),
        cmocka_unit_test(quiet_periods_count_like_any_other),
        cmocka_unit_test(nothing_observed_is_no_period),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
