/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <math.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* 2026-01-02T00:00:00Z; the samples of these tests are put around it. */
#define MIDNIGHT    1767312000LL
#define AT(seconds) ((MIDNIGHT + (seconds)) * DAVY_NS_PER_S)

/* What a scan gave, in one piece. */
static struct {
    davy_sample samples[20000];
    size_t count, runs;
} seen;

static davy_status see(void *context, const davy_store_run *run)
{
    (void) context;
    assert_true(run->count > 0 && run->count <= DAVY_STORE_RUN_MAX);
    for (size_t i = 0; i < run->count; i++) {
        assert_true(seen.count < DAVY_ARRAY_LENGTH(seen.samples));
        seen.samples[seen.count++] =
            (davy_sample){run->times[i], run->values[i], run->signal, run->quality[i]};
    }
    seen.runs++;
    return DAVY_OK;
}

static void scan(davy_store *store, davy_signal_id signal, int64_t from_ns, int64_t to_ns)
{
    seen.count = seen.runs = 0;
    assert_ok(davy_store_scan(store, signal, from_ns, to_ns, see, NULL));
    for (size_t i = 1; i < seen.count; i++)
        assert_true(seen.samples[i].time_ns > seen.samples[i - 1].time_ns);
}

static davy_store *open_store(void)
{
    davy_store *store;

    assert_ok(davy_store_open(temporary, NULL, &store));
    return store;
}

static davy_store *reopen(davy_store *store)
{
    davy_store_close(store);
    return open_store();
}

static davy_store *open_reader(void)
{
    static const davy_store_options options = {.read_only = true};
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    return store;
}

static davy_signal_id make_signal(davy_store *store, const char *path)
{
    davy_signal_id id;

    assert_ok(davy_store_signal(store, path, "kPa", &id));
    return id;
}

static void append(davy_store *store, davy_signal_id signal, int64_t time_ns, double value)
{
    davy_sample sample = {time_ns, value, signal, DAVY_QUALITY_GOOD};

    assert_ok(davy_store_append(store, &sample, 1));
}

static void signals_keep_their_ids(void **state)
{
    davy_store *store = open_store();
    davy_signal_id first = make_signal(store, "T-101/pressure"), second, found;

    (void) state;
    second = make_signal(store, "T-101/level");
    assert_int_equal(make_signal(store, "T-101/pressure"), first);
    append(store, second, AT(0), 1);
    store = reopen(store);
    assert_ok(davy_store_find(store, "T-101/level", &found));
    assert_int_equal(found, second);
    assert_fails(davy_store_find(store, "T-9/x", &found), DAVY_ERR_NOT_FOUND, "T-9/x");
    assert_fails(davy_store_signal(store, "", NULL, &found), DAVY_ERR_INVALID, "1 to 127");
    davy_store_close(store);
}

static davy_status note_signal(void *context, const davy_store_signal_info *info)
{
    char *text = context;

    strcat(strcat(strcat(strcat(text, info->path), "="), info->unit), ";");
    return DAVY_OK;
}

static void signals_are_listed_by_path_with_their_newest_unit(void **state)
{
    char text[256] = "";
    davy_store *store = open_store();
    davy_signal_id id;

    (void) state;
    make_signal(store, "T-2/x");
    make_signal(store, "T-10/x");
    assert_ok(davy_store_signal(store, "T-2/x", "bar", &id));
    store = reopen(store);
    assert_ok(davy_store_signals(store, note_signal, text));
    assert_string_equal(text, "T-10/x=kPa;T-2/x=bar;");
    davy_store_close(store);
}

static void samples_come_back_in_order_of_time_whatever_order_they_came_in(void **state)
{
    static const int order[] = {3, 1, 4, 0, 2, 90000, -90000}; /* the last two: other days */
    static const int sorted[] = {-90000, 0, 1, 2, 3, 4, 90000};
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(order); i++)
        append(store, signal, AT(order[i]), order[i]);
    for (int pass = 0; pass < 4; pass++) {
        scan(store, signal, AT(-100000), AT(100000));
        assert_int_equal(seen.count, DAVY_ARRAY_LENGTH(sorted));
        for (size_t i = 0; i < seen.count; i++)
            assert_true(seen.samples[i].value == sorted[i]);
        if (pass == 1)
            assert_ok(davy_store_seal(store));
        else
            store = reopen(store);
    }
    scan(store, signal, AT(1), AT(3));
    assert_int_equal(seen.count, 2);
    davy_store_close(store);
}

