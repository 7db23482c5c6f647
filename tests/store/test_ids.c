/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A catalogue that is older than the day files: who restores the names of the signals from a copy
 * must not find samples of one signal under the name of another.
 */
#include "store/store.h"

#include "core/file.h"

#include "../testing.h"
#include "temporary.h"

#include <sqlite3.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02 */
#define DAY_NS   (86400 * DAVY_NS_PER_S)

static davy_store *open_store(void)
{
    davy_store *store;

    assert_ok(davy_store_open(temporary, NULL, &store));
    return store;
}

/* A sample of its own in a day of its own. */
static void keep(const char *path, int day)
{
    davy_sample sample = {.time_ns = START_NS + day * DAY_NS, .value = day};
    davy_store *store = open_store();

    assert_ok(davy_store_signal(store, path, "bar", &sample.signal));
    assert_int_equal(sample.signal, day);
    assert_ok(davy_store_append(store, &sample, 1));
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
}

static void name_catalogue(char path[128])
{
    (void) snprintf(path, 128, "%s/catalogue.db", temporary);
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

/* @return the id that a new name gets */
static davy_signal_id check_new_name(const char *path)
{
    davy_store *store = open_store();
    davy_store_stats stats;
    davy_signal_id id, lost;
    size_t points = 0;

    assert_ok(davy_store_signal(store, path, "C", &id));
    assert_ok(davy_store_scan(store, id, INT64_MIN, INT64_MAX, count_run, &points));
    assert_int_equal(points, 0);
    assert_ok(davy_store_find(store, "damaged/2", &lost));
    assert_int_equal(lost, 2);
    assert_ok(davy_store_scan(store, lost, INT64_MIN, INT64_MAX, count_run, &points));
    assert_int_equal(points, 1);
    davy_store_get_stats(store, &stats);
    assert_true(stats.damaged_chunks >= 1);
    davy_store_close(store);
    return id;
}

static void an_old_copy_of_the_names_gives_no_id_again(void **state)
{
    davy_buffer old = {0};
    davy_store *store;
    davy_signal_id id;
    char path[128];

    (void) state;
    name_catalogue(path);
    keep("unit/a", 0);
    assert_ok(davy_file_read(path, SIZE_MAX, &old));
    keep("unit/b", 1);
    keep("unit/c", 2);
    assert_ok(davy_file_replace(path, old.bytes, old.length, 0640));
    davy_buffer_clear(&old);
    assert_int_equal(check_new_name("unit/d"), 3);
    store = open_store(); /* and it stays so */
    assert_ok(davy_store_find(store, "unit/a", &id));
    assert_int_equal(id, 0);
    assert_ok(davy_store_signal(store, "unit/e", NULL, &id));
    assert_int_equal(id, 4);
    davy_store_close(store);
}

static void nor_do_names_that_are_gone(void **state)
{
    char path[128];

    (void) state;
    name_catalogue(path);
    keep("unit/a", 0);
    keep("unit/b", 1);
    keep("unit/c", 2);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(check_new_name("unit/d"), 3);
}

/* The id that a flipped bit made would be followed by four thousand million names. */
static void an_id_that_does_not_fit_its_checksum_is_none(void **state)
{
    davy_store *store;
    davy_signal_id id;
    sqlite3 *day;
    char path[128];

    (void) state;
    keep("unit/a", 0);
    keep("unit/b", 1);
    (void) snprintf(path, sizeof path, "%s/days/2026-01-03.db", temporary);
    assert_int_equal(sqlite3_open(path, &day), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(day, "UPDATE chunk SET signal = signal | 2147483648", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(day), SQLITE_OK);
    store = open_store();
    assert_ok(davy_store_signal(store, "unit/c", NULL, &id));
    assert_int_equal(id, 2);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_old_copy_of_the_names_gives_no_id_again),
        TEST(nor_do_names_that_are_gone),
        TEST(an_id_that_does_not_fit_its_checksum_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
