/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/aligner.h"

#include "../testing.h"

#include <math.h>
#include <stdio.h>

#define MS DAVY_NS_PER_MS

/* Rows as text: "1000: 1.5 nan; " with the time in ms and a bar before a row that begins a run. */
struct rows {
    char text[4000];
    size_t columns, count;
};

static void note_row(void *context, int64_t time_ns, const double *row, bool gap)
{
    struct rows *rows = context;
    size_t length = strlen(rows->text);

    length += (size_t) snprintf(rows->text + length, sizeof rows->text - length,
                                "%s%lld:", gap ? "|" : "", (long long) (time_ns / MS));
    for (size_t i = 0; i < rows->columns; i++)
        length += (size_t) snprintf(rows->text + length, sizeof rows->text - length,
                                    isnan(row[i]) ? " -" : " %g", row[i]);
    (void) snprintf(rows->text + length, sizeof rows->text - length, "; ");
    rows->count++;
}

/* Two columns on a grid of one second; values are held for three. */
static davy_aligner *two_columns(struct rows *rows)
{
    static const int64_t caps[] = {3000 * MS, 3000 * MS};
    davy_aligner *aligner;

    *rows = (struct rows){.columns = 2};
    assert_ok(davy_aligner_create(1000 * MS, 2, caps, note_row, rows, &aligner));
    return aligner;
}

static void add(davy_aligner *aligner, size_t column, int64_t ms, double value)
{
    davy_aligner_add(aligner, column, ms * MS, true, value);
}

static void a_row_takes_the_last_value_at_or_before_its_tick(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 0, 400, 1);
    add(aligner, 0, 900, 2);
    add(aligner, 1, 1000, 10);
    add(aligner, 0, 1001, 3); /* passes the tick: column 1 stands on it */
    assert_string_equal(rows.text, "1000: 2 10; ");
    add(aligner, 1, 2500, 11);
    add(aligner, 0, 2500, 4);
    assert_string_equal(rows.text, "1000: 2 10; 2000: 3 10; ");
    davy_aligner_destroy(aligner);
}

static void a_row_waits_for_a_slow_column_and_not_longer_than_the_wait(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 1, 500, 10);
    add(aligner, 0, 1000, 1);
    add(aligner, 0, 2000, 2);
    assert_int_equal(rows.count, 0);
    add(aligner, 0, 3000, 3); /* two seconds past tick 1000 */
    assert_string_equal(rows.text, "1000: 1 10; ");
    add(aligner, 0, 4000, 4);
    add(aligner, 0, 5000, 5);
    add(aligner, 0, 6000, 6); /* tick 4000: column 1 is 3.5 s old, more than its cap */
    assert_string_equal(rows.text, "1000: 1 10; 2000: 2 10; 3000: 3 10; 4000: 4 -; ");
    davy_aligner_destroy(aligner);
}

static void a_late_value_counts_for_later_rows_alone(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 1, 500, 10);
    add(aligner, 0, 1000, 1);
    add(aligner, 0, 3000, 3); /* makes tick 1000 */
    add(aligner, 1, 900, 11); /* too late for it */
    assert_int_equal(davy_aligner_late(aligner), 1);
    add(aligner, 0, 4000, 4);
    assert_string_equal(rows.text, "1000: 1 10; 2000: 1 11; ");
    davy_aligner_destroy(aligner);
}

static void a_bad_sample_passes_time_and_gives_no_value(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 0, 1000, 1);
    davy_aligner_add(aligner, 1, 1000 * MS, false, NAN);
    assert_string_equal(rows.text, "1000: 1 -; ");
    davy_aligner_destroy(aligner);
}

static void after_a_long_gap_a_new_run_begins_without_a_row_for_every_tick(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 0, 1000, 1);
    add(aligner, 1, 1000, 10);
    add(aligner, 0, 3600000, 2);
    add(aligner, 1, 3600000, 20);
    assert_string_equal(rows.text,
                        "1000: 1 10; 2000: 1 10; 3000: 1 10; 4000: 1 10; |3600000: 2 20; ");
    davy_aligner_destroy(aligner);
}

static void a_clock_that_was_ahead_and_is_set_back_takes_the_grid_with_it(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 0, 1000, 1);
    add(aligner, 1, 1000, 10);
    add(aligner, 0, 86400000, 2); /* a day ahead: rows stop */
    rows.text[0] = '\0';
    add(aligner, 1, 2000, 11);
    add(aligner, 1, 3000, 12);
    assert_string_equal(rows.text, "");
    add(aligner, 0, 4000, 3); /* its clock is right again: nobody stands by the far grid */
    add(aligner, 1, 4000, 13);
    assert_string_equal(rows.text, "|4000: 3 13; ");
    davy_aligner_destroy(aligner);
}

