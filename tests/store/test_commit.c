/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Group commit, with a disk that is slow, full or broken when the test says so: the linker puts the
 * functions below in the place of fdatasync() and write().
 */
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S)

int __real_fdatasync(int descriptor);
ssize_t __real_write(int descriptor, const void *bytes, size_t length);
int __wrap_fdatasync(int descriptor);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t length);

int __real_statvfs64(const char *path, struct statvfs *disk);
int __wrap_statvfs64(const char *path, struct statvfs *disk);

static atomic_int free_pages = -1; /* of 4,096 bytes; -1: what the disk says */

int __wrap_statvfs64(const char *path, struct statvfs *disk)
{
    int pages = atomic_load(&free_pages), answer = __real_statvfs64(path, disk);

    if (answer == 0 && pages >= 0) {
        disk->f_bavail = (fsblkcnt_t) pages;
        disk->f_frsize = 4096;
    }
    return answer;
}

static atomic_int sync_delay_us, sync_fails, write_room = -1; /* bytes; -1: no end */

int __wrap_fdatasync(int descriptor)
{
    if (atomic_load(&sync_delay_us) > 0)
        usleep((useconds_t) atomic_load(&sync_delay_us));
    if (atomic_load(&sync_fails)) {
        errno = EIO;
        return -1;
    }
    return __real_fdatasync(descriptor);
}

/* A full disk takes what fits and then says no. */
ssize_t __wrap_write(int descriptor, const void *bytes, size_t length)
{
    int room = atomic_load(&write_room);

    if (room < 0)
        return __real_write(descriptor, bytes, length);
    if (room == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (length > (size_t) room)
        length = (size_t) room;
    atomic_fetch_sub(&write_room, (int) length);
    return __real_write(descriptor, bytes, length);
}

static davy_store *open_store(void)
{
    davy_store *store;
    davy_signal_id id;

    assert_ok(davy_store_open(temporary, NULL, &store));
    for (int i = 0; i < 8; i++) {
        char path[16];

        (void) snprintf(path, sizeof path, "unit/%d", i);
        assert_ok(davy_store_signal(store, path, NULL, &id));
        assert_int_equal(id, i);
    }
    return store;
}

static davy_status append(davy_store *store, davy_signal_id signal, int i)
{
    davy_sample sample = {START_NS + i * DAVY_NS_PER_S, i, signal, 0};

    return davy_store_append(store, &sample, 1);
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

static size_t count(davy_store *store, davy_signal_id signal)
{
    size_t points = 0;

    assert_ok(davy_store_scan(store, signal, INT64_MIN, INT64_MAX, count_run, &points));
    return points;
}

static davy_store_stats stats_of(davy_store *store)
{
    davy_store_stats stats;

    davy_store_get_stats(store, &stats);
    return stats;
}

static void a_full_disk_keeps_nothing_and_writes_go_on_when_there_is_room(void **state)
{
    davy_store *store = open_store();

    (void) state;
    assert_ok(append(store, 0, 0));
    for (int room = 0; room < 50; room += 7) {
        atomic_store(&write_room, room);
        assert_fails(append(store, 0, 1), DAVY_ERR_FULL, "No space left");
        assert_int_equal(count(store, 0), 1);
    }
    atomic_store(&write_room, -1);
    assert_false(stats_of(store).failed);
    assert_ok(append(store, 0, 2));
    davy_store_close(store);
    store = open_store();
    assert_int_equal(count(store, 0), 2);
    assert_int_equal(stats_of(store).cut_bytes, 0);
    davy_store_close(store);
}

/* Bytes of the log's files. */
static size_t log_size(void)
{
    char pattern[256];
    struct stat about;
    size_t bytes = 0;
    glob_t found;

    (void) snprintf(pattern, sizeof pattern, "%s/hot/*.log", temporary);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        bytes += stat(found.gl_pathv[i], &about) == 0 ? (size_t) about.st_size : 0;
    globfree(&found);
    return bytes;
}

/* Where the frames fit and the zeros behind them do not, the disk is left what it has. */
static void a_disk_without_space_for_room_takes_samples_and_keeps_the_rest(void **state)
{
    davy_store *store = open_store();
    size_t before = log_size();

    (void) state;
    atomic_store(&write_room, 1000);
    assert_ok(append(store, 0, 0));
    assert_int_equal(atomic_load(&write_room), 0); /* zeros were tried */
    assert_true(log_size() - before < 100);        /* and given back */
    atomic_store(&write_room, 1000);
    assert_ok(append(store, 0, 1));
    assert_true(atomic_load(&write_room) > 900); /* and are not tried again */
    atomic_store(&write_room, -1);
    assert_ok(append(store, 0, 2));
    assert_int_equal(count(store, 0), 3);
    davy_store_close(store);
}

static void put_zeros_behind(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(truncate(path, about.st_size + 5000), 0);
}

/* A power cut may undo the cutting of every segment, as a kill leaves the room of the last one. */
static void zeros_behind_any_segment_are_no_damage(void **state)
{
    char pattern[256];
    glob_t found;
    davy_store *store;

    (void) state;
    for (int i = 0; i < 3; i++) {
        store = open_store();
        assert_ok(append(store, 0, i));
        davy_store_close(store);
    }
    (void) snprintf(pattern, sizeof pattern, "%s/hot/*.log", temporary);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 3);
    for (size_t i = 0; i < found.gl_pathc; i++)
        put_zeros_behind(found.gl_pathv[i]);
    globfree(&found);
    store = open_store();
    assert_int_equal(stats_of(store).damaged_frames, 0);
    assert_int_equal(stats_of(store).cut_bytes, 0);
    assert_int_equal(count(store, 0), 3);
    davy_store_close(store);
}

/* The disk says how much is free; what is below the floor is for the records of alarms. */
static void samples_are_refused_while_the_rest_of_the_room_is_for_alarms(void **state)
{
    const davy_store_options options = {.floor_bytes = 4096 * 10};
    davy_store *store = open_store();

    (void) state;
    davy_store_close(store);
    assert_ok(davy_store_open(temporary, &options, &store));
    atomic_store(&free_pages, 10);
    assert_ok(append(store, 0, 0));
    atomic_store(&free_pages, 9);
    assert_fails(append(store, 0, 1), DAVY_ERR_FULL, "36864 bytes of space are left");
    assert_ok(davy_store_seal(store)); /* what was answered is put away all the same */
    assert_int_equal(count(store, 0), 1);
    assert_false(stats_of(store).failed);
    atomic_store(&free_pages, -1);
    assert_ok(append(store, 0, 1));
    assert_int_equal(count(store, 0), 2);
    davy_store_close(store);
}

static void
after_a_failed_sync_nothing_is_acknowledged_until_the_store_is_opened_again(void **state)
{
    davy_store *store = open_store();

    (void) state;
    assert_ok(append(store, 0, 0));
    atomic_store(&sync_fails, 1);
    assert_fails(append(store, 0, 1), DAVY_ERR_IO, "cannot sync");
    atomic_store(&sync_fails, 0); /* a sync would succeed now, and would mean nothing */
    assert_fails(append(store, 0, 2), DAVY_ERR_IO, "refuses writes");
    assert_true(stats_of(store).failed);
    assert_int_equal(count(store, 0), 1);
    davy_store_close(store);
    store = open_store();
    assert_ok(append(store, 0, 3));
    assert_true(count(store, 0) == 2 || count(store, 0) == 3); /* the second one is unknown */
    davy_store_close(store);
}

struct writer {
    davy_store *store;
    davy_signal_id signal;
    int samples;
};

static void *write_samples(void *context)
{
    struct writer *writer = context;

    for (int i = 0; i < writer->samples; i++)
        assert_ok(append(writer->store, writer->signal, i));
    return NULL;
}

#define WRITERS 8

static void run_writers(davy_store *store, int samples)
{
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];

    for (size_t i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){store, (davy_signal_id) i, samples};
        assert_int_equal(pthread_create(&threads[i], NULL, write_samples, &writers[i]), 0);
    }
    for (size_t i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
}

