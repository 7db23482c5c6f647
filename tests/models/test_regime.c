/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/kinds/regime.h"

enum { ROWS = 2000 };

static const double median[] = {60, 0}, scale[] = {10, 1};

/* A set point that stands at each of `levels` in turn, and a signal that never stands. */
static double *make_rows(const double *levels, size_t level_count, size_t dwell)
{
    double *rows = calloc(ROWS * 2, sizeof *rows);
    uint64_t seed = 2;

    assert_non_null(rows);
    for (size_t i = 0; i < ROWS; i++) {
        rows[2 * i] = levels[i / dwell % level_count];
        rows[2 * i + 1] = plant_normal(&seed);
    }
    return rows;
}

static davy_regimes find(const double *rows, size_t wanted)
{
    const davy_regime_input input = {.rows = rows,
                                     .count = ROWS,
                                     .signals = 2,
                                     .lags = 1,
                                     .median = median,
                                     .scale = scale,
                                     .wanted = wanted,
                                     .seed = 4};
    davy_regimes regimes;

    assert_ok(davy_regimes_find(&input, &regimes));
    return regimes;
}

static size_t regime_at(const davy_regimes *regimes, double level)
{
    const double row[] = {level, 0.3};

    return davy_regimes_of(regimes, row, 2);
}

static void finds_the_levels_of_a_set_point(void **state)
{
    double *rows = make_rows((const double[]){50, 80, 65}, 3, 200);
    davy_regimes regimes = find(rows, 0);

    (void) state;
    assert_int_equal(regimes.count, 3);
    assert_int_not_equal(regime_at(&regimes, 50), regime_at(&regimes, 80));
    assert_int_not_equal(regime_at(&regimes, 50), regime_at(&regimes, 65));
    assert_int_equal(regime_at(&regimes, 50), regime_at(&regimes, 52));
    assert_int_equal(regime_at(&regimes, 80), regime_at(&regimes, 90));
    davy_regimes_clear(&regimes);
    free(rows);
}

static void finds_none_without_a_set_point(void **state)
{
    double *rows = make_rows((const double[]){50}, 1, ROWS);
    davy_regimes regimes = find(rows, 0);

    (void) state;
    assert_int_equal(regimes.count, 1);
    assert_null(regimes.weights);
    free(rows);
}

static void finds_none_when_levels_change_all_the_time(void **state)
{
    double *rows =
        make_rows((const double[]){50, 80}, 2, 12); /* ten windows would be twenty rows */
    davy_regimes regimes = find(rows, 0);

    (void) state;
    assert_int_equal(regimes.count, 1);
    free(rows);
}

static void finds_none_in_a_slow_sensor_that_wanders(void **state)
{
    double *rows = make_rows((const double[]){50}, 1, ROWS);
    davy_regimes regimes;

    (void) state;
    for (size_t i = 0; i < ROWS; i++)
        rows[2 * i] =
            50.0 + floor((double) i / 40.0); /* a ramp in steps: stands, and has no levels */
    regimes = find(rows, 0);
    assert_int_equal(regimes.count, 1);
    free(rows);
}

static void makes_as_many_as_are_wanted(void **state)
{
    double *rows = make_rows((const double[]){50, 80, 65}, 3, 200);
    davy_regimes regimes = find(rows, 2);

    (void) state;
    assert_int_equal(regimes.count, 2);
    davy_regimes_clear(&regimes);
    regimes = find(rows, 1);
    assert_int_equal(regimes.count, 1);
    davy_regimes_clear(&regimes);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_levels_of_a_set_point),
        cmocka_unit_test(finds_none_without_a_set_point),
        cmocka_unit_test(finds_none_when_levels_change_all_the_time),
        cmocka_unit_test(finds_none_in_a_slow_sensor_that_wanders),
        cmocka_unit_test(makes_as_many_as_are_wanted),
    };

    return cmocka_run_group_tests_name("models: regimes", tests, NULL, NULL);
}
