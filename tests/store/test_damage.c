/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bits that flip and files that end too early, in a small store: never a wrong value, and what is
 * missing is told.
 */
#include "store/store.h"

#include "core/file.h"

#include "../testing.h"
#include "temporary.h"

#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S)
#define SIGNALS  2
#define SEALED   1500 /* points of each signal in the day file */
#define HOT      40   /* and after them in the log */
#define FLIPS    600

static double value_of(size_t signal, size_t i)
{
    return round(100 * sin((double) i / 50 + (double) signal)) / 100 + (double) (i % 7);
}

static void append(davy_store *store, size_t from, size_t to)
{
    davy_sample samples[SIGNALS];

    for (size_t i = from; i < to; i++) {
        for (size_t signal = 0; signal < SIGNALS; signal++)
            samples[signal] =
                (davy_sample){START_NS + (int64_t) i * DAVY_NS_PER_S, value_of(signal, i),
                              (davy_signal_id) signal, i % 100 == 3 ? DAVY_QUALITY_UNCERTAIN : 0};
        assert_ok(davy_store_append(store, samples, SIGNALS));
    }
}

static void make_store(void)
{
    davy_signal_id id;
    davy_store *store;

    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_signal(store, "a/b", NULL, &id));
    assert_ok(davy_store_signal(store, "a/c", NULL, &id));
    append(store, 0, SEALED);
    assert_ok(davy_store_seal(store));
    append(store, SEALED, SEALED + HOT);
    davy_store_close(store);
}

