/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Distances of sets and their p-values. Chi-square and Kolmogorov-Smirnov values are SciPy 1.10's
 * (stats.chi2.sf, stats.ks_2samp, stats.kstwobign); the index is worked out by hand as its test
 * says, the mean embeddings with NumPy from the definition.
 */
#include "../testing.h"

#include "core/random.h"
#include "infer/drift_statistics.h"

#include <math.h>
#include <stdlib.h>

static void the_tail_of_chi_square_is_scipys(void **state)
{
    static const struct {
        double x, freedom, tail;
    } cases[] = {{16.918977604620448, 9, 0.05},   {3.84, 1, 0.05004352124870519},
                 {0.5, 3, 0.9188914116546758},    {27.877, 9, 0.001000063357757273},
                 {60, 9, 1.3406780483959625e-09}, {200, 20, 1.1253473960842808e-31}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const double tail = davy_chi_square_tail(cases[i].x, cases[i].freedom);

        assert_near(tail / cases[i].tail, 1, 1e-12);
    }
    assert_near(davy_chi_square_tail(0, 3), 1, 0);
}

/* A thousand in ten even bins; by hand: (0.08 - 0.1) ln 0.8 = 0.0044629, (0.09 - 0.1) ln 0.9 =
 * 0.0010536, (0.11 - 0.1) ln 1.1 = 0.00095310, (0.12 - 0.1) ln 1.2 = 0.0036464, (0.05 - 0.1) ln 0.5
 * = 0.0346574, (0.15 - 0.1) ln 1.5 = 0.0202733; the sum is 0.0650466, and over 1/1000 + 1/1000 it
 * is 32.523, whose tail of nine degrees is SciPy's. */
static void the_stability_index_is_the_one_by_hand(void **state)
{
    static const uint32_t reference[] = {100, 100, 100, 100, 100, 100, 100, 100, 100, 100};
    static const uint32_t window[] = {80, 90, 100, 110, 120, 50, 150, 100, 100, 100};
    const double psi = davy_psi(reference, window, 10);

    (void) state;
    assert_near(psi, 0.06504662355019027, 1e-15);
    assert_near(davy_psi_p(psi, 1000, 1000, 10), 0.00016162284281710164, 1e-16);
    assert_near(davy_psi(reference, reference, 10), 0, 0);
    assert_near(davy_psi_p(0.5, 10, 10, 1), 1, 0);
}

/* Half a sample in the empty bin: (0.5/10 - 5/10) ln (0.05/0.5) + (1 - 0.5) ln 2. */
static void an_empty_bin_is_half_a_sample_and_one_empty_on_both_sides_is_none(void **state)
{
    static const uint32_t reference[] = {5, 5, 0}, window[] = {0, 10, 0};

    (void) state;
    assert_near(davy_psi(reference, window, 3), 0.45 * log(10) + 0.5 * log(2), 1e-12);
}

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;

    return (x > y) - (x < y);
}

/* The vectors of the examples of R's ks.test; their distance is SciPy's 0.32. */
static void the_largest_distance_of_two_distributions_is_scipys(void **state)
{
    float a[] = {0.61F, 0.29F, 0.06F,  0.59F,  -1.73F, -0.74F, 0.51F, -0.56F, 0.39F,
                 1.64F, 0.05F, -0.06F, 0.64F,  -0.82F, 0.37F,  1.77F, 1.09F,  -1.28F,
                 2.36F, 1.31F, 1.05F,  -0.32F, -0.40F, 1.06F,  -2.47F};
    float b[] = {1.16F, 0.84F, 0.56F, 1.14F, -1.18F, -0.19F, 1.06F, -0.01F, 0.94F, 2.19F};
    const float tied[] = {1, 1, 1, 1};

    (void) state;
    qsort(a, DAVY_ARRAY_LENGTH(a), sizeof *a, by_size);
    qsort(b, DAVY_ARRAY_LENGTH(b), sizeof *b, by_size);
    assert_near(davy_ks(a, 25, b, 10), 0.32, 1e-12);
    assert_near(davy_ks(tied, 4, tied, 2), 0, 0);
}

/* SciPy's distribution of sqrt(nm/(n+m)) D without correction (kstwobign) is the upper value, that
 * of one sample of nm/(n+m) (kstwo, exact) the lower one: Stephens' correction lies between them.
 */