static void one_column_alone_cannot_take_the_grid_back(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    for (int64_t second = 1; second <= 10; second++)
        add(aligner, 0, second * 1000, (double) second);
    rows.text[0] = '\0';
    for (int64_t second = 1; second <= 8; second++) /* a source that catches up */
        add(aligner, 1, second * 1000, (double) (10 * second));
    add(aligner, 1, 11000, 110);
    add(aligner, 0, 11000, 11);
    assert_string_equal(rows.text, "9000: 9 80; 10000: 10 80; 11000: 11 110; ");
    davy_aligner_destroy(aligner);
}

static void times_before_1970_stand_on_the_same_grid(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    for (int64_t second = -5; second <= 5; second++) {
        add(aligner, 0, second * 1000, (double) second);
        add(aligner, 1, second * 1000, (double) second);
    }
    assert_int_equal(rows.count, 11);
    assert_non_null(strstr(rows.text, "-1000: -1 -1; 0: 0 0; 1000: 1 1; "));
    davy_aligner_destroy(aligner);
}

static void the_end_of_history_makes_the_rows_that_wait(void **state)
{
    struct rows rows;
    davy_aligner *aligner = two_columns(&rows);

    (void) state;
    add(aligner, 1, 500, 10);
    add(aligner, 0, 1000, 1);
    add(aligner, 0, 2000, 2);
    davy_aligner_flush(aligner);
    assert_string_equal(rows.text, "1000: 1 10; 2000: 2 10; ");
    davy_aligner_flush(aligner);
    assert_int_equal(rows.count, 2);
    davy_aligner_destroy(aligner);
}

/* Periods from a microsecond to a day, samples with jitter: times rise, none is made twice. */
static void rows_rise_by_one_period_at_any_period(void **state)
{
    static const int64_t periods[] = {1000, 20 * MS, 1000 * MS, 180000 * MS, 86400000 * MS};
    static const int64_t caps[] = {INT64_MAX / 4, INT64_MAX / 4};

    (void) state;
    for (size_t p = 0; p < DAVY_ARRAY_LENGTH(periods); p++) {
        struct rows rows = {.columns = 2};
        davy_aligner *aligner;
        uint64_t seed = 7;

        assert_ok(davy_aligner_create(periods[p], 2, caps, note_row, &rows, &aligner));
        for (int64_t i = 0; i < 500; i++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            davy_aligner_add(aligner, (size_t) (i % 2),
                             i * periods[p] / 2 + (int64_t) (seed >> 40) % (periods[p] / 4), true,
                             1.0);
            rows.text[0] = '\0';
        }
        davy_aligner_flush(aligner);
        assert_in_range(rows.count, 249, 251);
        davy_aligner_destroy(aligner);
    }
}

static void what_is_no_grid_is_refused(void **state)
{
    struct rows rows;
    davy_aligner *aligner = NULL;
    int64_t cap = 1;

    (void) state;
    assert_fails(davy_aligner_create(0, 1, &cap, note_row, &rows, &aligner), DAVY_ERR_INVALID,
                 "0 ns");
    assert_fails(davy_aligner_create(1, 0, &cap, note_row, &rows, &aligner), DAVY_ERR_INVALID,
                 "0 columns");
    davy_aligner_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_takes_the_last_value_at_or_before_its_tick),
        cmocka_unit_test(a_row_waits_for_a_slow_column_and_not_longer_than_the_wait),
        cmocka_unit_test(a_late_value_counts_for_later_rows_alone),
        cmocka_unit_test(a_bad_sample_passes_time_and_gives_no_value),
        cmocka_unit_test(after_a_long_gap_a_new_run_begins_without_a_row_for_every_tick),
        cmocka_unit_test(a_clock_that_was_ahead_and_is_set_back_takes_the_grid_with_it),
        cmocka_unit_test(one_column_alone_cannot_take_the_grid_back),
        cmocka_unit_test(times_before_1970_stand_on_the_same_grid),
        cmocka_unit_test(the_end_of_history_makes_the_rows_that_wait),
        cmocka_unit_test(rows_rise_by_one_period_at_any_period),
        cmocka_unit_test(what_is_no_grid_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
