/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "models/pca.h"

#include <math.h>

/*
 * Two signals without lags, one component along (3, 4) / 5 with variance 4, no centring:
 * for x = (5, 0): t = 3, T2 = 9 / 4, reconstruction (9, 12) / 5, residual (16, -12) / 5, Q = 16.
 * Calculated by hand.
 */
static davy_pca *make_hand_example(void)
{
    davy_pca *pca = NULL;

    assert_ok(davy_pca_create(2, 0, 1, 1, &pca));
    pca->scale[0] = pca->scale[1] = 1.0;
    pca->loadings[0] = 0.6;
    pca->loadings[1] = 0.8;
    pca->whiten[0] = 0.5;
    pca->weight_t2 = pca->weight_q = 1.0;
    davy_pca_finish(pca);
    return pca;
}

static void measures_the_hand_calculated_example(void **state)
{
    davy_pca *pca = make_hand_example();
    const double window[] = {5.0, 0.0};
    double scratch[32], expected[2];
    davy_pca_parts parts;

    (void) state;
    assert_true(davy_pca_scratch(pca) <= DAVY_ARRAY_LENGTH(scratch));
    parts = davy_pca_measure(pca, window, scratch, expected);
    assert_float_equal(parts.t2, 2.25, 1e-14);
    assert_float_equal(parts.q, 16.0, 1e-13);
    assert_float_equal(expected[0], 1.8, 1e-14);
    assert_float_equal(expected[1], 2.4, 1e-14);
    /* Q: (16/5)^2 and (12/5)^2. T2: (0.6 * 1.5)^2 and (0.8 * 1.5)^2. */
    assert_float_equal(parts.shares_q[0], 10.24, 1e-13);
    assert_float_equal(parts.shares_q[1], 5.76, 1e-13);
    assert_float_equal(parts.shares_t2[0], 0.81, 1e-14);
    assert_float_equal(parts.shares_t2[1], 1.44, 1e-14);
    davy_pca_destroy(pca);
}

/* The same numbers after a centre of (10, 20), scales of 2 and 0.5, and a mean of (1, -1). */
static void centres_and_scales_before_it_measures(void **state)
{
    davy_pca *pca = make_hand_example();
    const double window[] = {10.0 + 2.0 * 6.0, 20.0 + 0.5 * -1.0};
    double scratch[32], expected[2];
    davy_pca_parts parts;

    (void) state;
    pca->centre[0] = 10.0;
    pca->centre[1] = 20.0;
    pca->scale[0] = 2.0;
    pca->scale[1] = 0.5;
    pca->mean[0] = 1.0;
    pca->mean[1] = -1.0;
    parts = davy_pca_measure(pca, window, scratch, expected);
    assert_float_equal(parts.t2, 2.25, 1e-14);
    assert_float_equal(parts.q, 16.0, 1e-13);
    assert_float_equal(expected[0], 10.0 + 2.0 * (1.8 + 1.0), 1e-13);
    assert_float_equal(expected[1], 20.0 + 0.5 * (2.4 - 1.0), 1e-13);
    davy_pca_destroy(pca);
}

static void adds_the_lags_of_a_signal_to_its_share(void **state)
{
    davy_pca *pca = NULL;
    const double window[] = {3.0, 0.0, 4.0, 1.0}; /* newest row (3, 0), row before (4, 1) */
    double scratch[32];
    davy_pca_parts parts;

    (void) state;
    assert_ok(davy_pca_create(2, 1, 1, 1, &pca));
    for (size_t d = 0; d < 4; d++)
        pca->scale[d] = 1.0;
    pca->loadings[1] = 1.0; /* the plane is signal 1 of the newest row, which is 0 here */
    pca->whiten[0] = 1.0;
    davy_pca_finish(pca);
    parts = davy_pca_measure(pca, window, scratch, NULL);
    assert_float_equal(parts.t2, 0.0, 0.0);
    assert_float_equal(parts.shares_q[0], 25.0, 1e-14);
    assert_float_equal(parts.shares_q[1], 1.0, 1e-14);
    assert_float_equal(parts.q, 26.0, 1e-14);
    davy_pca_destroy(pca);
}

static void holds_a_value_that_no_sum_of_squares_could_take(void **state)
{
    davy_pca *pca = make_hand_example();
    const double window[] = {1e300, -1e300};
    double scratch[32];
    davy_pca_parts parts;

    (void) state;
    parts = davy_pca_measure(pca, window, scratch, NULL);
    assert_true(isfinite(parts.t2) && isfinite(parts.q));
    assert_true(parts.q > 1e12);
    davy_pca_destroy(pca);
}

/* Two regimes at 0 and 10 of signal 0: the nearer centre decides, ties go to the first. */
static void scales_a_window_by_the_nearest_regime(void **state)
{
    const double weights[] = {0.0, -20.0, 0.0,
                              0.0};     /* -2 c of signal 0; signal 1 is not looked at */
    const double bias[] = {0.0, 100.0}; /* c^2 */
    const double low[] = {4.9, 7.0}, high[] = {5.1, -7.0};

    (void) state;
    assert_int_equal(davy_regimes_of(2, weights, bias, low, 2), 0);
    assert_int_equal(davy_regimes_of(2, weights, bias, high, 2), 1);
    assert_int_equal(davy_regimes_of(1, NULL, NULL, high, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_the_hand_calculated_example),
        cmocka_unit_test(centres_and_scales_before_it_measures),
        cmocka_unit_test(adds_the_lags_of_a_signal_to_its_share),
        cmocka_unit_test(holds_a_value_that_no_sum_of_squares_could_take),
        cmocka_unit_test(scales_a_window_by_the_nearest_regime),
    };

    return cmocka_run_group_tests_name("models: T2 and Q", tests, NULL, NULL);
}
