/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/flammable.h"
#include "hazard/air/reach.h"

#include <math.h>

static const davy_plume gas = {
    .sigma = &davy_sigma_tno_plume, .stability = DAVY_STABILITY_D, .rate = 50, .wind = 4};
static const double level = 0.02; /* kg/m3 */

/* By hand: sigma y sigma z = a c x^p, so the mass is Q x p / (u (1 + p)), x where C comes down to
 * the level, Q / (pi u a c x^p) at the ground. */
static void at_the_ground_it_is_the_closed_form(void **state)
{
    static const double p = .905 + .76, ac = .128 * .20;
    const double x = pow(50 / (3.14159265358979 * 4 * ac * level), 1 / p);

    (void) state;
    assert_near(davy_plume_mass_above(&gas, level).value / (50 * x * p / (4 * (1 + p))), 1, 1e-4);
}

/* The same far above the ground, where there is one image less: Q / (2 pi u a c x^p). */
static void far_above_the_ground_it_is_the_closed_form(void **state)
{
    static const double p = .905 + .76, ac = .128 * .20;
    const double x = pow(50 / (2 * 3.14159265358979 * 4 * ac * level), 1 / p);
    davy_plume plume = gas;

    (void) state;
    plume.height = 500;
    assert_near(davy_plume_mass_above(&plume, level).value / (50 * x * p / (4 * (1 + p))), 1, 1e-4);
}

/* Between both: from the ground up to a height where it is nothing, by a sum over cells. */
static void at_a_few_metres_it_is_the_sum_of_the_cells(void **state)
{
    davy_plume plume = gas;
    double sum = 0;

    (void) state;
    plume.height = 3;
    for (double x = 0.25; x < 200; x += 0.5)
        for (double y = 0.125; y < 40; y += 0.25)
            for (double z = 0.125; z < 40; z += 0.25) {
                double c = davy_plume_concentration(&plume, (davy_place){x, y, z}).value;

                sum += c >= level ? 2 * c * 0.5 * 0.25 * 0.25 : 0;
            }
    assert_near(davy_plume_mass_above(&plume, level).value / sum, 1, 0.01);
}

static void it_is_less_than_what_has_left_the_source(void **state)
{
    const double x = davy_reach_far(davy_plume_reach(&gas, level, 0));

    (void) state;
    assert_true(davy_plume_mass_above(&gas, level).value < gas.rate * x / gas.wind);
    assert_true(davy_plume_mass_above(&gas, 2 * level).value <
                davy_plume_mass_above(&gas, level).value);
}

static void between_two_limits_it_is_the_difference(void **state)
{
    (void) state;
    assert_near(
        davy_plume_mass_between(&gas, level, 5 * level).value,
        davy_plume_mass_above(&gas, level).value - davy_plume_mass_above(&gas, 5 * level).value, 0);
}

static void nothing_of_a_thin_plume_burns(void **state)
{
    davy_plume plume = gas;

    (void) state;
    plume.rate = 1e-6;
    assert_near(davy_plume_mass_above(&plume, level).value, 0, 0);
    plume.stability = DAVY_STABILITIES;
    assert_int_equal(davy_plume_mass_above(&plume, level).kind, DAVY_ANSWER_NO_DATA);
    plume = gas;
    plume.height = -1;
    assert_string_equal(davy_plume_mass_above(&plume, level).what, "release height");
    assert_true(isnan(davy_plume_mass_between(&plume, level, 2 * level).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_ground_it_is_the_closed_form),
        cmocka_unit_test(far_above_the_ground_it_is_the_closed_form),
        cmocka_unit_test(at_a_few_metres_it_is_the_sum_of_the_cells),
        cmocka_unit_test(it_is_less_than_what_has_left_the_source),
        cmocka_unit_test(between_two_limits_it_is_the_difference),
        cmocka_unit_test(nothing_of_a_thin_plume_burns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