/* The one file that a pattern under the store names, or the newest. */
static void find_file(const char *pattern, char path[256])
{
    char whole[256];
    glob_t found;

    (void) snprintf(whole, sizeof whole, "%s/%s", temporary, pattern);
    assert_int_equal(glob(whole, 0, NULL, &found), 0);
    (void) snprintf(path, 256, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
}

struct check {
    size_t signal, points;
};

/* Whatever comes must be right. */
static davy_status check_run(void *context, const davy_store_run *run)
{
    struct check *check = context;

    for (size_t i = 0; i < run->count; i++) {
        size_t place = (size_t) ((run->times[i] - START_NS) / DAVY_NS_PER_S);

        assert_int_equal((run->times[i] - START_NS) % DAVY_NS_PER_S, 0);
        assert_true(place < SEALED + HOT);
        assert_true(run->values[i] == value_of(check->signal, place));
        assert_int_equal(run->quality[i], place % 100 == 3 ? DAVY_QUALITY_UNCERTAIN : 0);
    }
    check->points += run->count;
    return DAVY_OK;
}

/* Steps of 64 points: a count that is full must come with the right extremes. */
static void check_summary(davy_store *store, davy_signal_id signal)
{
    enum { STEPS = (SEALED + HOT) / 70 };
    davy_store_bucket buckets[STEPS];

    assert_ok(davy_store_summarise(store, signal, START_NS, START_NS + STEPS * 70 * DAVY_NS_PER_S,
                                   70 * DAVY_NS_PER_S, buckets, STEPS));
    for (size_t k = 0; k < STEPS; k++) {
        double min = INFINITY, max = -INFINITY;

        for (size_t i = 70 * k; i < 70 * k + 70; i++) {
            min = fmin(min, value_of(signal, i));
            max = fmax(max, value_of(signal, i));
        }
        assert_true(buckets[k].count <= 70);
        if (buckets[k].count == 70)
            assert_true(buckets[k].min == min && buckets[k].max == max);
    }
}

/* All as one step, which the heads of chunks answer by themselves. */
static void check_whole(davy_store *store, davy_signal_id signal)
{
    double min = INFINITY, max = -INFINITY, sum = 0;
    davy_store_bucket whole;

    assert_ok(davy_store_summarise(store, signal, START_NS,
                                   START_NS + (SEALED + HOT) * DAVY_NS_PER_S,
                                   (SEALED + HOT) * DAVY_NS_PER_S, &whole, 1));
    for (size_t i = 0; i < SEALED + HOT; i++) {
        min = fmin(min, value_of(signal, i));
        max = fmax(max, value_of(signal, i));
        sum += value_of(signal, i);
    }
    assert_true(whole.count <= SEALED + HOT);
    if (whole.count < SEALED + HOT)
        return;
    assert_true(whole.min == min && whole.max == max);
    assert_near(whole.sum, sum, 1e-6);
    assert_true(whole.first == value_of(signal, 0));
    assert_true(whole.last == value_of(signal, SEALED + HOT - 1));
    assert_int_equal(whole.bad, 0);
}

/* Read everything of a damaged store. @return points that are missing; *told: it says so */
static size_t read_all(bool *told)
{
    static const davy_store_options options = {.read_only = true};
    uint64_t checked = 0, damaged = 0;
    struct check check = {0, 0};
    davy_store_stats stats;
    davy_store *store;

    *told = true;
    if (davy_store_open(temporary, &options, &store) != DAVY_OK)
        return SIZE_MAX; /* nothing is served, and the caller is told why */
    for (check.signal = 0; check.signal < SIGNALS; check.signal++) {
        assert_ok(davy_store_scan(store, (davy_signal_id) check.signal, INT64_MIN, INT64_MAX,
                                  check_run, &check));
        check_summary(store, (davy_signal_id) check.signal);
        check_whole(store, (davy_signal_id) check.signal);
    }
    if (davy_store_verify(store, &checked, &damaged) != DAVY_OK)
        damaged++;
    davy_store_get_stats(store, &stats);
    *told = damaged > 0 || stats.damaged_chunks > 0 || stats.cut_bytes > 0;
    davy_store_close(store);
    return (size_t) SIGNALS * (SEALED + HOT) - check.points;
}

static void flip(const char *path, size_t bit)
{
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte;

    assert_true(descriptor >= 0);
    assert_int_equal(pread(descriptor, &byte, 1, (off_t) (bit / 8)), 1);
    byte ^= (uint8_t) (1U << bit % 8);
    assert_int_equal(pwrite(descriptor, &byte, 1, (off_t) (bit / 8)), 1);
    close(descriptor);
}

static size_t size_of(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    return (size_t) about.st_size;
}

/* @return how many flips cost points */
static size_t flip_bits(const char *path, size_t step)
{
    size_t bits = size_of(path) * 8, costly = 0;

    for (size_t bit = 0; bit < bits; bit += step) {
        size_t missing;
        bool told;

        flip(path, bit);
        missing = read_all(&told);
        flip(path, bit);
        if (missing > 0 && !told)
            fail_msg("bit %zu of %s: %zu points are missing and nothing is said", bit, path,
                     missing);
        costly += missing > 0;
    }
    return costly;
}

static void a_flipped_bit_of_a_day_file_is_never_served_and_never_silent(void **state)
{
    char path[256];
    bool told;

    (void) state;
    make_store();
    assert_int_equal(read_all(&told), 0);
    assert_false(told);
    find_file("days/*[0-9].db", path);
    assert_true(flip_bits(path, size_of(path) * 8 / FLIPS | 1) > FLIPS / 20);
}

/* The bytes that the statement gives, and where they lie in the file. @return how many */
static size_t find_bytes(const char *path, const char *sql, size_t *place)
{
    davy_buffer whole = {0};
    sqlite3 *database;
    sqlite3_stmt *select;
    const char *found;
    size_t length;

    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &select, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    length = (size_t) sqlite3_column_bytes(select, 0);
    assert_ok(davy_file_read(path, 1 << 24, &whole));
    found = memmem(whole.bytes, whole.length, sqlite3_column_blob(select, 0), length);
    assert_non_null(found);
    *place = (size_t) (found - whole.bytes);
    sqlite3_finalize(select);
    sqlite3_close(database);
    davy_buffer_clear(&whole);
    return length;
}

/* Each bit of what a head says. Its signal's points are all there or it is told. */
static void a_flipped_bit_of_a_head_is_never_served_and_never_silent(void **state)
{
    size_t place, length, costly = 0;
    char path[256];
    bool told;

    (void) state;
    make_store();
    find_file("days/*[0-9].db", path);
    length = find_bytes(path, "SELECT head FROM chunk WHERE signal = 1", &place);
    for (size_t bit = place * 8; bit < (place + length) * 8; bit++) {
        flip(path, bit);
        costly += read_all(&told) > 0;
        assert_true(told);
        flip(path, bit);
    }
    assert_int_equal(costly, length * 8);
}

static void a_flipped_bit_of_the_log_is_never_served_and_never_silent(void **state)
{
    char path[256];

    (void) state;
    make_store();
    find_file("hot/*.log", path);
    assert_true(flip_bits(path, size_of(path) * 8 / FLIPS | 1) > 0);
}

static void a_day_file_cut_anywhere_is_never_served_wrong_and_never_silent(void **state)
{
    davy_buffer whole = {0};
    char path[256];

    (void) state;
    make_store();
    find_file("days/*[0-9].db", path);
    assert_ok(davy_file_read(path, 1 << 24, &whole));
    for (size_t length = 0; length < whole.length; length += whole.length / 100) {
        bool told;

        assert_ok(davy_file_replace(path, whole.bytes, length, 0600));
        if (read_all(&told) > 0)
            assert_true(told);
    }
    davy_buffer_clear(&whole);
}

/* Of each damage, whose samples of when it costs. */
static void keep_chunk_fault(void *context, const davy_store_fault *fault)
{
    if (strstr(fault->what, "samples of '"))
        (void) snprintf(context, 512, "%s: %s", fault->where, fault->what);
}

static void check_told(char told[512])
{
    static const davy_store_options options = {.read_only = true};
    uint64_t checked, damaged;
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    assert_ok(davy_store_verify_faults(store, &checked, &damaged, keep_chunk_fault, told));
    davy_store_close(store);
}

static void the_rest_of_a_day_answers_when_one_chunk_is_damaged(void **state)
{
    char where[512] = "";
    char path[256];
    size_t missing = 0, bit;
    bool told;

    (void) state;
    make_store();
    find_file("days/*[0-9].db", path);
    /* Some flip costs one chunk and no more: 1,500 points of a signal are one chunk. */
    for (bit = size_of(path) * 8 / 2; missing != SEALED && bit < size_of(path) * 8; bit += 1001) {
        flip(path, bit);
        missing = read_all(&told);
        if (missing == SEALED)
            check_told(where);
        flip(path, bit);
    }
    assert_int_equal(missing, SEALED);
    assert_non_null(strstr(where, "days/2026-01-02.db: 1500 samples of 'a/"));
    assert_non_null(strstr(where, "from 2026-01-02T00:00:00.000Z to 2026-01-02T00:24:59.000Z"));
}

/* As a person may put back a copy. Its samples would come twice, out of order, and as rollups of a
 * day in which they are not. */
static void a_day_file_under_the_name_of_another_day_answers_nothing(void **state)
{
    davy_buffer whole = {0};
    char path[256];
    davy_store *store;
    bool told;

    (void) state;
    make_store();
    find_file("days/*[0-9].db", path);
    assert_ok(davy_file_read(path, 1 << 20, &whole));
    memcpy(strstr(path, "2026-01-02"), "2026-01-05", strlen("2026-01-05"));
    assert_ok(davy_file_replace(path, whole.bytes, whole.length, 0600));
    davy_buffer_clear(&whole);
    assert_int_equal(read_all(&told), 0);
    assert_true(told);
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_roll_up(store, INT64_MAX));
    davy_store_close(store);
    assert_int_equal(read_all(&told), 0);
    assert_true(told);
}