static void writers_share_syncs(void **state)
{
    davy_store *store = open_store();

    (void) state;
    atomic_store(&sync_delay_us, 2000);
    run_writers(store, 50);
    atomic_store(&sync_delay_us, 0);
    assert_int_equal(stats_of(store).samples_appended, 50 * WRITERS);
    assert_true(stats_of(store).syncs <= 50 * WRITERS / 3); /* two or so for each round */
    for (davy_signal_id i = 0; i < WRITERS; i++)
        assert_int_equal(count(store, i), 50);
    davy_store_close(store);
}

static void a_lone_writer_waits_for_one_sync(void **state)
{
    davy_store *store = open_store();

    (void) state;
    for (int i = 0; i < 10; i++)
        assert_ok(append(store, 0, i));
    assert_int_equal(stats_of(store).syncs, 10);
    davy_store_close(store);
}

static void *seal_and_read(void *context)
{
    struct writer *writer = context;
    size_t before = 0;

    for (int i = 0; i < writer->samples; i++) {
        size_t points = count(writer->store, writer->signal);

        assert_true(points >= before); /* what was seen once is seen again, sealed or not */
        before = points;
        if (i % 4 == 0)
            assert_ok(davy_store_seal(writer->store));
    }
    return NULL;
}

static void readers_miss_nothing_while_points_are_sealed(void **state)
{
    davy_store *store = open_store();
    struct writer reader = {store, 3, 100};
    pthread_t thread;

    (void) state;
    assert_int_equal(pthread_create(&thread, NULL, seal_and_read, &reader), 0);
    run_writers(store, 300);
    pthread_join(thread, NULL);
    for (davy_signal_id i = 0; i < WRITERS; i++)
        assert_int_equal(count(store, i), 300);
    davy_store_close(store);
}

static void a_long_log_is_rolled_and_removed_when_it_is_sealed(void **state)
{
    static davy_sample batch[100000];
    davy_store *store = open_store();

    (void) state;
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(batch); i++)
            batch[i] = (davy_sample){START_NS + (int64_t) (round * DAVY_ARRAY_LENGTH(batch) + i),
                                     0.1 * (double) i, (davy_signal_id) (i % 8), 0};
        assert_ok(davy_store_append(store, batch, DAVY_ARRAY_LENGTH(batch)));
    }
    assert_ok(davy_store_seal(store));
    assert_true(stats_of(store).bytes_logged > 16 * 1024 * 1024);
    assert_int_equal(stats_of(store).hot_segments, 1);
    assert_int_equal(count(store, 5), 20 * DAVY_ARRAY_LENGTH(batch) / 8);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_keeps_nothing_and_writes_go_on_when_there_is_room),
        TEST(a_disk_without_space_for_room_takes_samples_and_keeps_the_rest),
        TEST(zeros_behind_any_segment_are_no_damage),
        TEST(samples_are_refused_while_the_rest_of_the_room_is_for_alarms),
        TEST(after_a_failed_sync_nothing_is_acknowledged_until_the_store_is_opened_again),
        TEST(writers_share_syncs),
        TEST(a_lone_writer_waits_for_one_sync),
        TEST(readers_miss_nothing_while_points_are_sealed),
        TEST(a_long_log_is_rolled_and_removed_when_it_is_sealed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
