/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Delimiters, encodings and headers that are found or named.
 */
#include "core/csv.h"

#include "../one_file.h"
#include "../testing.h"
#include "core/buffer.h"
#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>

static davy_status open_bytes(const char *bytes, size_t length, const davy_csv_options *options,
                              davy_csv **out)
{
    assert_ok(davy_file_replace(path, bytes, length, 0600));
    return davy_csv_open_as(path, options, out);
}

static davy_csv *open_text(const char *text, const davy_csv_options *options)
{
    davy_csv *csv = NULL;

    assert_ok(open_bytes(text, strlen(text), options, &csv));
    return csv;
}

/* The next row, its fields joined by '/'. "" at the end. */
static const char *next(davy_csv *csv)
{
    static char text[256];
    const char *const *fields = NULL;
    size_t count, used = 0;

    (void) davy_csv_header(csv, &count);
    assert_ok(davy_csv_next(csv, &fields));
    text[0] = '\0';
    for (size_t i = 0; fields && i < count; i++) {
        assert_int_equal(strlen(fields[i]), davy_csv_lengths(csv)[i]);
        used += (size_t) snprintf(text + used, sizeof text - used, "%s%s", i ? "/" : "", fields[i]);
    }
    return text;
}

static void takes_any_delimiter_that_is_named(void **state)
{
    static const struct {
        const char *name, *text, *row;
    } cases[] = {
        {"comma", "a;x,b\n1;2,3\n", "1;2/3"},    {"semicolon", "a,b,c;d\n1,2,3;4\n", "1,2,3/4"},
        {":", "a:b\n1:\"2:3\"\n", "1/2:3"},      {"^", "a^b\r\n1^\r\n", "1/"},
        {"tab", "a b\tc\n1 2\t3\n", "1 2/3"},    {"blanks", "  a  b\tc \n 1 \t 2   3  \n", "1/2/3"},
        {"blanks", "a b\n\"1 2\" 3\n", "1 2/3"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_csv_options options = {0};
        davy_csv *csv;

        assert_ok(davy_csv_delimiter_parse(cases[i].name, &options.delimiter));
        csv = open_text(cases[i].text, &options);
        assert_string_equal(next(csv), cases[i].row);
        assert_string_equal(next(csv), "");
        assert_int_equal(davy_csv_describe(csv).delimiter, options.delimiter);
        davy_csv_close(csv);
    }
}

/* A line that Excel writes and reads. The header itself may then have another delimiter in a name.
 */
static void takes_excels_word_for_the_delimiter(void **state)
{
    davy_csv *csv = open_text("sep=;\r\na,x;b\r\n1,5;2\r\n", NULL);

    (void) state;
    assert_int_equal(davy_csv_describe(csv).delimiter, ';');
    assert_string_equal(next(csv), "1,5/2");
    assert_ok(davy_csv_rewind(csv));
    assert_string_equal(next(csv), "1,5/2");
    assert_string_equal(next(csv), "");
    davy_csv_close(csv);
    csv = open_text("sep=x\n1\n", NULL); /* a name like another */
    assert_string_equal(next(csv), "1");
    davy_csv_close(csv);
}

static void says_what_is_no_delimiter(void **state)
{
    static const char *const wrong[] = {"", "\"", "\n", "::", "中", "commas"};
    char delimiter, name[DAVY_CSV_DELIMITER_MAX];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_csv_delimiter_parse(wrong[i], &delimiter), DAVY_ERR_INVALID,
                     "is no delimiter");
    assert_string_equal(davy_csv_delimiter_name('\t', name), "tab");
    assert_string_equal(davy_csv_delimiter_name('^', name), "^");
}

/* "时间,温度\n1,高\n" in GB18030, by iconv of the C library. */
static const char chinese[] = "\xCA\xB1\xBC\xE4,\xCE\xC2\xB6\xC8\n1,\xB8\xDF\n";

static void finds_gb18030_in_the_header(void **state)
{
    davy_csv *csv = open_text(chinese, NULL);
    size_t index;

    (void) state;
    assert_ok(davy_csv_column(csv, "温度", &index));
    assert_int_equal(index, 1);
    for (int round = 0; round < 2; round++) {
        assert_string_equal(next(csv), "1/高");
        assert_string_equal(next(csv), "");
        assert_ok(davy_csv_rewind(csv));
    }
    assert_string_equal(davy_csv_describe(csv).encoding, "GB18030");
    davy_csv_close(csv);
}

