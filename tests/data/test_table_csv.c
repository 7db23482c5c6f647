/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static int set_up(void **state)
{
    (void) state;
    (void) snprintf(folder, sizeof folder, "/tmp/davy-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[128];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *file(const char *name, const char *text)
{
    static char paths[4][128];
    static size_t next;
    char *path = paths[next++ % 4];
    FILE *out;

    (void) snprintf(path, 128, "%s/%s", folder, name);
    out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    return path;
}

static davy_status read_one(const char *path, const davy_table_csv_options *options,
                            davy_table *table)
{
    return davy_table_read_csv(&path, 1, options, table);
}

static void takes_the_columns_that_are_numbers(void **state)
{
    const char *path = file("a.csv", "when;name;x;y;empty;state\n"
                                     "2026-01-01 00:00:00;p;1.5;2;;0\n"
                                     "2026-01-01 00:00:01;q;;-3e2;;1\n");
    const davy_table_csv_options options = {.time_column = "when", .label_column = "state"};
    davy_table table = {0};

    (void) state;
    assert_ok(read_one(path, &options, &table));
    assert_int_equal(table.rows, 2);
    assert_int_equal(table.columns, 2);
    assert_string_equal(table.names[0], "x");
    assert_string_equal(table.names[1], "y");
    assert_near(davy_table_at(&table, 0, 0), 1.5, 0);
    assert_true(isnan(davy_table_at(&table, 1, 0)));
    assert_near(davy_table_at(&table, 1, 1), -300, 0);
    assert_int_equal(table.times[1] - table.times[0], 1000000000);
    assert_near(table.labels[0], 0, 0);
    assert_near(table.labels[1], 1, 0);
    assert_int_equal(table.run_count, 1);
    assert_string_equal(table.run_names[0], path);
    davy_table_clear(&table);
}

static void names_file_line_and_column_of_a_cell_that_is_no_number(void **state)
{
    static const char *const wanted[] = {"x", "name"};
    const char *path = file("a.csv", "name,x\np,1\nq,2\n");
    const davy_table_csv_options options = {.columns = wanted, .column_count = 2};
    davy_table table = {0};

    (void) state;
    assert_fails(read_one(path, &options, &table), DAVY_ERR_INVALID,
                 "a.csv: line 2: column 'name': 'p' is no number");
    path = file("b.csv", "x,l\n1,0\n2,yes\n");
    assert_fails(read_one(path, &(davy_table_csv_options){.label_column = "l"}, &table),
                 DAVY_ERR_INVALID, "line 3: column 'l': 'yes'");
    path = file("c.csv", "t,x\n2026-01-01,1\nsoon,2\n");
    assert_fails(read_one(path, &(davy_table_csv_options){.time_column = "t"}, &table),
                 DAVY_ERR_INVALID, "line 3: column 't'");
}

static void keeps_the_order_of_named_columns(void **state)
{
    static const char *const wanted[] = {"y", "x"};
    const char *path = file("a.csv", "x,y,z\n1,2,3\n");
    const davy_table_csv_options options = {.columns = wanted, .column_count = 2};
    davy_table table = {0};

    (void) state;
    assert_ok(read_one(path, &options, &table));
    assert_int_equal(table.columns, 2);
    assert_near(davy_table_at(&table, 0, 0), 2, 0);
    assert_near(davy_table_at(&table, 0, 1), 1, 0);
    davy_table_clear(&table);
}

static void makes_a_run_of_every_file_of_a_glob(void **state)
{
    char pattern[128];
    const char *paths[] = {pattern};
    davy_table table = {0};

    (void) state;
    (void) file("run1.csv", "x,y\n1,2\n3,4\n");
    (void) file("run2.csv", "y,x\n6,5\n"); /* the same columns elsewhere */
    (void) snprintf(pattern, sizeof pattern, "%s/run*.csv", folder);
    assert_ok(davy_table_read_csv(paths, 1, &(davy_table_csv_options){0}, &table));
    assert_int_equal(table.rows, 3);
    assert_int_equal(table.run_count, 2);
    assert_int_equal(table.runs[1], 0);
    assert_int_equal(table.runs[2], 1);
    assert_near(davy_table_at(&table, 2, 0), 5, 0);
    assert_null(table.times);
    assert_null(table.labels);
    davy_table_clear(&table);
}

static void puts_the_rows_of_a_group_together_in_their_order(void **state)
{
    const char *path = file("a.csv", "unit,x\nb,1\na,2\nb,3\na,4\n");
    davy_table table = {0};

    (void) state;
    assert_ok(read_one(path, &(davy_table_csv_options){.group_column = "unit"}, &table));
    assert_int_equal(table.run_count, 2);
    assert_string_equal(table.run_names[0], "b");
    assert_near(davy_table_at(&table, 0, 0), 1, 0);
    assert_near(davy_table_at(&table, 1, 0), 3, 0);
    assert_near(davy_table_at(&table, 2, 0), 2, 0);
    assert_int_equal(table.runs[2], 1);
    davy_table_clear(&table);
}

static void says_what_a_table_cannot_be_made_of(void **state)
{
    const char *paths[] = {NULL, NULL};
    davy_table table = {0};

    (void) state;
    assert_fails(davy_table_read_csv(paths, 0, &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_INVALID, "no file");
    assert_fails(read_one("/nonexistent/*.csv", &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_NOT_FOUND, "/nonexistent/*.csv");
    assert_fails(read_one(file("a.csv", "x\n"), &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_INVALID, "no rows");
    assert_fails(read_one(file("b.csv", "x\none\n"), &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_INVALID, "no column holds numbers");
    assert_fails(
        read_one(file("c.csv", "x\n1\n"), &(davy_table_csv_options){.time_column = "when"}, &table),
        DAVY_ERR_INVALID, "when");
    paths[0] = file("d.csv", "x,y\n1,2\n");
    paths[1] = file("e.csv", "x\n1\n");
    assert_fails(davy_table_read_csv(paths, 2, &(davy_table_csv_options){0}, &table),
                 DAVY_ERR_INVALID, "e.csv");
}

static void reads_on_without_a_label_that_may_be_missing(void **state)
{
    const davy_table_csv_options options = {.label_column = "state", .label_optional = true};
    davy_table table = {0};

    (void) state;
    assert_ok(read_one(file("a.csv", "x\n1\n"), &options, &table));
    assert_non_null(table.labels);
    assert_true(isnan(table.labels[0]));
    davy_table_clear(&table);
    assert_fails(read_one(file("a.csv", "x\n1\n"),
                          &(davy_table_csv_options){.label_column = "state"}, &table),
                 DAVY_ERR_INVALID, "state");
}

static void copies_a_table_into_memory_of_its_own(void **state)
{
    davy_table table = {0}, copy = {0};

    (void) state;
    assert_ok(read_one(file("a.csv", "x,y\n1,2\n"), &(davy_table_csv_options){0}, &table));
    assert_ok(davy_table_copy(&table, &copy));
    davy_table_clear(&table);
    assert_int_equal(copy.rows, 1);
    assert_string_equal(copy.names[1], "y");
    assert_near(davy_table_at(&copy, 0, 1), 2, 0);
    davy_table_clear(&copy);
    davy_table_clear(&copy); /* a cleared one is fine */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_the_columns_that_are_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_file_line_and_column_of_a_cell_that_is_no_number,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_the_order_of_named_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_a_run_of_every_file_of_a_glob, set_up, tear_down),
        cmocka_unit_test_setup_teardown(puts_the_rows_of_a_group_together_in_their_order, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(says_what_a_table_cannot_be_made_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_on_without_a_label_that_may_be_missing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(copies_a_table_into_memory_of_its_own, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("data: tables from CSV", tests, NULL, NULL);
}