static void a_damaged_day_file_is_set_aside_when_more_is_to_be_sealed(void **state)
{
    davy_store *store;
    davy_store_stats stats;
    struct check check = {0, 0};
    char path[256];

    (void) state;
    make_store();
    find_file("days/*[0-9].db", path);
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_file_replace(path, "this is no database, this is no database", 40, 0600));
    assert_ok(davy_store_seal(store));
    davy_store_get_stats(store, &stats);
    assert_true(stats.damaged_chunks > 0);
    assert_int_equal(stats.hot_samples, 0);
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, check_run, &check));
    assert_int_equal(check.points, HOT);
    davy_store_close(store);
    find_file("days/*.db.damaged-*", path);
}

/* A writer that finds a damaged frame keeps the good ones around it and the file as evidence. */
static void a_damaged_segment_is_kept_aside_after_its_rest_was_sealed(void **state)
{
    davy_store *store;
    davy_store_stats stats;
    struct check check = {0, 0};
    char path[256];

    (void) state;
    make_store();
    find_file("hot/*.log", path);
    flip(path, (size_of(path) - 1000) * 8);
    assert_ok(davy_store_open(temporary, NULL, &store));
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.damaged_frames, 1);
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, check_run, &check));
    assert_int_equal(check.points, SEALED + HOT - 1);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    find_file("hot/*.log.damaged", path);
    check.points = 0;
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, check_run, &check));
    assert_int_equal(check.points, SEALED + HOT - 1);
    davy_store_close(store);
}

static void a_lost_log_does_not_make_old_values_win(void **state)
{
    davy_sample again = {START_NS, 12345, 0, 0};
    davy_store *store;
    char command[256];
    struct check check = {0, 0};

    (void) state;
    make_store();
    (void) snprintf(command, sizeof command, "rm -f '%s'/hot/*", temporary);
    assert_int_equal(system(command), 0);
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_append(store, &again, 1)); /* a correction of what is sealed */
    assert_ok(davy_store_seal(store));
    again.value = value_of(0, 0); /* and back: two chunks overlap the first */
    assert_ok(davy_store_append(store, &again, 1));
    assert_ok(davy_store_seal(store));
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, check_run, &check));
    assert_int_equal(check.points, SEALED);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_flipped_bit_of_a_day_file_is_never_served_and_never_silent),
        TEST(a_flipped_bit_of_a_head_is_never_served_and_never_silent),
        TEST(a_flipped_bit_of_the_log_is_never_served_and_never_silent),
        TEST(a_day_file_cut_anywhere_is_never_served_wrong_and_never_silent),
        TEST(the_rest_of_a_day_answers_when_one_chunk_is_damaged),
        TEST(a_day_file_under_the_name_of_another_day_answers_nothing),
        TEST(a_damaged_day_file_is_set_aside_when_more_is_to_be_sealed),
        TEST(a_damaged_segment_is_kept_aside_after_its_rest_was_sealed),
        TEST(a_lost_log_does_not_make_old_values_win),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
