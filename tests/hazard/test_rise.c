/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/rise.h"

#include <math.h>

/* The stack of util_tests.jl of GasDispersion.jl, Fb = 50 m4/s3 and Fm = 7171.8 m4/s2. */
static const davy_stack warm = {1, 72.93819699672669, 400, 4, 288.15, 0.020, DAVY_STABILITY_A};
static const davy_stack fast = {1, 179.87751923862007, 325, 4, 288.15, 0.020, DAVY_STABILITY_A};

static void fluxes_are_those_of_the_example(void **state)
{
    (void) state;
    assert_near(davy_rise_buoyancy_flux(&warm, DAVY_RISE_GRAVITY), 50, 1e-9);
    assert_near(davy_rise_buoyancy_flux(&fast, DAVY_RISE_GRAVITY), 50, 1e-9);
    assert_near(davy_rise_momentum_flux(&fast), 7171.814541070672, 1e-7);
}

/* util_tests.jl: the final rises, and those at 50 m. */
static void rises_agree_with_gasdispersion(void **state)
{
    davy_stack stack = warm;

    (void) state;
    assert_near(davy_rise_final(&stack).value, 100.71365158671999, 1e-9);
    assert_near(davy_rise_at(&stack, 50).value, 20, 1e-9);
    assert_near(davy_rise_at(&stack, 2 * 565.0050541491846).value, 100.71365158671999, 1e-9);
    stack.stability = DAVY_STABILITY_E;
    assert_near(davy_rise_final(&stack).value, 68.59722859012221, 1e-9);
    stack.stability = DAVY_STABILITY_F;
    stack.gradient = 0.035;
    assert_near(davy_rise_final(&stack).value, 56.92380039947288, 1e-9);
    assert_near(davy_rise_buoyant(60, 4).value, 112.8895989623143, 1e-9);
    assert_near(davy_rise_final(&fast).value, 3 * 179.87751923862007 / 4, 1e-9);
    assert_near(davy_rise_at(&fast, 50).value, 81.01824072514351, 1e-9);
}

/* K: the warmth from which buoyancy leads, found from what davy_rise_final() gives. */
static double crossover_of(davy_stack stack, double diameter, double speed)
{
    double low = 0, high = 300;

    stack.diameter = diameter;
    stack.speed = speed;
    while (high - low > 1e-9) {
        const double middle = 0.5 * (low + high);
        double flux, momentum;

        stack.temperature = stack.air + middle;
        flux = davy_rise_buoyancy_flux(&stack, DAVY_RISE_GRAVITY);
        momentum = stack.stability < DAVY_STABILITY_E
                       ? davy_rise_momentum(diameter, speed, stack.wind).value
                       : davy_rise_momentum_stable(
                             davy_rise_momentum_flux(&stack), stack.wind,
                             davy_rise_stability(DAVY_RISE_GRAVITY, stack.air, stack.gradient))
                             .value;
        if (fabs(davy_rise_final(&stack).value - momentum) > 1e-9 && flux > 0)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* Buoyancy leads from where both formulas agree: no step there, whatever the diameter. This is how
 * the misprint isc3-rise-crossover is known. */
static void at_the_crossover_both_rises_agree(void **state)
{
    static const double diameters[] = {0.3, 1, 2, 6};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(diameters); i++) {
        davy_stack stack = warm;
        const double warmer = crossover_of(stack, diameters[i], 15);
        double above;

        stack.diameter = diameters[i];
        stack.speed = 15;
        stack.temperature = stack.air + warmer + 1e-6;
        above = davy_rise_final(&stack).value;
        stack.temperature = stack.air + warmer - 1e-6;
        assert_near(above / davy_rise_final(&stack).value, 1, 0.01);
    }
}

/* The same in stable air, where the momentum is divided by the wind: isc3-rise-momentum-stable.
 * ISC3's 0.019582 takes the temperature of the gas for that of the air, 2 % here. */
static void in_stable_air_they_agree_with_the_wind_in_the_momentum(void **state)
{
    davy_stack stack = warm;
    double s, warmer, buoyant, momentum;

    (void) state;
    stack.stability = DAVY_STABILITY_F;
    stack.diameter = 2;
    stack.speed = 15;
    s = davy_rise_stability(DAVY_RISE_GRAVITY, stack.air, stack.gradient);
    warmer = 0.019582 * stack.air * stack.speed * sqrt(s);
    stack.temperature = stack.air + warmer;
    buoyant =
        davy_rise_buoyant_stable(davy_rise_buoyancy_flux(&stack, DAVY_RISE_GRAVITY), stack.wind, s)
            .value;
    momentum = davy_rise_momentum_stable(davy_rise_momentum_flux(&stack), stack.wind, s).value;
    assert_near(buoyant / momentum, 1, 1e-4);
}

static void the_rise_grows_to_its_end_and_stays(void **state)
{
    static const davy_stability classes[] = {DAVY_STABILITY_B, DAVY_STABILITY_E};
    davy_stack stacks[] = {warm, fast, warm};

    (void) state;
    stacks[2].temperature = 280; /* colder than the air: momentum alone */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(stacks); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(classes); j++) {
            double before = 0;

            stacks[i].stability = classes[j];
            for (double x = 0; x < 2000; x += 10) {
                double rise = davy_rise_at(&stacks[i], x).value;

                assert_true(rise >= before);
                before = rise;
            }
            assert_near(before, davy_rise_final(&stacks[i]).value, 1e-12);
        }
}

static void what_cannot_be_is_refused(void **state)
{
    davy_stack stack = warm;

    (void) state;
    stack.wind = 0;
    assert_string_equal(davy_rise_final(&stack).what, "wind speed");
    stack = warm;
    stack.stability = DAVY_STABILITIES;
    assert_int_equal(davy_rise_final(&stack).kind, DAVY_ANSWER_NO_DATA);
    stack = warm;
    stack.gradient = NAN; /* not asked for in class A */
    assert_int_equal(davy_rise_final(&stack).kind, DAVY_ANSWER_VALUE);
    stack.stability = DAVY_STABILITY_E;
    assert_string_equal(davy_rise_at(&stack, 10).what, "gradient of the potential temperature");
    assert_int_equal(davy_rise_buoyant(-1, 4).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fluxes_are_those_of_the_example),
        cmocka_unit_test(rises_agree_with_gasdispersion),
        cmocka_unit_test(at_the_crossover_both_rises_agree),
        cmocka_unit_test(in_stable_air_they_agree_with_the_wind_in_the_momentum),
        cmocka_unit_test(the_rise_grows_to_its_end_and_stays),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
