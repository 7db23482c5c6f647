/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sealing into many day files: where one cannot be written, and where the store is closed
 * meanwhile.
 */
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <fcntl.h>
#include <glob.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02 */
#define DAY_NS   (86400 * DAVY_NS_PER_S)
#define PER_DAY  10
#define SIGNALS  3

static davy_store *open_store(void)
{
    davy_store *store;
    davy_signal_id id;
    char path[16];

    assert_ok(davy_store_open(temporary, NULL, &store));
    for (int i = 0; i < SIGNALS; i++) {
        (void) snprintf(path, sizeof path, "unit/%d", i);
        assert_ok(davy_store_signal(store, path, NULL, &id));
    }
    return store;
}

static void append_day(davy_store *store, davy_signal_id signal, int day, int from_s)
{
    davy_sample samples[PER_DAY];

    for (int i = 0; i < PER_DAY; i++)
        samples[i] =
            (davy_sample){START_NS + day * DAY_NS + (from_s + i) * DAVY_NS_PER_S, i, signal, 0};
    assert_ok(davy_store_append(store, samples, PER_DAY));
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

static size_t points_of(davy_store *store, davy_signal_id signal, int day)
{
    size_t points = 0;

    assert_ok(davy_store_scan(store, signal, START_NS + day * DAY_NS, START_NS + (day + 1) * DAY_NS,
                              count_run, &points));
    return points;
}

static davy_store_stats stats_of(davy_store *store)
{
    davy_store_stats stats;

    davy_store_get_stats(store, &stats);
    return stats;
}

/* PRAGMA user_version of a closed database: sqlite.org/fileformat2.html, 1.3, four bytes at 60. */
static void set_format(const char *day, uint8_t format)
{
    char path[160];
    int file;

    (void) snprintf(path, sizeof path, "%s/days/%s.db", temporary, day);
    file = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, &format, 1, 63), 1);
    assert_int_equal(close(file), 0);
}

static uint8_t format_of(const char *day)
{
    char path[160];
    uint8_t format = 0;
    int file;

    (void) snprintf(path, sizeof path, "%s/days/%s.db", temporary, day);
    file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(pread(file, &format, 1, 63), 1);
    assert_int_equal(close(file), 0);
    return format;
}

/* A later davy wrote the first day; a sample for it comes late. */
static void a_day_file_that_cannot_be_written_holds_up_its_own_signals_alone(void **state)
{
    davy_store *store = open_store();
    uint8_t format;

    (void) state;
    append_day(store, 0, 0, 0);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    format = format_of("2026-01-02");
    set_format("2026-01-02", 99);

    store = open_store();
    append_day(store, 0, 1, 0);
    append_day(store, 1, 0, 0);
    append_day(store, 1, 1, 0);
    append_day(store, 2, 1, 0);
    for (int again = 0; again < 3; again++)
        assert_fails(davy_store_seal(store), DAVY_ERR_UNSUPPORTED, "format 99");
    assert_int_equal(stats_of(store).hot_samples, 2 * PER_DAY); /* those of signal 1 */
    append_day(store, 2, 1, 100);
    assert_fails(davy_store_seal(store), DAVY_ERR_UNSUPPORTED, "format 99");
    assert_int_equal(stats_of(store).hot_samples, 2 * PER_DAY);
    davy_store_close(store);

    store = open_store();
    assert_int_equal(stats_of(store).hot_samples, 2 * PER_DAY);
    assert_int_equal(points_of(store, 0, 1), PER_DAY);
    assert_int_equal(points_of(store, 1, 0), PER_DAY);
    assert_int_equal(points_of(store, 1, 1), PER_DAY);
    assert_int_equal(points_of(store, 2, 1), 2 * PER_DAY);
    davy_store_close(store);

    set_format("2026-01-02", format);
    store = open_store();
    assert_ok(davy_store_seal(store));
    assert_int_equal(stats_of(store).hot_samples, 0);
    assert_int_equal(stats_of(store).hot_segments, 1);
    assert_int_equal(points_of(store, 0, 0), PER_DAY);
    assert_int_equal(points_of(store, 1, 0), PER_DAY);
    assert_int_equal(points_of(store, 1, 1), PER_DAY);
    assert_int_equal(stats_of(store).chunk_samples, 6 * PER_DAY);
    davy_store_close(store);
}

#define MANY_DAYS 2500 /* more points than wait for a chunk: the store's own thread seals them */

static size_t count_day_files(void)
{
    char pattern[160];
    size_t count = 0;
    glob_t found;

    (void) snprintf(pattern, sizeof pattern, "%s/days/2*.db", temporary);
    if (glob(pattern, 0, NULL, &found) == 0)
        count = found.gl_pathc;
    globfree(&found);
    return count;
}

/* A historian's years come in one request, and a file is made for each of their days. */
static void who_closes_a_store_waits_for_one_day_file_at_most(void **state)
{
    static davy_sample samples[MANY_DAYS];
    davy_store *store = open_store();
    size_t points = 0;

    (void) state;
    for (int i = 0; i < MANY_DAYS; i++)
        samples[i] = (davy_sample){START_NS - i * DAY_NS, i, 0, 0};
    assert_ok(davy_store_append(store, samples, MANY_DAYS));
    while (count_day_files() == 0)
        (void) usleep(1000);
    davy_store_close(store);
    assert_true(count_day_files() < MANY_DAYS / 2);
    store = open_store();
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, count_run, &points));
    assert_int_equal(points, MANY_DAYS);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_day_file_that_cannot_be_written_holds_up_its_own_signals_alone),
        TEST(who_closes_a_store_waits_for_one_day_file_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
