/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/kinds/scaling.h"

/* 1, 1, 2, 2, 4, 6, 9 has median 2 and MAD 1: the example of Wikipedia's article on the MAD. */
static void finds_median_and_mad_of_the_textbook_example(void **state)
{
    double values[] = {9, 1, 4, 2, 6, 1, 2};
    double median, scale;

    (void) state;
    davy_scaling_of(values, 7, &median, &scale);
    assert_near(median, 2.0, 0.0);
    assert_near(scale, 1.4826, 1e-12);
}

static void takes_the_mean_of_the_two_in_the_middle(void **state)
{
    double values[] = {4, 1, 3, 2};
    double median, scale;

    (void) state;
    davy_scaling_of(values, 4, &median, &scale);
    assert_near(median, 2.5, 0.0);
    assert_near(scale, 1.4826, 1e-12); /* deviations 0.5, 0.5, 1.5, 1.5 */
}

static void falls_back_to_the_deviation_when_most_values_are_equal(void **state)
{
    double values[] = {5, 5, 5, 5, 5, 5, 5, 9};
    double median, scale;

    (void) state;
    davy_scaling_of(values, 8, &median, &scale);
    assert_near(median, 5.0, 0.0);
    assert_near(scale, sqrt(1.75), 1e-12); /* mean 5.5: (7 * 0.25 + 12.25) / 8 */
}

static void gives_a_constant_a_thousandth_of_itself(void **state)
{
    double tenths[] = {0.1, 0.1, 0.1}, zeros[] = {0, 0, 0};
    double median, scale;

    (void) state;
    davy_scaling_of(tenths, 3, &median, &scale);
    assert_near(scale, 1e-4, 1e-15);
    davy_scaling_of(zeros, 3, &median, &scale);
    assert_near(scale, 1e-3, 1e-15);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void selects_what_sorting_would_give(void **state)
{
    uint64_t seed = 3;

    (void) state;
    for (size_t count = 1; count < 60; count++) {
        double values[60], sorted[60];

        for (size_t i = 0; i < count; i++)
            sorted[i] = floor(10 * plant_uniform(&seed)); /* many are equal */
        for (size_t rank = 0; rank < count; rank++) {
            memcpy(values, sorted, count * sizeof *values);
            qsort(values, count, sizeof *values, by_size);
            assert_near(davy_select(sorted, count, rank), values[rank], 0.0);
        }
    }
}

static void takes_the_nearest_rank_as_a_quantile(void **state)
{
    double values[] = {4, 3, 2, 1};

    (void) state;
    assert_near(davy_quantile(values, 4, 0.0), 1.0, 0.0);
    assert_near(davy_quantile(values, 4, 0.5), 2.0, 0.0);
    assert_near(davy_quantile(values, 4, 0.51), 3.0, 0.0);
    assert_near(davy_quantile(values, 4, 1.0), 4.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_median_and_mad_of_the_textbook_example),
        cmocka_unit_test(takes_the_mean_of_the_two_in_the_middle),
        cmocka_unit_test(falls_back_to_the_deviation_when_most_values_are_equal),
        cmocka_unit_test(gives_a_constant_a_thousandth_of_itself),
        cmocka_unit_test(selects_what_sorting_would_give),
        cmocka_unit_test(takes_the_nearest_rank_as_a_quantile),
    };

    return cmocka_run_group_tests_name("models: robust scaling", tests, NULL, NULL);
}
