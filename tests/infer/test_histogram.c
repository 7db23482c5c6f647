/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "infer/histogram.h"

static void an_empty_one_has_no_quantiles(void **state)
{
    const davy_histogram empty = {0};

    (void) state;
    assert_int_equal(davy_histogram_count(&empty), 0);
    assert_int_equal(davy_histogram_quantile(&empty, 0.5), 0);
}

/* Of 1 .. 10,000 microseconds the quantile q is 10,000 q, to within a bucket of 1/16. */
static void quantiles_are_right_to_a_sixteenth(void **state)
{
    static const double shares[] = {0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1};
    davy_histogram histogram = {0};

    (void) state;
    for (int64_t us = 10000; us >= 1; us--)
        davy_histogram_add(&histogram, us * 1000);
    assert_int_equal(davy_histogram_count(&histogram), 10000);
    assert_int_equal(histogram.sum_ns, INT64_C(50005000) * 1000);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shares); i++) {
        const double exact = 1e7 * shares[i];
        const double found = (double) davy_histogram_quantile(&histogram, shares[i]);

        assert_true(found >= exact && found <= exact * (1 + 1.0 / 16));
    }
}

/* What is small is exact, what is beyond all bounds is in the last bucket, below 0 is 0. */
static void the_ends_are_counted_too(void **state)
{
    davy_histogram histogram = {0};

    (void) state;
    davy_histogram_add(&histogram, -5);
    davy_histogram_add(&histogram, 15);
    davy_histogram_add(&histogram, INT64_MAX);
    assert_int_equal(davy_histogram_count(&histogram), 3);
    assert_int_equal(davy_histogram_below(&histogram, 0), 1);
    assert_int_equal(davy_histogram_below(&histogram, 14), 1);
    assert_int_equal(davy_histogram_below(&histogram, 15), 2);
    assert_int_equal(davy_histogram_quantile(&histogram, 0.5), 15);
    assert_int_equal(davy_histogram_quantile(&histogram, 1), (INT64_C(1) << 40) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_has_no_quantiles),
        cmocka_unit_test(quantiles_are_right_to_a_sixteenth),
        cmocka_unit_test(the_ends_are_counted_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
