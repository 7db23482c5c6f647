/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What columns of files are found, set and said to hold.
 */
#include "../one_file.h"
#include "../testing.h"

#include "core/buffer.h"
#include "core/file.h"
#include "data/table.h"
#include "data/table_inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const files[] = {path};

static void write_text(const char *text)
{
    assert_ok(davy_file_replace(path, text, strlen(text), 0600));
}

/* `count` rows of a text, each with its number in place of %d. */
static void write_rows(const char *header, size_t count, const char *row, const char *last)
{
    davy_buffer text = {0};

    davy_buffer_append_text(&text, header);
    for (size_t i = 0; i < count; i++)
        for (const char *c = row; *c; c++)
            if (*c == '#')
                davy_buffer_printf(&text, "%zu", i);
            else
                davy_buffer_append(&text, c, 1);
    davy_buffer_append_text(&text, last);
    assert_ok(davy_buffer_ok(&text));
    assert_ok(davy_file_replace(path, text.bytes, text.length, 0600));
    davy_buffer_clear(&text);
}

static davy_table_facts inspect(const davy_table_csv_options *options)
{
    davy_table_facts facts = {0};

    assert_ok(davy_table_inspect(files, 1, options, 0, &facts));
    assert_true(facts.whole);
    return facts;
}

static void expect_type(const davy_table_facts *facts, const char *name, davy_column_type type,
                        const char *why)
{
    const davy_column_facts *column = davy_table_facts_find(facts, name);

    assert_non_null(column);
    if (column->type != type || !strstr(column->why, why))
        fail_msg("column '%s' is %s: %s", name, davy_column_type_name(column->type), column->why);
}

static void tells_numbers_categories_times_and_text(void **state)
{
    const davy_table_csv_options options = {.time_column = "when", .label_column = "state"};
    davy_table_facts facts;

    (void) state;
    write_rows("when,x,flow,grade,who,day,empty,state,\n", 60,
               "2026-01-01 00:00:00,#.5,NA,A,name#,2026-01-01,,ok,7\n", "0,1,inf,3,z,,,ok,7\n");
    facts = inspect(&options);
    expect_type(&facts, "x", DAVY_COLUMN_NUMBER, "all cells are numbers");
    expect_type(&facts, "flow", DAVY_COLUMN_TEXT, "no cell has a finite value");
    expect_type(&facts, "grade", DAVY_COLUMN_CATEGORY, "2 different words and numbers");
    expect_type(&facts, "who", DAVY_COLUMN_TEXT, "61 different words in 61 cells");
    expect_type(&facts, "day", DAVY_COLUMN_TIME, "times as year-month-day");
    expect_type(&facts, "empty", DAVY_COLUMN_TEXT, "no cell");
    expect_type(&facts, "state", DAVY_COLUMN_LABEL, "numbers");
    expect_type(&facts, "", DAVY_COLUMN_TEXT, "it has no name");
    assert_int_equal(facts.rows, 61);
    assert_int_equal(davy_table_facts_find(&facts, "flow")->missing, 60);
    assert_int_equal(davy_table_facts_find(&facts, "flow")->infinite, 1);
    assert_int_equal(davy_table_facts_find(&facts, "x")->numbers, 61);
    assert_near(davy_table_facts_find(&facts, "x")->high, 59.5, 0);
    assert_near(davy_table_facts_find(&facts, "x")->low, 0.5, 0);
    davy_table_facts_clear(&facts);
}

static void a_measured_column_with_a_word_says_file_line_column_and_remedy(void **state)
{
    davy_column_settings types = {0};
    davy_table_csv_options options = {0};
    davy_table_facts facts;
    davy_table table = {0};

    (void) state;
    write_rows("x,y\n", 5000, "#.5,1\n", "Bad,1\n");
    facts = inspect(&options);
    expect_type(&facts, "x", DAVY_COLUMN_MIXED,
                "line 5002: column 'x': 'Bad' is no number, but "
                "5000 other cells are; say --types 'x=number'");
    assert_int_equal(davy_table_facts_find(&facts, "x")->odd.line, 5002);
    davy_table_facts_clear(&facts);

    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_INVALID,
                 "line 5002: column 'x': 'Bad' is no number");
    assert_non_null(strstr(davy_error(), path));

    assert_ok(davy_column_settings_parse("x=number", &types));
    options.types = &types;
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 2);
    assert_near(davy_table_at(&table, 4999, 0), 4999.5, 0);
    assert_true(isnan(davy_table_at(&table, 5000, 0)));
    davy_table_clear(&table);
    davy_column_settings_clear(&types);

    assert_ok(davy_column_settings_parse("x=skip", &types));
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 1);
    assert_string_equal(table.names[0], "y");
    davy_table_clear(&table);
    davy_column_settings_clear(&types);
}

