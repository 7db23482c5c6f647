/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleaning_expected.h"

#define ROWS   DAVY_ARRAY_LENGTH(cleaning_raw)
#define SECOND ((int64_t) 1000000000)

/* Columns a, b, ... of the same values, a row each second, one run. */
static davy_table make(const double *values, size_t rows, size_t columns)
{
    davy_table table = {.rows = rows, .columns = columns, .run_count = 1};

    table.values = calloc(rows * columns + 1, sizeof *table.values);
    table.times = calloc(rows + 1, sizeof *table.times);
    table.runs = calloc(rows + 1, sizeof *table.runs);
    table.names = calloc(columns, sizeof *table.names);
    table.run_names = calloc(1, sizeof *table.run_names);
    table.run_names[0] = strdup("run");
    for (size_t c = 0; c < columns; c++) {
        const char name[] = {(char) ('a' + c), '\0'};

        table.names[c] = strdup(name);
        memcpy(table.values + c * rows, values, rows * sizeof *values);
    }
    for (size_t row = 0; row < rows; row++)
        table.times[row] = (int64_t) row * SECOND;
    return table;
}

static davy_cleaning learn(const char *recipe, const davy_table *table)
{
    davy_cleaning cleaning;

    assert_ok(davy_cleaning_parse(recipe, &cleaning));
    assert_ok(davy_cleaning_learn(&cleaning, table, NULL));
    assert_true(davy_cleaning_fits(&cleaning));
    return cleaning;
}

/* Learn and clean; the number of cells that were changed. */
static size_t clean(const char *recipe, davy_table *table)
{
    davy_cleaning cleaning = learn(recipe, table);
    davy_clean_tally tally;
    size_t changed = 0;

    assert_ok(davy_cleaning_apply(&cleaning, table, 0, &tally));
    for (size_t i = 0; i < tally.steps; i++)
        changed += davy_clean_tally_step(&tally, i);
    davy_clean_tally_clear(&tally);
    davy_cleaning_clear(&cleaning);
    return changed;
}

static void assert_values(const double *values, const double *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (isnan(expected[i]))
            assert_true(isnan(values[i]));
        else
            assert_near(values[i], expected[i], 1e-12);
    }
}

static void finds_the_spikes_that_pandas_finds_looking_back(void **state)
{
    davy_table table = make(cleaning_raw, ROWS, 2);

    (void) state;
    assert_int_equal(clean("hampel:7", &table), 2 * cleaning_hampel_count);
    assert_values(table.values, cleaning_hampel, ROWS);
    assert_values(table.values + ROWS, cleaning_hampel, ROWS);
    davy_table_clear(&table);
}

static void finds_the_spikes_that_pandas_finds_on_both_sides(void **state)
{
    davy_table table = make(cleaning_raw, ROWS, 1);

    (void) state;
    assert_int_equal(clean("centred:window=7:sigmas=3", &table), cleaning_centred_count);
    assert_values(table.values, cleaning_centred, ROWS);
    davy_table_clear(&table);
}

static void a_spike_may_become_missing(void **state)
{
    davy_table table = make(cleaning_raw, ROWS, 1);

    (void) state;
    (void) clean("hampel:7:missing", &table);
    for (size_t row = 0; row < ROWS; row++)
        assert_true(isnan(cleaning_hampel[row]) || cleaning_hampel[row] == cleaning_raw[row]
                        ? isnan(table.values[row]) == isnan(cleaning_raw[row])
                        : isnan(table.values[row]));
    davy_table_clear(&table);
}

static void fills_short_holes_on_a_line_as_pandas_does(void **state)
{
    davy_table table = make(cleaning_raw, ROWS, 1);

    (void) state;
    assert_int_equal(clean("linear:3", &table), 4); /* holes of 1 and 3; the one of 7 stays */
    assert_values(table.values, cleaning_linear, ROWS);
    davy_table_clear(&table);
}

static void averages_onto_a_grid_as_pandas_does(void **state)
{
    davy_table table = make(cleaning_raw, ROWS, 1);
    const size_t rows = DAVY_ARRAY_LENGTH(cleaning_mean);

    (void) state;
    (void) clean("resample:4s", &table);
    assert_int_equal(table.rows, rows);
    assert_values(table.values, cleaning_mean, rows);
    for (size_t row = 0; row < rows; row++)
        assert_true(table.times[row] == cleaning_mean_seconds[row] * SECOND);
    davy_table_clear(&table);
}

