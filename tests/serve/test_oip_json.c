/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/oip/json_reader.h"
#include "serve/oip/tensor_text.h"

#include <math.h>
#include <stdlib.h>

#include "nn/op/convert.h"

/**
 * @file
 * The reader that walks over a body of JSON, and the numbers and texts that it gives.
 */
static davy_oip_memory memory;

static int tear_down(void **state)
{
    (void) state;
    davy_arena_clear(&memory.arena);
    return 0;
}

static davy_json_reader reader_of(const char *text)
{
    davy_json_reader reader;

    davy_json_reader_init(&reader, text, strlen(text));
    return reader;
}

static davy_status skip_all(const char *text)
{
    davy_json_reader reader = reader_of(text);
    davy_status status = davy_json_skip(&reader, NULL);

    return status == DAVY_OK ? davy_json_finish(&reader) : status;
}

/* Examples of RFC 8259, section 13, and of the test suite of N. Seriot, "Parsing JSON is a
 * Minefield", whose names say y_ and n_. */
static void takes_what_the_rfc_takes_and_nothing_else(void **state)
{
    static const char *const good[] = {
        "{}",
        "[]",
        " [ 1 , 2 ] ",
        "0",
        "-0",
        "1E+2",
        "1.5e-3",
        "\"\"",
        "\"\\u00e9\\n\\/\"",
        "null",
        "{\"a\":{\"b\":[true,false,null]}}",
        "\"\\uD83D\\uDE00\"",
        "[[],[[]]]",
        "\"\x7F\"",
    };
    static const char *const bad[] = {
        "",       "[1,]",      "[,1]",        "{\"a\":1,}",  "{a:1}",       "[1 2]",
        "01",     "+1",        ".5",          "1.",          "1e",          "-",
        "NaN",    "Infinity",  "-Infinity",   "nul",         "tru",         "\"",
        "\"\t\"", "\"\\x41\"", "\"\\u12G4\"", "\"\\uD83D\"", "\"\\uDE00\"", "\"\xFF\"",
        "[1]]",   "{\"a\"}",   "{\"a\":}",    "{1:2}",       "[",           "{",
        "[1",     "\"\\",      "/**/1",       "'a'",         "0x10",        "[1]\v",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(good); i++)
        if (skip_all(good[i]) != DAVY_OK)
            fail_msg("%s: %s", good[i], davy_error());
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bad); i++)
        if (skip_all(bad[i]) != DAVY_ERR_INVALID)
            fail_msg("%s was taken", bad[i]);
}

/* As in Triton's test_json_recursion_depth_limit: 100 levels are read, 100,000 cost nothing. */
static void nesting_has_an_end(void **state)
{
    const size_t deep = 100000;
    char *text = malloc(2 * deep + 1);
    davy_json_reader reader;

    (void) state;
    memset(text, '[', deep);
    memset(text + deep, ']', deep);
    text[2 * deep] = '\0';
    assert_fails(skip_all(text), DAVY_ERR_INVALID, "nested deeper than 100 levels");
    davy_json_reader_init(&reader, text + deep - 100, 200);
    assert_ok(davy_json_skip(&reader, NULL));
    davy_json_reader_init(&reader, text + deep - 101, 202);
    assert_fails(davy_json_skip(&reader, NULL), DAVY_ERR_INVALID, "deeper");
    free(text);
}

static void every_truncation_is_told(void **state)
{
    static const char text[] = "{\"a\\n\": [1.5e3, \"\\u00e9\", true, null], \"b\": {}}";

    (void) state;
    for (size_t length = 0; length + 1 < sizeof text; length++) {
        char *copy = malloc(length + 1); /* so that a sanitizer sees a step too far */
        davy_json_reader reader;

        memcpy(copy, text, length);
        davy_json_reader_init(&reader, copy, length);
        assert_int_equal(davy_json_skip(&reader, NULL), DAVY_ERR_INVALID);
        free(copy);
    }
    assert_ok(skip_all(text));
}

static void texts_are_what_they_stand_for(void **state)
{
    static const struct {
        const char *json;
        davy_bytes text;
    } examples[] = {
        {"\"plain\"", {"plain", 5}},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", {"\"\\/\b\f\n\r\t", 8}},
        {"\"\\u00e9\\u20ac\\ud83d\\ude00\"", {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 9}},
        {"\"a\\u0000b\"", {"a\0b", 3}},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(examples); i++) {
        davy_json_reader reader = reader_of(examples[i].json);
        davy_bytes text;

        assert_ok(davy_json_string(&reader, &memory, &text));
        assert_int_equal(text.length, examples[i].text.length);
        assert_memory_equal(text.at, examples[i].text.at, text.length);
    }
}

