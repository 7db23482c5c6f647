/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Probits beyond consequence-cases.csv: what must hold of every row of the table.
 */
#include "../testing.h"
#include "hazard/harm/probit.h"

#include <math.h>

/* Every probit turned around and computed again gives the share it began with. */
static void every_probit_turns_around(void **state)
{
    (void) state;
    for (davy_harm harm = 0; harm < DAVY_HARMS; harm++)
        for (const davy_probit *row = NULL; (row = davy_probit_next(harm, NULL, row));) {
            double dose = davy_probit_intensity(row, 0.1, 900).value;
            double pr = davy_probit_value(row, dose, 900).value;

            assert_near(davy_probit_share(pr).value, 0.1, 1e-9);
            assert_ptr_equal(davy_probit_find(row->formula.name), row);
        }
}

/* UK HSE SPC/Tech/OSD/30, table 17: 50 % doses of 2380, 1046 and 2670 (kW/m2)^(4/3) s. */
static void thermal_doses_are_those_of_the_table(void **state)
{
    static const struct {
        const char *name;
        double dose;
    } cases[] = {{"probit-thermal-eisenberg", 2380},
                 {"probit-thermal-tsao-perry", 1046},
                 {"probit-thermal-lees", 2670}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_near(davy_probit_load(davy_probit_find(cases[i].name), 0.5).value * 1e-4 /
                        cases[i].dose,
                    1, 0.005);
}

/* Chlorine, Lees, n = 2: 10 minutes of 400 ppm and 10 of nothing are a load of 10 400^2, and not
 * that of 20 minutes at the mean of 200 ppm, which is half. */
static void the_load_of_a_cloud_that_varies_is_not_that_of_its_mean(void **state)
{
    const davy_probit *row = davy_probit_find("probit-toxic-chlorine-lees");
    double pr = davy_probit_value_of_load(row, 600 * 400e-6 * 400e-6).value;

    (void) state;
    assert_near(pr, -8.29 + 0.92 * log(10 * 400.0 * 400.0), 1e-9);
    assert_near(davy_probit_value(row, 400e-6, 600).value, pr, 1e-9);
    assert_true(davy_probit_value(row, 200e-6, 1200).value < pr - 0.6);
}

static void a_substance_has_all_its_probits(void **state)
{
    const davy_probit *first = davy_probit_next(DAVY_HARM_TOXIC, "7782-50-5", NULL);
    const davy_probit *second = davy_probit_next(DAVY_HARM_TOXIC, "7782-50-5", first);

    (void) state;
    assert_non_null(first);
    assert_non_null(second);
    assert_null(davy_probit_next(DAVY_HARM_TOXIC, "7782-50-5", second));
}

/* sandialabs/hyram, tests/hyram/qra/test_probits.py: doses of 1e7 (W/m2)^(4/3) s, by hand; and by
 * hand here: chlorine of TNO at 1000 mg/m3 for 30 min, -6.35 + 0.5 (2.75 ln 1000 + ln 30), and half
 * a bar of the HSE, 5.13 + 1.37 ln 0.5. */
static void probits_without_a_printed_case_are_their_equations(void **state)
{
    static const double seconds = 10, flux = 31622.7766; /* 1e6^(3/4) */
    static const struct {
        const char *name;
        double intensity, time, pr;
    } rows[] = {
        {"probit-thermal-eisenberg", flux, seconds, 2.7823249},
        {"probit-thermal-tsao-perry", flux, seconds, 4.8823249},
        {"probit-thermal-tno", flux, seconds, 4.0323249},
        {"probit-toxic-chlorine-tno", 1e-3, 1800, 4.848762},
        {"probit-pressure-hse", 5e4, 1, 4.180388},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        assert_near(
            davy_probit_value(davy_probit_find(rows[i].name), rows[i].intensity, rows[i].time)
                .value,
            rows[i].pr, 2e-6);
}

static void no_dose_harms_nobody_and_an_unknown_one_is_no_data(void **state)
{
    const davy_probit *row = davy_probit_find("probit-thermal-eisenberg");

    (void) state;
    assert_int_equal(davy_probit_value(row, NAN, 10).kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_probit_value(row, 0, 10).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_probit_intensity(row, 1, 10).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_probit_turns_around),
        cmocka_unit_test(thermal_doses_are_those_of_the_table),
        cmocka_unit_test(the_load_of_a_cloud_that_varies_is_not_that_of_its_mean),
        cmocka_unit_test(a_substance_has_all_its_probits),
        cmocka_unit_test(probits_without_a_printed_case_are_their_equations),
        cmocka_unit_test(no_dose_harms_nobody_and_an_unknown_one_is_no_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
