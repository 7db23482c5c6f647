/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"

#include "../one_file.h"
#include "../testing.h"
#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static void write_file(const char *bytes, size_t length)
{
    assert_ok(davy_file_replace(path, bytes, length, 0600));
}

static davy_csv *open_text(const char *text)
{
    davy_csv *csv = NULL;

    write_file(text, strlen(text));
    assert_ok(davy_csv_open(path, &csv));
    return csv;
}

static void open_fails(const char *bytes, size_t length, const char *words)
{
    davy_csv *csv;

    write_file(bytes, length);
    assert_fails(davy_csv_open(path, &csv), DAVY_ERR_INVALID, words);
}

/* The next row must hold exactly these fields; none for the end of the file. */
static void expect_row(davy_csv *csv, const char *const *wanted, size_t count)
{
    const char *const *fields;
    size_t columns;

    (void) davy_csv_header(csv, &columns);
    assert_ok(davy_csv_next(csv, &fields));
    if (count == 0) {
        assert_null(fields);
        return;
    }
    assert_non_null(fields);
    assert_int_equal(columns, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(fields[i], wanted[i]);
}

#define EXPECT_ROW(csv, ...)                              \
    expect_row((csv), (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define EXPECT_END(csv) expect_row((csv), NULL, 0)

/* The numbered examples of RFC 4180, section 2: line ends, quotes, line ends and quotes inside. */
static void reads_the_examples_of_the_standard(void **state)
{
    davy_csv *csv = open_text("field_name,b,c\r\naaa,bbb,ccc\r\n\"aaa\",\"b\r\nbb\",\"ccc\"\r\n"
                              "\"aaa\",\"b\"\"bb\",\"c,cc\"\r\nzzz,yyy,xxx");

    (void) state;
    EXPECT_ROW(csv, "aaa", "bbb", "ccc");
    EXPECT_ROW(csv, "aaa", "b\r\nbb", "ccc");
    assert_int_equal(davy_csv_line(csv), 3);
    EXPECT_ROW(csv, "aaa", "b\"bb", "c,cc");
    assert_int_equal(davy_csv_line(csv), 5);
    EXPECT_ROW(csv, "zzz", "yyy", "xxx");
    EXPECT_END(csv);
    EXPECT_END(csv);
    davy_csv_close(csv);
}

static void finds_the_delimiter_in_the_header(void **state)
{
    static const char *const texts[] = {"a,b\n1,2\n", "a;b\n1;2\n", "a\tb\n1\t2\n", "a|b\n1|2\n",
                                        "\"a,,,,\";b\n1;2\n"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++) {
        davy_csv *csv = open_text(texts[i]);

        EXPECT_ROW(csv, "1", "2");
        EXPECT_END(csv);
        davy_csv_close(csv);
    }
}

static void a_header_may_hold_line_ends_in_quotes(void **state)
{
    davy_csv *csv = open_text("time;\"level\nin m\";x\n1;2;3\n");
    size_t count;

    (void) state;
    assert_string_equal(davy_csv_header(csv, &count)[1], "level\nin m");
    EXPECT_ROW(csv, "1", "2", "3");
    assert_int_equal(davy_csv_line(csv), 3);
    davy_csv_close(csv);
}

static void passes_over_the_byte_order_mark_and_blank_lines(void **state)
{
    davy_csv *csv = open_text("\xEF\xBB\xBFtime,level\n\n\r\n1,2\n\n");
    size_t index;

    (void) state;
    assert_ok(davy_csv_column(csv, "time", &index));
    assert_int_equal(index, 0);
    EXPECT_ROW(csv, "1", "2");
    assert_int_equal(davy_csv_line(csv), 4);
    EXPECT_END(csv);
    davy_csv_close(csv);
}

static void keeps_empty_fields_and_quotes_inside_a_field(void **state)
{
    davy_csv *csv = open_text("a,b,c\n,,\n5\" pipe,\"\",x\"\"y\n");

    (void) state;
    EXPECT_ROW(csv, "", "", "");
    EXPECT_ROW(csv, "5\" pipe", "", "x\"\"y");
    EXPECT_END(csv);
    davy_csv_close(csv);
}

static void names_the_columns_that_are_there(void **state)
{
    davy_csv *csv = open_text("time,level,level\n");
    size_t index;

    (void) state;
    assert_fails(davy_csv_column(csv, "pressure", &index), DAVY_ERR_NOT_FOUND,
                 "no column 'pressure'; there are: time, level, level");
    assert_fails(davy_csv_column(csv, "level", &index), DAVY_ERR_INVALID, "twice");
    davy_csv_close(csv);
}

static void a_row_of_another_length_is_told_and_the_next_one_read(void **state)
{
    davy_csv *csv = open_text("a,b\n1\n1,2,3\n1,2\n");
    const char *const *fields;

    (void) state;
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID,
                 "line 2: 1 fields where the header has 2");
    assert_false(davy_csv_broken(csv));
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID,
                 "line 3: 3 fields where the header has 2");
    EXPECT_ROW(csv, "1", "2");
    davy_csv_close(csv);
}

static void text_behind_a_closing_quote_is_told(void **state)
{
    davy_csv *csv = open_text("a,b\n\"1\"x,2\n");
    const char *const *fields;

    (void) state;
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID,
                 "line 2: text follows a closing quote");
    davy_csv_close(csv);
}

