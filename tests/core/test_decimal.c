/* SPDX-License-Identifier: Apache-2.0 */
#include "core/decimal.h"

#include "../testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static davy_decimal read_text(const char *text, double *value)
{
    return davy_decimal_read(text, strlen(text), value);
}

static void expect_same_bits(const char *text, double wanted)
{
    double value = NAN;

    assert_int_equal(read_text(text, &value), DAVY_DECIMAL_OK);
    assert_memory_equal(&value, &wanted, sizeof value);
}

/* The wanted values are the compiler's own reading of the same literal. */
static void reads_every_form_of_a_decimal(void **state)
{
    (void) state;
    expect_same_bits("0", 0.0);
    expect_same_bits("-0", -0.0);
    expect_same_bits("+12", 12.0);
    expect_same_bits("1.", 1.0);
    expect_same_bits(".5", 0.5);
    expect_same_bits("-12.5e-1", -1.25);
    expect_same_bits("1E22", 1e22);
    expect_same_bits("1e23", 1e23);
    expect_same_bits("0.000000000000000000000000000001", 1e-30);
    expect_same_bits("123456789012345678901234567890", 123456789012345678901234567890.0);
}

/* Hard cases for rounding: halfway and denormal values from V. Paxson, "A Program for Testing IEEE
 * Decimal-Binary Conversion", 1991, tables 1 and 2, and the largest and smallest doubles. */
static void rounds_hard_cases_to_the_nearest(void **state)
{
    (void) state;
    expect_same_bits("5e-324", 5e-324);
    expect_same_bits("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
    expect_same_bits("1.7976931348623157e308", 0x1.fffffffffffffp+1023);
    expect_same_bits("9007199254740993", 9007199254740992.0);
    expect_same_bits("5e+125", 5e+125);
    expect_same_bits("69e+267", 69e+267);
    expect_same_bits("9409340012568248e+18", 9409340012568248e+18);
    expect_same_bits("6808957268280643e+116", 6808957268280643e+116);
}

/* Halfway cases and their neighbours around numbers of 17 to 19 digits: from the list of hard cases
 * that Lemire's paper (section 8) and the Go project use; the nearest double is the compiler's. */
static void rounds_hard_cases_of_many_digits_to_the_nearest(void **state)
{
    (void) state;
    expect_same_bits("9007199254740993.0", 9007199254740993.0);
    expect_same_bits("9007199254740993000e-3", 9007199254740993000e-3);
    expect_same_bits("9007199254740992999e-3", 9007199254740992999e-3);
    expect_same_bits("9007199254740993001e-3", 9007199254740993001e-3);
    expect_same_bits("18014398509481989", 18014398509481989.0);
    expect_same_bits("9214843084008499", 9214843084008499.0);
    expect_same_bits("8.442911973260991817e-62", 8.442911973260991817e-62);
    expect_same_bits("7.2057594037927933e+16", 7.2057594037927933e+16);
    expect_same_bits("1.00000005960464477550", 1.00000005960464477550);
    expect_same_bits("0.1234567890123456789", 0.1234567890123456789);
    expect_same_bits("9999999999999999999e45", 9999999999999999999e45);
    expect_same_bits("1090544144181609348671888949248", 1090544144181609348671888949248.0);
    expect_same_bits("-123.45678901234567", -123.45678901234567);
}

/* Numbers as instruments and programs write them: 1 to 19 digits, exponents of -70 to 70. */
static void agrees_with_the_c_library_on_numbers_of_all_lengths(void **state)
{
    uint64_t seed = 7;
    char text[64];

    (void) state;
    for (int i = 0; i < 300000; i++) {
        uint64_t digits;
        int exponent;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        digits = (seed ^ (seed >> 31)) >> (seed >> 58);
        exponent = (int) (seed >> 20 & 0xFFFF) % 141 - 70;
        (void) snprintf(text, sizeof text, "%lluE%d", (unsigned long long) digits, exponent);
        expect_same_bits(text, strtod(text, NULL));
    }
}

static void reads_a_decimal_comma_where_it_is_asked_to(void **state)
{
    double value = 0;

    (void) state;
    assert_int_equal(davy_decimal_read_as("-1,5e2", 6, ',', &value), DAVY_DECIMAL_OK);
    assert_near(value, -150, 0);
    assert_int_equal(davy_decimal_read_as("0,12345678901234567890123", 25, ',', &value),
                     DAVY_DECIMAL_OK);
    assert_near(value, 0.12345678901234567890123, 0);
    assert_int_equal(davy_decimal_read_as("1.5", 3, ',', &value), DAVY_DECIMAL_WRONG);
    assert_int_equal(davy_decimal_read_as("1,234,567", 9, ',', &value), DAVY_DECIMAL_WRONG);
}

static void agrees_with_the_c_library_on_many_numbers(void **state)
{
    uint64_t seed = 42;
    char text[40];

    (void) state;
    for (int i = 0; i < 200000; i++) {
        double number;
        uint64_t bits;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bits = seed ^ (seed >> 29);
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        (void) snprintf(text, sizeof text, i % 2 ? "%.17g" : "%.6g", number);
        expect_same_bits(text, strtod(text, NULL));
    }
}

static void refuses_what_is_no_plain_decimal(void **state)
{
    static const char *const wrong[] = {"",    "+",    "-",   ".",    "e5",  "1e",   "1e+",
                                        "--1", "0x10", "nan", "NaN",  "inf", "-inf", "1 ",
                                        " 1",  "1,5",  "1_0", "1e5.", "١",   "1i"};
    double value = 7.0;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_int_equal(read_text(wrong[i], &value), DAVY_DECIMAL_WRONG);
    assert_true(value == 7.0);
}

static void numbers_past_the_largest_double_are_out_of_range(void **state)
{
    double value;

    (void) state;
    assert_int_equal(read_text("1e309", &value), DAVY_DECIMAL_OUT_OF_RANGE);
    assert_int_equal(read_text("-1e999999999999", &value), DAVY_DECIMAL_OUT_OF_RANGE);
    expect_same_bits("1e-999999999999", 0.0);
}

static void a_number_of_five_thousand_digits_is_too_long(void **state)
{
    char digits[5000];
    double value;

    (void) state;
    memset(digits, '9', sizeof digits);
    assert_int_equal(davy_decimal_read(digits, sizeof digits, &value), DAVY_DECIMAL_LONG);
    assert_int_equal(davy_decimal_read(digits, DAVY_DECIMAL_MAX, &value), DAVY_DECIMAL_OK);
    assert_near(value / 1e128, 1.0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form_of_a_decimal),
        cmocka_unit_test(rounds_hard_cases_to_the_nearest),
        cmocka_unit_test(rounds_hard_cases_of_many_digits_to_the_nearest),
        cmocka_unit_test(agrees_with_the_c_library_on_numbers_of_all_lengths),
        cmocka_unit_test(reads_a_decimal_comma_where_it_is_asked_to),
        cmocka_unit_test(agrees_with_the_c_library_on_many_numbers),
        cmocka_unit_test(refuses_what_is_no_plain_decimal),
        cmocka_unit_test(numbers_past_the_largest_double_are_out_of_range),
        cmocka_unit_test(a_number_of_five_thousand_digits_is_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
