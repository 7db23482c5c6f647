/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/concentration.h"

#include <math.h>

/* CCOHS: mg/m3 = ppm x M / 24.45 at 25 degrees C; R T / P is 24.465 L/mol. */
static void a_hundred_ppm_are_what_ccohs_says(void **state)
{
    static const double molar_masses[] = {17.031, 34.08, 70.906, 92.14, 28.01}; /* g/mol */

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(molar_masses); i++) {
        double milligrams =
            1e6 * davy_concentration_density(100e-6, 1e-3 * molar_masses[i], 298.15, 101325).value;

        assert_near(milligrams / (100 * molar_masses[i] / 24.45), 1, 1e-3);
    }
}

/* Oracle of petrolord-suite, "hot-low-pressure": 250 ppm of SO2 at 350 K and 90 kPa. */
static void temperature_and_pressure_count(void **state)
{
    (void) state;
    assert_near(1e6 * davy_concentration_density(250e-6, 0.064066, 350, 90000).value,
                495.34513060559783, 1e-7);
}

static void there_and_back_is_the_same(void **state)
{
    double density = davy_concentration_density(3e-4, 0.0709, 280, 99000).value;

    (void) state;
    assert_near(davy_concentration_fraction(density, 0.0709, 280, 99000).value, 3e-4, 1e-17);
}

static void more_than_pure_gas_there_is_not(void **state)
{
    (void) state;
    assert_int_equal(davy_concentration_density(1.01, 0.0709, 280, 99000).kind,
                     DAVY_ANSWER_OUTSIDE);
    assert_true(isnan(davy_concentration_density(1.01, 0.0709, 280, 99000).value));
    /* grams instead of kilograms in a mole are seen as well */
    assert_string_equal(davy_concentration_density(1e-4, 70.9, 280, 99000).what, "molar mass");
    assert_int_equal(davy_concentration_fraction(5, 0.0709, 280, 101325).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_ppm_are_what_ccohs_says),
        cmocka_unit_test(temperature_and_pressure_count),
        cmocka_unit_test(there_and_back_is_the_same),
        cmocka_unit_test(more_than_pure_gas_there_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
