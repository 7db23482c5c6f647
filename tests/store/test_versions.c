/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Stores that earlier versions wrote are read for ever: data/N holds one of format N, and this is
 * what was put in. Six signals, one for each way a column is kept (docs/store-format.md); points 0
 * to 59 are sealed, 60 to 63 are in the log, and so is a correction of point 7 of "v/decimal".
 */
#include "store/backup.h"

#include "core/sample.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <math.h>
#include <stdint.h>

#define START_NS  (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define POINTS    ((size_t) 64)
#define CORRECTED ((size_t) 7)

enum { CONSTANT, DECIMAL, FLOAT32, RAW, DICTIONARY, GAPS, SIGNALS };

static const char *const paths[SIGNALS] = {"v/constant", "v/decimal",    "v/float32",
                                           "v/raw",      "v/dictionary", "v/gaps"};

/* Bits without any order: the first steps of Knuth's linear congruential generator MMIX. */
static double without_order(size_t i)
{
    uint64_t bits = i + 1;
    double value;

    for (int step = 0; step < 3; step++)
        bits = bits * 6364136223846793005U + 1442695040888963407U;
    bits &= 0xbfffffffffffffffU; /* no infinity, no NaN */
    memcpy(&value, &bits, sizeof value);
    return value;
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

static void check_store(const char *folder)
{
    const davy_store_options read_only = {.read_only = true};
    uint64_t checked, damaged;
    davy_store *store;

    assert_ok(davy_store_open(folder, &read_only, &store));
    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(checked, SIGNALS);
    assert_int_equal(damaged, 0);
    for (size_t signal = 0; signal < SIGNALS; signal++) {
        struct check check = {.signal = signal};
        davy_signal_id id;

        assert_ok(davy_store_find(store, paths[signal], &id));
        assert_int_equal(id, signal);
        assert_ok(davy_store_scan(store, id, INT64_MIN, INT64_MAX, check_run, &check));
        assert_int_equal(check.points, POINTS);
    }
    davy_store_close(store);
}

/* A copy is read: the repository's own files stay as they are. */
static void format_1_is_read_to_the_bit(void **state)
{
    davy_backup_report report;
    char copy[128];

    (void) state;
    (void) snprintf(copy, sizeof copy, "%s/copy", temporary);
    assert_ok(davy_backup_make(DATA "/1", copy, &report));
    assert_int_equal(report.damaged, 0);
    check_store(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(format_1_is_read_to_the_bit, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
