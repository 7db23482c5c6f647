/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ewma.h"

#include "../testing.h"

#include <math.h>

/* The worked example in the NIST/SEMATECH e-Handbook, 6.3.2.4; z to the four digits that the
 * recursion gives by hand, the handbook prints two. */
static void follows_the_handbook_example(void **state)
{
    static const double x[] = {52.0, 47.0, 53.0, 49.3};
    static const double z[] = {50.600, 49.520, 50.564, 50.1848};
    davy_ewma chart;

    (void) state;
    assert_int_equal(davy_ewma_init(&chart, 50.0, 2.0539, 0.3), DAVY_OK);
    for (size_t t = 0; t < DAVY_ARRAY_LENGTH(x); t++) {
        (void) davy_ewma_update(&chart, x[t]);
        assert_near(chart.value, z[t], 1e-4);
    }
}

/* All 20 samples of that example and the handbook's own two digits; none is outside its limits
 * 52.5884 and 47.4115. */
static void agrees_with_all_samples_of_the_handbook(void **state)
{
    static const double x[] = {52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5,
                               49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1};
    static const double z[] = {50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75,
                               49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05,
                               49.38, 49.92, 50.73, 51.23, 51.94, 51.99};
    davy_ewma chart;

    (void) state;
    assert_ok(davy_ewma_init(&chart, 50.0, 2.0539, 0.3));
    for (size_t t = 0; t < DAVY_ARRAY_LENGTH(x); t++) {
        double distance = davy_ewma_update(&chart, x[t]);

        assert_near(chart.value, z[t], 0.0051);
        assert_true(fabs(distance) < 3.0);
    }
    /* (52.5884 - 50) is three of the chart's deviations. */
    assert_near(3.0 * 2.0539 * sqrt(0.3 / 1.7), 2.5884, 1e-4);
}

static void a_missing_sample_leaves_the_chart_alone(void **state)
{
    davy_ewma chart;

    (void) state;
    assert_ok(davy_ewma_init(&chart, 50.0, 2.0, 0.3));
    (void) davy_ewma_update(&chart, 52.0);
    (void) davy_ewma_update(&chart, NAN);
    assert_near(chart.value, 50.6, 1e-12);
}

static void settings_that_make_no_chart_are_refused(void **state)
{
    davy_ewma chart;

    (void) state;
    assert_fails(davy_ewma_init(&chart, 0.0, 0.0, 0.3), DAVY_ERR_INVALID, "sigma");
    assert_fails(davy_ewma_init(&chart, NAN, 1.0, 0.3), DAVY_ERR_INVALID, "target");
    assert_fails(davy_ewma_init(&chart, 0.0, 1.0, 1.1), DAVY_ERR_INVALID, "lambda");
    assert_fails(davy_ewma_init(&chart, 0.0, 1.0, 0.0), DAVY_ERR_INVALID, "lambda");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_handbook_example),
        cmocka_unit_test(agrees_with_all_samples_of_the_handbook),
        cmocka_unit_test(a_missing_sample_leaves_the_chart_alone),
        cmocka_unit_test(settings_that_make_no_chart_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
