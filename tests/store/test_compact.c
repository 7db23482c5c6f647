/* SPDX-License-Identifier: Apache-2.0 */

/* Compaction: what is read stays the same, and lies in fewer chunks that overlap nothing. */
#include "store/store.h"

#include "store/compaction.h"

#include "../testing.h"
#include "temporary.h"

#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define PLACES   ((size_t) 9000)
#define DAY      "2026-01-02"

/* The value at each second of the day; 0: there is none. */
static double model[PLACES];

static davy_store *open_store(size_t signals)
{
    davy_store *store;
    davy_signal_id id;
    char path[16];

    memset(model, 0, sizeof model);
    assert_ok(davy_store_open(temporary, NULL, &store));
    for (size_t i = 0; i < signals; i++) {
        (void) snprintf(path, sizeof path, "a/%zu", i);
        assert_ok(davy_store_signal(store, path, NULL, &id));
    }
    return store;
}

/* Every `step`-th second of [from, to), in one sealing, for each of the signals. */
static void write_chunk(davy_store *store, size_t signals, size_t from, size_t to, size_t step,
                        double value)
{
    static davy_sample samples[PLACES];

    for (size_t signal = 0; signal < signals; signal++) {
        size_t count = 0;

        for (size_t i = from; i < to; i += step, count++) {
            samples[count] =
                (davy_sample){START_NS + (int64_t) i * DAVY_NS_PER_S, value + (double) (i % 7),
                              (davy_signal_id) signal, DAVY_QUALITY_GOOD};
            model[i] = samples[count].value;
        }
        assert_ok(davy_store_append(store, samples, count));
    }
    assert_ok(davy_store_seal(store));
}

static davy_status compare_run(void *context, const davy_store_run *run)
{
    size_t *place = context;

    for (size_t i = 0; i < run->count; i++, ++*place) {
        while (*place < PLACES && model[*place] == 0)
            ++*place;
        if (*place >= PLACES)
            return davy_fail(DAVY_ERR_CORRUPT, "more points than were sent");
        assert_true(run->times[i] == START_NS + (int64_t) *place * DAVY_NS_PER_S);
        assert_near(run->values[i], model[*place], 0.0);
    }
    return DAVY_OK;
}

static void compare(davy_store *store, davy_signal_id signal)
{
    size_t place = 0;

    assert_ok(davy_store_scan(store, signal, INT64_MIN, INT64_MAX, compare_run, &place));
    while (place < PLACES && model[place] == 0)
        place++;
    assert_int_equal(place, PLACES);
}

static sqlite3_int64 ask(const char *sql)
{
    char path[256];
    sqlite3 *database;
    sqlite3_stmt *select;
    sqlite3_int64 number;

    (void) snprintf(path, sizeof path, "%s/days/" DAY ".db", temporary);
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &select, NULL), SQLITE_OK);
    number = sqlite3_step(select) == SQLITE_ROW ? sqlite3_column_int64(select, 0) : 0;
    sqlite3_finalize(select);
    sqlite3_close(database);
    return number;
}

#define OVERLAPS                                                                           \
    "SELECT count(*) FROM chunk a JOIN chunk b ON a.signal = b.signal AND a.first_ns <= "  \
    "b.first_ns AND a.first_ns + a.span_ns >= b.first_ns AND (a.first_ns < b.first_ns OR " \
    "a.sequence < b.sequence)"
#define ORPHANS                                                                                  \
    "SELECT count(*) FROM blob WHERE id NOT IN (SELECT data FROM chunk UNION SELECT times FROM " \
    "chunk)"

static void verify(davy_store *store)
{
    uint64_t checked, damaged;

    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(damaged, 0);
}

/* 300 chunks of 30 points, then one from end to end and one that corrects a part of it: more than
 * are merged at once, so what lies beyond the first of them goes on under its own sequence. */
static void chunks_that_overlap_become_chunks_that_do_not(void **state)
{
    davy_store *store = open_store(1);

    (void) state;
    for (size_t i = 0; i < 300; i++)
        write_chunk(store, 1, 30 * i, 30 * i + 30, 2, 100);
    write_chunk(store, 1, 5, PLACES, 10, 200);
    for (size_t i = 299; i >= 100; i--) /* the latest ones first: a rest must not take theirs */
        write_chunk(store, 1, 30 * i, 30 * i + 30, 3, 300);
    assert_true(ask(OVERLAPS) > 400);
    compare(store, 0);
    assert_ok(davy_store_compact(store));
    compare(store, 0);
    assert_int_equal(ask(OVERLAPS), 0);
    assert_int_equal(ask(ORPHANS), 0);
    assert_true(ask("SELECT count(*) FROM chunk") < 20);
    verify(store);
    write_chunk(store, 1, 40, 6000, 11, 400); /* what comes later wins as before */
    compare(store, 0);
    assert_ok(davy_store_compact(store));
    compare(store, 0);
    davy_store_close(store);
}

