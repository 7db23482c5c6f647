/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/clean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    assert_near(davy_table_at(&table, 4, 1), 40, 0);
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
        assert_near(davy_table_at(&table, row, 0), expected[row], 0);
        assert_near(davy_table_at(&table, row, 1), 10 * expected[row], 0);
        assert_near(table.labels[row], expected[row], 0);
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
        assert_near(davy_table_at(&table, row, 0), expected[row], 0);
        assert_int_equal(table.times[row], times[(size_t) expected[row]]);
        assert_int_equal(table.runs[row], (size_t) expected[row] / 2);
    }
    davy_table_clear(&table);
}

/* By hand: period 2; steps of 2 2 8 2 20, so 3 and 9 rows are absent. */
static void counts_gaps_and_the_rows_they_would_hold(void **state)
{
    const int64_t times[] = {0, 2, 4, 12, 14, 34};
    davy_table table = make(6);
    davy_quality_report report = {0};
    int64_t period_ns;

    (void) state;
    memcpy(table.times, times, sizeof times);
    assert_ok(davy_clean_period(&table, &period_ns));
    assert_int_equal(period_ns, 2);
    davy_clean_count(&table, period_ns, &report);
    assert_int_equal(report.gaps, 2);
    assert_int_equal(report.absent, 12);
    assert_int_equal(report.gap_ns, 20);
    table.runs[5] = 1; /* from run to run there is no gap */
    report = (davy_quality_report){0};
    davy_clean_count(&table, period_ns, &report);
    assert_int_equal(report.gaps, 1);
    davy_table_clear(&table);
}

/* Where each row was read goes with it. */
static void remembers_where_a_row_was_read(void **state)
{
    davy_table table = make(4);
    davy_quality_report report = {0};
    const size_t expected[] = {12, 10, 13};

    (void) state;
    table.places = calloc(4, sizeof *table.places);
    for (size_t row = 0; row < 4; row++)
        table.places[row] = 10 + row;
    table.times[1] = 2;
    table.times[2] = -1;
    table.times[3] = 2;
    assert_ok(davy_clean_order(&table, &report));
    assert_int_equal(table.rows, 3);
    for (size_t row = 0; row < 3; row++)
        assert_int_equal(table.places[row], expected[row]);
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
    davy_clean_count(&table, 0, &report);
    assert_int_equal(report.stuck, 99); /* the first of the hundred still moved there */
    for (size_t row = 210; row < 300; row += 10)
        table.values[row] = NAN;
    report = (davy_quality_report){0};
    davy_clean_count(&table, 0, &report);
    assert_int_equal(report.stuck, 90); /* nine holes are not stuck, nor do they free the rest */
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_rows_that_are_in_order_alone),
        cmocka_unit_test(orders_rows_by_time_and_keeps_the_last_of_a_time),
        cmocka_unit_test(does_not_order_across_runs),
        cmocka_unit_test(puts_the_run_that_began_last_at_the_end),
        cmocka_unit_test(counts_gaps_and_the_rows_they_would_hold),
        cmocka_unit_test(remembers_where_a_row_was_read),
        cmocka_unit_test(counts_values_that_are_stuck),
    };

    return cmocka_run_group_tests_name("data: cleaning", tests, NULL, NULL);
}
