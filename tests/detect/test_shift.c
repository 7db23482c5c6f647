/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/shift.h"

#include "../testing.h"
#include "numbers.h"

#define S 1000000000LL

static davy_change feed(davy_shift *shift, int64_t *second, double value)
{
    *second += 1;
    return davy_shift_update(shift, 1.0, &(davy_delays){0}, value, *second * S, *second * S);
}

static size_t count_begins(davy_shift *shift, int64_t *second, uint64_t *seed, size_t samples,
                           double mean)
{
    size_t begins = 0;

    for (size_t i = 0; i < samples; i++)
        if (feed(shift, second, mean + normal(seed)) == DAVY_CHANGE_BEGINS)
            begins++;
    return begins;
}

static void a_quiet_series_stays_quiet(void **state)
{
    davy_shift shift = {0};
    int64_t second = 0;
    uint64_t seed = 1;

    (void) state;
    assert_int_equal(count_begins(&shift, &second, &seed, 50000, 20.0), 0);
    assert_near(shift.ewma.target, 20.0, 0.2);
    assert_near(shift.ewma.sigma, 1.0, 0.15);
}

static void a_lasting_shift_of_one_sigma_is_found_once_and_ends_when_it_is_gone(void **state)
{
    davy_shift shift = {0};
    int64_t second = 0;
    uint64_t seed = 2;

    (void) state;
    (void) count_begins(&shift, &second, &seed, 1000, 20.0);
    /* Mean delay of a CUSUM near (h + 1.166) / (shift - k) samples: about 30. */
    assert_int_equal(count_begins(&shift, &second, &seed, 120, 21.5), 1);
    assert_true(davy_delay_active(&shift.delay));
    assert_true(davy_shift_distance(&shift) > 0.5);
    assert_int_equal(count_begins(&shift, &second, &seed, 2000, 20.0), 0);
    assert_false(davy_delay_active(&shift.delay));
}

static void a_constant_series_has_no_baseline_and_no_alarm(void **state)
{
    davy_shift shift = {0};
    int64_t second = 0;

    (void) state;
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(feed(&shift, &second, 7.0), DAVY_CHANGE_NONE);
    assert_false(shift.ready);
}

/* A drift of one sigma in 100,000 samples is a season and no shift. */
static void a_season_is_followed(void **state)
{
    davy_shift shift = {0};
    int64_t second = 0;
    uint64_t seed = 3;
    size_t begins = 0;

    (void) state;
    for (size_t i = 0; i < 30000; i++)
        if (feed(&shift, &second, (double) i * 1e-6 + normal(&seed)) == DAVY_CHANGE_BEGINS)
            begins++;
    assert_int_equal(begins, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_series_stays_quiet),
        cmocka_unit_test(a_lasting_shift_of_one_sigma_is_found_once_and_ends_when_it_is_gone),
        cmocka_unit_test(a_constant_series_has_no_baseline_and_no_alarm),
        cmocka_unit_test(a_season_is_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
