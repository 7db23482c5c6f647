/* SPDX-License-Identifier: Apache-2.0 */
#include "store/days.h"

#include "../testing.h"
#include "core/file.h"
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
    assert_ok(davy_days_make(days, (davy_day_file){20455, 0}, &before));
    add_blob(before);
    assert_ok(davy_days_set_aside(days, (davy_day_file){20455, 0}));
    davy_days_put(days, before, false);
    assert_ok(davy_days_make(days, (davy_day_file){20455, 0}, &after));
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
        assert_ok(davy_days_make(days, (davy_day_file){made[i], 0}, &day));
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

static void a_day_has_a_file_for_each_class_and_is_listed_once(void **state)
{
    davy_days *days;
    davy_day *day;
    davy_day_file *files;
    int32_t *numbers;
    size_t count;
    uint16_t bulk;

    (void) state;
    assert_ok(davy_days_open(temporary, false, &days));
    assert_ok(davy_days_class(days, "bulk", &bulk));
    for (uint16_t class_id = 0; class_id <= bulk; class_id++) {
        assert_ok(davy_days_make(days, (davy_day_file){20455, class_id}, &day));
        davy_days_put(days, day, false);
    }
    davy_days_close(days);
    assert_ok(davy_days_open(temporary, true, &days));
    assert_ok(davy_days_list(days, INT32_MIN, INT32_MAX, &numbers, &count));
    assert_int_equal(count, 1);
    free(numbers);
    assert_ok(davy_days_files(days, 20455, 20455, &files, &count));
    assert_int_equal(count, 2);
    assert_string_equal(davy_days_class_name(days, files[0].class_id), "");
    assert_string_equal(davy_days_class_name(days, files[1].class_id), "bulk");
    free(files);
    davy_days_close(days);
}

static void names_of_files_are_a_date_and_a_class(void **state)
{
    static const char *const others[] = {"2026-01-02",
                                         "2026-01-02.rollups.db",
                                         "2026-01-02.default.db",
                                         "2026-01-02..db",
                                         "2026-01-02.BULK.db",
                                         "2026-01-02.-x.db",
                                         "2026-13-02.db",
                                         "1767312000.db",
                                         "2026-01-02bulk.db",
                                         "2026-01-02.db.",
                                         "2026-01-02.db-wal",
                                         "2026-01-02.db.damaged-1767312000",
                                         "2026-01-02.a/b.db",
                                         "x2026-01-02.db",
                                         "2026-01-02.123456789012345678901234567890123.db",
                                         "2026-01-02.a b.db",
                                         ".db",
                                         ""};
    char name[DAVY_DAY_NAME_MAX], class_name[DAVY_DAY_CLASS_MAX];
    int32_t number;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(others); i++)
        assert_false(davy_day_name_parse(others[i], &number, class_name));
    assert_true(davy_day_name_parse("2026-01-02.db", &number, class_name));
    assert_int_equal(number, 20455);
    assert_string_equal(class_name, "");
    assert_true(
        davy_day_name_parse("2026-01-02.12345678901234567890123456789-ab.db", &number, class_name));
    davy_day_name_format(number, class_name, name);
    assert_string_equal(name, "2026-01-02.12345678901234567890123456789-ab.db");
}

static void who_reads_a_file_that_is_removed_reads_on(void **state)
{
    davy_days *days;
    davy_day *day, *again;
    uint64_t bytes;
    int32_t *numbers;
    size_t count;

    (void) state;
    assert_ok(davy_days_open(temporary, false, &days));
    assert_ok(davy_days_make(days, (davy_day_file){20455, 0}, &day));
    add_blob(day);
    assert_ok(davy_days_remove(days, (davy_day_file){20455, 0}, &bytes));
    assert_true(bytes > 0);
    assert_true(blob_bytes(day) > 0);
    assert_fails(davy_days_get(days, (davy_day_file){20455, 0}, &again), DAVY_ERR_NOT_FOUND,
                 "2026-01-02.db");
    assert_ok(davy_days_make(days, (davy_day_file){20455, 0}, &again));
    add_blob(again);
    davy_days_put(days, day, false); /* and does not take what stands beside the new file with it */
    davy_days_put(days, again, false);
    davy_days_close(days);
    assert_ok(davy_days_open(temporary, false, &days));
    assert_ok(davy_days_get(days, (davy_day_file){20455, 0}, &again));
    assert_true(blob_bytes(again) > 0);
    davy_days_put(days, again, false);
    assert_ok(davy_days_remove(days, (davy_day_file){20455, 0}, &bytes));
    assert_ok(davy_days_list(days, INT32_MIN, INT32_MAX, &numbers, &count));
    assert_int_equal(count, 0);
    free(numbers);
    davy_days_close(days);
}

static void put_file(const char *name)
{
    char path[160];

    (void) snprintf(path, sizeof path, "%s/%s", temporary, name);
    assert_ok(davy_file_replace(path, "left", 4, 0600));
}

static bool is_there(const char *name)
{
    char path[160];

    (void) snprintf(path, sizeof path, "%s/%s", temporary, name);
    return access(path, F_OK) == 0;
}

static void a_removal_that_a_crash_ended_in_the_middle_goes_on(void **state)
{
    davy_days *days;

    (void) state;
    put_file("2026-01-02.db.removed");
    put_file("2026-01-02.db-wal");
    put_file("2026-01-02.db-shm");
    assert_ok(davy_days_open(temporary, true, &days)); /* a reader touches nothing */
    davy_days_close(days);
    assert_true(is_there("2026-01-02.db.removed"));
    assert_ok(davy_days_open(temporary, false, &days));
    davy_days_close(days);
    assert_false(is_there("2026-01-02.db.removed"));
    assert_false(is_there("2026-01-02.db-wal"));
    assert_false(is_there("2026-01-02.db-shm"));
}

static void a_rolled_back_blob_leaves_no_trace(void **state)
{
    davy_days *days;
    davy_day *day;

    (void) state;
    assert_ok(davy_days_open(temporary, false, &days));
    assert_ok(davy_days_make(days, (davy_day_file){1, 0}, &day));
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
        TEST(a_day_has_a_file_for_each_class_and_is_listed_once),
        TEST(names_of_files_are_a_date_and_a_class),
        TEST(who_reads_a_file_that_is_removed_reads_on),
        TEST(a_removal_that_a_crash_ended_in_the_middle_goes_on),
        TEST(a_rolled_back_blob_leaves_no_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
