/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Heat that arrives: the range of the transmissivity, the sphere around a point, and the way back
 * from a flux to a distance.
 */
#include "../testing.h"
#include "hazard/fire/heat_flux.h"

#include <math.h>

/* By hand: 2.02 x 20000^-0.09 = 0.8284. */
static void moist_air_holds_heat_back(void **state)
{
    (void) state;
    assert_near(davy_heat_transmissivity(1000, 20).value, 0.8284, 1e-4);
    assert_int_equal(davy_heat_transmissivity(1000, 9.9).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_heat_transmissivity(1000, 101).kind, DAVY_ANSWER_OUTSIDE);
    assert_near(davy_heat_transmissivity(10, 1).value, 1, 0);
    assert_int_equal(davy_heat_transmissivity(NAN, 20).kind, DAVY_ANSWER_NO_DATA);
}

/* A sphere around the point catches all that is radiated: 0.3 x 10 kg/s x 46 MJ/kg. */
static void a_sphere_catches_all_the_heat_of_a_point(void **state)
{
    (void) state;
    for (double x = 5; x < 500; x *= 3)
        assert_near(davy_heat_flux_point(0.3, 10, 46e6, 1, x).value * 4 * M_PI * x * x, 138e6, 1);
    assert_int_equal(davy_heat_flux_point(0.3, 10, 46e6, 1, 0).kind, DAVY_ANSWER_OUTSIDE);
}

/* The Yellow Book's pool fire, 6.6.3: 4.58 kW/m2 at 100 m; and there and back for others. */
static void the_distance_to_a_flux_is_where_it_is(void **state)
{
    const davy_flame_shape flame = {42.445 / 2, 46.7725, 50.8286 * M_PI / 180};

    (void) state;
    assert_near(davy_heat_flux_distance(4582.5, &flame, 66484, 0.71474).value, 100, 0.02);
    for (double flux = 1600; flux < 15000; flux *= 1.7) {
        const davy_answer there = davy_heat_flux_distance(flux, &flame, 66484, 1);

        assert_int_equal(there.kind, DAVY_ANSWER_VALUE);
        assert_near(66484 * davy_flame_view_factor(&flame, there.value, DAVY_VIEW_MAX).value, flux,
                    1e-6 * flux);
    }
}

/* The search halves an interval: the flux has to fall all the way from the edge of the flame. */
static void heat_falls_with_distance(void **state)
{
    (void) state;
    for (double tilt = -1.2; tilt < 1.3; tilt += 0.2)
        for (double length = 0.5; length < 30; length *= 2) {
            const davy_flame_shape flame = {1, length, tilt};
            double x = davy_flame_reach(&flame), before = davy_flame_view(&flame, x, DAVY_VIEW_MAX);

            for (int i = 0; i < 40; i++) {
                const double now = davy_flame_view(&flame, x *= 1.1, DAVY_VIEW_MAX);

                assert_true(now < before);
                before = now;
            }
        }
}

static void a_flux_beyond_the_flame_is_told(void **state)
{
    const davy_flame_shape flame = {10, 30, 0.5};
    const davy_answer never = davy_heat_flux_distance(70000, &flame, 66484, 1);
    const davy_answer under = davy_heat_flux_distance(66000, &flame, 66484, 1);
    const davy_flame_shape thread = {0.1, 30, 0};
    const davy_answer thin = davy_heat_flux_distance(5000, &thread, 66484, 1);
    const davy_answer odd = davy_heat_flux_distance(70000, &flame, 5000, 1);

    (void) state;
    assert_int_equal(never.kind, DAVY_ANSWER_NOT_REACHED);
    assert_near(never.value, 66484, 1e-9);
    assert_int_equal(under.kind, DAVY_ANSWER_OUTSIDE);
    assert_near(under.value, davy_flame_reach(&flame), 1e-12);
    assert_int_equal(thin.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(thin.what, "length over radius");
    assert_int_equal(odd.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(odd.what, "surface emission");
    assert_true(isnan(odd.value));
    assert_int_equal(davy_heat_flux_distance(4000, &flame, NAN, 1).kind, DAVY_ANSWER_NO_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moist_air_holds_heat_back),
        cmocka_unit_test(a_sphere_catches_all_the_heat_of_a_point),
        cmocka_unit_test(the_distance_to_a_flux_is_where_it_is),
        cmocka_unit_test(heat_falls_with_distance),
        cmocka_unit_test(a_flux_beyond_the_flame_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
