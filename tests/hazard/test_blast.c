/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Blasts beyond consequence-cases.csv: what must hold of the fits, and their ranges.
 */
#include "../testing.h"
#include "hazard/blast/tnt.h"

#include <math.h>

/* Swisdak's pieces meet: where one ends and the next begins they differ by less than 3 %, and the
 * overpressure, the impulse behind its hump and the speed fall with distance everywhere. */
static void the_pieces_of_a_fit_meet(void **state)
{
    static const struct {
        const davy_blast *what;
        double at;
    } joints[] = {{&davy_blast_pressure, 2.9}, {&davy_blast_pressure, 23.8},
                  {&davy_blast_arrival, 1.5},  {&davy_blast_pressure_reflected, 2},
                  {&davy_blast_impulse, 0.96}, {&davy_blast_impulse, 2.38},
                  {&davy_blast_impulse, 33.7}, {&davy_blast_duration, 1.02},
                  {&davy_blast_duration, 2.8}, {&davy_blast_speed, 1.5}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(joints); i++) {
        const double before = davy_blast_at(joints[i].what, 1, joints[i].at).value;
        const double behind = davy_blast_at(joints[i].what, 1, joints[i].at * (1 + 1e-9)).value;

        assert_near(behind / before, 1, 0.03);
    }
}

/* Hopkinson's law: eight times the charge does at twice the distance what one does, and its impulse
 * and times are twice as large. */
static void eight_charges_reach_twice_as_far(void **state)
{
    (void) state;
    for (double distance = 1; distance < 30; distance *= 1.3) {
        assert_near(davy_blast_at(&davy_blast_pressure, 8, 2 * distance).value /
                        davy_blast_at(&davy_blast_pressure, 1, distance).value,
                    1, 1e-9);
        assert_near(davy_blast_at(&davy_blast_impulse, 8, 2 * distance).value /
                        davy_blast_at(&davy_blast_impulse, 1, distance).value,
                    2, 1e-9);
    }
}

/* 20.7 kPa pulls down steel frames: there and back again. */
static void the_distance_to_a_pressure_is_where_it_is(void **state)
{
    const double distance = davy_blast_distance(20700, 1000).value;

    (void) state;
    assert_near(davy_blast_at(&davy_blast_pressure, 1000, distance).value, 20700, 1e-3);
    assert_int_equal(davy_blast_distance(1e9, 1000).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_blast_distance(NAN, 1000).kind, DAVY_ANSWER_NO_DATA);
}

/* The ground reflects: near a charge on it the wave is stronger than in free air, and weaker than
 * that of twice the charge there (Kinney and Graham's factor for hard ground is 2). */
static void a_charge_on_the_ground_is_between_one_and_two_in_the_air(void **state)
{
    const double ground = davy_blast_at(&davy_blast_pressure, 100, 30).value;

    (void) state;
    assert_true(ground > davy_kinney_graham_at(100, 30).value);
    assert_true(ground < davy_kinney_graham_at(250, 30).value);
}

static void beyond_the_fit_there_is_no_answer(void **state)
{
    davy_answer near = davy_blast_at(&davy_blast_pressure, 1, 0.19);
    davy_answer unknown = davy_blast_at(&davy_blast_pressure, NAN, 10);

    (void) state;
    assert_int_equal(near.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(near.what, "scaled distance");
    assert_int_equal(unknown.kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_blast_at(&davy_blast_arrival, 1, 41).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_tnt_mass(1, 100, 4.6e7, davy_tnt_energy).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pieces_of_a_fit_meet),
        cmocka_unit_test(eight_charges_reach_twice_as_far),
        cmocka_unit_test(the_distance_to_a_pressure_is_where_it_is),
        cmocka_unit_test(a_charge_on_the_ground_is_between_one_and_two_in_the_air),
        cmocka_unit_test(beyond_the_fit_there_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
