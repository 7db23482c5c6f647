/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fireballs beyond consequence-cases.csv: the joint of the two durations, limits, energy.
 */
#include "../testing.h"
#include "hazard/fire/fireball.h"

#include <math.h>

/* At 30 t the branches differ by 4 %, by hand 13.98 s and 14.49 s; 2.6 M^(1/3) would be 81 s. */
static void the_two_durations_meet(void **state)
{
    const double below = davy_fireball_duration(30000 - 1e-6).value;
    const double above = davy_fireball_duration(30000).value;

    (void) state;
    assert_near(below, 13.983, 0.001);
    assert_near(above, 14.493, 0.001);
    assert_near(davy_fireball_duration(64000).value, 16.444, 0.001);
}

/* A target on the ground below the ball faces its middle at one radius: all it sees is fire. */
static void the_nearest_target_sees_only_fire(void **state)
{
    (void) state;
    assert_near(davy_fireball_view_max(130, 0).value, 1, 1e-15);
    assert_near(davy_fireball_view_vertical(130, 0).value, 0, 0);
    for (double x = 1; x < 1e4; x *= 2)
        assert_true(davy_fireball_view_vertical(130, x).value <
                    davy_fireball_view_max(130, x).value);
    assert_near(davy_fireball_view_vertical(130, 1e5).value /
                    davy_fireball_view_max(130, 1e5).value,
                1, 1e-6);
}

/* Over the time the ball lasts, a sphere around it catches the radiated share of its heat: 2.2
 * times 0.45 is 0.99, and 0.67 for 2/3 adds at most 4 % up to 30 t. */
static void a_sphere_catches_the_radiated_heat_of_the_ball(void **state)
{
    (void) state;
    for (double mass = 10; mass < 30000; mass *= 5) {
        const double flux = davy_fireball_flux_point(0.3, mass, 46e6, 1, 300).value;
        const double heat = flux * 4 * M_PI * 300 * 300 * davy_fireball_duration(mass).value;

        assert_near(heat / (0.3 * mass * 46e6), 1.01, 0.025);
    }
}

/* By hand: the sheet's ball at 35 kW/m2, a tenth of what it emits: 66.315 sqrt(9) = 198.945 m. */
static void the_distance_to_a_flux_is_where_it_is(void **state)
{
    const double x = davy_fireball_distance(35e3, 132.63, davy_fireball_emission, 1).value;
    const davy_answer never = davy_fireball_distance(36e4, 132.63, davy_fireball_emission, 1);

    (void) state;
    assert_near(x, 198.945, 1e-9);
    assert_near(davy_fireball_emission * davy_fireball_view_max(132.63, x).value, 35e3, 1e-6);
    assert_int_equal(never.kind, DAVY_ANSWER_NOT_REACHED);
    assert_near(never.value, 350e3, 0);
    assert_int_equal(davy_fireball_distance(35e3, NAN, 350e3, 1).kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_fireball_distance(0, 132.63, 350e3, 1).kind, DAVY_ANSWER_OUTSIDE);
}

static void what_is_not_known_is_told(void **state)
{
    (void) state;
    assert_int_equal(davy_fireball_diameter(NAN).kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_fireball_diameter(-1).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_fireball_duration(0.5).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_fireball_view_max(0, 10).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_fireball_flux_point(0.5, 100, 46e6, 1, 300).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_two_durations_meet),
        cmocka_unit_test(the_nearest_target_sees_only_fire),
        cmocka_unit_test(a_sphere_catches_the_radiated_heat_of_the_ball),
        cmocka_unit_test(the_distance_to_a_flux_is_where_it_is),
        cmocka_unit_test(what_is_not_known_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
