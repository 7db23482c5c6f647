/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A copy that is made while a writer appends, corrects and seals is the store after one of its
 * appends, exactly. The expected content is counted by hand: append i writes the value i to slot
 * i mod SLOTS, so after append n the slot s holds the largest i <= n with i mod SLOTS = s.
 */
#include "store/backup.h"

#include "core/sample.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define SIGNALS  2
#define SLOTS    ((size_t) 300)
#define COPIES   6
#define SEAL_AT  37 /* appends between two sealings, no divisor of SLOTS */

static char data[128], copy[128];

static void name_folders(void)
{
    (void) snprintf(data, sizeof data, "%s/data", temporary);
    (void) snprintf(copy, sizeof copy, "%s/copy", temporary);
}

static void append(davy_store *store, size_t i)
{
    davy_sample samples[SIGNALS];

    for (size_t signal = 0; signal < SIGNALS; signal++)
        samples[signal] = (davy_sample){START_NS + (int64_t) (i % SLOTS) * DAVY_NS_PER_S,
                                        (double) i, (davy_signal_id) signal, DAVY_QUALITY_GOOD};
    assert_ok(davy_store_append(store, samples, SIGNALS));
}

static davy_store *open_store(const char *folder)
{
    davy_signal_id id;
    davy_store *store;

    assert_ok(davy_store_open(folder, NULL, &store));
    assert_ok(davy_store_signal(store, "a/b", NULL, &id));
    assert_ok(davy_store_signal(store, "a/c", NULL, &id));
    return store;
}

struct writer {
    davy_store *store;
    atomic_bool stop;
    atomic_size_t written; /* appends that were acknowledged */
};

static void *write_on(void *context)
{
    struct writer *writer = context;

    for (size_t i = SLOTS; !atomic_load(&writer->stop); i++) {
        append(writer->store, i);
        atomic_store(&writer->written, i + 1);
        if (i % SEAL_AT == 0)
            assert_ok(davy_store_seal(writer->store));
    }
    return NULL;
}

struct content {
    double values[SIGNALS][SLOTS];
    size_t count[SIGNALS], signal;
};

static davy_status take_run(void *context, const davy_store_run *run)
{
    struct content *content = context;

    for (size_t i = 0; i < run->count; i++) {
        size_t slot = (size_t) ((run->times[i] - START_NS) / DAVY_NS_PER_S);

        assert_true(slot < SLOTS);
        content->values[content->signal][slot] = run->values[i];
        content->count[content->signal]++;
    }
    return DAVY_OK;
}

/* The last append that the copy holds; it holds all before it and nothing after. */
static size_t check_copy(const char *folder)
{
    static struct content content;
    const davy_store_options read_only = {.read_only = true};
    davy_store *store;
    size_t last = 0;

    content = (struct content){0};
    assert_ok(davy_store_open(folder, &read_only, &store));
    for (content.signal = 0; content.signal < SIGNALS; content.signal++)
        assert_ok(davy_store_scan(store, (davy_signal_id) content.signal, INT64_MIN, INT64_MAX,
                                  take_run, &content));
    davy_store_close(store);
    for (size_t signal = 0; signal < SIGNALS; signal++) {
        assert_int_equal(content.count[signal], SLOTS);
        for (size_t slot = 0; slot < SLOTS; slot++)
            if (content.values[signal][slot] > (double) last)
                last = (size_t) content.values[signal][slot];
    }
    for (size_t signal = 0; signal < SIGNALS; signal++)
        for (size_t slot = 0; slot < SLOTS; slot++)
            assert_int_equal((size_t) content.values[signal][slot],
                             last - (last + SLOTS - slot) % SLOTS);
    return last;
}

static void remove_copy(void)
{
    char command[192];

    (void) snprintf(command, sizeof command, "rm -rf '%s'", copy);
    assert_int_equal(system(command), 0);
}

static void a_copy_beside_a_writer_is_the_store_after_one_append(void **state)
{
    struct writer writer = {0};
    pthread_t thread;

    (void) state;
    name_folders();
    writer.store = open_store(data);
    for (size_t i = 0; i < SLOTS; i++)
        append(writer.store, i);
    atomic_store(&writer.written, SLOTS);
    assert_int_equal(pthread_create(&thread, NULL, write_on, &writer), 0);
    for (size_t round = 0; round < COPIES; round++) {
        size_t before = atomic_load(&writer.written), last;
        davy_backup_report report;

        assert_ok(davy_backup_make(data, copy, &report));
        assert_int_equal(report.damaged, 0);
        last = check_copy(copy);
        assert_true(last + 1 >= before);
        assert_true(last <= atomic_load(&writer.written) + 1);
        remove_copy();
    }
    atomic_store(&writer.stop, true);
    pthread_join(thread, NULL);
    davy_store_close(writer.store);
}

static void a_copy_of_a_copy_is_written_on_as_the_first(void **state)
{
    davy_backup_report report;
    davy_store *store;
    char again[160];

    (void) state;
    name_folders();
    (void) snprintf(again, sizeof again, "%s/again", temporary);
    store = open_store(data);
    for (size_t i = 0; i < SLOTS + 50; i++) {
        append(store, i);
        if (i == SLOTS + 20)
            assert_ok(davy_store_seal(store));
    }
    assert_ok(davy_backup_make(data, copy, &report));
    davy_store_close(store);
    assert_ok(davy_backup_make(copy, again, &report));
    assert_int_equal(check_copy(again), SLOTS + 49);
    store = open_store(again);
    append(store, SLOTS + 50);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    assert_int_equal(check_copy(again), SLOTS + 50);
    assert_int_equal(check_copy(copy), SLOTS + 49);
}