static void the_value_written_last_wins(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");

    (void) state;
    for (int i = 0; i < 10; i++)
        append(store, signal, AT(i), i);
    append(store, signal, AT(5), 55); /* corrected in memory */
    assert_ok(davy_store_seal(store));
    append(store, signal, AT(6), 66); /* corrected after sealing */
    append(store, signal, AT(7), 7);  /* repeated */
    for (int pass = 0; pass < 3; pass++) {
        scan(store, signal, AT(0), AT(100));
        assert_int_equal(seen.count, 10);
        for (int i = 0; i < 10; i++)
            assert_true(seen.samples[i].value == (i == 5 ? 55 : i == 6 ? 66 : i));
        if (pass == 0)
            assert_ok(davy_store_seal(store));
        else
            store = reopen(store);
    }
    davy_store_close(store);
}

static void the_latest_sample_is_known_after_a_restart(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b"), other = make_signal(store, "a/c");
    davy_sample sample;

    (void) state;
    append(store, signal, AT(10), 10);
    append(store, signal, AT(5), 5); /* late */
    assert_ok(davy_store_latest(store, signal, &sample));
    assert_true(sample.value == 10);
    assert_ok(davy_store_seal(store));
    append(store, signal, AT(-90000), 1); /* hot, and older than what is sealed */
    store = reopen(store);
    assert_ok(davy_store_latest(store, signal, &sample));
    assert_true(sample.value == 10 && sample.time_ns == AT(10));
    append(store, signal, AT(10), 11);
    assert_ok(davy_store_latest(store, signal, &sample));
    assert_true(sample.value == 11);
    assert_fails(davy_store_latest(store, other, &sample), DAVY_ERR_NOT_FOUND, "no sample");
    davy_store_close(store);
}

static void the_extent_covers_log_and_day_files(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signals[] = {make_signal(store, "a/b"), make_signal(store, "a/c")};
    int64_t first, last;

    (void) state;
    assert_fails(davy_store_extent(store, signals, 2, &first, &last), DAVY_ERR_NOT_FOUND, "none");
    append(store, signals[0], AT(0), 1);
    append(store, signals[1], AT(200000), 1);
    assert_ok(davy_store_seal(store));
    append(store, signals[1], AT(-5), 1);
    assert_ok(davy_store_extent(store, signals, 2, &first, &last));
    assert_true(first == AT(-5) && last == AT(200000));
    assert_ok(davy_store_extent(store, signals, 1, &first, &last));
    assert_true(first == AT(0) && last == AT(0));
    davy_store_close(store);
}

/* By hand: steps of 10 s over the samples below. */
static void a_summary_says_what_happened_in_each_step(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");
    davy_store_bucket buckets[3];
    davy_sample bad = {AT(4), NAN, signal, DAVY_QUALITY_BAD};

    (void) state;
    append(store, signal, AT(1), 3);
    append(store, signal, AT(2), -1);
    append(store, signal, AT(9), 7);
    append(store, signal, AT(21), 5);
    assert_ok(davy_store_append(store, &bad, 1));
    for (int pass = 0; pass < 2; pass++) {
        assert_ok(
            davy_store_summarise(store, signal, AT(0), AT(30), 10 * DAVY_NS_PER_S, buckets, 3));
        assert_int_equal(buckets[0].count, 3);
        assert_int_equal(buckets[0].bad, 1);
        assert_true(buckets[0].min == -1 && buckets[0].max == 7 && buckets[0].sum == 9);
        assert_true(buckets[0].first == 3 && buckets[0].last == 7);
        assert_true(buckets[0].min_time_ns == AT(2) && buckets[0].max_time_ns == AT(9));
        assert_int_equal(buckets[1].count, 0);
        assert_true(isnan(buckets[1].min) && isnan(buckets[1].sum) && isnan(buckets[1].last));
        assert_true(buckets[2].count == 1 && buckets[2].time_ns == AT(20));
        assert_ok(davy_store_seal(store));
    }
    assert_fails(davy_store_summarise(store, signal, AT(0), AT(30), DAVY_NS_PER_S, buckets, 3),
                 DAVY_ERR_INVALID, "steps");
    davy_store_close(store);
}

static void what_is_no_sample_is_refused_and_nothing_of_the_call_is_kept(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");
    davy_sample samples[2] = {{AT(0), 1, signal, 0}, {AT(1), 1, signal + 1, 0}};

    (void) state;
    assert_fails(davy_store_append(store, samples, 2), DAVY_ERR_INVALID, "never made");
    samples[1] = (davy_sample){AT(1), 1, signal, 3};
    assert_fails(davy_store_append(store, samples, 2), DAVY_ERR_INVALID, "quality 3");
    samples[1] = (davy_sample){INT64_MAX, 1, signal, 0};
    assert_fails(davy_store_append(store, samples, 2), DAVY_ERR_INVALID, "1678 to 2261");
    assert_ok(davy_store_append(store, samples, 0));
    scan(store, signal, INT64_MIN, INT64_MAX);
    assert_int_equal(seen.count, 0);
    davy_store_close(store);
}

