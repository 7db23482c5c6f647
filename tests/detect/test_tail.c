/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/tail.h"

#include "../testing.h"
#include "numbers.h"

/* Ten made-up excesses of the mean 1 and the mean square 2 stand beside the ten seen. */
static davy_tail tail_of(double squares)
{
    return (davy_tail){.threshold = 2, .mean = 1, .excess = 1, .squares = squares, .excesses = 10};
}

/* Mean and variance 1: the shape is 0, and P = 0.1 exp(-(x - 2)). */
static void an_exponential_tail_is_worked_out_by_hand(void **state)
{
    const davy_tail tail = tail_of(2);

    (void) state;
    assert_near(davy_tail_surprise(&tail, 2), 0, 0);
    assert_near(davy_tail_surprise(&tail, 5), 3 + log(10), 1e-12);
}

/* Squares (30 + 20) / 20: variance 1.5, shape 1/6, scale 5/6; at 7 it is 0.1 (1 + 1)^-6. */
static void a_heavy_tail_is_less_surprised(void **state)
{
    const davy_tail tail = tail_of(3);

    (void) state;
    assert_near(davy_tail_surprise(&tail, 7), 6 * log(2) + log(10), 1e-12);
}

/* Squares (10 + 20) / 20: variance 0.5, shape -1/2, scale 1.5; it ends at 2 + 3. */
static void a_tail_that_ends_is_most_surprised_beyond_its_end(void **state)
{
    const davy_tail tail = tail_of(1);

    (void) state;
    assert_near(davy_tail_surprise(&tail, 3.5), 2 * log(2) + log(10), 1e-12);
    assert_near(davy_tail_surprise(&tail, 5), DAVY_TAIL_MOST, 0);
    assert_near(davy_tail_surprise(&tail, 1e150), DAVY_TAIL_MOST, 0);
}

static void numbers_are_learnt_as_by_hand(void **state)
{
    davy_tail tail = {0};

    (void) state;
    davy_tail_learn(&tail, 4, 1); /* no mean yet: the threshold stays */
    assert_near(tail.threshold, 0, 0);
    assert_near(tail.excess, 4, 0);
    assert_near(tail.squares, 16, 0);
    davy_tail_learn(&tail, 4, 0.5); /* 5 * 4 / 2 * 0.9 up */
    assert_near(tail.threshold, 9, 1e-12);
    assert_near(tail.excesses, 2, 0);
    davy_tail_learn(&tail, 0, 1.0 / 3); /* 5 * 4 / 3 * 0.1 down */
    assert_near(tail.threshold, 9 - 2.0 / 3, 1e-12);
    assert_near(tail.mean, 8.0 / 3, 1e-12);
    assert_near(tail.excess, 4, 0);
}

static void among_equal_numbers_any_larger_one_is_the_largest_surprise(void **state)
{
    davy_tail tail = {0};

    (void) state;
    for (int i = 1; i <= 1000; i++)
        davy_tail_learn(&tail, 0, 1.0 / i);
    assert_near(davy_tail_surprise(&tail, 0), 0, 0);
    assert_near(davy_tail_surprise(&tail, 1e-9), DAVY_TAIL_MOST, 0);
    assert_true(davy_tail_reach(&tail) == INFINITY);
}

/* Of exponential numbers a tenth lies above ln 10, and P(X > x) = exp(-x). */
static void independent_numbers_surprise_as_often_as_is_said(void **state)
{
    davy_tail tail = {0};
    uint64_t seed = 1;
    size_t rare = 0;

    (void) state;
    for (int i = 1; i <= 200000; i++) {
        const double x = -log(uniform(&seed));

        rare += i > 1000 && davy_tail_surprise(&tail, x) > log(1000);
        davy_tail_learn(&tail, x, fmax(1.0 / i, 1 / DAVY_TAIL_MEMORY));
    }
    assert_near(tail.threshold, log(10), 0.1);
    assert_in_range(rare, 199 / 2, 199 * 2);
}

/* Ten mean excesses at most are learnt: with ten made up and ten seen of 1, the mean becomes
 * 1 + (10 - 1) / 11 of eleven. */
static void one_mad_number_does_not_blind_it(void **state)
{
    davy_tail tail = tail_of(2);

    (void) state;
    assert_near(davy_tail_reach(&tail), 12, 1e-12);
    davy_tail_learn(&tail, 1e6, 0);
    assert_near(tail.excess, 1 + 9.0 / 11, 1e-12);
    assert_near(tail.squares, 2 + 98.0 / 11, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exponential_tail_is_worked_out_by_hand),
        cmocka_unit_test(a_heavy_tail_is_less_surprised),
        cmocka_unit_test(a_tail_that_ends_is_most_surprised_beyond_its_end),
        cmocka_unit_test(numbers_are_learnt_as_by_hand),
        cmocka_unit_test(among_equal_numbers_any_larger_one_is_the_largest_surprise),
        cmocka_unit_test(independent_numbers_surprise_as_often_as_is_said),
        cmocka_unit_test(one_mad_number_does_not_blind_it),
    };

    return cmocka_run_group_tests_name("detect: tails", tests, NULL, NULL);
}