/* A median absolute deviation of 0 says nothing of what is usual, so nothing is a spike. */
static void a_signal_that_mostly_stands_still_keeps_its_moves(void **state)
{
    const double values[] = {4, 4, 4, 4, 4, 9, 4, 4, 4, 4, 4, 4};
    davy_table table = make(values, 12, 1);

    (void) state;
    assert_int_equal(clean("hampel:5,centred:5", &table), 0);
    assert_memory_equal(table.values, values, sizeof values);
    davy_table_clear(&table);
}

/* The step at row 10 is a spike until it fills half of the window of 5: two rows, by hand. */
static void a_step_is_seen_when_it_fills_half_of_the_window(void **state)
{
    double values[20];
    davy_table table;

    (void) state;
    for (size_t row = 0; row < 20; row++)
        values[row] = (row < 10 ? 0.0 : 50.0) + 0.1 * (double) (row % 3);
    table = make(values, 20, 1);
    assert_int_equal(clean("hampel:5", &table), 2);
    assert_near(table.values[10], 0.1, 1e-12);
    assert_near(table.values[12], values[12], 0);
    davy_table_clear(&table);
}

/* What live rows are given is what the table is given, to the bit, over holes and spikes. */
static void cleans_rows_one_by_one_as_it_cleans_a_table(void **state)
{
    static const char *const recipes[] = {
        "hampel:7",
        "missing:21.0,range:low=17:high=23,hampel:5:sigmas=2:missing,stuck:3,hold:2,median",
        "median:by=b,hold:3",
        "",
    };

    (void) state;
    for (size_t r = 0; r < DAVY_ARRAY_LENGTH(recipes); r++) {
        davy_table table = make(cleaning_raw, ROWS, 2), raw;
        davy_cleaning cleaning;
        davy_cleaner *cleaner;

        for (size_t row = 0; row < ROWS; row++)
            table.values[ROWS + row] = (double) (row / 30);
        assert_ok(davy_table_copy(&table, &raw));
        cleaning = learn(recipes[r], &table);
        assert_ok(davy_cleaning_apply(&cleaning, &table, 0, NULL));
        assert_ok(davy_cleaner_create(&cleaning, &cleaner));
        for (size_t row = 0; row < ROWS; row++) {
            double now[] = {raw.values[row], raw.values[ROWS + row]};

            davy_cleaner_push(cleaner, now);
            assert_memory_equal(&now[0], &table.values[row], sizeof *now);
            assert_memory_equal(&now[1], &table.values[ROWS + row], sizeof *now);
        }
        davy_cleaner_destroy(cleaner);
        davy_cleaning_clear(&cleaning);
        davy_table_clear(&raw);
        davy_table_clear(&table);
    }
}

/* A ramp is 5 steps above the median of 11, and 3 times 1.4826 MAD are 13 steps: no spike. */
static void leaves_a_clean_table_untouched_to_the_bit(void **state)
{
    double values[200];
    davy_table table;

    (void) state;
    for (size_t row = 0; row < 200; row++)
        values[row] = 0.01 * (double) row;
    table = make(values, 200, 2);
    assert_int_equal(clean("order,missing:-200,range:low=-2:high=2,hampel,centred,stuck,"
                           "hold,linear,median,none",
                           &table),
                     0);
    assert_memory_equal(table.values, values, sizeof values);
    assert_memory_equal(table.values + 200, values, sizeof values);
    davy_table_clear(&table);
}

/* Whatever a recipe does: as many cells differ as were counted, when no step undoes another. */
static void counts_every_change(void **state)
{
    static const char *const recipes[] = {
        "hampel:5", "centred:9", "hold:2", "linear:4", "median", "range:low=18:high=22", "stuck:2"};

    (void) state;
    for (size_t r = 0; r < DAVY_ARRAY_LENGTH(recipes); r++) {
        davy_table table = make(cleaning_raw, ROWS, 1);
        const size_t counted = clean(recipes[r], &table);
        size_t changed = 0;

        for (size_t row = 0; row < ROWS; row++)
            changed += memcmp(&table.values[row], &cleaning_raw[row], sizeof(double)) != 0 &&
                       !(isnan(table.values[row]) && isnan(cleaning_raw[row]));
        assert_int_equal(counted, changed);
        davy_table_clear(&table);
    }
}

