/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/json.h"

#include <math.h>
#include <stdlib.h>

static void values_get_their_commas(void **state)
{
    davy_buffer out = {0};

    (void) state;
    davy_json_object(&out, NULL);
    davy_json_text(&out, "a", "x");
    davy_json_array(&out, "b");
    davy_json_integer(&out, NULL, -1);
    davy_json_integer(&out, NULL, INT64_MIN);
    davy_json_unsigned(&out, NULL, UINT64_MAX);
    davy_json_object(&out, NULL);
    davy_json_object_end(&out);
    davy_json_array_end(&out);
    davy_json_null(&out, "c");
    davy_json_boolean(&out, "d", true);
    davy_json_time(&out, "e", 1700000000123456789);
    davy_json_raw(&out, "f", "{\"g\":1}");
    davy_json_object_end(&out);
    assert_string_equal(out.bytes,
                        "{\"a\":\"x\",\"b\":[-1,-9223372036854775808,18446744073709551615,"
                        "{}],\"c\":null,\"d\":true,\"e\":\"2023-11-14T22:13:20.123Z\","
                        "\"f\":{\"g\":1}}");
    davy_buffer_clear(&out);
}

/* RFC 8259 section 7. */
static void texts_are_escaped_and_broken_utf8_is_replaced(void **state)
{
    davy_buffer out = {0};

    (void) state;
    davy_json_text(&out, NULL, "\"\\\n\t\x01\x7F/\xE6\xB3\xB5<");
    assert_string_equal(out.bytes, "\"\\\"\\\\\\n\\t\\u0001\\u007f/\xE6\xB3\xB5<\"");
    davy_buffer_reset(&out);
    davy_json_text(&out, NULL,
                   "a\xC3"
                   "b\xFF");
    assert_string_equal(out.bytes, "\"a\xEF\xBF\xBD"
                                   "b\xEF\xBF\xBD\"");
    davy_buffer_clear(&out);
}

static void numbers_have_the_fewest_digits_that_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1213, "1213"},
        {0.1, "0.1"},
        {-273.15, "-273.15"},
        {0.05, "0.05"},
        {100.000001, "100.000001"},
        {1e300, "1e+300"},
        {5e-324, "4.94065645841247e-324"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1213.4000244140625, "1213.4000244140625"},
        {9007199254740993.0, "9007199254740992"},
    };
    davy_buffer out = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_buffer_reset(&out);
        davy_json_digits(&out, cases[i].value);
        assert_string_equal(out.bytes, cases[i].text);
        assert_true(strtod(out.bytes, NULL) == cases[i].value);
    }
    davy_buffer_reset(&out);
    davy_json_number(&out, NULL, NAN);
    davy_json_number(&out, NULL, -INFINITY);
    assert_string_equal(out.bytes, "null,null");
    davy_buffer_clear(&out);
}

static void every_double_reads_back_the_same(void **state)
{
    davy_buffer out = {0};
    uint64_t bits = 88172645463325252ULL; /* xorshift64, G. Marsaglia 2003 */

    (void) state;
    for (size_t i = 0; i < 100000; i++) {
        double value;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        if (i % 2) /* plant-like values; the other half are any bits */
            value = (double) (bits % 2000000) / 1000 - 1000;
        else
            memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        davy_buffer_reset(&out);
        davy_json_digits(&out, value);
        if (strtod(out.bytes, NULL) != value)
            fail_msg("%.17g became %s", value, out.bytes);
    }
    davy_buffer_clear(&out);
}

/* Digits of a number without its sign, its point, zeros before the first and its exponent. */
static size_t significant(const char *text)
{
    size_t count = 0;

    for (; *text && *text != 'e'; text++)
        count += *text >= '0' && *text <= '9' && (count > 0 || *text != '0');
    return count;
}

/* What printf() needs, digit by digit until it reads back, is the least that there is. */
static void every_float_reads_back_with_as_few_digits_as_printf_finds(void **state)
{
    davy_buffer out = {0};
    uint64_t bits = 88172645463325252ULL; /* xorshift64, G. Marsaglia 2003 */

    (void) state;
    for (size_t i = 0; i < 100000; i++) {
        char text[32];
        float value;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        if (i % 2) /* of a softmax or a sensor; the other half are any bits */
            value = ldexpf((float) (bits >> 40) / 0x1p24F, -(int) (bits % 40));
        else
            memcpy(&value, &bits, sizeof value);
        if (!isfinite(value) || value == 0)
            continue;
        for (int digits = 1; digits <= 9; digits++) {
            (void) snprintf(text, sizeof text, "%.*g", digits, (double) value);
            if ((float) strtod(text, NULL) == value)
                break;
        }
        davy_buffer_reset(&out);
        davy_json_float_digits(&out, value);
        if ((float) strtod(out.bytes, NULL) != value)
            fail_msg("%.9g became %s", (double) value, out.bytes);
        if (significant(out.bytes) > significant(text) && fabsf(value) < 1.0F &&
            fabsf(value) > 1e-12F)
            fail_msg("%s became %s", text, out.bytes);
    }
    davy_buffer_reset(&out);
    davy_json_float_digits(&out, 1.25e-5F);
    davy_buffer_append(&out, " ", 1);
    davy_json_float_digits(&out, -3e-10F);
    davy_buffer_append(&out, " ", 1);
    davy_json_float_digits(&out, 0.1F);
    assert_string_equal(out.bytes, "1.25e-05 -3e-10 0.1");
    davy_buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_get_their_commas),
        cmocka_unit_test(texts_are_escaped_and_broken_utf8_is_replaced),
        cmocka_unit_test(numbers_have_the_fewest_digits_that_read_back),
        cmocka_unit_test(every_double_reads_back_the_same),
        cmocka_unit_test(every_float_reads_back_with_as_few_digits_as_printf_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