static void words_become_levels_in_the_order_of_their_bytes(void **state)
{
    const davy_table_csv_options options = {.categories = true};
    davy_table table = {0};

    (void) state;
    write_text("service,port\nssh,22\nftp,21\n,0\nhttp ,80\nssh,22\n");
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 2);
    assert_non_null(table.levels);
    assert_int_equal(table.levels[0].count, 3);
    assert_string_equal(table.levels[0].names[0], "ftp");
    assert_string_equal(table.levels[0].names[1], "http");
    assert_string_equal(table.levels[0].names[2], "ssh");
    assert_int_equal(table.levels[1].count, 0);
    assert_near(davy_table_at(&table, 0, 0), 2, 0);
    assert_near(davy_table_at(&table, 1, 0), 0, 0);
    assert_true(isnan(davy_table_at(&table, 2, 0)));
    assert_near(davy_table_at(&table, 3, 0), 1, 0);
    davy_table_clear(&table);
}

static void words_are_left_out_where_no_categories_are_wanted(void **state)
{
    davy_table table = {0};

    (void) state;
    write_text("service,port\nssh,22\nftp,21\n");
    assert_ok(davy_table_read_csv(files, 1, &(davy_table_csv_options){0}, &table));
    assert_int_equal(table.columns, 1);
    assert_null(table.levels);
    davy_table_clear(&table);
}

static void a_model_s_words_keep_their_numbers_and_a_strange_one_is_count(void **state)
{
    static const char *const columns[] = {"port", "service"};
    char ftp[] = "ftp", ssh[] = "ssh", *words[] = {ftp, ssh};
    const davy_levels levels[] = {{NULL, 0}, {words, 2}};
    const davy_table_csv_options options = {
        .columns = columns, .column_count = 2, .levels = levels, .categories = true};
    davy_table table = {0};

    (void) state;
    write_text("service,port\nssh,22\nsmtp,25\n,1\nftp,21\n");
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.levels[1].count, 2);
    assert_near(davy_table_at(&table, 0, 1), 1, 0);
    assert_near(davy_table_at(&table, 1, 1), 2, 0);
    assert_true(isnan(davy_table_at(&table, 2, 1)));
    assert_near(davy_table_at(&table, 3, 1), 0, 0);
    davy_table_clear(&table);

    write_text("service,port\nssh,twenty\n"); /* which was a number when it was learnt */
    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_INVALID,
                 "line 2: column 'port': 'twenty' is no number");
}

static void a_column_of_too_many_words_is_left_out_and_told(void **state)
{
    const davy_table_csv_options options = {.categories = true};
    davy_table_facts facts;
    davy_table table = {0};

    (void) state;
    write_rows("id,x\n", 1001, "n#,1\nn#,1\nn#,1\n", "");
    facts = inspect(&options);
    expect_type(&facts, "id", DAVY_COLUMN_TEXT, "more than 1000 different words");
    davy_table_facts_clear(&facts);
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 1);
    davy_table_clear(&table);

    write_rows("id,x\n", 5000, "ab,1\n", "");
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 2);
    davy_table_clear(&table);
}

/* The first rows say category; all of them say text. */
static void later_rows_may_say_what_a_column_is(void **state)
{
    const davy_table_csv_options options = {.categories = true};
    davy_buffer text = {0};
    davy_table table = {0};

    (void) state;
    davy_buffer_append_text(&text, "name,late,x\n");
    for (int i = 0; i < 5000; i++)
        davy_buffer_printf(&text, "a,,%d\n", i);
    for (int i = 0; i < 1500; i++)
        davy_buffer_printf(&text, "w%d,%d,1\n", i, i);
    assert_ok(davy_file_replace(path, text.bytes, text.length, 0600));
    davy_buffer_clear(&text);
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 2);
    assert_string_equal(table.names[0], "late");
    assert_near(davy_table_at(&table, 6499, 0), 1499, 0);
    davy_table_clear(&table);
}

static void finds_a_decimal_comma_or_asks(void **state)
{
    davy_table_csv_options options = {0};
    davy_table table = {0};

    (void) state;
    write_text("a;b\n1,5;7\n-0,25;8\n");
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 2);
    assert_near(davy_table_at(&table, 0, 0), 1.5, 0);
    assert_near(davy_table_at(&table, 1, 0), -0.25, 0);
    davy_table_clear(&table);

    write_text("a;b\n12,345;7\n23,456;8\n"); /* twelve, or twelve thousand */
    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_INVALID,
                 "line 2: column 'a': '12,345' may have a decimal comma, or one of thousands");
    options.decimal = ',';
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_near(davy_table_at(&table, 0, 0), 12.345, 0);
    davy_table_clear(&table);

    options.decimal = 0;
    write_text("a,b\n\"1,5\",1.5\n\"2,5\",2.5\n\"3,5\",2.5\n"); /* one file has one sign */
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.columns, 1);
    davy_table_clear(&table);
}