/* The second byte of 饇 is that of the bar, which is also the delimiter. */
static void a_byte_of_a_chinese_character_is_no_delimiter(void **state)
{
    const davy_csv_options options = {.encoding = "GB18030"};
    davy_csv *csv = open_text("a|b\n\xF0|1|2\n", &options);

    (void) state;
    assert_string_equal(next(csv), "饇1/2");
    davy_csv_close(csv);
}

static void finds_gb18030_far_behind_plain_rows(void **state)
{
    enum { ROWS = 60000 };
    davy_buffer text = {0};
    davy_csv *csv = NULL;

    (void) state;
    davy_buffer_append_text(&text, "n,word\n");
    for (int i = 0; i < ROWS; i++)
        davy_buffer_printf(&text, "%d,%s\n", i, i < ROWS / 2 ? "plain" : "\xB8\xDF\xCE\xC2");
    assert_ok(open_bytes(text.bytes, text.length, NULL, &csv));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < ROWS; i++) {
            char wanted[40];

            (void) snprintf(wanted, sizeof wanted, "%d/%s", i, i < ROWS / 2 ? "plain" : "高温");
            assert_string_equal(next(csv), wanted);
            assert_int_equal(davy_csv_line(csv), i + 2);
        }
        assert_string_equal(next(csv), "");
        assert_ok(davy_csv_rewind(csv));
    }
    davy_csv_close(csv);
    davy_buffer_clear(&text);
}

/* "Größe (°C)" and "température" in windows-1252: no encoding is guessed for them. */
static void does_not_take_western_letters_for_chinese(void **state)
{
    static const char *const texts[] = {"Gr\xF6\xDF"
                                        "e (\xB0"
                                        "C)\n1\n",
                                        "temp\xE9rature\n1\n"};
    const davy_csv_options named = {.encoding = "windows-1252"};
    davy_csv *csv = NULL;
    size_t index;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++)
        assert_fails(open_bytes(texts[i], strlen(texts[i]), NULL, &csv), DAVY_ERR_INVALID,
                     "line 1: the text is not UTF-8; name its encoding");
    csv = open_text(texts[0], &named);
    assert_ok(davy_csv_column(csv, "Größe (°C)", &index));
    davy_csv_close(csv);
}

static void one_file_has_one_encoding(void **state)
{
    davy_csv *csv = open_text("a,b\n高,1\n\xB8\xDF,2\n", NULL);
    const char *const *fields;

    (void) state;
    assert_string_equal(next(csv), "高/1");
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "line 3: the text is not UTF-8");
    davy_csv_close(csv);
}

static void tells_the_line_that_is_not_of_the_named_encoding(void **state)
{
    const davy_csv_options options = {.encoding = "GB18030"};
    davy_csv *csv = open_text("a,b\n1,2\n\xFF\xFF,2\n", &options);
    const char *const *fields;

    (void) state;
    assert_string_equal(next(csv), "1/2");
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "line 3: the text is not GB18030");
    assert_true(davy_csv_broken(csv));
    davy_csv_close(csv);
    csv = NULL;
    assert_fails(open_bytes("a\n1\n", 4, &(davy_csv_options){.encoding = "klingon"}, &csv),
                 DAVY_ERR_INVALID, "there is no encoding 'klingon'");
}

static void utf16_must_be_named(void **state)
{
    static const char text[] = "\xFF\xFE"
                               "a\0;\0b\0\n\0"
                               "1\0;\0\xE9\0\n\0";
    const davy_csv_options options = {.encoding = "UTF-16"};
    davy_csv *csv = NULL;

    (void) state;
    assert_fails(open_bytes(text, sizeof text - 1, NULL, &csv), DAVY_ERR_INVALID,
                 "line 1: the text is UTF-16; name it as its encoding");
    assert_fails(open_bytes(text + 2, sizeof text - 3, NULL, &csv), DAVY_ERR_INVALID,
                 "line 1: a zero byte; this is not a text file, or UTF-16");
    assert_ok(open_bytes(text, sizeof text - 1, &options, &csv));
    assert_string_equal(next(csv), "1/é");
    assert_string_equal(next(csv), "");
    davy_csv_close(csv);
}

