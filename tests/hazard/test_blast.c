/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Blasts beyond consequence-cases.csv: what must hold of the fits, and their ranges.
 */
#include "../testing.h"
#include "hazard/blast/tnt.h"

#include <math.h>

/* M. M. Swisdak 1994 (ADA526744), the printed metric table, as in fcento100/kingery-bulmash,
 * tests/test_kingery_bulmash.py, which holds the fits to 1 % of it: scaled distance; arrival in ms
 * and overpressure in kPa, the reflected one, duration in ms, the impulses in kPa ms, all by the
 * cube root; speed of the front in m/ms. */
static void the_fits_are_those_of_the_printed_table(void **state)
{
    static const double rows[][8] = {
        {0.2, 0.037, 17310.36, 185301, 0.243, 369.5, 10520, 3.962},
        {0.5, 0.143, 4888, 39422, 0.281, 166.2, 2371, 2.178},
        {1, 0.467, 1354, 8152, 1.72, 236.3, 884.7, 1.196},
        {1.5, 0.989, 551.4, 2511, 2.148, 177.4, 520.7, 0.808},
        {2, 1.693, 283.7, 1058, 2.053, 134.6, 363.8, 0.623},
        {3, 3.546, 115.7, 330.7, 2.819, 92.7, 224.3, 0.48},
        {5, 8.242, 43.23, 100.9, 3.793, 59.31, 125.6, 0.398},
        {10, 21.66, 14.89, 31.54, 4.779, 31.04, 59.33, 0.361},
        {20, 49.93, 6.102, 12.44, 5.94, 15.89, 28.67, 0.349},
        {40, 107.8, 2.375, 4.775, 7.162, 7.885, 13.85, 0.344},
        {100, NAN, 0.654, NAN, NAN, 2.98, NAN, NAN},
    };
    static const struct {
        const davy_blast *what;
        double unit, growth; /* by the cube root of 1000 kg */
    } columns[] = {{&davy_blast_arrival, 1e-3, 10},
                   {&davy_blast_pressure, 1e3, 1},
                   {&davy_blast_pressure_reflected, 1e3, 1},
                   {&davy_blast_duration, 1e-3, 10},
                   {&davy_blast_impulse, 1, 10},
                   {&davy_blast_impulse_reflected, 1, 10},
                   {&davy_blast_speed, 1e3, 1}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(columns); j++) {
            const double printed = rows[i][j + 1] * columns[j].unit * columns[j].growth;

            if (!isnan(printed))
                assert_near(davy_blast_at(columns[j].what, 1000, 10 * rows[i][0]).value, printed,
                            0.011 * printed);
        }
}

/* sandialabs/hyram takes 4.68 MJ/kg for TNT. */
static void tnt_has_the_energy_that_its_reference_has(void **state)
{
    (void) state;
    assert_near(davy_tnt_energy, 4.68e6, 0);
    assert_near(davy_tnt_mass(0.03, 1, 1.2e8, davy_tnt_energy).value, 0.76923, 1e-5);
}

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
        cmocka_unit_test(the_fits_are_those_of_the_printed_table),
        cmocka_unit_test(tnt_has_the_energy_that_its_reference_has),
        cmocka_unit_test(the_pieces_of_a_fit_meet),
        cmocka_unit_test(eight_charges_reach_twice_as_far),
        cmocka_unit_test(the_distance_to_a_pressure_is_where_it_is),
        cmocka_unit_test(a_charge_on_the_ground_is_between_one_and_two_in_the_air),
        cmocka_unit_test(beyond_the_fit_there_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
