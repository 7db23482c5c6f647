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
    char remedy[200];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(units); i++)
        if (!davy_unit_check(units[i], remedy, sizeof remedy))
            fail_msg("'%s' is refused: %s", units[i], remedy);
}

static void other_spellings_are_told_with_the_right_one(void **state)
{
    static const struct {
        const char *wrong, *right;
    } spellings[] = {
        {"°C", "write \"Cel\""},     {"degC", "write \"Cel\""},   {"m³/h", "write \"m3/h\""},
        {"psi", "write \"[psi]\""},  {"rpm", "write \"/min\""},   {"µm", "write \"um\""},
        {"barg", "bar{gauge}"},      {"k Pa", "for example kPa"}, {"m^4", "for example kPa"},
        {"[ppm", "for example kPa"}, {"a}b{", "for example kPa"}, {"摄氏", "for example kPa"},
    };
    char remedy[200];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(spellings); i++) {
        assert_false(davy_unit_check(spellings[i].wrong, remedy, sizeof remedy));
        if (!strstr(remedy, spellings[i].right))
            fail_msg("'%s': %s", spellings[i].wrong, remedy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_of_ucum_are_taken),
        cmocka_unit_test(other_spellings_are_told_with_the_right_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
