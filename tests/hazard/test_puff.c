/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/puff.h"

#include <math.h>

static const davy_puff kilogram = {.sigma = &davy_sigma_ccps_puff,
                                   .stability = DAVY_STABILITY_D,
                                   .mass = 1,
                                   .wind = 3,
                                   .height = 5};
static const davy_finite minutes = {.sigma = &davy_sigma_ccps_puff,
                                    .stability = DAVY_STABILITY_D,
                                    .rate = 2,
                                    .duration = 300,
                                    .wind = 3,
                                    .height = 5};

/* kg in the air: the sum of C over a box around the middle of the cloud. */
static double mass_of(const davy_puff *puff, double time)
{
    const double travelled = puff->wind * time;
    const double along = davy_sigma_x(puff->sigma, puff->stability, travelled).value;
    const double side = davy_sigma_y(puff->sigma, puff->stability, travelled).value;
    const double up = davy_sigma_z(puff->sigma, puff->stability, travelled).value;
    const double top = puff->lid > 0 ? puff->lid : puff->height + 7 * up;
    enum { CELLS = 80 };
    const double dx = 14 * along / CELLS, dy = 14 * side / CELLS, dz = top / CELLS;
    double sum = 0;

    for (int i = 0; i < CELLS; i++)
        for (int j = 0; j < CELLS; j++)
            for (int k = 0; k < CELLS; k++) {
                const davy_place at = {travelled + (i + 0.5) * dx - 7 * along,
                                       (j + 0.5) * dy - 7 * side, (k + 0.5) * dz};

                sum += davy_puff_concentration(puff, at, time).value;
            }
    return sum * dx * dy * dz;
}

static void a_puff_keeps_its_mass(void **state)
{
    davy_puff puff = kilogram;

    (void) state;
    assert_near(mass_of(&puff, 200), 1, 1e-3);
    puff.sigma = &davy_sigma_tno_puff;
    assert_near(mass_of(&puff, 200), 1, 1e-3);
    puff.lid = 30;
    assert_near(mass_of(&puff, 200), 1, 1e-3);
}

static void before_its_release_a_puff_is_nowhere(void **state)
{
    (void) state;
    assert_near(davy_puff_concentration(&kilogram, (davy_place){100, 0, 0}, 0).value, 0, 0);
    assert_string_equal(davy_puff_concentration(&kilogram, (davy_place){100, 0, 0}, -1).what,
                        "time");
}

static void a_puff_needs_a_set_for_puffs(void **state)
{
    davy_puff puff = kilogram;

    (void) state;
    puff.sigma = &davy_sigma_briggs_rural;
    assert_int_equal(davy_puff_concentration(&puff, (davy_place){300, 0, 0}, 100).kind,
                     DAVY_ANSWER_NO_DATA);
    puff = kilogram;
    puff.wind = 0;
    assert_string_equal(davy_puff_concentration(&puff, (davy_place){300, 0, 0}, 100).what,
                        "wind speed");
}

/* A release of a moment is a puff of its mass: at the middle the widths are those of the place. */
static void a_release_of_a_moment_is_a_puff(void **state)
{
    davy_finite finite = minutes;
    davy_puff puff = kilogram;

    (void) state;
    finite.duration = 0.01;
    puff.mass = finite.rate * finite.duration;
    assert_near(davy_finite_concentration(&finite, (davy_place){600, 10, 2}, 200).value /
                    davy_puff_concentration(&puff, (davy_place){600, 10, 2}, 200).value,
                1, 1e-3);
}

/* While a long release goes on, the middle of its cloud is a plume with the widths of a puff. */
static void a_long_release_is_a_plume(void **state)
{
    davy_finite finite = minutes;
    const davy_plume plume = {.sigma = &davy_sigma_briggs_rural,
                              .stability = DAVY_STABILITY_D,
                              .rate = 2,
                              .wind = 3,
                              .height = 5};
    const davy_place at = {500, 12, 1};
    const double side = davy_sigma_y(finite.sigma, finite.stability, at.x).value;
    const double up = davy_sigma_z(finite.sigma, finite.stability, at.x).value;

    (void) state;
    finite.duration = 36000;
    assert_near(davy_finite_concentration(&finite, at, 3000).value /
                    davy_plume_with_sigmas(&plume, side, up, at.y, at.z).value,
                1, 1e-12);
    assert_near(davy_palazzi_concentration(&plume, at, 36000, 3000).value /
                    davy_plume_concentration(&plume, at).value,
                1, 1e-12);
}

