/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics_forecast.h"
#include "data/metrics_number.h"
#include "numbers_expected.h"

#include <math.h>

/* All answers as they are, or groups as often as they are drawn. */
static davy_number_figures judge(const davy_number_answers *answers, double coverage,
                                 const uint32_t *times)
{
    davy_number_sums groups[2] = {{0}};

    davy_number_add(answers, coverage, answers->targets[0], groups);
    return davy_number_judge(groups, 2, times, answers->low != NULL);
}

static void errors_are_those_of_scikit_learn(void **state)
{
    const davy_number_answers answers = {.values = number_values,
                                         .targets = number_targets,
                                         .count = DAVY_ARRAY_LENGTH(number_values)};
    const davy_number_figures f = judge(&answers, 0.9, NULL);

    (void) state;
    assert_near(f.rmse, number_figures[0], 1e-12);
    assert_near(f.mae, number_figures[1], 1e-12);
    assert_near(f.bias, number_figures[2], 1e-12);
    assert_near(f.r2, number_figures[3], 1e-12);
    assert_true(isnan(f.covered) && isnan(f.width));
    assert_near(f.crps, f.mae, 0); /* a point says no more */
}

static void pinball_is_that_of_scikit_learn(void **state)
{
    const double levels[] = {0.1, 0.5, 0.9};
    const size_t count = DAVY_ARRAY_LENGTH(number_values);
    double sum = 0;

    (void) state;
    for (size_t i = 0; i < count; i++) {
        const double v = (double) number_values[i], quantiles[] = {v - 10, v, v + 10};

        sum += davy_crps_quantiles(levels, quantiles, 3, number_targets[i]);
    }
    assert_near(sum / (double) count, number_pinball[0], 1e-12);
}

/* Saxena et al., equation 9: exp(13 / 13) - 1 for 13 cycles early, exp(10 / 10) - 1 for 10 late. */
static void a_late_answer_to_a_life_costs_more_than_an_early_one(void **state)
{
    const float values[] = {87, 110, 100};
    const double targets[] = {100, 100, 100};
    const davy_number_answers answers = {.values = values, .targets = targets, .count = 3};
    const davy_number_figures f = judge(&answers, 0, NULL);

    (void) state;
    assert_near(davy_phm_score(87, 100), exp(1) - 1, 1e-12);
    assert_near(davy_phm_score(110, 100), exp(1) - 1, 1e-12);
    assert_near(davy_phm_score(130, 100), exp(3) - 1, 1e-12);
    assert_near(davy_phm_score(100, 100), 0, 0);
    assert_near(f.phm, 2 * (exp(1) - 1), 1e-12);
    assert_near(f.phm_mean, f.phm / 3, 1e-12);
    assert_true(isnan(f.r2)); /* all targets are equal */
}

static void groups_count_as_often_as_they_are_drawn(void **state)
{
    const float values[] = {1, 2, 3}, low[] = {0, 0, 0}, high[] = {2, 3, 3};
    const double targets[] = {2, 2, 5};
    const uint32_t groups[] = {0, 1, 1}, times[] = {3, 1}, never[] = {0, 0};
    const davy_number_answers answers = {values, low, high, targets, groups, 3};
    const float broken[] = {1, NAN, INFINITY};
    const davy_number_answers holes = {.values = broken, .targets = targets, .count = 3};
    const davy_number_figures f = judge(&answers, 0.8, times);

    (void) state;
    assert_near(f.count, 5, 0);
    assert_near(f.mae, (3 * 1 + 0 + 2) / 5.0, 1e-15);
    assert_near(f.covered, 4.0 / 5.0, 1e-15);
    assert_near(f.width, (3 * 2 + 3 + 3) / 5.0, 1e-15);
    assert_true(isnan(judge(&answers, 0.8, never).rmse));
    assert_true(isnan(judge(&answers, 0.8, never).phm));
    assert_near(judge(&holes, 0, NULL).count, 1, 0); /* what is no number is left out */
}

/* The integral of (F(x) - [x >= y])^2, by a sum over small steps. */
static double crps_by_steps(double value, double low, double high, double coverage, double target)
{
    const double step = 1e-4, tail = (1 - coverage) / 2;
    double sum = 0;

    for (int i = 0; i < 300000; i++) { /* from -10 to 20 */
        const double x = -10 + (i + 0.5) * step;
        double f = x < low ? 0 : 1;

        if (x >= low && x < value)
            f = tail + (0.5 - tail) * (x - low) / (value - low);
        else if (x >= value && x < high)
            f = 0.5 + (0.5 - tail) * (x - value) / (high - value);
        sum += (f - (x >= target)) * (f - (x >= target)) * step;
    }
    return sum;
}

static void crps_of_an_interval_is_its_integral(void **state)
{
    const double targets[] = {-3, 0, 1, 2.5, 3, 4.2, 7, 11};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(targets); i++)
        assert_near(davy_crps_interval(3, 0, 7, 0.8, targets[i]),
                    crps_by_steps(3, 0, 7, 0.8, targets[i]), 1e-3);
    /* Uniform on [0, 1], all of it told: the CRPS at the middle is 1/12 (Gneiting, Raftery). */
    assert_near(davy_crps_interval(0.5, 0, 1, 1, 0.5), 1.0 / 12, 1e-15);
    assert_near(davy_crps_interval(2, 2, 2, 0.9, 5), 3, 1e-15);
}

/* By hand: steps of 1 and 3 in the first run, none from run to run; twice as far: 4. */
static void the_naive_error_stays_in_a_run(void **state)
{
    const double values[] = {1, 2, 5, 100, NAN, 101};
    const uint32_t runs[] = {0, 0, 0, 1, 1, 1};

    (void) state;
    assert_near(davy_naive_error(values, runs, 6, 1), 2, 1e-15);
    assert_near(davy_naive_error(values, runs, 6, 2), (4 + 1) / 2.0, 1e-15);
    assert_true(isnan(davy_naive_error(values, runs, 6, 5)));
}

static void a_season_is_found_and_none_is_made_up(void **state)
{
    double wave[240], straight[240], uneven[240], walk[240] = {0};

    (void) state;
    for (size_t i = 0; i < 240; i++) {
        wave[i] = sin(2 * 3.14159265358979 * (double) i / 24) +
                  0.3 * sin(1.7 * (double) i) * cos(0.3 * (double) (i * i));
        straight[i] = (double) i;
        uneven[i] = (double) (i * i * 7919 % 241);
    }
    for (size_t i = 1; i < 240; i++)
        walk[i] = walk[i - 1] + (double) (i * i * 7919 % 241) / 120 - 1;
    assert_int_equal(davy_find_season(walk, NULL, 240, 100), 0);
    assert_int_equal(davy_find_season(wave, NULL, 240, 40), 24);
    assert_int_equal(davy_find_season(straight, NULL, 240, 100), 0);
    assert_int_equal(davy_find_season(uneven, NULL, 240, 100), 0);
    assert_int_equal(davy_find_season(wave, NULL, 3, 100), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_of_scikit_learn),
        cmocka_unit_test(pinball_is_that_of_scikit_learn),
        cmocka_unit_test(a_late_answer_to_a_life_costs_more_than_an_early_one),
        cmocka_unit_test(groups_count_as_often_as_they_are_drawn),
        cmocka_unit_test(crps_of_an_interval_is_its_integral),
        cmocka_unit_test(the_naive_error_stays_in_a_run),
        cmocka_unit_test(a_season_is_found_and_none_is_made_up),
    };

    return cmocka_run_group_tests_name("data: figures of numbers", tests, NULL, NULL);
}
