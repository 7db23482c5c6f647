/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Flash fires: what of a cloud can burn, by the cloud's own model.
 */
#include "../testing.h"
#include "hazard/air/flammable.h"
#include "hazard/fire/flash_fire.h"

#include <math.h>

/* Propane at 20 deg C: 2.1 to 9.5 % are 0.038496 and 0.17415 kg/m3 (M P / R T = 1.83314). */
static const davy_flammable propane = {0.021, 0.095, 0.0441, 293.15, 101325};
static const davy_plume plume = {
    .sigma = &davy_sigma_briggs_rural, .stability = DAVY_STABILITY_F, .rate = 20, .wind = 2};

/* The LNG of Burro in Britter and McQuaid's workbook, as in consequence-cases.csv. */
static const davy_dense_plume lng = {55.6181818, 10.9, 9.80665 * (1.76 / 1.225 - 1), 111.15,
                                     288.15};
static const davy_flammable methane = {0.05, 0.15, 0.01604, 288.15, 101325};

static void what_burns_is_between_the_limits(void **state)
{
    const double mass = davy_flash_fire_mass(&plume, &propane).value;

    (void) state;
    assert_near(mass, davy_plume_mass_between(&plume, 0.038496, 0.17415).value, 1e-3 * mass);
    assert_true(mass > 0);
}

/* 354.563 m to 5 %: aefarrell.github.io, Britter-McQuaid. By hand the mass is that of what passes
 * between the two distances: 97.888 kg/s x (x(5 %) - x(15 %)) / 10.9 m/s. */
static void what_burns_of_a_heavy_cloud_passes_between_its_limits(void **state)
{
    const davy_answer lean = davy_dense_plume_reach(&lng, 0.05);
    const double rich = davy_dense_plume_reach(&lng, 0.15).value;

    (void) state;
    assert_near(lean.value, 354.563, 2);
    assert_true(rich > 50 && rich < 250);
    assert_near(davy_flash_fire_dense_mass(&lng, &methane, 97.888).value,
                97.888 * (lean.value - rich) / 10.9, 1e-6);
}

static void odd_gases_are_told(void **state)
{
    davy_flammable gas = propane;

    (void) state;
    gas.upper = 0.01;
    assert_true(isnan(davy_flash_fire_mass(&plume, &gas).value));
    gas.upper = NAN;
    assert_int_equal(davy_flash_fire_mass(&plume, &gas).kind, DAVY_ANSWER_NO_DATA);
    gas = propane;
    gas.temperature = -1;
    assert_true(isnan(davy_flash_fire_mass(&plume, &gas).value));
    assert_int_equal(davy_flash_fire_dense_mass(&lng, &methane, NAN).kind, DAVY_ANSWER_NO_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_burns_is_between_the_limits),
        cmocka_unit_test(what_burns_of_a_heavy_cloud_passes_between_its_limits),
        cmocka_unit_test(odd_gases_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
