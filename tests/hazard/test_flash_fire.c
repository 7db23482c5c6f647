/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Flash fires: the zone is that of the cloud's own model, at the share of the limit that is named.
 */
#include "../testing.h"
#include "hazard/air/flammable.h"
#include "hazard/air/reach.h"
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

static void margins_are_told_with_their_source(void **state)
{
    const davy_flash_margin *margin;

    (void) state;
    for (size_t i = 0; (margin = davy_flash_margin_at(i)) != NULL; i++) {
        assert_ptr_equal(davy_flash_margin_find(margin->name), margin);
        assert_true(margin->source[0]);
    }
    assert_near(davy_flash_margin_find("half")->share, 0.5, 0);
    assert_near(davy_flash_margin_find("aloha")->share, 0.6, 0);
    assert_near(davy_flash_margin_find("full")->share, 1, 0);
    assert_null(davy_flash_margin_find("none"));
}

static void a_cloud_burns_as_far_as_the_limit_reaches(void **state)
{
    const davy_flash_margin *full = davy_flash_margin_find("full");
    const davy_flash_margin *half = davy_flash_margin_find("half");
    const double far = davy_flash_fire_reach(&plume, &propane, full, 0).value;

    (void) state;
    assert_near(far, davy_plume_reach(&plume, 0.038496, 0).value, 1e-3 * far);
    assert_true(davy_flash_fire_reach(&plume, &propane, half, 0).value > 1.2 * far);
    assert_near(davy_flash_fire_exposure(&plume, &propane, (davy_place){far, 0, 0}).value, 1, 1e-9);
    assert_true(davy_flash_fire_exposure(&plume, &propane, (davy_place){far, 30, 0}).value < 0.5);
    assert_near(davy_flash_fire_exposure(&plume, &propane, (davy_place){-5, 0, 0}).value, 0, 0);
}

static void what_burns_is_between_the_limits(void **state)
{
    const double mass = davy_flash_fire_mass(&plume, &propane).value;

    (void) state;
    assert_near(mass, davy_plume_mass_between(&plume, 0.038496, 0.17415).value, 1e-3 * mass);
    assert_true(mass > 0);
}

/* A plume from a stack that comes down late: near and far end; a weak one does not burn at all. */
static void a_cloud_from_above_is_told_as_two_distances_or_none(void **state)
{
    davy_plume high = plume;

    (void) state;
    high.height = 4;
    assert_int_equal(davy_flash_fire_reach(&high, &propane, davy_flash_margin_find("half"), 0).kind,
                     DAVY_ANSWER_TWO);
    high.height = 100;
    assert_int_equal(davy_flash_fire_reach(&high, &propane, davy_flash_margin_find("half"), 0).kind,
                     DAVY_ANSWER_NOT_REACHED);
}

/* 354.563 m to 5 %: aefarrell.github.io, Britter-McQuaid. By hand the mass is that of what passes
 * between the two distances: 97.888 kg/s x (x(5 %) - x(15 %)) / 10.9 m/s. */
static void a_heavy_cloud_burns_as_far_as_its_limit(void **state)
{
    const davy_answer lean =
        davy_flash_fire_dense_reach(&lng, &methane, davy_flash_margin_find("full"));
    const double rich = davy_dense_plume_reach(&lng, 0.15).value;

    (void) state;
    assert_near(lean.value, 354.563, 2);
    assert_true(rich > 50 && rich < 250);
    assert_near(davy_flash_fire_dense_mass(&lng, &methane, 97.888).value,
                97.888 * (lean.value - rich) / 10.9, 1e-6);
}

static void odd_gases_are_told(void **state)
{
    const davy_flash_margin *half = davy_flash_margin_find("half");
    davy_flammable gas = propane;

    (void) state;
    gas.upper = 0.01;
    assert_true(isnan(davy_flash_fire_reach(&plume, &gas, half, 0).value));
    gas.upper = NAN;
    assert_int_equal(davy_flash_fire_mass(&plume, &gas).kind, DAVY_ANSWER_NO_DATA);
    gas = propane;
    gas.temperature = -1;
    assert_true(isnan(davy_flash_fire_exposure(&plume, &gas, (davy_place){50, 0, 0}).value));
    assert_int_equal(davy_flash_fire_dense_mass(&lng, &methane, NAN).kind, DAVY_ANSWER_NO_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(margins_are_told_with_their_source),
        cmocka_unit_test(a_cloud_burns_as_far_as_the_limit_reaches),
        cmocka_unit_test(what_burns_is_between_the_limits),
        cmocka_unit_test(a_cloud_from_above_is_told_as_two_distances_or_none),
        cmocka_unit_test(a_heavy_cloud_burns_as_far_as_its_limit),
        cmocka_unit_test(odd_gases_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
