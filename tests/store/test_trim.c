/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Segments of the log that come and go, with a disk that lets one be opened, or removed, when the
 * test says so: the linker puts the functions below in the place of open() and unlink().
 */
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S)

int __real_open64(const char *path, int flags, ...);
int __real_unlink(const char *path);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_unlink(const char *path);

static _Atomic(const char *) kept;      /* what cannot be removed ends so */
static atomic_bool is_out_of_files;     /* no segment can be begun */
static _Atomic(davy_store *) sealed_at; /* is sealed when a reader opens segment 2 again */
static atomic_int openings;             /* of segment 2, by a reader */

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);

    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

int __wrap_open64(const char *path, int flags, ...)
{
    va_list more;
    mode_t mode;

    va_start(more, flags);
    mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (is_out_of_files && ends_with(path, ".log") && (flags & O_CREAT)) {
        errno = EMFILE;
        return -1;
    }
    /* It is read for its marks and then for its samples: between the two it is sealed and goes. */
    if (sealed_at && ends_with(path, "0000000002.log") && ++openings == 2)
        assert_ok(davy_store_seal(sealed_at));
    return __real_open64(path, flags, mode);
}

int __wrap_unlink(const char *path)
{
    if (kept && ends_with(path, kept)) {
        errno = EIO;
        return -1;
    }
    return __real_unlink(path);
}

static davy_store *open_store(bool read_only)
{
    const davy_store_options options = {.read_only = read_only};
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    return store;
}

static davy_status append(davy_store *store, const char *path, double value)
{
    davy_sample sample = {.time_ns = START_NS, .value = value};

    assert_ok(davy_store_signal(store, path, NULL, &sample.signal));
    return davy_store_append(store, &sample, 1);
}

/* A segment ends where its writer does. */
static void append_alone(double value)
{
    davy_store *store = open_store(false);

    assert_ok(append(store, "unit/a", value));
    davy_store_close(store);
}

static davy_status take_value(void *context, const davy_store_run *run)
{
    assert_int_equal(run->count, 1);
    *(double *) context = run->values[0];
    return DAVY_OK;
}

/* Of "unit/a", the first signal. */
static double value_of(davy_store *store)
{
    double value = NAN;

    assert_ok(davy_store_scan(store, 0, START_NS, START_NS + 1, take_value, &value));
    return value;
}

static bool is_there(const char *segment)
{
    char path[256];

    (void) snprintf(path, sizeof path, "%s/hot/%s", temporary, segment);
    return access(path, F_OK) == 0;
}

/* README.md, invariant 2: where the early value of a sample is kept its corrections are too. */
static void a_reader_sees_the_correction_although_its_segment_goes_meanwhile(void **state)
{
    davy_store *store, *reader;

    (void) state;
    append_alone(1.0);
    append_alone(2.0);
    store = open_store(false);
    openings = 0;
    sealed_at = store;
    reader = open_store(true);
    sealed_at = NULL;
    assert_int_equal(openings, 2);
    assert_false(is_there("0000000001.log"));
    assert_near(value_of(reader), 2.0, 0.0);
    davy_store_close(reader);
    davy_store_close(store);
}

/* The same where the segment of the early value cannot be removed: no later one may go then. */
static void a_segment_that_cannot_be_removed_keeps_those_after_it(void **state)
{
    davy_store *store;

    (void) state;
    append_alone(1.0);
    append_alone(2.0);
    kept = "0000000001.log";
    for (int run = 0; run < 3; run++) {
        store = open_store(false);
        assert_near(value_of(store), 2.0, 0.0);
        for (int round = 0; round < 2; round++) {
            assert_ok(append(store, "unit/b", run * 2 + round));
            assert_fails(davy_store_seal(store), DAVY_ERR_IO, "0000000001.log");
        }
        assert_near(value_of(store), 2.0, 0.0);
        assert_true(is_there("0000000002.log"));
        davy_store_close(store);
    }
    kept = NULL;
    store = open_store(false);
    assert_ok(append(store, "unit/b", 7.0));
    assert_ok(davy_store_seal(store));
    assert_false(is_there("0000000001.log"));
    assert_false(is_there("0000000002.log"));
    assert_near(value_of(store), 2.0, 0.0);
    davy_store_close(store);
}

static void fill_segment(davy_store *store, davy_signal_id signal)
{
    static davy_sample batch[DAVY_STORE_APPEND_MAX];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(batch); i++)
        batch[i] = (davy_sample){START_NS + (int64_t) i + 1, 0.1, signal, 0};
    assert_ok(davy_store_append(store, batch, DAVY_ARRAY_LENGTH(batch)));
}

/* A program has its last file open for a moment; the segment before takes what comes then. */
static void without_a_new_segment_the_old_one_goes_on(void **state)
{
    davy_store *store = open_store(false);
    davy_store_stats stats;

    (void) state;
    assert_ok(append(store, "unit/a", 1.0));
    is_out_of_files = true;
    fill_segment(store, 0);
    assert_ok(append(store, "unit/a", 2.0));
    assert_false(is_there("0000000002.log"));
    davy_store_get_stats(store, &stats);
    assert_false(stats.failed);
    is_out_of_files = false;
    assert_ok(append(store, "unit/b", 3.0));
    assert_true(is_there("0000000002.log"));
    assert_near(value_of(store), 2.0, 0.0);
    davy_store_close(store);
    store = open_store(false);
    assert_near(value_of(store), 2.0, 0.0);
    davy_store_close(store);
}

/* Bytes from `from` on are not what was written. */
static void ruin_end(const char *segment, off_t from)
{
    uint8_t noise[4096];
    char path[256];
    off_t end;
    int file;

    (void) snprintf(path, sizeof path, "%s/hot/%s", temporary, segment);
    file = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(file >= 0);
    end = lseek(file, 0, SEEK_END);
    assert_in_range(end - from, 1, sizeof noise);
    memset(noise, 0xa5, sizeof noise);
    assert_int_equal(pwrite(file, noise, (size_t) (end - from), from), end - from);
    assert_int_equal(close(file), 0);
}

/* A chunk is known again by signal, time and number: a correction under the same would pass for
 * what is there already. */
static void a_frame_gets_no_number_that_the_ruined_end_of_the_log_had(void **state)
{
    davy_store *store;

    (void) state;
    append_alone(0.0);
    store = open_store(false);
    assert_ok(append(store, "unit/a", 1.0));
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    ruin_end("0000000002.log", 40); /* the header stays */
    store = open_store(false);
    assert_near(value_of(store), 1.0, 0.0);
    assert_ok(append(store, "unit/a", 2.0));
    assert_near(value_of(store), 2.0, 0.0);
    assert_ok(davy_store_seal(store));
    assert_near(value_of(store), 2.0, 0.0);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reader_sees_the_correction_although_its_segment_goes_meanwhile),
        TEST(a_segment_that_cannot_be_removed_keeps_those_after_it),
        TEST(without_a_new_segment_the_old_one_goes_on),
        TEST(a_frame_gets_no_number_that_the_ruined_end_of_the_log_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