/* A second run behind the first: its first rows are cleaned as if nothing had been before. */
static void runs_never_mix(void **state)
{
    static const char *const recipes[] = {"hampel:5",          "centred:5",   "hold:9",
                                          "linear:9",          "resample:3s", "resample:2s:last",
                                          "resample:2s:linear"};
    double values[2 * ROWS];

    (void) state;
    memcpy(values, cleaning_raw, sizeof cleaning_raw);
    for (size_t row = 0; row < ROWS; row++)
        values[ROWS + row] = 1000 * cleaning_raw[row];
    values[ROWS - 1] = values[ROWS] = NAN;
    for (size_t r = 0; r < DAVY_ARRAY_LENGTH(recipes); r++) {
        davy_table both = make(values, 2 * ROWS, 1), one = make(values, ROWS, 1);
        davy_table other = make(values + ROWS, ROWS, 1);

        for (size_t row = 0; row < ROWS; row++) {
            both.runs[ROWS + row] = 1;
            both.times[ROWS + row] = other.times[row];
        }
        (void) clean(recipes[r], &both);
        (void) clean(recipes[r], &one);
        (void) clean(recipes[r], &other);
        assert_int_equal(both.rows, one.rows + other.rows);
        assert_values(both.values, one.values, one.rows);
        assert_values(both.values + one.rows, other.values, other.rows);
        davy_table_clear(&both);
        davy_table_clear(&one);
        davy_table_clear(&other);
    }
}

/* A gap of more than ten periods is the end of the past. */
static void nothing_is_held_over_a_gap(void **state)
{
    const double values[] = {1, 2, 3, NAN, 5, 6};
    davy_table table = make(values, 6, 1);

    (void) state;
    for (size_t row = 3; row < 6; row++)
        table.times[row] += 20 * SECOND;
    assert_int_equal(clean("hold:5,linear:5", &table), 0);
    davy_table_clear(&table);
}

static void the_ranges_of_signals_go_before_those_of_all(void **state)
{
    const double values[] = {-1, 0, 5, 11, NAN};
    const davy_clean_range ranges[] = {{0, 10}, {NAN, NAN}};
    davy_table table = make(values, 5, 2);
    davy_cleaning cleaning;
    davy_clean_tally tally;

    (void) state;
    assert_ok(davy_cleaning_parse("range:high=4", &cleaning));
    assert_ok(davy_cleaning_learn(&cleaning, &table, ranges));
    assert_ok(davy_cleaning_apply(&cleaning, &table, 0, &tally));
    assert_int_equal(tally.changed[0], 2); /* -1 and 11 */
    assert_int_equal(tally.changed[1], 2); /* 5 and 11 */
    assert_near(table.values[2], 5, 0);
    davy_clean_tally_clear(&tally);
    davy_cleaning_clear(&cleaning);
    davy_table_clear(&table);
}

/* From the third equal row on it is stuck; the column that seldom moves is never. */
static void takes_out_what_is_stuck_in_a_signal_that_moves(void **state)
{
    const double values[] = {1, 2, 3, 4, 7, 7, 7, 7, 5, 6, 8, 9};
    const double expected[] = {1, 2, 3, 4, 7, 7, NAN, NAN, 5, 6, 8, 9};
    davy_table table = make(values, 12, 2);

    (void) state;
    for (size_t row = 0; row < 12; row++)
        table.values[12 + row] = row < 6;
    assert_int_equal(clean("stuck:2", &table), 2);
    assert_values(table.values, expected, 12);
    davy_table_clear(&table);
}

/* By hand: medians of a where b is 0: 1, 3 -> 2; where b is 1: 10, 20, 30 -> 20; of all: 10. */
static void fills_with_the_median_of_the_regime(void **state)
{
    const double a[] = {1, NAN, 3, 10, 20, NAN, 30, NAN};
    const double b[] = {0, 0, 0, 1, 1, 1, 1, NAN};
    const double expected[] = {1, 2, 3, 10, 20, 20, 30, 10};
    davy_table table = make(a, 8, 2);

    (void) state;
    memcpy(table.values + 8, b, sizeof b);
    assert_int_equal(clean("median:by=b", &table), 3);
    assert_values(table.values, expected, 8);
    assert_values(table.values + 8, b, 8);
    davy_table_clear(&table);
}

