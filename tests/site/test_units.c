/* SPDX-License-Identifier: Apache-2.0 */
#include "site/units.h"

#include "../testing.h"

/* From the tables and examples of UCUM 2.1, and units of the plants davy is for. */
static void units_of_ucum_are_taken(void **state)
{
    static const char *const units[] = {
        "",      "1",    "%",          "kPa",   "Cel",     "[degF]",     "m3/h", "kg/h",
        "mm/s",  "/min", "10*3/uL",    "m/s2",  "uS/cm",   "bar{gauge}", "mol",  "[ppm]",
        "L/min", "kW.h", "kg.m-1.s-2", "(8.h)", "mm[H2O]", "m2.g/s",     "'",    "dB",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(units); i++)
        assert_ptr_equal(davy_unit_code(units[i]), units[i]);
}

static void spellings_of_plants_become_their_code(void **state)
{
    static const char *const spellings[][2] = {
        {"°C", "Cel"},   {"degC", "Cel"}, {"m³/h", "m3/h"},       {"psi", "[psi]"},
        {"rpm", "/min"}, {"µm", "um"},    {"barg", "bar{gauge}"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(spellings); i++)
        assert_string_equal(davy_unit_code(spellings[i][0]), spellings[i][1]);
}

static void what_cannot_be_a_unit_is_refused(void **state)
{
    static const char *const wrong[] = {"k Pa", "m^4", "[ppm", "a}b{", "摄氏"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_null(davy_unit_code(wrong[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_of_ucum_are_taken),
        cmocka_unit_test(spellings_of_plants_become_their_code),
        cmocka_unit_test(what_cannot_be_a_unit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