static void an_open_quote_is_told_with_the_line_where_its_row_begins(void **state)
{
    davy_csv *csv = open_text("a,b\n1,2\n1,\"2\n3,4\n");
    const char *const *fields;

    (void) state;
    EXPECT_ROW(csv, "1", "2");
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "line 3: a quote is open");
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "earlier fault");
    assert_true(davy_csv_broken(csv));
    davy_csv_close(csv);
}

static void zero_bytes_and_broken_utf8_are_told_with_their_line(void **state)
{
    static const char zero[] = "a,b\n1,2\n1,\0\n";
    davy_csv *csv;
    const char *const *fields;

    (void) state;
    write_file(zero, sizeof zero - 1);
    assert_ok(davy_csv_open(path, &csv));
    EXPECT_ROW(csv, "1", "2");
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "line 3: a zero byte");
    davy_csv_close(csv);

    csv = open_text("a,b\n\xB0,2\n");
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "line 2: the text is not UTF-8");
    davy_csv_close(csv);
    open_fails("\0,b\n", 4, "line 1: a zero byte");
    open_fails("\xC3(,b\n", 5, "line 1: the text is not UTF-8");
}

static void a_file_without_a_header_is_refused(void **state)
{
    davy_csv *csv;

    (void) state;
    open_fails("", 0, "empty");
    open_fails("\n\n\n", 3, "empty");
    open_fails("\xEF\xBB\xBF", 3, "empty");
    assert_fails(davy_csv_open("/nonexistent/x.csv", &csv), DAVY_ERR_NOT_FOUND, "no such file");
    assert_fails(davy_csv_open("/tmp", &csv), DAVY_ERR_INVALID, "not a regular file");
}

static void rows_and_headers_past_the_limits_are_refused(void **state)
{
    size_t length = DAVY_CSV_ROW_MAX + 16;
    char *text = malloc(length);
    const char *const *fields;
    davy_csv *csv;

    (void) state;
    assert_non_null(text);
    memset(text, 'x', length);
    memcpy(text, "a\n", 2);
    text[length - 2] = '\n';
    write_file(text, length);
    assert_ok(davy_csv_open(path, &csv));
    assert_fails(davy_csv_next(csv, &fields), DAVY_ERR_INVALID, "line 2: a row is longer");
    davy_csv_close(csv);

    text[2 + DAVY_CSV_ROW_MAX] = '\n'; /* exactly the longest row */
    write_file(text, 2 + DAVY_CSV_ROW_MAX + 1);
    assert_ok(davy_csv_open(path, &csv));
    assert_ok(davy_csv_next(csv, &fields));
    assert_int_equal(strlen(fields[0]), DAVY_CSV_ROW_MAX);
    EXPECT_END(csv);
    davy_csv_close(csv);

    memset(text, ',', DAVY_CSV_COLUMNS_MAX);
    text[DAVY_CSV_COLUMNS_MAX] = '\n';
    open_fails(text, DAVY_CSV_COLUMNS_MAX + 1, "more than 16384 columns");
    free(text);
}

