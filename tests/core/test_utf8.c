/* SPDX-License-Identifier: Apache-2.0 */
#include "core/utf8.h"

#include "../testing.h"

/* Rows of table 3-7 of the Unicode Standard 15.0: first and last sequence of each row. */
static void takes_the_well_formed_sequences_of_the_standard(void **state)
{
    static const char *const well[] = {
        "plain",        "\x7F",         "\xC2\x80",         "\xDF\xBF",
        "\xE0\xA0\x80", "\xEC\xBF\xBF", "\xED\x9F\xBF",     "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xE6\xB8\xA9", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
    };

    (void) state;
    assert_true(davy_utf8_valid("", 0));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(well); i++)
        assert_true(davy_utf8_valid(well[i], strlen(well[i])));
}

static void refuses_what_the_standard_calls_ill_formed(void **state)
{
    static const char *const ill[] = {
        "\x80",     "\xC0\x80",         "\xC1\xBF", "\xC2", "\xE0\x9F\xBF",     "\xED\xA0\x80",
        "\xE6\xB8", "\xF0\x8F\xBF\xBF", "\xF5\x80", "\xFF", "\xF4\x90\x80\x80", "temperature \260C",
    };

    (void) state;
    assert_false(davy_utf8_valid("", 1)); /* a zero byte */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ill); i++)
        assert_false(davy_utf8_valid(ill[i], strlen(ill[i])));
}

static void finds_a_broken_byte_at_every_place_of_a_long_text(void **state)
{
    char text[40];

    (void) state;
    for (size_t i = 0; i < sizeof text; i++) {
        memset(text, 'x', sizeof text);
        assert_true(davy_utf8_valid(text, sizeof text));
        text[i] = i % 2 ? '\0' : '\xB0';
        assert_false(davy_utf8_valid(text, sizeof text));
    }
}

static void shows_foreign_text_without_control_characters(void **state)
{
    char out[12];

    (void) state;
    assert_string_equal(davy_utf8_show("a\x1B[b\n\xFF", 6, out, sizeof out), "a?[b??");
    assert_string_equal(davy_utf8_show("", 0, out, sizeof out), "");
    assert_string_equal(davy_utf8_show("elevenchars", 11, out, sizeof out), "elevenchars");
    assert_string_equal(davy_utf8_show("twelve chars", 12, out, sizeof out), "twelve c...");
}

static void cuts_between_characters_and_never_past_the_end(void **state)
{
    const char *text = "\xE6\xB8\xA9\xE5\xBA\xA6\xE6\xB8\xA9\xE5\xBA\xA6";
    char out[32];

    (void) state;
    for (size_t capacity = 5; capacity <= sizeof out; capacity++) {
        memset(out, '#', sizeof out);
        davy_utf8_show(text, strlen(text), out, capacity);
        assert_true(strlen(out) < capacity);
        assert_true(davy_utf8_valid(out, strlen(out)));
    }
    assert_string_equal(out, text);
}

static void takes_away_what_a_cut_has_left_of_a_character(void **state)
{
    char text[] = "\xE6\xB8\xA9\xE5\xBA\xA6";

    (void) state;
    davy_utf8_mend(text);
    assert_int_equal(strlen(text), 6);
    text[5] = '\0';
    davy_utf8_mend(text);
    assert_string_equal(text, "\xE6\xB8\xA9");
    text[1] = '\0';
    davy_utf8_mend(text);
    assert_string_equal(text, "");
    davy_utf8_mend(text);
    assert_string_equal(text, "");
}

/* One character of each length, and what is behind the end. */
static void reads_character_by_character(void **state)
{
    static const char text[] = "a\xc2\x85\xe6\xb8\xa9\xf0\x9f\x94\xa5";
    static const uint32_t signs[] = {'a', 0x85, 0x6e29, 0x1f525, 0, 0};
    const char *at = text;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(signs); i++)
        assert_int_equal(davy_utf8_next(&at), signs[i]);
    assert_ptr_equal(at, text + sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_well_formed_sequences_of_the_standard),
        cmocka_unit_test(refuses_what_the_standard_calls_ill_formed),
        cmocka_unit_test(finds_a_broken_byte_at_every_place_of_a_long_text),
        cmocka_unit_test(shows_foreign_text_without_control_characters),
        cmocka_unit_test(cuts_between_characters_and_never_past_the_end),
        cmocka_unit_test(takes_away_what_a_cut_has_left_of_a_character),
        cmocka_unit_test(reads_character_by_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
