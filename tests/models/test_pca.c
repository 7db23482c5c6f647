/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "models/kinds/pca.h"

#include <math.h>
#include <stdlib.h>

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
    assert_near(parts.t2, 2.25, 1e-14);
    assert_near(parts.q, 16.0, 1e-13);
    assert_near(expected[0], 1.8, 1e-14);
    assert_near(expected[1], 2.4, 1e-14);
    /* Q: (16/5)^2 and (12/5)^2. T2: (0.6 * 1.5)^2 and (0.8 * 1.5)^2. */
    assert_near(parts.shares_q[0], 10.24, 1e-13);
    assert_near(parts.shares_q[1], 5.76, 1e-13);
    assert_near(parts.shares_t2[0], 0.81, 1e-14);
    assert_near(parts.shares_t2[1], 1.44, 1e-14);
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
    assert_near(parts.t2, 2.25, 1e-14);
    assert_near(parts.q, 16.0, 1e-13);
    assert_near(expected[0], 10.0 + 2.0 * (1.8 + 1.0), 1e-13);
    assert_near(expected[1], 20.0 + 0.5 * (2.4 - 1.0), 1e-13);
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
    pca->scale[0] = pca->scale[1] = 1.0;
    pca->loadings[1] = 1.0; /* the plane is signal 1 of the newest row, which is 0 here */
    pca->whiten[0] = 1.0;
    davy_pca_finish(pca);
    parts = davy_pca_measure(pca, window, scratch, NULL);
    assert_near(parts.t2, 0.0, 0.0);
    assert_near(parts.shares_q[0], 25.0, 1e-14);
    assert_near(parts.shares_q[1], 1.0, 1e-14);
    assert_near(parts.q, 26.0, 1e-14);
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

/*
 * Two regimes at 0 and 10 of signal 0, -2 c x + c^2 apart; the nearer one decides. Signal 1 follows
 * with 5 and 7 as its centres: both rows stand exactly where they should.
 */
static void scales_every_row_by_its_own_regime(void **state)
{
    davy_pca *pca = NULL;
    const double window[] = {10.0, 7.0, 0.0, 5.0}; /* newest row in the second regime */
    const double centre[] = {0.0, 5.0, 10.0, 7.0};
    const double expected_x[] = {0.0, 0.0, 0.0, 0.0};
    double x[4], scratch[32], expected[2];

    (void) state;
    assert_ok(davy_pca_create(2, 1, 1, 2, &pca));
    pca->regimes.weights = calloc(4, sizeof(double));
    pca->regimes.bias = calloc(2, sizeof(double));
    pca->regimes.weights[1] = -20.0;
    pca->regimes.bias[1] = 100.0;
    memcpy(pca->centre, centre, sizeof centre);
    for (size_t i = 0; i < 4; i++)
        pca->scale[i] = 1.0;
    pca->loadings[0] = pca->whiten[0] = 1.0;
    davy_pca_finish(pca);
    assert_int_equal(davy_regimes_of(&pca->regimes, (const double[]){4.9, 7.0}, 2), 0);
    assert_int_equal(davy_regimes_of(&pca->regimes, (const double[]){5.1, -7.0}, 2), 1);
    davy_pca_scale(pca, window, x);
    assert_memory_equal(x, expected_x, sizeof x);
    (void) davy_pca_measure(pca, window, scratch, expected);
    assert_near(expected[0], 10.0, 0.0);
    assert_near(expected[1], 7.0, 0.0);
    davy_pca_destroy(pca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_the_hand_calculated_example),
        cmocka_unit_test(centres_and_scales_before_it_measures),
        cmocka_unit_test(adds_the_lags_of_a_signal_to_its_share),
        cmocka_unit_test(holds_a_value_that_no_sum_of_squares_could_take),
        cmocka_unit_test(scales_every_row_by_its_own_regime),
    };

    return cmocka_run_group_tests_name("models: T2 and Q", tests, NULL, NULL);
}