/* The second run is to judge by: its 100 is in no median. */
static void learns_nothing_from_what_it_is_judged_by(void **state)
{
    const double values[] = {1, 2, 3, NAN, 100, 100, 100, NAN};
    davy_table table = make(values, 8, 2);

    (void) state;
    table.run_parts = calloc(2, 1);
    table.run_parts[1] = 2;
    table.run_names = realloc(table.run_names, 2 * sizeof *table.run_names);
    table.run_names[1] = strdup("to judge by");
    table.run_count = 2;
    for (size_t row = 4; row < 8; row++)
        table.runs[row] = 1;
    assert_int_equal(clean("median", &table), 4);
    assert_near(table.values[3], 2, 0);
    assert_near(table.values[7], 2, 0);
    assert_near(table.values[15], 2, 0);
    davy_table_clear(&table);
}

/* A column every second, one every five: each row has the newest of both, no older than 15 s. */
static void puts_unlike_rates_on_one_grid(void **state)
{
    double values[40];
    davy_table table;

    (void) state;
    for (size_t row = 0; row < 40; row++)
        values[row] = (double) row;
    table = make(values, 40, 2);
    for (size_t row = 0; row < 40; row++)
        if (row % 5 != 0 || row > 20)
            table.values[40 + row] = NAN;
    (void) clean("resample:2s:last", &table);
    assert_int_equal(table.rows, 21); /* 0 s, 2 s ... 40 s: the last holds second 39 */
    assert_near(davy_table_at(&table, 3, 0), 6, 0);
    assert_near(davy_table_at(&table, 3, 1), 5, 0);
    assert_near(davy_table_at(&table, 17, 1), 20, 0); /* at 34 s, 14 s old */
    assert_true(isnan(davy_table_at(&table, 18, 1))); /* at 36 s, 16 s old */
    assert_int_equal(table.places[3], 6);
    davy_table_clear(&table);
}

static void a_label_goes_along_with_the_newest_row(void **state)
{
    davy_table table = make(cleaning_raw, 9, 1);

    (void) state;
    table.labels = calloc(9, sizeof *table.labels);
    table.labels[5] = 1;
    table.labels[6] = NAN;
    (void) clean("resample:3s", &table);
    assert_int_equal(table.rows, 4);
    assert_near(table.labels[2], 1, 0); /* 4, 5 and 6 s; the newest is unknown */
    assert_near(table.labels[3], 0, 0);
    davy_table_clear(&table);
}

/* Words are no numbers: spikes of them make no sense, holding them does. */
static void leaves_words_to_the_steps_that_understand_them(void **state)
{
    davy_table table = make(cleaning_raw, ROWS, 2);
    davy_levels *levels = calloc(2, sizeof *levels);

    (void) state;
    levels[1] = (davy_levels){.names = calloc(1, sizeof(char *)), .count = 1};
    levels[1].names[0] = strdup("on");
    table.levels = levels;
    (void) clean("hampel:7,linear:3,median", &table);
    assert_values(table.values + ROWS, cleaning_raw, ROWS);
    assert_int_equal(clean("hold:1", &table), 3);
    davy_table_clear(&table);
}

static void takes_what_holds_nothing(void **state)
{
    const double nothing[] = {NAN, NAN, NAN, NAN, NAN};
    const double wild[] = {INFINITY, -INFINITY, 1, NAN, INFINITY};
    const char *const recipe = "range:low=0:high=10,hampel:3,centred:3,stuck,hold,linear,median";
    davy_table empty = make(nothing, 0, 2), one = make(wild, 1, 2), gone = make(nothing, 5, 1);
    davy_table infinite = make(wild, 5, 1);

    (void) state;
    assert_int_equal(clean(recipe, &empty), 0);
    (void) clean(recipe, &one);
    assert_int_equal(clean(recipe, &gone), 0);
    (void) clean(recipe, &infinite);
    for (size_t row = 0; row < 5; row++)
        assert_near(infinite.values[row], 1, 0);
    (void) clean("resample:1s:linear", &gone);
    assert_int_equal(gone.rows, 0);
    davy_table_clear(&empty);
    davy_table_clear(&one);
    davy_table_clear(&gone);
    davy_table_clear(&infinite);
}