static void finds_a_decimal_comma_far_behind_whole_numbers(void **state)
{
    davy_table table = {0};

    (void) state;
    write_rows("a;b\n", 5000, "#;1\n", "1,5;2\n");
    assert_ok(davy_table_read_csv(files, 1, &(davy_table_csv_options){0}, &table));
    assert_near(davy_table_at(&table, 5000, 0), 1.5, 0);
    davy_table_clear(&table);
}

static void a_column_of_times_has_one_format(void **state)
{
    davy_column_settings types = {0};
    davy_table_csv_options options = {.time_column = "t"};
    davy_table table = {0};

    (void) state;
    write_text("t,x\n01/02/2026 00:00,1\n02/02/2026 00:00,2\n");
    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_INVALID,
                 "column 't': its times may be day/month/year or month/day/year: say --types "
                 "'t=time:dmy' or 't=time:mdy'");
    assert_ok(davy_column_settings_parse("t=time:dmy", &types));
    options.types = &types;
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.times[1] - table.times[0], INT64_C(86400000000000));
    davy_table_clear(&table);
    davy_column_settings_clear(&types);

    write_text("t,x\n2026-01-30,1\n31.01.2026,2\n"); /* dates in several formats */
    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_INVALID,
                 "line 3: column 't': '31.01.2026' is not a time as year-month-day");
}

/* The thirteenth of a month stands behind the first rows and tells day from month. */
static void the_format_of_times_is_looked_for_in_all_rows(void **state)
{
    const davy_table_csv_options options = {.time_column = "t"};
    davy_table table = {0};

    (void) state;
    write_rows("t,x\n", 5000, "01/02/2026,#\n", "13/02/2026,1\n");
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_int_equal(table.times[5000] - table.times[0], INT64_C(12) * 86400000000000);
    davy_table_clear(&table);
}

static void says_what_is_wrong_with_types_that_are_set(void **state)
{
    static const struct {
        const char *text, *words;
    } wrong[] = {{"x", "'x' is not COLUMN=TYPE"},
                 {"=number", "is not COLUMN=TYPE"},
                 {"x=integer", "'integer' is no type"},
                 {"x=time:roman", "'roman' is no format"},
                 {"x=number:dmy", "'dmy' is no format"}};
    davy_column_settings types = {0};
    const davy_table_csv_options options = {.types = &types};
    davy_table table = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_column_settings_parse(wrong[i].text, &types), DAVY_ERR_INVALID,
                     wrong[i].words);
    write_text("x\n1\n");
    assert_ok(davy_column_settings_parse("y=number,x=number", &types));
    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_INVALID,
                 "has no column 'y'");
    davy_column_settings_clear(&types);
}

static void columns_of_one_name_and_without_a_name_are_told(void **state)
{
    davy_table table = {0};

    (void) state;
    write_text("x,x\n1,2\n");
    assert_fails(davy_table_read_csv(files, 1, &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_INVALID, "column 'x' is there twice");
    write_text(",x,\n0,1,2\n1,2,3\n"); /* an index, and a delimiter at the end of each line */
    assert_ok(davy_table_read_csv(files, 1, &(davy_table_csv_options){0}, &table));
    assert_int_equal(table.columns, 1);
    davy_table_clear(&table);
    write_text("a,b\nx,\ny,NaN\n");
    assert_fails(davy_table_read_csv(files, 1, &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_INVALID,
                 "no column holds numbers only: 'a': 2 different words; 'b': no cell has a finite");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_numbers_categories_times_and_text),
        cmocka_unit_test(a_measured_column_with_a_word_says_file_line_column_and_remedy),
        cmocka_unit_test(words_become_levels_in_the_order_of_their_bytes),
        cmocka_unit_test(words_are_left_out_where_no_categories_are_wanted),
        cmocka_unit_test(a_model_s_words_keep_their_numbers_and_a_strange_one_is_count),
        cmocka_unit_test(a_column_of_too_many_words_is_left_out_and_told),
        cmocka_unit_test(later_rows_may_say_what_a_column_is),
        cmocka_unit_test(finds_a_decimal_comma_or_asks),
        cmocka_unit_test(finds_a_decimal_comma_far_behind_whole_numbers),
        cmocka_unit_test(a_column_of_times_has_one_format),
        cmocka_unit_test(the_format_of_times_is_looked_for_in_all_rows),
        cmocka_unit_test(says_what_is_wrong_with_types_that_are_set),
        cmocka_unit_test(columns_of_one_name_and_without_a_name_are_told),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