static void the_chance_of_a_distance_lies_where_scipy_has_it(void **state)
{
    static const struct {
        double distance;
        size_t n, m;
        double exact, limit;
    } cases[] = {{0.2, 100, 200, 0.007969445457871482, 0.009655898901034472},
                 {0.25, 100, 200, 0.00035510654568531383, 0.0004807389528323517},
                 {0.136, 200, 200, 0.044860299790847456, 0.049485876755377876},
                 {0.1, 400, 200, 0.13062761374149182, 0.13892028431881978},
                 {0.195, 100, 100, 0.03853651503149935, 0.0446293336347319}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const double p = davy_ks_p(cases[i].distance, cases[i].n, cases[i].m);

        assert_true(p < cases[i].limit);
        assert_near(p / cases[i].exact, 1, 0.06);
    }
    assert_near(davy_ks_p(0, 100, 200), 1, 0);
    assert_near(davy_ks_p(1, 400, 400), 0, 1e-100);
}

/* Holm's rule by hand at 0.05: 0.01 <= 0.05/4, 0.013 <= 0.05/3, 0.03 > 0.05/2, so 0.04 neither,
 * though it is below 0.05. */
static void several_tests_are_corrected_step_by_step(void **state)
{
    static const double p[] = {0.04, NAN, 0.01, 0.03, 0.013};
    bool rejected[DAVY_ARRAY_LENGTH(p)];

    (void) state;
    davy_holm(p, DAVY_ARRAY_LENGTH(p), 0.05, rejected);
    assert_false(rejected[0]);
    assert_false(rejected[1]);
    assert_true(rejected[2]);
    assert_false(rejected[3]);
    assert_true(rejected[4]);
    davy_holm(p, 2, 0.05, rejected); /* one test is not corrected */
    assert_true(rejected[0]);
}

/* {(0,0) (1,0) (0,1)} against {(2,2) (3,2)}: the squared distances are 1 1 1 2 5 5 8 8 10 13, their
 * median 5. One of the ten ways to choose three rows is so far apart. */
static void mean_embeddings_are_those_of_numpy(void **state)
{
    static const float rows[] = {0, 0, 1, 0, 0, 1, 2, 2, 3, 2};
    davy_mmd mmd;

    (void) state;
    assert_ok(davy_mmd_test(rows, 3, 2, 2, 4999, 7, &mmd));
    assert_near(mmd.value, 0.8635957871308716, 1e-6);
    assert_near(mmd.p, 0.1, 0.02); /* five deviations of a binomial of 5000 */
}

/* Rows of two numbers, the second `shift` further in the second set. */
static double p_of(size_t n, size_t m, float shift, uint32_t stream)
{
    float rows[200 * 2];
    davy_mmd mmd;

    for (size_t i = 0; i < n + m; i++) {
        rows[2 * i] = davy_random_normal(1, stream, 2 * i);
        rows[2 * i + 1] = davy_random_normal(1, stream, 2 * i + 1) + (i < n ? 0 : shift);
    }
    assert_ok(davy_mmd_test(rows, n, m, 2, 199, stream, &mmd));
    return mmd.p;
}

/* Of 100 pairs of sets that are alike a tenth has p of 0.1 or less, to within four deviations of a
 * binomial. */
static void embeddings_of_the_same_distribution_are_apart_as_often_as_p_says(void **state)
{
    size_t apart = 0;

    (void) state;
    for (uint32_t i = 0; i < 100; i++)
        apart += p_of(40, 30, 0, i) <= 0.1;
    assert_in_range(apart, 1, 22);
    assert_near(p_of(80, 80, 1, 1), 1.0 / 200, 1e-12);
}

static void rows_that_are_all_alike_are_not_apart(void **state)
{
    static const float rows[] = {3, 3, 3, 3, 3, 3};
    davy_mmd mmd;

    (void) state;
    assert_ok(davy_mmd_test(rows, 3, 3, 1, 19, 1, &mmd));
    assert_near(mmd.value, 0, 1e-12);
    assert_near(mmd.p, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_of_chi_square_is_scipys),
        cmocka_unit_test(the_stability_index_is_the_one_by_hand),
        cmocka_unit_test(an_empty_bin_is_half_a_sample_and_one_empty_on_both_sides_is_none),
        cmocka_unit_test(the_largest_distance_of_two_distributions_is_scipys),
        cmocka_unit_test(the_chance_of_a_distance_lies_where_scipy_has_it),
        cmocka_unit_test(several_tests_are_corrected_step_by_step),
        cmocka_unit_test(mean_embeddings_are_those_of_numpy),
        cmocka_unit_test(embeddings_of_the_same_distribution_are_apart_as_often_as_p_says),
        cmocka_unit_test(rows_that_are_all_alike_are_not_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
