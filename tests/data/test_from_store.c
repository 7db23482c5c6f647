/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/pattern.h"
#include "data/from_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define S DAVY_NS_PER_S

/* 1,700,000,000 s is a multiple of 10 s, so that grids are easy to read. */
#define T0 (1700000000 * S)

static char folder[64];
static davy_store *store;

static davy_signal_id fast, slow;

static void put(davy_signal_id signal, int64_t time_ns, double value, davy_quality quality)
{
    const davy_sample sample = {time_ns, value, signal, quality};

    assert_ok(davy_store_append(store, &sample, 1));
}

/* fast: 0..9 each second; slow: 100 at 0 s, 200 at 4 s; fast is bad at 5 s and silent from 7 s. */
static int set_up(void **state)
{
    const davy_store_options options = {.group_commit_bytes = 1};

    (void) state;
    (void) snprintf(folder, sizeof folder, "/tmp/davy-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    assert_ok(davy_store_open(folder, &options, &store));
    assert_ok(davy_store_signal(store, "T-1/fast", "m", &fast));
    assert_ok(davy_store_signal(store, "T-1/slow", "m", &slow));
    for (int64_t t = 0; t < 7; t++)
        put(fast, T0 + t * S, t == 5 ? 99.0 : (double) t,
            t == 5 ? DAVY_QUALITY_BAD : DAVY_QUALITY_GOOD);
    put(slow, T0, 100, DAVY_QUALITY_GOOD);
    put(slow, T0 + 4 * S, 200, DAVY_QUALITY_UNCERTAIN);
    put(slow, T0 + 12 * S, 300, DAVY_QUALITY_GOOD);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void) state;
    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const davy_table_store_options all = {
    .pattern = "T-1/*", .from_ns = INT64_MIN, .to_ns = INT64_MAX, .staleness_ns = 3 * S};

static void takes_the_last_good_value_on_the_grid(void **state)
{
    const double of_fast[] = {0, 1, 2, 3, 4, 4, 6, 6, 6, 6, NAN, NAN, NAN};
    const double of_slow[] = {100, 100, 100, 100, 200, 200, 200, 200, NAN, NAN, NAN, NAN, 300};
    davy_table table = {0};

    (void) state;
    assert_ok(davy_table_from_store(store, &all, &table));
    assert_int_equal(table.columns, 2);
    assert_string_equal(table.names[0], "T-1/fast");
    assert_int_equal(table.rows, 13);
    assert_true(table.times[0] == T0 && table.times[12] == T0 + 12 * S);
    for (size_t row = 0; row < 13; row++) {
        if (isnan(of_fast[row]))
            assert_true(isnan(davy_table_at(&table, row, 0)));
        else
            assert_near(davy_table_at(&table, row, 0), of_fast[row], 0);
        if (isnan(of_slow[row]))
            assert_true(isnan(davy_table_at(&table, row, 1)));
        else
            assert_near(davy_table_at(&table, row, 1), of_slow[row], 0);
    }
    davy_table_clear(&table);
}

static void begins_with_a_value_from_before_the_first_row(void **state)
{
    davy_table_store_options options = all;
    davy_table table = {0};

    (void) state;
    options.from_ns = T0 + 2 * S + 1; /* the grid goes on at 3 s */
    options.to_ns = T0 + 5 * S;
    assert_ok(davy_table_from_store(store, &options, &table));
    assert_int_equal(table.rows, 2);
    assert_true(table.times[0] == T0 + 3 * S);
    assert_near(davy_table_at(&table, 0, 1), 100, 0);
    assert_near(davy_table_at(&table, 1, 1), 200, 0);
    davy_table_clear(&table);
}

static void holds_a_slow_signal_for_three_of_its_own_intervals(void **state)
{
    davy_table_store_options options = all;
    davy_table table = {0};

    (void) state;
    options.staleness_ns = 0;
    assert_ok(davy_table_from_store(store, &options, &table));
    assert_near(davy_table_at(&table, 9, 0), 6, 0); /* three periods */
    assert_true(isnan(davy_table_at(&table, 10, 0)));
    assert_near(davy_table_at(&table, 11, 1), 200, 0); /* intervals of 4 and 8 s */
    davy_table_clear(&table);
}

static void keeps_the_order_of_named_signals(void **state)
{
    static const char *const paths[] = {"T-1/slow", "T-1/fast"};
    davy_table_store_options options = all;
    davy_table table = {0};

    (void) state;
    options.paths = paths;
    options.path_count = 2;
    options.period_ns = 10 * S;
    assert_ok(davy_table_from_store(store, &options, &table));
    assert_string_equal(table.names[0], "T-1/slow");
    assert_int_equal(table.rows, 2);
    assert_near(davy_table_at(&table, 0, 1), 0, 0);
    davy_table_clear(&table);
}

static void says_what_is_not_there(void **state)
{
    static const char *const paths[] = {"T-9/none"};
    davy_table_store_options options = all;
    davy_table table = {0};

    (void) state;
    options.pattern = "T-2/*";
    assert_fails(davy_table_from_store(store, &options, &table), DAVY_ERR_NOT_FOUND, "T-2/*");
    options = all;
    options.paths = paths;
    options.path_count = 1;
    assert_int_equal(davy_table_from_store(store, &options, &table), DAVY_ERR_NOT_FOUND);
    options = all;
    options.from_ns = T0 + 100 * S;
    assert_fails(davy_table_from_store(store, &options, &table), DAVY_ERR_NOT_FOUND, "no sample");
    options = all;
    options.period_ns = 1;
    assert_fails(davy_table_from_store(store, &options, &table), DAVY_ERR_FULL, "longer period");
}

static void learns_nothing_of_a_proof_test(void **state)
{
    davy_table_store_options options = all;
    davy_table table = {0};
    davy_signal_id marked;

    (void) state;
    assert_ok(davy_store_signal(store, DAVY_PROOF_FOLDER "T-1/fast", "m", &marked));
    put(marked, T0 + S, 1e9, DAVY_QUALITY_GOOD);
    options.pattern = "**";
    assert_ok(davy_table_from_store(store, &options, &table));
    assert_int_equal(table.columns, 2);
    davy_table_clear(&table);
    options.pattern = DAVY_PROOF_FOLDER "**";
    assert_int_equal(davy_table_from_store(store, &options, &table), DAVY_ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_last_good_value_on_the_grid),
        cmocka_unit_test(begins_with_a_value_from_before_the_first_row),
        cmocka_unit_test(holds_a_slow_signal_for_three_of_its_own_intervals),
        cmocka_unit_test(keeps_the_order_of_named_signals),
        cmocka_unit_test(says_what_is_not_there),
        cmocka_unit_test(learns_nothing_of_a_proof_test),
    };

    return cmocka_run_group_tests_name("data: tables from the store", tests, set_up, tear_down);
}
