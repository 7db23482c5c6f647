/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "site/unit_convert.h"

#include <math.h>

/* By the definitions of the units: NIST SP 811, appendix B, and UCUM. */
static void converts_what_plants_measure(void **state)
{
    static const struct {
        const char *from, *to;
        double value, expected;
    } cases[] = {
        {"bar", "kPa", 2.5, 250},
        {"mbar", "Pa", 1, 100},
        {"[psi]", "bar", 14.503773773, 1},
        {"psi", "kPa", 1, 6.894757293},
        {"barg", "mbar{gauge}", 1.5, 1500},
        {"mm[Hg]", "kPa", 760, 101.32472},
        {"°C", "K", 25, 298.15},
        {"K", "Cel", 0, -273.15},
        {"°F", "°C", 212, 100},
        {"°C", "°F", -40, -40},
        {"L/min", "m3/h", 1000, 60},
        {"m3/s", "l/h", 1, 3600000},
        {"t/h", "kg/s", 3.6, 1},
        {"kW.h", "MJ", 1, 3.6},
        {"rpm", "Hz", 3000, 50},
        {"/min", "/s", 60, 1},
        {"%", "1", 37, 0.37},
        {"[ppm]", "%", 10000, 1},
        {"mm/s", "m/s", 7.1, 0.0071},
        {"[in_i]", "mm", 1, 25.4},
        {"[gal_us]/min", "L/min", 1, 3.785411784},
        {"uS/cm", "mS/m", 1, 0.1},
        {"kg/m3", "g/L", 998, 998},
        {"m/s2", "cm.s-2", 9.81, 981},
        {"m3{norm}/h", "L{norm}/s", 3.6, 1},
        {"min", "s", 2, 120},
        {"[pH]", "pH", 7, 7},
        {"", "", 3, 3},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_unit_scale by;

        assert_ok(davy_unit_convert(cases[i].from, cases[i].to, &by));
        assert_near(by.scale * cases[i].value + by.offset, cases[i].expected,
                    1e-8 * fmax(1, fabs(cases[i].expected)));
    }
}

/* A thousand litres a minute are sixty cubic metres an hour, and not out of a range that ends
 * there. */
static void leaves_no_rounding_error_in_a_factor(void **state)
{
    davy_unit_scale by;

    (void) state;
    assert_ok(davy_unit_convert("L/min", "m3/h", &by));
    assert_true(by.scale == 0.06 && by.offset == 0);
    assert_ok(davy_unit_convert("kPa", "bar", &by));
    assert_true(by.scale == 0.01);
    assert_ok(davy_unit_convert("K", "°C", &by));
    assert_true(by.offset == -273.15);
}

static void refuses_what_is_not_the_same_quantity(void **state)
{
    static const struct {
        const char *from, *to, *words;
    } cases[] = {
        {"bar", "m3/h", "not what 'm3/h' is a unit of"},
        {"barg", "bara", "not what 'bara' is a unit of"},
        {"m3{norm}/h", "m3/h", "not what"},
        {"[pH]", "mol/L", "'[pH]' is a unit that davy cannot convert"},
        {"Cel/min", "K/min", "'Cel/min' is a unit that davy cannot convert"},
        {"K", "furlong", "'furlong' is a unit that davy cannot convert"},
        {"m99", "m", "cannot convert"},
        {"m//s", "m", "cannot convert"},
        {"m.", "m", "cannot convert"},
        {"kbar{x", "bar", "unit"},
        {"", "m", "not what"},
        {"0", "1", "cannot convert"},
        {"m+", "m", "cannot convert"},
        {"mmin", "s", "cannot convert"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_unit_scale by;

        assert_fails(davy_unit_convert(cases[i].from, cases[i].to, &by), DAVY_ERR_INVALID,
                     cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(converts_what_plants_measure),
        cmocka_unit_test(leaves_no_rounding_error_in_a_factor),
        cmocka_unit_test(refuses_what_is_not_the_same_quantity),
    };

    return cmocka_run_group_tests_name("site: from unit to unit", tests, NULL, NULL);
}
