/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/sigma.h"

#include <math.h>

/* Class D, open country, 1 km: 0.06 * 1000 / sqrt(2.5). The misprint 0.00015 would give 55.9. */
static void class_d_is_not_misprinted(void **state)
{
    davy_answer answer = davy_sigma_z(&davy_sigma_briggs_rural, DAVY_STABILITY_D, 1000);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
    assert_near(answer.value, 37.947332, 1e-6);
}

static void below_100_m_the_range_is_told(void **state)
{
    davy_answer answer = davy_sigma_y(&davy_sigma_briggs_rural, DAVY_STABILITY_D, 99);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(answer.what, "distance");
}

static void a_class_that_is_not_known_is_no_data(void **state)
{
    davy_answer answer = davy_sigma_y(&davy_sigma_briggs_rural, davy_stability_of('G'), 500);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "stability class");
}

/* Stable air mixes less: every set is narrower from class to class at a kilometre. */
static void every_set_is_narrower_in_stable_air(void **state)
{
    (void) state;
    for (size_t i = 0; davy_sigma_set_at(i); i++)
        for (davy_stability class = DAVY_STABILITY_B; class < DAVY_STABILITIES; class ++) {
            const davy_sigma_set *set = davy_sigma_set_at(i);

            assert_true(davy_sigma_y(set, class, 1000).value <=
                        davy_sigma_y(set, class - 1, 1000).value);
            assert_true(davy_sigma_z(set, class, 1000).value <=
                        davy_sigma_z(set, class - 1, 1000).value);
            assert_ptr_equal(davy_sigma_set_find(set->name), set);
        }
    assert_null(davy_sigma_set_find("none"));
}

/* A cloud never shrinks on its way, also where one stretch of a law follows another: the joints of
 * the published fits leave steps of up to 2 %. */
static void every_set_grows_with_the_distance(void **state)
{
    (void) state;
    for (size_t i = 0; davy_sigma_set_at(i); i++)
        for (davy_stability class = DAVY_STABILITY_A; class < DAVY_STABILITIES; class ++) {
            const davy_sigma_set *set = davy_sigma_set_at(i);

            for (double x = 100; x < 1e4; x *= 1.01) {
                assert_true(davy_sigma_y(set, class, 1.01 * x).value >
                            davy_sigma_y(set, class, x).value);
                assert_true(davy_sigma_z(set, class, 1.01 * x).value >
                            0.98 * davy_sigma_z(set, class, x).value);
            }
        }
}

/* The tests of GasDispersion.jl: test/utils/{isc3,turner,tno,ccps,util}_tests.jl. */
static void agrees_with_the_tests_of_gasdispersion(void **state)
{
    static const struct {
        const char *set;
        char class, law;
        double x, expected;
    } rows[] = {
        {"isc3-rural", 'A', 'y', 1.2, 0.48870396813625905},
        {"isc3-rural", 'F', 'y', 1.2, 0.0645858766834503},
        {"isc3-rural", 'A', 'z', 50, 7.246283645973222},
        {"isc3-rural", 'A', 'z', 125, 17.6538512508938},
        {"isc3-rural", 'A', 'z', 175, 25.32210358392127},
        {"isc3-rural", 'A', 'z', 225, 33.46114450376929},
        {"isc3-rural", 'A', 'z', 275, 42.49832115580982},
        {"isc3-rural", 'A', 'z', 350, 58.955561122372494},
        {"isc3-rural", 'A', 'z', 450, 87.22955507375895},
        {"isc3-rural", 'A', 'z', 550, 128.0454080208172},
        {"isc3-rural", 'B', 'z', 100, 10.604690180980183},
        {"isc3-rural", 'B', 'z', 300, 30.144226325216724},
        {"isc3-rural", 'B', 'z', 500, 51.092852947678885},
        {"isc3-rural", 'C', 'z', 100, 7.44187785547111},
        {"isc3-rural", 'D', 'z', 2000, 50.15135417398994},
        {"isc3-rural", 'D', 'z', 35000, 271.77785930262854},
        {"isc3-rural", 'E', 'z', 30000, 127.31152395989899},
        {"isc3-rural", 'F', 'z', 75000, 87.38876819912205},
        {"isc3-urban", 'A', 'z', 1.2, 0.2881727481910807},
        {"isc3-urban", 'F', 'y', 1.2, 0.13196833140024},
        {"briggs-rural", 'C', 'z', 1.2, 0.09598848207318536},
        {"briggs-urban", 'A', 'z', 1.2, 0.2881727481910807},
        {"briggs-urban", 'C', 'z', 1.2, 0.24},
        {"turner", 'A', 'y', 1.2, 0.5787971924008366},
        {"turner", 'A', 'z', 120, 16.85072624954395},
        {"turner", 'A', 'z', 520, 130.3205905733347},
        {"turner", 'B', 'z', 520, 52.9324088164219},
        {"turner", 'C', 'z', 520, 33.17271865454032},
        {"turner", 'D', 'z', 520, 18.33607966620897},
        {"turner", 'E', 'z', 520, 13.43619462405115},
        {"tno-plume", 'A', 'y', 1.2, 0.6170244776546403},
        {"tno-plume", 'F', 'z', 1.2, 0.135591567342651},
        {"tno-puff", 'D', 'y', 1.2, 0.07548123575039829},
        {"tno-puff", 'B', 'x', 1.2, 0.156},
        {"ccps-puff", 'A', 'y', 1.2, 0.21287234847910436},
        {"ccps-puff", 'E', 'x', 1.2, 0.047304966328689864},
        {"ccps-puff", 'D', 'z', 1.2, 0.17041904657983328},
        {"ccps-plume", 'A', 'z', 1.2, 79.47756697338727},
        {"ccps-plume", 'D', 'z', 1.2, 0.05115043235859766},
        {"ccps-plume", 'E', 'y', 1.2, 0.12018860465437811},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_sigma_set *set = davy_sigma_set_find(rows[i].set);
        davy_answer (*law)(const davy_sigma_set *, davy_stability, double) =
            rows[i].law == 'x'   ? davy_sigma_x
            : rows[i].law == 'y' ? davy_sigma_y
                                 : davy_sigma_z;
        double value = law(set, davy_stability_of(rows[i].class), rows[i].x).value;

        assert_near(value / rows[i].expected, 1, 1e-9);
    }
}

