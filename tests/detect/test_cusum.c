/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/cusum.h"

#include "../testing.h"

#include <math.h>

/* The worked example in the NIST/SEMATECH e-Handbook, 6.3.2.3: target 325, k = 0.3175,
 * h = 4.1959; the sums as the handbook prints them, to two digits. */
static void follows_the_handbook_example(void **state)
{
    static const double x[] = {324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125,
                               324.525, 325.225, 324.600, 324.625, 325.150, 328.325, 327.250,
                               327.825, 328.500, 326.675, 327.775, 326.875, 328.350};
    static const double high[] = {0.00, 0.00, 0.00, 0.00, 0.03, 0.00,  0.00,  0.00,  0.00,  0.00,
                                  0.00, 0.00, 3.01, 4.94, 7.45, 10.63, 11.99, 14.44, 16.00, 19.04};
    static const double low[] = {0.00, 0.01, 0.00, 0.33, 0.00, 0.00, 0.56, 0.72, 0.18, 0.26,
                                 0.31, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00};
    davy_cusum chart;
    size_t first = 0;

    (void) state;
    assert_ok(davy_cusum_init(&chart, 325.0, 0.3175, 4.1959));
    for (size_t t = 0; t < DAVY_ARRAY_LENGTH(x); t++) {
        if (davy_cusum_update(&chart, x[t]) > 1.0 && first == 0)
            first = t + 1;
        assert_near(chart.high, high[t], 0.011);
        assert_near(chart.low, low[t], 0.011);
    }
    assert_int_equal(first, 14); /* the handbook: out of control from sample 14 */
}

static void a_shift_down_is_told_as_negative(void **state)
{
    davy_cusum chart;

    (void) state;
    assert_ok(davy_cusum_init(&chart, 0.0, 0.5, 4.0));
    assert_near(davy_cusum_update(&chart, -2.5), -0.5, 1e-12);
    assert_near(davy_cusum_update(&chart, -2.5), -1.0, 1e-12);
    assert_near(davy_cusum_update(&chart, NAN), -1.0, 1e-12);
    davy_cusum_reset(&chart);
    assert_near(davy_cusum_update(&chart, 0.0), 0.0, 1e-12);
}

/* Montgomery, "Introduction to Statistical Quality Control", table 9.3: k = 1/2 with h = 4 has a
 * two-sided run length of 168, h = 5 of 465; Siegmund's formula gives these within 2 %. */
static void run_lengths_agree_with_montgomery(void **state)
{
    (void) state;
    assert_near(davy_cusum_run_length(0.5, 4.0), 168.0, 4.0);
    assert_near(davy_cusum_run_length(0.5, 5.0), 465.0, 10.0);
    assert_near(davy_cusum_decision(0.5, davy_cusum_run_length(0.5, 5.0)), 5.0, 1e-9);
}

static void settings_that_make_no_chart_are_refused(void **state)
{
    davy_cusum chart;

    (void) state;
    assert_fails(davy_cusum_init(&chart, 0.0, -1.0, 4.0), DAVY_ERR_INVALID, "slack");
    assert_fails(davy_cusum_init(&chart, 0.0, 0.5, 0.0), DAVY_ERR_INVALID, "decision");
    assert_fails(davy_cusum_init(&chart, INFINITY, 0.5, 1.0), DAVY_ERR_INVALID, "target");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_handbook_example),
        cmocka_unit_test(a_shift_down_is_told_as_negative),
        cmocka_unit_test(run_lengths_agree_with_montgomery),
        cmocka_unit_test(settings_that_make_no_chart_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