/* The third page of a day file holds the blobs, from its end on (docs/store-format.md). */
#define BLOB_BYTE (3 * 8192 - 8)

/* Flip a bit in a blob of the one day file. */
static void damage_day(void)
{
    char pattern[192];
    unsigned char byte;
    glob_t found;
    int file;

    (void) snprintf(pattern, sizeof pattern, "%s/days/*[0-9].db", data);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    file = open(found.gl_pathv[0], O_RDWR);
    assert_true(file >= 0);
    assert_int_equal(pread(file, &byte, 1, BLOB_BYTE), 1);
    byte ^= 4;
    assert_int_equal(pwrite(file, &byte, 1, BLOB_BYTE), 1);
    close(file);
    globfree(&found);
}

static void damage_is_copied_and_told(void **state)
{
    davy_backup_report report;
    davy_store *store;

    (void) state;
    name_folders();
    store = open_store(data);
    for (size_t i = 0; i < SLOTS; i++)
        append(store, i);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    damage_day();
    assert_ok(davy_backup_make(data, copy, &report));
    assert_true(report.damaged > 0);
}

/* The sequence in the totals is what a store without a log goes on from: were it lower, a
 * correction would lose to what it corrects. */
static void a_changed_total_is_told(void **state)
{
    davy_backup_report report;
    char path[192];
    davy_store *store;
    sqlite3 *day;

    (void) state;
    name_folders();
    store = open_store(data);
    for (size_t i = 0; i < SLOTS; i++)
        append(store, i);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
    (void) snprintf(path, sizeof path, "%s/days/2026-01-02.db", data);
    assert_int_equal(sqlite3_open(path, &day), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(day, "UPDATE total SET sequence = sequence - 1", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(day);
    assert_ok(davy_backup_make(data, copy, &report));
    assert_int_equal(report.damaged, 1);
}

/* What stands in days/ under a day's name is told when it is no day file, and hides no other. */
static void an_empty_day_file_is_told(void **state)
{
    davy_backup_report report;
    char path[192];
    int file;

    (void) state;
    name_folders();
    davy_store_close(open_store(data));
    (void) snprintf(path, sizeof path, "%s/days/2026-01-02.db", data);
    file = open(path, O_WRONLY | O_CREAT, 0640);
    assert_true(file >= 0);
    close(file);
    assert_ok(davy_backup_make(data, copy, &report));
    assert_int_equal(report.damaged, 1);
}

static void what_is_there_is_never_written_over(void **state)
{
    davy_backup_report report;
    struct stat about;
    char partial[160];

    (void) state;
    name_folders();
    (void) snprintf(partial, sizeof partial, "%s.partial", copy);
    assert_int_equal(davy_backup_make(data, copy, &report), DAVY_ERR_NOT_FOUND);
    davy_store_close(open_store(data));
    assert_int_equal(mkdir(copy, 0750), 0);
    assert_int_equal(davy_backup_make(data, copy, &report), DAVY_ERR_EXISTS);
    assert_int_equal(rmdir(copy), 0);
    assert_int_equal(mkdir(partial, 0750), 0);
    assert_int_equal(davy_backup_make(data, copy, &report), DAVY_ERR_EXISTS);
    assert_int_equal(stat(partial, &about), 0); /* it may be another one's work */
    assert_int_not_equal(stat(copy, &about), 0);
}

/* It would be copied into itself, as deep as folders are followed. */
static void a_copy_lies_outside_of_what_is_copied(void **state)
{
    char link[160], to[200];
    davy_backup_report report;
    struct stat about;

    (void) state;
    name_folders();
    davy_store_close(open_store(data));
    (void) snprintf(link, sizeof link, "%s/link", temporary);
    assert_int_equal(symlink(data, link), 0);
    (void) snprintf(to, sizeof to, "%s/copy", data);
    assert_fails(davy_backup_make(data, to, &report), DAVY_ERR_INVALID, "name a folder outside");
    (void) snprintf(to, sizeof to, "%s/hot/copy", link);
    assert_fails(davy_backup_make(data, to, &report), DAVY_ERR_INVALID, "name a folder outside");
    (void) snprintf(to, sizeof to, "%s/hot/copy.partial", data);
    assert_int_not_equal(stat(to, &about), 0);
    (void) snprintf(to, sizeof to, "%s-copy", data); /* beside it, with the same beginning */
    assert_ok(davy_backup_make(data, to, &report));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_beside_a_writer_is_the_store_after_one_append,
                                        temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(a_copy_of_a_copy_is_written_on_as_the_first, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(damage_is_copied_and_told, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(a_changed_total_is_told, temporary_make, temporary_remove),
        cmocka_unit_test_setup_teardown(an_empty_day_file_is_told, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(what_is_there_is_never_written_over, temporary_make,
                                        temporary_remove),
        cmocka_unit_test_setup_teardown(a_copy_lies_outside_of_what_is_copied, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