static void one_process_writes_at_a_time(void **state)
{
    davy_store *store = open_store(), *second;
    char words[32];

    (void) state;
    (void) snprintf(words, sizeof words, "process %ld", (long) getpid());
    assert_fails(davy_store_open(temporary, NULL, &second), DAVY_ERR_EXISTS, words);
    store = reopen(store);
    davy_store_close(store);
}

/* What kill -9 leaves for a moment: a child between fork and exec has the lock of its parent. */
static void a_child_that_is_about_to_end_does_not_keep_the_store(void **state)
{
    const struct timespec moment = {.tv_nsec = 200 * DAVY_NS_PER_MS};
    davy_store *store = open_store();
    pid_t child;

    (void) state;
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void) nanosleep(&moment, NULL);
        _exit(0);
    }
    davy_store_close(store);
    assert_ok(davy_store_open(temporary, NULL, &store));
    davy_store_close(store);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_reader_beside_the_writer_sees_all_that_was_acknowledged(void **state)
{
    davy_store *store = open_store(), *reader;
    davy_signal_id signal = make_signal(store, "a/b"), id;
    davy_sample sample = {AT(0), 0, signal, 0};

    (void) state;
    append(store, signal, AT(0), 1);
    assert_ok(davy_store_seal(store));
    append(store, signal, AT(1), 2);
    reader = open_reader();
    assert_ok(davy_store_seal(store)); /* beside it */
    append(store, signal, AT(2), 3);
    scan(reader, signal, AT(0), AT(10));
    assert_int_equal(seen.count, 2);
    assert_fails(davy_store_append(reader, &sample, 1), DAVY_ERR_DENIED, "reading only");
    assert_fails(davy_store_signal(reader, "new/one", NULL, &id), DAVY_ERR_DENIED, "reading only");
    davy_store_close(reader);
    davy_store_close(store);
}

static void there_must_be_a_store_to_read(void **state)
{
    static const davy_store_options options = {.read_only = true};
    davy_store *store;

    (void) state;
    assert_fails(davy_store_open("/nonexistent/store", &options, &store), DAVY_ERR_NOT_FOUND,
                 "no store");
}

static void sealing_empties_the_log(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");
    davy_store_stats stats;

    (void) state;
    for (int i = 0; i < 10; i++)
        append(store, signal, AT(i), i);
    store = reopen(store);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.hot_samples, 10);
    assert_int_equal(stats.recovered_frames, 10);
    assert_int_equal(stats.hot_segments, 2);
    assert_ok(davy_store_seal(store));
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.hot_samples, 0);
    assert_int_equal(stats.hot_segments, 1);
    assert_int_equal(stats.chunk_samples, 10);
    store = reopen(store);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.hot_samples, 0); /* nothing of it is replayed */
    assert_int_equal(stats.chunk_samples, 10);
    davy_store_close(store);
}

static void nothing_sealed_is_replayed_beside_what_is_not(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");
    davy_store_stats stats;

    (void) state;
    for (int i = 0; i < 10; i++)
        append(store, signal, AT(i), i);
    assert_ok(davy_store_seal(store)); /* the same segment goes on: it holds sealed frames */
    append(store, signal, AT(20), 20);
    store = reopen(store);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.hot_samples, 1);
    scan(store, signal, AT(0), AT(100));
    assert_int_equal(seen.count, 11);
    davy_store_close(store);
}

static davy_status stop(void *context, const davy_store_run *run)
{
    (void) context;
    (void) run;
    return davy_fail(DAVY_ERR_TIMEOUT, "enough");
}

static void a_stopped_scan_gives_the_visitors_status(void **state)
{
    davy_store *store = open_store();
    davy_signal_id signal = make_signal(store, "a/b");

    (void) state;
    append(store, signal, AT(0), 1);
    assert_fails(davy_store_scan(store, signal, AT(0), AT(1), stop, NULL), DAVY_ERR_TIMEOUT,
                 "enough");
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signals_keep_their_ids),
        TEST(signals_are_listed_by_path_with_their_newest_unit),
        TEST(samples_come_back_in_order_of_time_whatever_order_they_came_in),
        TEST(the_value_written_last_wins),
        TEST(the_latest_sample_is_known_after_a_restart),
        TEST(the_extent_covers_log_and_day_files),
        TEST(a_summary_says_what_happened_in_each_step),
        TEST(what_is_no_sample_is_refused_and_nothing_of_the_call_is_kept),
        TEST(one_process_writes_at_a_time),
        TEST(a_child_that_is_about_to_end_does_not_keep_the_store),
        TEST(a_reader_beside_the_writer_sees_all_that_was_acknowledged),
        TEST(there_must_be_a_store_to_read),
        TEST(sealing_empties_the_log),
        TEST(nothing_sealed_is_replayed_beside_what_is_not),
        TEST(a_stopped_scan_gives_the_visitors_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
