/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/window.h"

static void puts_the_newest_row_first(void **state)
{
    davy_window window;
    const double rows[3][2] = {{1, 10}, {2, 20}, {3, 30}};
    const double expected[] = {3, 30, 2, 20};

    (void) state;
    assert_ok(davy_window_init(&window, 2, 1, 0));
    assert_int_equal(davy_window_push(&window, rows[0]), DAVY_WINDOW_FILLING);
    assert_int_equal(davy_window_push(&window, rows[1]), DAVY_WINDOW_FULL);
    assert_int_equal(davy_window_push(&window, rows[2]), DAVY_WINDOW_FULL);
    assert_memory_equal(window.values, expected, sizeof expected);
    davy_window_clear(&window);
}

static void holds_a_missing_value_for_so_many_rows_and_no_longer(void **state)
{
    davy_window window;
    const double whole[] = {1, 2}, holed[] = {7, NAN};

    (void) state;
    assert_ok(davy_window_init(&window, 2, 0, 2));
    assert_int_equal(davy_window_push(&window, holed), DAVY_WINDOW_MISSING); /* nothing to hold */
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FULL);
    assert_int_equal(davy_window_push(&window, holed), DAVY_WINDOW_FULL);
    assert_near(window.values[0], 7, 0);
    assert_near(window.values[1], 2, 0);
    assert_int_equal(davy_window_push(&window, holed), DAVY_WINDOW_FULL);
    assert_int_equal(davy_window_push(&window, holed), DAVY_WINDOW_MISSING);
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FULL);
    davy_window_clear(&window);
}

static void takes_no_row_in_which_more_than_a_fifth_is_missing(void **state)
{
    davy_window window;
    double row[10] = {0};

    (void) state;
    assert_ok(davy_window_init(&window, 10, 0, 5));
    assert_int_equal(davy_window_push(&window, row), DAVY_WINDOW_FULL);
    row[0] = NAN;
    row[1] = INFINITY; /* is no value either */
    assert_int_equal(davy_window_push(&window, row), DAVY_WINDOW_FULL);
    row[2] = NAN;
    assert_int_equal(davy_window_push(&window, row), DAVY_WINDOW_MISSING);
    davy_window_clear(&window);
}

static void fills_again_after_a_hole(void **state)
{
    davy_window window;
    const double whole[] = {1}, hole[] = {NAN};

    (void) state;
    assert_ok(davy_window_init(&window, 1, 2, 0));
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FILLING);
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FILLING);
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FULL);
    assert_int_equal(davy_window_push(&window, hole), DAVY_WINDOW_MISSING);
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FILLING);
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FILLING);
    assert_int_equal(davy_window_push(&window, whole), DAVY_WINDOW_FULL);
    davy_window_clear(&window);
}

static davy_status count_window(void *context, size_t row, const double *window)
{
    (void) row;
    (void) window;
    ++*(size_t *) context;
    return DAVY_OK;
}

/* 20 rows in two runs of 10 with one lag: 9 windows each; a gap and a step back cost one more. */
static void never_reaches_across_runs_gaps_and_steps_back(void **state)
{
    davy_table table = plant_table(20, 1);
    davy_walk walk = {.table = &table, .to = 20, .period_ns = 1000000000LL};
    uint8_t skip[20] = {0};
    size_t count = 0;

    (void) state;
    for (size_t row = 10; row < 20; row++)
        table.runs[row] = 1;
    assert_ok(davy_walk_windows(&walk, 1, 0, count_window, &count));
    assert_int_equal(count, 18);
    table.times[5] += 20 * 1000000000LL; /* a gap before it, a step back behind it */
    count = 0;
    assert_ok(davy_walk_windows(&walk, 1, 0, count_window, &count));
    assert_int_equal(count, 16);
    skip[15] = 1; /* costs its own window and the one behind */
    walk.skip = skip;
    count = 0;
    assert_ok(davy_walk_windows(&walk, 1, 0, count_window, &count));
    assert_int_equal(count, 14);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_the_newest_row_first),
        cmocka_unit_test(holds_a_missing_value_for_so_many_rows_and_no_longer),
        cmocka_unit_test(takes_no_row_in_which_more_than_a_fifth_is_missing),
        cmocka_unit_test(fills_again_after_a_hole),
        cmocka_unit_test(never_reaches_across_runs_gaps_and_steps_back),
    };

    return cmocka_run_group_tests_name("models: window", tests, NULL, NULL);
}