/* What "Fundamentals of Air Pollution", 3rd edition, table 19-5, prints at the ends of the
 * stretches of ISC3, to a tenth of a metre. */
static void isc3_meets_the_printed_joints(void **state)
{
    static const struct {
        char class;
        double km, expected;
    } rows[] = {
        {'A', 0.5, 104.7}, {'A', 0.4, 71.2},  {'A', 0.3, 47.4}, {'A', 0.25, 37.7},
        {'A', 0.2, 29.3},  {'A', 0.15, 21.4}, {'A', 0.1, 14.0}, {'B', 0.4, 40.0},
        {'B', 0.2, 20.2},  {'D', 30, 251.2},  {'D', 10, 134.9}, {'D', 3, 65.1},
        {'D', 1, 32.1},    {'D', 0.3, 12.1},  {'E', 40, 141.9}, {'E', 20, 109.3},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        assert_near(davy_sigma_z(&davy_sigma_isc3_rural, davy_stability_of(rows[i].class),
                                 1000 * rows[i].km)
                        .value,
                    rows[i].expected, 0.06);
    assert_near(davy_sigma_z(&davy_sigma_isc3_rural, DAVY_STABILITY_A, 4000).value, 5000, 0);
}

static void the_range_of_turner_goes_by_the_class(void **state)
{
    (void) state;
    assert_int_equal(davy_sigma_z(&davy_sigma_turner, DAVY_STABILITY_A, 3500).kind,
                     DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_sigma_z(&davy_sigma_turner, DAVY_STABILITY_B, 3500).kind,
                     DAVY_ANSWER_VALUE);
    assert_int_equal(davy_sigma_z(&davy_sigma_turner, DAVY_STABILITY_B, 20001).kind,
                     DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_sigma_z(&davy_sigma_turner, DAVY_STABILITY_F, 99000).kind,
                     DAVY_ANSWER_VALUE);
}

/* Upwards nothing tells a puff from a short piece of a plume, which is wider than a puff for the
 * meanders of ten minutes alone. By hand: 0.12 x 1000^0.67 = 12.28 m; 120 m would be no stable air.
 */
static void a_puff_of_tno_is_as_high_as_its_plume(void **state)
{
    static const double distances[] = {100, 1000, 10000};

    (void) state;
    assert_near(davy_sigma_z(&davy_sigma_tno_puff, DAVY_STABILITY_F, 1000).value, 12.28, 0.005);
    for (int class = 'A'; class <= 'F'; class ++)
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(distances); i++) {
            davy_stability stability = davy_stability_of((char) class);

            assert_near(davy_sigma_z(&davy_sigma_tno_puff, stability, distances[i]).value,
                        davy_sigma_z(&davy_sigma_tno_plume, stability, distances[i]).value, 0);
        }
}

static void a_set_for_plumes_has_no_length(void **state)
{
    davy_answer answer = davy_sigma_x(&davy_sigma_turner, DAVY_STABILITY_A, 500);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "set of coefficients for puffs");
}

/* (3600 / 600)^0.2 = 1.43097; in class F nothing changes below 4.6 s: (4.6 / 600)^0.2 = 0.377504.
 */
static void a_longer_mean_is_wider_and_a_snapshot_is_the_least(void **state)
{
    (void) state;
    assert_near(davy_sigma_averaging(DAVY_STABILITY_D, 600).value, 1, 1e-15);
    assert_near(davy_sigma_averaging(DAVY_STABILITY_D, 3600).value, 1.430969, 1e-6);
    assert_near(davy_sigma_averaging(DAVY_STABILITY_F, 1).value, 0.377504, 1e-6);
    assert_near(davy_sigma_averaging(DAVY_STABILITY_A, 1).value,
                davy_sigma_averaging(DAVY_STABILITY_A, 18.4).value, 0);
    assert_int_equal(davy_sigma_averaging(DAVY_STABILITY_A, 7200).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_sigma_averaging(DAVY_STABILITIES, 600).kind, DAVY_ANSWER_NO_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_d_is_not_misprinted),
        cmocka_unit_test(below_100_m_the_range_is_told),
        cmocka_unit_test(a_class_that_is_not_known_is_no_data),
        cmocka_unit_test(every_set_is_narrower_in_stable_air),
        cmocka_unit_test(every_set_grows_with_the_distance),
        cmocka_unit_test(agrees_with_the_tests_of_gasdispersion),
        cmocka_unit_test(isc3_meets_the_printed_joints),
        cmocka_unit_test(the_range_of_turner_goes_by_the_class),
        cmocka_unit_test(a_puff_of_tno_is_as_high_as_its_plume),
        cmocka_unit_test(a_set_for_plumes_has_no_length),
        cmocka_unit_test(a_longer_mean_is_wider_and_a_snapshot_is_the_least),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
