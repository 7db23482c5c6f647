/* SPDX-License-Identifier: Apache-2.0 */
#include "store/days.h"

#include "../testing.h"
#include "temporary.h"

#include <stdlib.h>

/* Days since 1970 by `date -u -d 2026-01-02 +%s` / 86400, and the like. */
static void days_are_counted_from_1970_in_both_directions(void **state)
{
    (void) state;
    assert_int_equal(davy_day_of(1767312000LL * DAVY_NS_PER_S), 20455);
    assert_int_equal(davy_day_of(1767312000LL * DAVY_NS_PER_S - 1), 20454);
    assert_int_equal(davy_day_of(0), 0);
    assert_int_equal(davy_day_of(-1), -1);
    assert_int_equal(davy_day_of(-86400 * DAVY_NS_PER_S), -1);
    assert_true(davy_day_start_ns(20455) == 1767312000LL * DAVY_NS_PER_S);
}

static void add_blob(davy_day *day)
{
    davy_buffer content = {0};
    int64_t id;

    davy_buffer_append_text(&content, "blob");
    assert_ok(davy_day_begin(day));
    assert_ok(davy_day_end(day, davy_day_add_blob(day, &content, &id)));
    davy_buffer_clear(&content);
}

static uint64_t blob_bytes(davy_day *day)
{
    davy_day_totals totals;

    assert_ok(davy_day_get_totals(day, &totals));
    return totals.blob_bytes;
}

/* Else the sealer could write into a file that nobody reads any more. */
static void a_connection_to_a_file_set_aside_is_not_used_again(void **state)
{
    davy_days *days;
    davy_day *before, *after;

    (void) state;
    assert_ok(davy_days_open(temporary, false, &days));
    assert_ok(davy_days_get(days, 20455, &before));
    add_blob(before);
    assert_ok(davy_days_set_aside(days, 20455));
    davy_days_put(days, before, false);
    assert_ok(davy_days_get(days, 20455, &after));
    assert_int_equal(blob_bytes(after), 0);
    davy_days_put(days, after, false);
    davy_days_close(days);
}

static void days_are_found_again_and_listed_in_order(void **state)
{
    static const int32_t made[] = {20456, 20455, -1, 20460};
    davy_days *days;
    davy_day *day;
    int32_t *numbers;
    size_t count;

    (void) state;
    assert_ok(davy_days_open(temporary, false, &days));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(made); i++) {
        assert_ok(davy_days_get(days, made[i], &day));
        davy_days_put(days, day, false);
    }
    davy_days_close(days);
    assert_ok(davy_days_open(temporary, true, &days));
    assert_ok(davy_days_list(days, INT32_MIN, INT32_MAX, &numbers, &count));
    assert_int_equal(count, 4);
    assert_true(numbers[0] == -1 && numbers[1] == 20455 && numbers[3] == 20460);
    free(numbers);
    assert_ok(davy_days_list(days, 20455, 20456, &numbers, &count));
    assert_int_equal(count, 2);
    free(numbers);
    davy_days_close(days);
}

static void a_rolled_back_blob_leaves_no_trace(void **state)
{
    davy_days *days;
    davy_day *day;

    (void) state;
    assert_ok(davy_days_open(temporary, false, &days));
    assert_ok(davy_days_get(days, 1, &day));
    add_blob(day);
    assert_ok(davy_day_begin(day));
    assert_fails(davy_day_end(day, davy_fail(DAVY_ERR_TIMEOUT, "enough")), DAVY_ERR_TIMEOUT,
                 "enough");
    assert_true(blob_bytes(day) > 0);
    davy_days_put(days, day, false);
    davy_days_close(days);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_are_counted_from_1970_in_both_directions),
        TEST(a_connection_to_a_file_set_aside_is_not_used_again),
        TEST(days_are_found_again_and_listed_in_order),
        TEST(a_rolled_back_blob_leaves_no_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
