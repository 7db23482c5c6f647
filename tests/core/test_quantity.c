/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"

#include "../testing.h"

static void durations_carry_units(void **state)
{
    int64_t ns;

    (void) state;
    assert_ok(davy_duration_parse("200ms", &ns));
    assert_true(ns == 200000000LL);
    assert_ok(davy_duration_parse(" 1.5 min ", &ns));
    assert_true(ns == 90000000000LL);
    assert_ok(davy_duration_parse("1 week", &ns));
    assert_true(ns == 604800000000000LL);
}

static void what_is_no_duration_is_refused(void **state)
{
    static const char *const wrong[] = {"10",    "",       "s",   "-1s",         "nan s", "inf s",
                                        "0x10s", "1e400s", "0 s", "1 fortnight", "1s2"};
    int64_t ns;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_duration_parse(wrong[i], &ns), DAVY_ERR_INVALID, "not a duration");
}

static void durations_are_written_in_the_largest_whole_unit(void **state)
{
    char text[32];

    (void) state;
    davy_duration_format(90000000000LL, text, sizeof text);
    assert_string_equal(text, "90s");
    davy_duration_format(7200000000000LL, text, sizeof text);
    assert_string_equal(text, "2h");
    davy_duration_format(0, text, sizeof text);
    assert_string_equal(text, "0s");
}

static void budgets_become_events_per_day(void **state)
{
    double per_day;

    (void) state;
    assert_ok(davy_rate_parse("1/week", &per_day));
    assert_near(per_day, 1.0 / 7.0, 1e-12);
    assert_ok(davy_rate_parse("2 / hour", &per_day));
    assert_near(per_day, 48.0, 1e-12);
    assert_fails(davy_rate_parse("1", &per_day), DAVY_ERR_INVALID, "not a rate");
    assert_fails(davy_rate_parse("0/day", &per_day), DAVY_ERR_INVALID, "not a rate");
}

static void masses_become_kilograms(void **state)
{
    double kg;

    (void) state;
    assert_ok(davy_mass_parse("20 t", &kg));
    assert_near(kg, 20000.0, 1e-9);
    assert_fails(davy_mass_parse("20", &kg), DAVY_ERR_INVALID, "not a mass");
    assert_fails(davy_mass_parse("-1 kg", &kg), DAVY_ERR_INVALID, "not a mass");
}

static void numbers_are_finite_decimals(void **state)
{
    static const char *const wrong[] = {"", "nan", "inf", "0x1p3", "1.2.3", "1 2", "1e999", "--1"};
    double value;

    (void) state;
    assert_ok(davy_number_parse("-12.5e-1", &value));
    assert_near(value, -1.25, 0.0);
    assert_ok(davy_number_parse(".5", &value));
    assert_near(value, 0.5, 0.0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_number_parse(wrong[i], &value), DAVY_ERR_INVALID, "not a number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_carry_units),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(durations_are_written_in_the_largest_whole_unit),
        cmocka_unit_test(budgets_become_events_per_day),
        cmocka_unit_test(masses_become_kilograms),
        cmocka_unit_test(numbers_are_finite_decimals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
