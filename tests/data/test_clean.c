/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/clean.h"

#include <math.h>
#include <stdlib.h>

/* A table of two columns: the row's number, and its number times ten. */
static davy_table make(size_t rows)
{
    davy_table table = {.rows = rows, .columns = 2};

    table.values = calloc(rows * 2, sizeof *table.values);
    table.times = calloc(rows, sizeof *table.times);
    table.runs = calloc(rows, sizeof *table.runs);
    table.labels = calloc(rows, sizeof *table.labels);
    table.names = calloc(2, sizeof *table.names);
    for (size_t row = 0; row < rows; row++) {
        table.values[row] = (double) row;
        table.values[rows + row] = 10.0 * (double) row;
        table.labels[row] = (double) row;
        table.times[row] = (int64_t) row;
    }
    return table;
}

static void leaves_rows_that_are_in_order_alone(void **state)
{
    davy_table table = make(5);
    davy_quality_report report = {0};

    (void) state;
    assert_ok(davy_clean_order(&table, &report));
    assert_int_equal(report.rows, 5);
    assert_int_equal(report.shuffled + report.repeated, 0);
    assert_float_equal(davy_table_at(&table, 4, 1), 40, 0);
    davy_table_clear(&table);
}

/* Times 0 3 1 3 4: row 2 stands before an earlier one, rows 1 and 3 have one time. */
static void orders_rows_by_time_and_keeps_the_last_of_a_time(void **state)
{
    davy_table table = make(5);
    davy_quality_report report = {0};
    const double expected[] = {0, 2, 3, 4};

    (void) state;
    table.times[1] = 3;
    table.times[2] = 1;
    assert_ok(davy_clean_order(&table, &report));
    assert_int_equal(table.rows, 4);
    assert_int_equal(report.rows, 4);
    assert_int_equal(report.shuffled, 1);
    assert_int_equal(report.repeated, 1);
    for (size_t row = 0; row < 4; row++) {
        assert_float_equal(davy_table_at(&table, row, 0), expected[row], 0);
        assert_float_equal(davy_table_at(&table, row, 1), 10 * expected[row], 0);
        assert_float_equal(table.labels[row], expected[row], 0);
    }
    davy_table_clear(&table);
}

static void does_not_order_across_runs(void **state)
{
    davy_table table = make(4);
    davy_quality_report report = {0};

    (void) state;
    table.runs[2] = table.runs[3] = 1;
    table.times[2] = 0;
    table.times[3] = 1; /* the same times in another run are no repetition */
    assert_ok(davy_clean_order(&table, &report));
    assert_int_equal(table.rows, 4);
    assert_int_equal(report.shuffled + report.repeated, 0);
    davy_table_clear(&table);
}

/* Runs at 10, 4 and 4: the first goes behind, the others keep their order and their rows. */
static void puts_the_run_that_began_last_at_the_end(void **state)
{
    davy_table table = make(6);
    davy_quality_report report = {0};
    const int64_t times[] = {10, 11, 4, 5, 4, 6};
    const double expected[] = {2, 3, 4, 5, 0, 1};

    (void) state;
    for (size_t row = 0; row < 6; row++) {
        table.times[row] = times[row];
        table.runs[row] = (uint32_t) (row / 2);
    }
    assert_ok(davy_clean_order(&table, &report));
    assert_int_equal(report.rows, 6);
    assert_int_equal(report.shuffled + report.repeated, 0);
    for (size_t row = 0; row < 6; row++) {
        assert_float_equal(davy_table_at(&table, row, 0), expected[row], 0);
        assert_int_equal(table.times[row], times[(size_t) expected[row]]);
        assert_int_equal(table.runs[row], (size_t) expected[row] / 2);
    }
    davy_table_clear(&table);
}

static void holds_the_last_value_for_so_many_rows_of_a_run(void **state)
{
    davy_table table = make(6);
    davy_quality_report report = {0};

    (void) state;
    table.values[1] = table.values[2] = table.values[3] = NAN;
    table.values[5] = NAN;
    table.runs[5] = 1;
    davy_clean_count(&table, &report);
    assert_int_equal(report.missing, 4);
    davy_clean_hold(&table, 2, &report);
    assert_int_equal(report.held, 2);
    assert_float_equal(table.values[2], 0, 0);
    assert_true(isnan(table.values[3]));
    assert_true(isnan(table.values[5]));
    davy_table_clear(&table);
}

/* 400 rows that move, of which 100 stand still; and a column that always stands still. */
static void counts_values_that_are_stuck(void **state)
{
    davy_table table = make(400);
    davy_quality_report report = {0};

    (void) state;
    for (size_t row = 200; row < 300; row++)
        table.values[row] = 7;
    for (size_t row = 0; row < 400; row++)
        table.values[400 + row] = 1;
    davy_clean_count(&table, &report);
    assert_int_equal(report.stuck, 99); /* the first of the hundred still moved there */
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_rows_that_are_in_order_alone),
        cmocka_unit_test(orders_rows_by_time_and_keeps_the_last_of_a_time),
        cmocka_unit_test(does_not_order_across_runs),
        cmocka_unit_test(puts_the_run_that_began_last_at_the_end),
        cmocka_unit_test(holds_the_last_value_for_so_many_rows_of_a_run),
        cmocka_unit_test(counts_values_that_are_stuck),
    };

    return cmocka_run_group_tests_name("data: cleaning", tests, NULL, NULL);
}