static void refuses_recipes_that_say_nothing_it_knows(void **state)
{
    static const struct {
        const char *recipe, *sentence;
    } cases[] = {
        {"hample", "'hample' is no cleaning step: there are centred, hampel, hold"},
        {"hold,,stuck", "'' is no cleaning step"},
        {"hampel:11:widow=3", "cleaning step 'hampel' has no 'widow=3': it takes window, sigmas"},
        {"hampel:1", "1 is outside of 3 to 501"},
        {"hampel:sigmas=many", "cleaning step 'hampel', sigmas: 'many' is not a number"},
        {"hampel:missing=1", "'missing' takes no value"},
        {"none:3", "cleaning step 'none' has no '3': it takes nothing"},
        {"missing", "cleaning step 'missing' needs value"},
        {"resample", "cleaning step 'resample' needs period"},
        {"resample:10", "'10' is not a duration"},
        {"resample:1s:mean:last", "choose one of mean, last and linear"},
        {"hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold,hold",
         "at most 16 steps"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_cleaning cleaning = {0};

        assert_fails(davy_cleaning_parse(cases[i].recipe, &cleaning), DAVY_ERR_INVALID,
                     cases[i].sentence);
        davy_cleaning_clear(&cleaning);
    }
}

static void refuses_to_learn_what_cannot_be_learnt(void **state)
{
    static const struct {
        const char *recipe, *sentence;
        bool independent;
    } cases[] = {
        {"range", "knows no range of any column", false},
        {"range:low=3:high=2", "ends before it begins", false},
        {"median:by=z", "there is no column 'z'", false},
        {"median:by=a", "more than 64 values", false},
        {"hold", "looks at the rows around a row", true},
        {"resample:1s", "looks at the rows around a row", true},
    };
    davy_table table = make(cleaning_raw, ROWS, 1);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_cleaning cleaning;

        table.independent = cases[i].independent;
        assert_ok(davy_cleaning_parse(cases[i].recipe, &cleaning));
        assert_fails(davy_cleaning_learn(&cleaning, &table, NULL), DAVY_ERR_INVALID,
                     cases[i].sentence);
        davy_cleaning_clear(&cleaning);
    }
    davy_table_clear(&table);
}

static void a_live_row_cannot_wait_for_the_next_one(void **state)
{
    static const char *const recipes[] = {"hold,linear:3", "centred", "resample:1s"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(recipes); i++) {
        davy_cleaning cleaning;
        davy_cleaner *cleaner;

        assert_ok(davy_cleaning_parse(recipes[i], &cleaning));
        assert_fails(davy_cleaning_check_live(&cleaning), DAVY_ERR_INVALID, "whole history");
        assert_fails(davy_cleaner_create(&cleaning, &cleaner), DAVY_ERR_INVALID, "whole history");
        davy_cleaning_clear(&cleaning);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_spikes_that_pandas_finds_looking_back),
        cmocka_unit_test(finds_the_spikes_that_pandas_finds_on_both_sides),
        cmocka_unit_test(a_spike_may_become_missing),
        cmocka_unit_test(fills_short_holes_on_a_line_as_pandas_does),
        cmocka_unit_test(averages_onto_a_grid_as_pandas_does),
        cmocka_unit_test(a_signal_that_mostly_stands_still_keeps_its_moves),
        cmocka_unit_test(a_step_is_seen_when_it_fills_half_of_the_window),
        cmocka_unit_test(cleans_rows_one_by_one_as_it_cleans_a_table),
        cmocka_unit_test(leaves_a_clean_table_untouched_to_the_bit),
        cmocka_unit_test(counts_every_change),
        cmocka_unit_test(runs_never_mix),
        cmocka_unit_test(nothing_is_held_over_a_gap),
        cmocka_unit_test(the_ranges_of_signals_go_before_those_of_all),
        cmocka_unit_test(takes_out_what_is_stuck_in_a_signal_that_moves),
        cmocka_unit_test(fills_with_the_median_of_the_regime),
        cmocka_unit_test(learns_nothing_from_what_it_is_judged_by),
        cmocka_unit_test(puts_unlike_rates_on_one_grid),
        cmocka_unit_test(a_label_goes_along_with_the_newest_row),
        cmocka_unit_test(leaves_words_to_the_steps_that_understand_them),
        cmocka_unit_test(takes_what_holds_nothing),
        cmocka_unit_test(refuses_recipes_that_say_nothing_it_knows),
        cmocka_unit_test(refuses_to_learn_what_cannot_be_learnt),
        cmocka_unit_test(a_live_row_cannot_wait_for_the_next_one),
    };

    return cmocka_run_group_tests_name("data: recipes of cleaning", tests, NULL, NULL);
}