/* Ten signals of one poll group, read once a minute and sealed by the hour: 20 chunks each, whose
 * times they share, become one each, and share them again. */
static void small_chunks_of_a_poll_group_become_one_each(void **state)
{
    davy_store *store = open_store(10);

    (void) state;
    for (size_t i = 0; i < 20; i++)
        write_chunk(store, 10, 400 * i, 400 * i + 400, 40, (double) i + 1);
    assert_true(ask("SELECT count(*) FROM chunk") >= 200);
    assert_ok(davy_store_compact(store));
    for (davy_signal_id signal = 0; signal < 10; signal++)
        compare(store, signal);
    assert_int_equal(ask("SELECT count(*) FROM chunk"), 10);
    assert_int_equal(ask(ORPHANS), 0);
    verify(store);
    davy_store_close(store);
}

static void write_roots(davy_store *store, size_t from, size_t to)
{
    davy_sample sample = {0};

    for (size_t i = from; i < to; i++) {
        sample.time_ns = START_NS + (int64_t) i * DAVY_NS_PER_S;
        sample.value = model[i] = sqrt((double) i);
        assert_ok(davy_store_append(store, &sample, 1));
    }
    assert_ok(davy_store_seal(store));
}

/* Roots are no decimal numbers: with them the hundreds would take eight bytes each. */
static void few_that_are_no_decimals_do_not_spoil_many(void **state)
{
    davy_store *store = open_store(1);

    (void) state;
    write_chunk(store, 1, 0, 700, 1, 100);
    write_roots(store, 700, 1400);
    write_chunk(store, 1, 1400, 2100, 1, 100);
    write_chunk(store, 1, 2100, 2800, 1, 100);
    assert_ok(davy_store_compact(store));
    compare(store, 0);
    assert_int_equal(ask("SELECT sum(points) FROM chunk WHERE substr(head, 2, 1) <> x'03'"), 2100);
    assert_int_equal(ask("SELECT count(*) FROM chunk WHERE substr(head, 2, 1) = x'03'"), 1);
    davy_store_close(store);
}

static davy_store *compacted; /* in the middle of a scan */

static davy_status compare_and_compact(void *context, const davy_store_run *run)
{
    if (compacted)
        assert_ok(davy_store_compact(compacted));
    compacted = NULL;
    return compare_run(context, run);
}

/* It reads on in the file as it was. */
static void a_reader_on_its_way_misses_nothing(void **state)
{
    davy_store *store = open_store(1);
    davy_store_stats stats;
    size_t place = 0;

    (void) state;
    write_chunk(store, 1, 0, PLACES, 1, 100);
    write_chunk(store, 1, 3, PLACES, 50, 200);
    compacted = store;
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, compare_and_compact, &place));
    assert_int_equal(place, PLACES);
    assert_null(compacted);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.damaged_chunks, 0);
    assert_int_equal(ask(OVERLAPS), 0);
    davy_store_close(store);
}

/* What cannot be read of it may be rescued some day, and must not take others with it. */
static void a_damaged_chunk_stays_with_those_that_it_overlaps(void **state)
{
    davy_store *store = open_store(1);
    sqlite3_int64 before;

    (void) state;
    write_chunk(store, 1, 0, 2000, 1, 100);
    write_chunk(store, 1, 3, 2000, 50, 200);
    before = ask("SELECT count(*) FROM chunk");
    davy_store_close(store);
    (void) ask("UPDATE blob SET bytes = zeroblob(40) WHERE id = 1");
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_compact(store));
    assert_int_equal(ask("SELECT count(*) FROM chunk"), before);
    davy_store_close(store);
}

static void a_backup_under_way_is_not_disturbed(void **state)
{
    davy_store *store = open_store(1);
    char days[256];
    int held;

    (void) state;
    write_chunk(store, 1, 0, 2000, 1, 100);
    write_chunk(store, 1, 3, 2000, 50, 200);
    (void) snprintf(days, sizeof days, "%s/days", temporary);
    assert_ok(davy_compaction_hold(days, false, &held));
    assert_fails(davy_store_compact(store), DAVY_ERR_UNAVAILABLE, "cannot hold");
    assert_true(ask(OVERLAPS) > 0);
    close(held);
    assert_ok(davy_store_compact(store));
    assert_int_equal(ask(OVERLAPS), 0);
    davy_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chunks_that_overlap_become_chunks_that_do_not,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(small_chunks_of_a_poll_group_become_one_each,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(few_that_are_no_decimals_do_not_spoil_many, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(a_reader_on_its_way_misses_nothing, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(a_damaged_chunk_stays_with_those_that_it_overlaps,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(a_backup_under_way_is_not_disturbed, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
