/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The multi-energy method: the printed table of its greatest pressures, figures worked by hand from
 * the fits, and what must hold of all charges.
 */
#include "../testing.h"
#include "hazard/blast/multi_energy.h"

#include <math.h>

/* One of 1000 MJ: (1e9 / 101325)^(1/3) = 21.448 m. */
static davy_cloud_charge charge_of(int strength)
{
    return (davy_cloud_charge){strength, 1e9, 101325};
}

/* B06-105, table 4.1: in the cloud charges of 1 to 9 have 1, 2, 5, 10, 20, 50, 100, 200, 500 kPa,
 * in round pressures of the air. */
static void a_charge_is_as_strong_as_its_number(void **state)
{
    static const double most[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};

    (void) state;
    for (int i = 0; i < 9; i++) {
        const davy_cloud_charge charge = charge_of(i + 1);

        assert_near(davy_cloud_pressure(&charge, 0.19 * 21.448).value, 101325 * most[i], 1e-6);
        assert_int_equal(davy_cloud_pressure(&charge, 0.19 * 21.448).kind, DAVY_ANSWER_OUTSIDE);
    }
}

/* B06-105, 5.1: at 1000 MJ charges of 6 to 10 have one pressure from about 43 m on. At 100 m,
 * r' = 4.6624, by hand: 0.32 x 4.6624^-1.13 = 0.056191, 5.694 kPa; and 10 charges push for
 * 0.29 x 4.6624^0.19 x 21.448 / 340.3 = 24.49 ms. */
static void strong_charges_are_one_far_away(void **state)
{
    const davy_cloud_charge strongest = charge_of(10), weak = charge_of(5);

    (void) state;
    assert_near(davy_cloud_pressure(&strongest, 100).value, 5694, 2);
    for (int i = 6; i < 10; i++) {
        const davy_cloud_charge charge = charge_of(i);

        for (double x = 51; x < 1500; x *= 1.5)
            assert_near(davy_cloud_pressure(&charge, x).value,
                        davy_cloud_pressure(&strongest, x).value, 1e-9);
    }
    assert_near(davy_cloud_duration(&strongest, 100).value, 24.49e-3, 2e-5);
    assert_near(davy_cloud_impulse(&strongest, 100).value, 0.5 * 5694 * 24.49e-3, 0.2);
    /* by hand: 0.12 / 4.6624 x 101325 = 2608 Pa for 0.7 x 21.448 / 340.3 = 44.12 ms */
    assert_near(davy_cloud_pressure(&weak, 100).value, 2608, 1);
    assert_near(davy_cloud_duration(&weak, 100).value, 44.12e-3, 1e-5);
}

/* Neighbouring pieces of the printed fits differ by less than 1.5 % where they meet. */
static void the_pieces_meet(void **state)
{
    (void) state;
    for (int i = 1; i <= 10; i++) {
        const davy_cloud_charge charge = charge_of(i);
        double pressure = davy_cloud_pressure(&charge, 5.2).value;
        double duration = davy_cloud_duration(&charge, 5.2).value;

        for (double x = 5.2; x < 2000; x *= 1.002) {
            const double now = davy_cloud_pressure(&charge, x).value;
            const double pushes = davy_cloud_duration(&charge, x).value;

            assert_true(now < 1.01 * pressure && now > 0.98 * pressure);
            assert_true(fabs(pushes / duration - 1) < 0.015);
            pressure = now;
            duration = pushes;
        }
    }
}

static void eight_times_the_energy_reaches_twice_as_far(void **state)
{
    const davy_cloud_charge one = charge_of(7), eight = {7, 8e9, 101325};

    (void) state;
    for (double x = 10; x < 500; x *= 1.7) {
        assert_near(davy_cloud_pressure(&eight, 2 * x).value, davy_cloud_pressure(&one, x).value,
                    1e-6);
        assert_near(davy_cloud_impulse(&eight, 2 * x).value, 2 * davy_cloud_impulse(&one, x).value,
                    1e-6);
    }
}

static void the_distance_to_a_pressure_is_where_it_is(void **state)
{
    (void) state;
    for (int i = 1; i <= 10; i++) {
        const davy_cloud_charge charge = charge_of(i);

        for (double pressure = 200; pressure < 5e5; pressure *= 1.3) {
            const davy_answer there = davy_cloud_distance(&charge, pressure);

            if (there.kind == DAVY_ANSWER_NOT_REACHED) {
                assert_true(there.value < pressure && i < 10);
                continue;
            }
            assert_near(davy_cloud_pressure(&charge, there.value).value, pressure,
                        there.value < 16 ? 1e6 : 0.02 * pressure);
            assert_true(davy_cloud_pressure(&charge, 1.03 * there.value).value < pressure);
        }
    }
    assert_int_equal(davy_cloud_distance(&(davy_cloud_charge){3, 1e9, 101325}, 6000).kind,
                     DAVY_ANSWER_NOT_REACHED);
    assert_near(davy_cloud_distance(&(davy_cloud_charge){3, 1e9, 101325}, 6000).value, 5066, 1);
}

static void odd_charges_are_told(void **state)
{
    const davy_cloud_charge none = charge_of(0), eleven = charge_of(11);
    const davy_cloud_charge unknown = {7, NAN, 101325};

    (void) state;
    assert_string_equal(davy_cloud_pressure(&none, 50).what, "strength");
    assert_true(isnan(davy_cloud_duration(&eleven, 50).value));
    assert_true(isnan(davy_cloud_distance(&eleven, 5000).value));
    assert_int_equal(davy_cloud_impulse(&unknown, 50).kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(davy_cloud_pressure(&(davy_cloud_charge){1, 1e9, 101325}, 200).what,
                        "scaled overpressure");
    assert_true(isnan(davy_cloud_pressure(&(davy_cloud_charge){7, 1e9, 101325}, -1).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_charge_is_as_strong_as_its_number),
        cmocka_unit_test(strong_charges_are_one_far_away),
        cmocka_unit_test(the_pieces_meet),
        cmocka_unit_test(eight_times_the_energy_reaches_twice_as_far),
        cmocka_unit_test(the_distance_to_a_pressure_is_where_it_is),
        cmocka_unit_test(odd_charges_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