/* Rows of many lengths, so that rows and quotes fall on every place of the buffer's border. */
static void rows_survive_the_border_of_the_buffer(void **state)
{
    enum { ROWS = 40000 };
    davy_buffer text = {0};
    const char *const *fields;
    davy_csv *csv;
    char wanted[64];

    (void) state;
    davy_buffer_append_text(&text, "n,text\n");
    for (int i = 0; i < ROWS; i++)
        davy_buffer_printf(&text, "%d,\"%.*s\"\"\n\"\r\n", i, i % 37,
                           "abcdefghijklmnopqrstuvwxyz0123456789");
    write_file(text.bytes, text.length);
    assert_ok(davy_csv_open(path, &csv));
    for (int i = 0; i < ROWS; i++) {
        assert_ok(davy_csv_next(csv, &fields));
        assert_int_equal(atoi(fields[0]), i);
        (void) snprintf(wanted, sizeof wanted, "%.*s\"\n", i % 37,
                        "abcdefghijklmnopqrstuvwxyz0123456789");
        assert_string_equal(fields[1], wanted);
        assert_int_equal(davy_csv_line(csv), 2 + 2 * (uint64_t) i);
    }
    EXPECT_END(csv);
    davy_csv_close(csv);
    davy_buffer_clear(&text);
}

static void write_gzip(const char *text)
{
    gzFile file = gzopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, (unsigned) strlen(text)), strlen(text));
    assert_int_equal(gzclose(file), Z_OK);
}

static void reads_gzip_and_goes_back_to_the_first_row(void **state)
{
    davy_csv *csv;
    uint64_t done, total;

    (void) state;
    write_gzip("a,b\n1,2\n3,4\n");
    assert_ok(davy_csv_open(path, &csv));
    for (int round = 0; round < 2; round++) {
        EXPECT_ROW(csv, "1", "2");
        EXPECT_ROW(csv, "3", "4");
        EXPECT_END(csv);
        davy_csv_position(csv, &done, &total);
        assert_int_equal(done, total);
        assert_ok(davy_csv_rewind(csv));
    }
    EXPECT_ROW(csv, "1", "2");
    assert_int_equal(davy_csv_line(csv), 2);
    davy_csv_close(csv);
}

static void a_gzip_file_cut_short_is_damaged_not_shorter(void **state)
{
    davy_buffer bytes = {0};
    const char *const *fields;
    davy_csv *csv = NULL;
    davy_status status;

    (void) state;
    write_gzip("a,b\n1,2\n3,4\n");
    assert_ok(davy_file_read(path, 4096, &bytes));
    write_file(bytes.bytes, bytes.length - 5);
    davy_buffer_clear(&bytes);

    status = davy_csv_open(path, &csv);
    while (status == DAVY_OK) {
        status = davy_csv_next(csv, &fields);
        if (status == DAVY_OK)
            assert_non_null(fields);
    }
    assert_int_equal(status, DAVY_ERR_CORRUPT);
    assert_non_null(strstr(davy_error(), "cut short"));
    davy_csv_close(csv);
}

static void tells_how_far_it_is(void **state)
{
    davy_csv *csv = open_text("a\n1\n22\n");
    uint64_t done, total;

    (void) state;
    davy_csv_position(csv, &done, &total);
    assert_int_equal(done, 2);
    assert_int_equal(total, 7);
    EXPECT_ROW(csv, "1");
    davy_csv_position(csv, &done, &total);
    assert_int_equal(done, 4);
    davy_csv_close(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples_of_the_standard),
        cmocka_unit_test(finds_the_delimiter_in_the_header),
        cmocka_unit_test(a_header_may_hold_line_ends_in_quotes),
        cmocka_unit_test(passes_over_the_byte_order_mark_and_blank_lines),
        cmocka_unit_test(keeps_empty_fields_and_quotes_inside_a_field),
        cmocka_unit_test(names_the_columns_that_are_there),
        cmocka_unit_test(a_row_of_another_length_is_told_and_the_next_one_read),
        cmocka_unit_test(text_behind_a_closing_quote_is_told),
        cmocka_unit_test(an_open_quote_is_told_with_the_line_where_its_row_begins),
        cmocka_unit_test(zero_bytes_and_broken_utf8_are_told_with_their_line),
        cmocka_unit_test(a_file_without_a_header_is_refused),
        cmocka_unit_test(rows_and_headers_past_the_limits_are_refused),
        cmocka_unit_test(rows_survive_the_border_of_the_buffer),
        cmocka_unit_test(reads_gzip_and_goes_back_to_the_first_row),
        cmocka_unit_test(a_gzip_file_cut_short_is_damaged_not_shorter),
        cmocka_unit_test(tells_how_far_it_is),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
