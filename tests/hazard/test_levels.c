/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Levels of overpressure and heat: their order, their words, and figures of the printed tables.
 */
#include "../testing.h"
#include "hazard/harm/levels.h"

#include <math.h>

static void every_level_is_told_in_both_languages_and_in_order(void **state)
{
    size_t count = 0;

    (void) state;
    for (int kind = 0; kind < DAVY_LEVEL_KINDS; kind++) {
        const davy_level *before = NULL, *level = NULL;

        while ((level = davy_level_next((davy_level_kind) kind, level)) != NULL) {
            assert_ptr_equal(davy_level_find(level->name), level);
            assert_true(!before || before->value < level->value);
            assert_string_equal(level->unit, kind == DAVY_LEVEL_PRESSURE ? "Pa" : "W/m2");
            assert_true(level->english[0] && level->source[0]);
            assert_true((unsigned char) level->chinese[0] > 0x7f || strstr(level->chinese, "psi"));
            before = level;
            count++;
        }
    }
    assert_true(count >= 28);
    assert_null(davy_level_find("none"));
}

/* Clancey's psi beside his kPa: 1.0, 3.0, 5.0 and 10 psi; 40 CFR 68.22: 1 psi, 5 kW/m2 for 40 s;
 * API 521: 500 and 1500 Btu/(h ft2), 3.154 W/m2 each. */
static void figures_are_those_of_the_printed_tables(void **state)
{
    static const struct {
        const char *name;
        double value, tolerance;
    } printed[] = {
        {"pressure-glass", 0.15 * 6894.757, 5},
        {"pressure-rmp-endpoint", 6894.757, 1e-3},
        {"pressure-houses-uninhabitable", 6894.757, 10},
        {"pressure-frames-pulled", 3 * 6894.757, 50},
        {"pressure-poles", 5 * 6894.757, 50},
        {"pressure-total", 10 * 6894.757, 50},
        {"heat-continuous", 500 * 3.15459, 1},
        {"heat-emergency", 1500 * 3.15459, 1},
        {"heat-ifc-noncombustible", 8000 * 3.15459, 1},
        {"heat-rmp-endpoint", 5000, 0},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(printed); i++)
        assert_near(davy_level_find(printed[i].name)->value, printed[i].value,
                    printed[i].tolerance);
    assert_near(davy_level_find("heat-rmp-endpoint")->time, 40, 0);
}

/* The psi of Clancey's table beside its kPa, in the order of the table. */
static void every_pressure_of_clancey_is_that_of_his_psi(void **state)
{
    static const double psi[] = {0.02, 0.03, 0.04, 0.1, 0.15, 0.3, 0.4, 0.5, 0.7, 1,
                                 1.3,  2,    2.3,  2.5, 3,    4,   5,   7,   9,   10};
    const davy_level *level = NULL;
    size_t at = 0;

    (void) state;
    while ((level = davy_level_next(DAVY_LEVEL_PRESSURE, level)) != NULL) {
        if (strcmp(level->name, "pressure-rmp-endpoint") == 0)
            continue;
        assert_true(at < DAVY_ARRAY_LENGTH(psi));
        assert_near(level->value, psi[at] * 6894.757, 0.016 * level->value);
        at++;
    }
    assert_int_equal(at, DAVY_ARRAY_LENGTH(psi));
}

static void a_figure_reaches_the_highest_level_below_it(void **state)
{
    (void) state;
    assert_string_equal(davy_level_reached(DAVY_LEVEL_PRESSURE, 20700)->name,
                        "pressure-frames-pulled");
    assert_string_equal(davy_level_reached(DAVY_LEVEL_PRESSURE, 20699)->name, "pressure-brickwork");
    assert_string_equal(davy_level_reached(DAVY_LEVEL_HEAT, 1e6)->name, "heat-equipment");
    assert_null(davy_level_reached(DAVY_LEVEL_PRESSURE, 100));
    assert_null(davy_level_reached(DAVY_LEVEL_HEAT, NAN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_is_told_in_both_languages_and_in_order),
        cmocka_unit_test(figures_are_those_of_the_printed_tables),
        cmocka_unit_test(every_pressure_of_clancey_is_that_of_his_psi),
        cmocka_unit_test(a_figure_reaches_the_highest_level_below_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
