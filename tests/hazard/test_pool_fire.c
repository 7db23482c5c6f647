/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Pool fires beyond consequence-cases.csv: limits, the inverse of what is solved, missing inputs.
 */
#include "../testing.h"
#include "hazard/fire/pool_fire.h"

#include <math.h>

static void fuels_are_found_by_name(void **state)
{
    const davy_pool_fuel *fuel;

    (void) state;
    for (size_t i = 0; (fuel = davy_pool_fuel_at(i)) != NULL; i++)
        assert_ptr_equal(davy_pool_fuel_find(fuel->name), fuel);
    assert_null(davy_pool_fuel_find("water"));
    assert_near(davy_pool_burning(davy_pool_fuel_find("gasoline"), 2).value, 0.0541752, 1e-7);
}

/* Methanol's flame is clear: its table has no extinction, and the width does not matter. */
static void a_wide_pool_burns_at_the_rate_of_an_endless_one(void **state)
{
    (void) state;
    assert_near(davy_pool_burning(davy_pool_fuel_find("benzene"), 100).value, 0.085, 1e-12);
    assert_near(davy_pool_burning(davy_pool_fuel_find("methanol"), 0.5).value, 0.015, 1e-15);
    assert_int_equal(davy_pool_burning(davy_pool_fuel_find("LNG"), 0.1).kind, DAVY_ANSWER_OUTSIDE);
}

/* By hand, with figures of hexane: 0.001 x 4.47e7 / (3.35e5 + 2260 x 48.75) = 0.10041. */
static void a_liquid_of_no_table_burns_by_its_heats(void **state)
{
    davy_pool_liquid liquid = {4.47e7, 3.35e5, 2260, 341.9, 293.15};

    (void) state;
    assert_near(davy_pool_burning_of_liquid(&liquid).value, 0.100410, 1e-6);
    liquid.boiling = 280;
    assert_int_equal(davy_pool_burning_of_liquid(&liquid).kind, DAVY_ANSWER_OUTSIDE);
    assert_true(isnan(davy_pool_burning_of_liquid(&liquid).value));
    liquid.boiling = NAN;
    assert_int_equal(davy_pool_burning_of_liquid(&liquid).kind, DAVY_ANSWER_NO_DATA);
}

/* By hand: 42 x 10 x (0.055 / (1.2 x 9.9029))^0.61 = 15.82 m. */
static void a_flame_in_still_air_has_its_length(void **state)
{
    (void) state;
    assert_near(davy_pool_flame_length_still(10, 0.055, 1.2).value, 15.82, 0.01);
}

/* A wind below (g m D / rho)^(1/3), here 2.079 m/s, bends nothing; from there the flame shrinks. */
static void a_weak_wind_does_not_shorten_the_flame(void **state)
{
    const double calm = davy_pool_flame_length(20, 0.055, 1.2, 0).value;

    (void) state;
    assert_near(davy_pool_flame_length(20, 0.055, 1.2, 2.07).value, calm, 1e-12);
    assert_near(davy_pool_flame_length(20, 0.055, 1.2, 2.0793).value, calm, 1e-3 * calm);
    assert_true(davy_pool_flame_length(20, 0.055, 1.2, 4).value < calm * 0.9);
}

static void the_tilt_solves_its_equation(void **state)
{
    (void) state;
    assert_near(davy_pool_flame_tilt(10, 0, 1.5e-5).value, 0, 0);
    for (double wind = 0.1; wind < 30; wind *= 2) {
        const double tilt = davy_pool_flame_tilt(10, wind, 1.5e-5).value;
        const double drag =
            0.666 * pow(wind * wind / 98.0665, 0.333) * pow(wind * 10 / 1.5e-5, 0.117);

        assert_near(tan(tilt) / cos(tilt) / drag, 1, 1e-12);
    }
    assert_int_equal(davy_pool_flame_tilt(42.4457, 5, 7.5133e-6).kind, DAVY_ANSWER_OUTSIDE);
}

/* The Yellow Book's 6.6.3 goes on: 252400 W/m2 behind 80 % of soot are about 6.6e4. */
static void soot_hides_the_flame(void **state)
{
    (void) state;
    assert_near(davy_pool_emission(252400, 0.8).value, 66480, 1e-6);
    assert_near(davy_pool_emission(252400, 1).value, 20e3, 1e-9);
    assert_int_equal(davy_pool_emission(252400, 1.1).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fuels_are_found_by_name),
        cmocka_unit_test(a_wide_pool_burns_at_the_rate_of_an_endless_one),
        cmocka_unit_test(a_liquid_of_no_table_burns_by_its_heats),
        cmocka_unit_test(a_flame_in_still_air_has_its_length),
        cmocka_unit_test(a_weak_wind_does_not_shorten_the_flame),
        cmocka_unit_test(the_tilt_solves_its_equation),
        cmocka_unit_test(soot_hides_the_flame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