static void whole_numbers_keep_every_bit_and_their_range(void **state)
{
    davy_json_reader reader = reader_of("[-9223372036854775808, 9223372036854775807, 1.0, 1e3]");
    static const int64_t expected[] = {INT64_MIN, INT64_MAX, 1, 1000};
    uint64_t large = 0;
    int64_t value = 0;
    bool more;

    (void) state;
    assert_ok(davy_json_enter(&reader, '['));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(expected); i++) {
        assert_ok(davy_json_next(&reader, &more));
        assert_ok(davy_json_integer_within(&reader, INT64_MIN, INT64_MAX, &value));
        assert_true(value == expected[i]);
    }
    reader = reader_of("18446744073709551615");
    assert_ok(davy_json_unsigned_within(&reader, UINT64_MAX, &large));
    assert_true(large == UINT64_MAX);
    reader = reader_of("18446744073709551616");
    assert_fails(davy_json_unsigned_within(&reader, UINT64_MAX, &large), DAVY_ERR_INVALID, "whole");
    reader = reader_of("  -129");
    assert_fails(davy_json_integer_within(&reader, INT8_MIN, INT8_MAX, &value), DAVY_ERR_INVALID,
                 "byte 2: expected a whole number within its type, not '-129'");
    reader = reader_of("1.5");
    assert_fails(davy_json_integer_within(&reader, INT8_MIN, INT8_MAX, &value), DAVY_ERR_INVALID,
                 "whole");
    reader = reader_of("-1");
    assert_fails(davy_json_unsigned_within(&reader, 9, &large), DAVY_ERR_INVALID, "zero or more");
    reader = reader_of("1e400");
    {
        double number;

        assert_fails(davy_json_double(&reader, &number), DAVY_ERR_INVALID, "fits a double");
    }
}

/* IEEE 754-2019, 3.6, and the rounding of ties; numbers as numpy.float16 prints their bits. */
static void halves_are_rounded_to_the_nearest(void **state)
{
    static const struct {
        float value;
        uint16_t half;
    } examples[] = {
        {0.0F, 0x0000},       {-0.0F, 0x8000},      {1.0F, 0x3C00},
        {-2.0F, 0xC000},      {65504.0F, 0x7BFF},   {65519.0F, 0x7BFF},
        {65520.0F, 0x7C00},   {0.1F, 0x2E66},       {0x1p-14F, 0x0400},
        {0x1p-24F, 0x0001},   {0x1p-25F, 0x0000},   {0x1.8p-25F, 0x0001},
        {0x1.002p0F, 0x3C00}, {0x1.006p0F, 0x3C02}, {0x1.FFEp-15F, 0x03FF + 1},
        {INFINITY, 0x7C00},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(examples); i++)
        if (davy_half_from_float(examples[i].value) != examples[i].half)
            fail_msg("%a: %04x", (double) examples[i].value,
                     davy_half_from_float(examples[i].value));
    for (unsigned half = 0; half < 0x7C00; half++)
        assert_int_equal(davy_half_from_float(davy_half_to_float((uint16_t) half)), half);
    assert_true(isnan(davy_half_to_float(0x7E00)));
}

/* RFC 4648, section 10. */
static void base64_is_that_of_the_rfc(void **state)
{
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(plain); i++) {
        davy_buffer out = {0};
        davy_bytes bytes;

        davy_base64_write(&out, (davy_bytes){plain[i], strlen(plain[i])});
        assert_int_equal(out.length, strlen(coded[i]));
        assert_memory_equal(out.bytes ? out.bytes : "", coded[i], out.length);
        assert_ok(davy_base64_read((davy_bytes){coded[i], strlen(coded[i])}, &memory, &bytes));
        assert_int_equal(bytes.length, strlen(plain[i]));
        assert_memory_equal(bytes.at, plain[i], bytes.length);
        davy_buffer_clear(&out);
    }
    assert_fails(davy_base64_read((davy_bytes){"Zm9v!", 5}, &memory, &(davy_bytes){0}),
                 DAVY_ERR_INVALID, "byte 4");
    assert_fails(davy_base64_read((davy_bytes){"Zm9vY", 5}, &memory, &(davy_bytes){0}),
                 DAVY_ERR_INVALID, "ends early");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_rfc_takes_and_nothing_else),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(every_truncation_is_told),
        cmocka_unit_test_teardown(texts_are_what_they_stand_for, tear_down),
        cmocka_unit_test(whole_numbers_keep_every_bit_and_their_range),
        cmocka_unit_test(halves_are_rounded_to_the_nearest),
        cmocka_unit_test_teardown(base64_is_that_of_the_rfc, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
