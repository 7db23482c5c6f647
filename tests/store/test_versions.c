/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Stores that earlier versions wrote are read for ever: data/N holds the N-th format, and this is
 * what was put in. Six signals, one for each way a column is kept (docs/store-format.md), and from
 * data/5 on three more for what linear prediction leaves; points 0 to 59 are sealed, 60 to 63 are
 * in the log, and so is a correction of point 7 of "v/decimal".
 */
#include "store/backup.h"

#include "core/sample.h"
#include "store/store.h"

#include "../testing.h"
#include "ask_day.h"
#include "temporary.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define START_NS  (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define POINTS    ((size_t) 64)
#define CORRECTED ((size_t) 7)

enum {
    CONSTANT,
    DECIMAL,
    FLOAT32,
    RAW,
    DICTIONARY,
    GAPS,
    SIGNALS,
    NOISE = SIGNALS,
    HELD,
    LEVEL,
    ALL
};

static const char *const paths[ALL] = {"v/constant", "v/decimal",    "v/float32",
                                       "v/raw",      "v/dictionary", "v/gaps",
                                       "v/noise",    "v/held",       "v/level"};

/* Bits without any order: the first steps of Knuth's linear congruential generator MMIX. */
static uint64_t bits_without_order(size_t i)
{
    uint64_t bits = i + 1;

    for (int step = 0; step < 3; step++)
        bits = bits * 6364136223846793005U + 1442695040888963407U;
    return bits;
}