static void names_the_columns_of_a_file_without_a_header(void **state)
{
    const davy_csv_options options = {.delimiter = DAVY_CSV_BLANKS, .headless = true};
    davy_csv *csv = open_text("1 1 -0.0007 100.0  \n1 2 0.0019 100.0  \n", &options);
    size_t count, index;

    (void) state;
    (void) davy_csv_header(csv, &count);
    assert_int_equal(count, 4);
    assert_ok(davy_csv_column(csv, "c3", &index));
    assert_int_equal(index, 2);
    for (int round = 0; round < 2; round++) {
        assert_string_equal(next(csv), "1/1/-0.0007/100.0");
        assert_int_equal(davy_csv_line(csv), 1);
        assert_string_equal(next(csv), "1/2/0.0019/100.0");
        assert_string_equal(next(csv), "");
        assert_ok(davy_csv_rewind(csv));
    }
    davy_csv_close(csv);
}

static void a_first_line_of_measured_numbers_is_no_header(void **state)
{
    davy_csv *csv = NULL;

    (void) state;
    assert_fails(open_bytes("1.5,2\n3,4\n", 10, NULL, &csv), DAVY_ERR_INVALID,
                 "line 1: the first line holds numbers and no names of columns");
    assert_fails(open_bytes("2,2\n3,4\n", 8, NULL, &csv), DAVY_ERR_INVALID, "--header none");
    csv = open_text("0,1,2\n1.5,2.5,3.5\n", NULL); /* as some programs name columns */
    assert_string_equal(next(csv), "1.5/2.5/3.5");
    davy_csv_close(csv);
}

static void line_ends_of_one_carriage_return_are_told(void **state)
{
    davy_csv *csv = NULL;

    (void) state;
    assert_fails(open_bytes("a,b\r1,2\r3,4\r", 12, NULL, &csv), DAVY_ERR_INVALID,
                 "lines end with a carriage return alone");
}

/* What looks at sixteen bytes at once must find what looks at one: rows of every length, with the
 * signs at every place. */
static void finds_fields_at_every_place_of_a_block(void **state)
{
    enum { WIDTHS = 40 };
    davy_buffer text = {0};
    davy_csv *csv = NULL;
    char wanted[200];

    (void) state;
    davy_buffer_append_text(&text, "a,b\n");
    for (int i = 0; i < WIDTHS * WIDTHS; i++)
        davy_buffer_printf(&text, "%0*d,%0*d%s\n", i % WIDTHS + 1, 7, i / WIDTHS + 1, 6,
                           i % 3 ? "" : "\r");
    assert_ok(open_bytes(text.bytes, text.length - 1, NULL, &csv));
    for (int i = 0; i < WIDTHS * WIDTHS; i++) {
        (void) snprintf(wanted, sizeof wanted, "%0*d/%0*d", i % WIDTHS + 1, 7, i / WIDTHS + 1, 6);
        assert_string_equal(next(csv), wanted);
    }
    assert_string_equal(next(csv), "");
    davy_csv_close(csv);
    davy_buffer_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_any_delimiter_that_is_named),
        cmocka_unit_test(takes_excels_word_for_the_delimiter),
        cmocka_unit_test(says_what_is_no_delimiter),
        cmocka_unit_test(finds_gb18030_in_the_header),
        cmocka_unit_test(a_byte_of_a_chinese_character_is_no_delimiter),
        cmocka_unit_test(finds_gb18030_far_behind_plain_rows),
        cmocka_unit_test(does_not_take_western_letters_for_chinese),
        cmocka_unit_test(one_file_has_one_encoding),
        cmocka_unit_test(tells_the_line_that_is_not_of_the_named_encoding),
        cmocka_unit_test(utf16_must_be_named),
        cmocka_unit_test(names_the_columns_of_a_file_without_a_header),
        cmocka_unit_test(a_first_line_of_measured_numbers_is_no_header),
        cmocka_unit_test(line_ends_of_one_carriage_return_are_told),
        cmocka_unit_test(finds_fields_at_every_place_of_a_block),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