/* Half of the front has passed when its middle arrives; the same holds for the end. */
static void front_and_end_pass_a_place(void **state)
{
    const davy_place at = {600, 0, 0};
    const double middle = davy_finite_concentration(&minutes, at, 350).value;
    const davy_plume plume = {&davy_sigma_briggs_rural, DAVY_STABILITY_D, 2, 3, 5, 0, 0};

    (void) state;
    assert_near(davy_finite_concentration(&minutes, at, 200).value / middle, 0.5, 1e-9);
    assert_near(davy_finite_concentration(&minutes, at, 500).value / middle, 0.5, 1e-9);
    assert_true(davy_finite_concentration(&minutes, at, 100).value < 1e-9 * middle);
    assert_true(davy_finite_concentration(&minutes, at, 800).value < 1e-9 * middle);
    assert_near(davy_palazzi_concentration(&plume, at, 300, 200).value /
                    davy_plume_concentration(&plume, at).value,
                0.5, 1e-9);
    assert_true(davy_palazzi_concentration(&plume, at, 300, 900).value <
                1e-9 * davy_plume_concentration(&plume, at).value);
}

/* By hand: 60 m ahead of a front at 540 m there is erfc(60 / (sqrt(2) sx)) / 2 of the steady cloud,
 * with the length that the front has at 540 m and not at the place. */
static void the_front_is_as_long_as_its_way_has_made_it(void **state)
{
    const davy_place at = {600, 0, 0};
    const double length = davy_sigma_x(minutes.sigma, minutes.stability, 540).value;
    davy_finite endless = minutes;

    (void) state;
    endless.duration = 36000;
    assert_near(davy_finite_concentration(&minutes, at, 180).value /
                    davy_finite_concentration(&endless, at, 9000).value,
                0.5 * erfc(60 / (sqrt(2) * length)), 1e-12);
}

static void what_a_release_lacks_is_named(void **state)
{
    davy_finite finite = minutes;
    davy_plume plume = {&davy_sigma_briggs_rural, DAVY_STABILITY_D, 2, 0, 5, 0, 0};

    (void) state;
    finite.duration = 0;
    assert_string_equal(davy_finite_concentration(&finite, (davy_place){600, 0, 0}, 9).what,
                        "duration");
    finite = minutes;
    finite.sigma = &davy_sigma_turner;
    assert_string_equal(davy_finite_concentration(&finite, (davy_place){600, 0, 0}, 9).what,
                        "set of coefficients for puffs");
    assert_string_equal(davy_palazzi_concentration(&plume, (davy_place){600, 0, 0}, 9, 9).what,
                        "wind speed");
}

/* u T / x: 2.5 and more a plume, up to 0.6 a puff. */
static void which_model_applies_goes_by_duration_over_travel(void **state)
{
    davy_answer ratio;

    (void) state;
    assert_int_equal(davy_regime_of(5, 600, 1200, &ratio), DAVY_REGIME_PLUME);
    assert_near(ratio.value, 2.5, 0);
    assert_int_equal(davy_regime_of(5, 600, 1201, NULL), DAVY_REGIME_FINITE);
    assert_int_equal(davy_regime_of(5, 600, 5000, NULL), DAVY_REGIME_PUFF);
    assert_int_equal(davy_regime_of(5, 600, 4999, NULL), DAVY_REGIME_FINITE);
    assert_int_equal(davy_regime_of(0, 600, 4999, &ratio), DAVY_REGIME_UNKNOWN);
    assert_string_equal(ratio.what, "wind speed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_puff_keeps_its_mass),
        cmocka_unit_test(before_its_release_a_puff_is_nowhere),
        cmocka_unit_test(a_puff_needs_a_set_for_puffs),
        cmocka_unit_test(a_release_of_a_moment_is_a_puff),
        cmocka_unit_test(a_long_release_is_a_plume),
        cmocka_unit_test(front_and_end_pass_a_place),
        cmocka_unit_test(the_front_is_as_long_as_its_way_has_made_it),
        cmocka_unit_test(what_a_release_lacks_is_named),
        cmocka_unit_test(which_model_applies_goes_by_duration_over_travel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