static double without_order(size_t i)
{
    uint64_t bits = bits_without_order(i);
    double value;

    bits &= 0xbfffffffffffffffU; /* no infinity, no NaN */
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A sum of four is near enough to a normal distribution; it rises. */
static double noise(size_t i)
{
    int64_t sum = 0;

    for (size_t k = 0; k < 4; k++)
        sum += (int64_t) (bits_without_order(4 * i + k) >> 50);
    return (double) (sum + 50 * (int64_t) (i * i)) / 1000;
}

/* Runs of no rhythm, of which each value is another than the one before. */
static double level(size_t i)
{
    size_t changes = 0;

    for (size_t k = 0; k <= i; k++)
        changes += bits_without_order(k) >> 62 == 0;
    return (double) (changes * 7 % 100 + 100) / 10;
}

static double value_of(size_t signal, size_t i)
{
    switch (signal) {
    case CONSTANT:
        return 21.5;
    case DECIMAL:
        return i == CORRECTED ? 999.25 : (double) ((i * 7919) % 1000) / 100;
    case FLOAT32:
        return (double) ((float) (i * 13 % 50) / 10.0F);
    case RAW:
        return without_order(i);
    case DICTIONARY:
        return (double) (i / 8 % 3);
    case NOISE:
        return noise(i);
    case HELD:
        return noise(i / 3);
    case LEVEL:
        return level(i);
    default:
        return i % 16 == 5 ? (double) NAN : i % 16 == 9 ? -0.0 : (double) i / 10;
    }
}

static uint32_t quality_of(size_t signal, size_t i)
{
    return signal == GAPS && i % 16 == 5   ? DAVY_QUALITY_BAD
           : signal == GAPS && i % 16 == 6 ? DAVY_QUALITY_UNCERTAIN
                                           : DAVY_QUALITY_GOOD;
}

struct check {
    size_t signal, points;
};

static davy_status check_run(void *context, const davy_store_run *run)
{
    struct check *check = context;

    for (size_t i = 0; i < run->count; i++, check->points++) {
        double expected = value_of(check->signal, check->points);

        assert_int_equal(run->times[i], START_NS + (int64_t) check->points * DAVY_NS_PER_S);
        assert_int_equal(run->quality[i], quality_of(check->signal, check->points));
        assert_memory_equal(&run->values[i], &expected, sizeof expected);
    }
    return DAVY_OK;
}

static void check_store(const char *folder, size_t signals, size_t chunks)
{
    const davy_store_options read_only = {.read_only = true};
    uint64_t checked, damaged;
    davy_store *store;

    assert_ok(davy_store_open(folder, &read_only, &store));
    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(checked, chunks);
    assert_int_equal(damaged, 0);
    for (size_t signal = 0; signal < signals; signal++) {
        struct check check = {.signal = signal};
        davy_signal_id id;

        assert_ok(davy_store_find(store, paths[signal], &id));
        assert_int_equal(id, signal);
        assert_ok(davy_store_scan(store, id, INT64_MIN, INT64_MAX, check_run, &check));
        assert_int_equal(check.points, POINTS);
    }
    davy_store_close(store);
}

static void copy_of(const char *version, char *copy, size_t size)
{
    davy_backup_report report;
    char from[128], command[1024];

    /* SQLite writes beside a file that it reads. */
    (void) snprintf(from, sizeof from, "%s/from", temporary);
    (void) snprintf(command, sizeof command, "cp -R '" DATA "/%s' '%s'", version, from);
    assert_int_equal(system(command), 0);
    (void) snprintf(copy, size, "%s/copy", temporary);
    assert_ok(davy_backup_make(from, copy, &report));
    assert_int_equal(report.damaged, 0);
}

/* A copy is read: the repository's own files stay as they are. */
static void format_1_is_read_to_the_bit(void **state)
{
    char copy[128];

    (void) state;
    copy_of("1", copy, sizeof copy);
    check_store(copy, SIGNALS, SIGNALS);
}

static void format_2_is_read_to_the_bit(void **state)
{
    char copy[128];

    (void) state;
    copy_of("2", copy, sizeof copy);
    check_store(copy, SIGNALS, SIGNALS);
}

/* Data/3 is the first with names of signals that have checksums. */
static void format_2_of_the_catalogue_is_read_to_the_bit(void **state)
{
    char copy[128];

    (void) state;
    copy_of("3", copy, sizeof copy);
    check_store(copy, SIGNALS, SIGNALS);
}

/* Data/4 is the first with notes of late chunks: one correction of point 7 is sealed. */
static void format_3_is_read_to_the_bit(void **state)
{
    char copy[128];

    (void) state;
    copy_of("4", copy, sizeof copy);
    check_store(copy, SIGNALS, SIGNALS + 1);
    assert_int_equal(ask_day(copy, "SELECT count(*) FROM late"), 1);
}

/* Data/5 is the first with heads in bytes; it too has one late chunk. */
static void format_4_is_read_to_the_bit(void **state)
{
    char copy[128];

    (void) state;
    copy_of("5", copy, sizeof copy);
    check_store(copy, ALL, ALL + 1);
    assert_int_equal(ask_day(copy, "PRAGMA user_version"), 4);
    assert_int_equal(ask_day(copy, "SELECT count(*) FROM late"), 1);
}

/* Chunks of before are there as they were; of new ones more is told. A reader that opened the file
 * when it had the old columns reads on. */
/* @param late  chunks that overlap what was there before: of data/1 the log has all points still */
static void write_on(const char *version, int number, int without_moves, int late)
{
    const davy_store_options read_only = {.read_only = true};
    char copy[128];
    uint64_t checked, damaged;
    davy_store *store, *reader;

    copy_of(version, copy, sizeof copy);
    assert_int_equal(ask_day(copy, "PRAGMA user_version"), number);
    assert_ok(davy_store_open(copy, &read_only, &reader));
    assert_ok(davy_store_verify(reader, &checked, &damaged));
    assert_ok(davy_store_open(copy, NULL, &store));
    assert_ok(davy_store_seal(store)); /* points 60 to 63, which were in the log, and point 7 */
    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(checked, 2 * SIGNALS);
    assert_int_equal(damaged, 0);
    assert_ok(davy_store_verify(reader, &checked, &damaged));
    assert_int_equal(checked, 2 * SIGNALS);
    assert_int_equal(damaged, 0);
    davy_store_close(reader);
    davy_store_close(store);
    assert_int_equal(ask_day(copy, "PRAGMA user_version"), 3);
    assert_int_equal(ask_day(copy, "SELECT count(*) FROM chunk WHERE steepest IS NULL"),
                     without_moves);
    assert_int_equal(ask_day(copy, "SELECT count(*) FROM late"), late);
    check_store(copy, SIGNALS, 2 * (size_t) SIGNALS);
}

static void a_file_of_format_1_is_written_on_as_format_3(void **state)
{
    (void) state;
    write_on("1", 1, SIGNALS, SIGNALS);
}

static void a_file_of_format_2_is_written_on_as_format_3(void **state)
{
    (void) state;
    write_on("2", 2, 0, 1);
}

/* Its heads stay columns: only a new file has them in bytes. */
static void a_file_of_format_3_is_written_on_as_it_is(void **state)
{
    char copy[128];
    davy_store *store;

    (void) state;
    copy_of("4", copy, sizeof copy);
    assert_ok(davy_store_open(copy, NULL, &store));
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    assert_int_equal(ask_day(copy, "PRAGMA user_version"), 3);
    assert_int_equal(ask_day(copy, "SELECT count(*) FROM chunk WHERE steepest >= 0"),
                     2 * SIGNALS + 1);
    check_store(copy, SIGNALS, 2 * (size_t) SIGNALS + 1);
}

static void write_points(davy_store *store, size_t from, size_t to)
{
    davy_sample samples[ALL * POINTS];
    size_t count = 0;

    for (size_t signal = 0; signal < ALL; signal++)
        for (size_t i = from; i < to; i++)
            samples[count++] =
                (davy_sample){START_NS + (int64_t) i * DAVY_NS_PER_S, value_of(signal, i),
                              (davy_signal_id) signal, quality_of(signal, i)};
    assert_ok(davy_store_append(store, samples, count));
}

/* How data/2 was made, and data/N will be: `test_versions make FOLDER` of the first program that
 * writes format N. */
static int make(const char *folder)
{
    davy_sample first = {START_NS + (int64_t) CORRECTED * DAVY_NS_PER_S, 1.0, DECIMAL, 0};
    davy_store *store;
    davy_signal_id id;

    assert_ok(davy_store_open(folder, NULL, &store));
    for (size_t signal = 0; signal < ALL; signal++)
        assert_ok(davy_store_signal(store, paths[signal], "", &id));
    write_points(store, 0, 60);
    assert_ok(davy_store_append(store, &first, 1)); /* what the correction takes the place of */
    assert_ok(davy_store_seal(store));
    first.value = 2.0;
    assert_ok(davy_store_append(store, &first, 1));
    assert_ok(davy_store_seal(store)); /* a late chunk */
    write_points(store, 60, POINTS);
    first.value = value_of(DECIMAL, CORRECTED);
    assert_ok(davy_store_append(store, &first, 1));
    davy_store_close(store);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(format_1_is_read_to_the_bit, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(format_2_is_read_to_the_bit, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(format_2_of_the_catalogue_is_read_to_the_bit,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(format_3_is_read_to_the_bit, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(format_4_is_read_to_the_bit, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(a_file_of_format_1_is_written_on_as_format_3,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(a_file_of_format_2_is_written_on_as_format_3,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(a_file_of_format_3_is_written_on_as_it_is, temporary_make,
                                        temporary_remove),
    };

    if (argc == 3 && strcmp(argv[1], "make") == 0)
        return make(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
