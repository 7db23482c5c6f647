/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Day files that are no day files any more, or gone whole: set aside, missed until a person has
 * looked, named with what it means, and the other days answer.
 */
#include "store/backup.h"
#include "store/days_list.h"
#include "store/store.h"

#include "core/file.h"

#include "../testing.h"
#include "temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02 */
#define DAY_NS   (86400 * DAVY_NS_PER_S)
#define DAYS     3
#define PER_DAY  100

static davy_store *open_store(bool read_only)
{
    const davy_store_options options = {.read_only = read_only};
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    return store;
}

static void append_day(davy_store *store, int day)
{
    davy_sample samples[PER_DAY];

    for (int i = 0; i < PER_DAY; i++)
        samples[i] = (davy_sample){START_NS + day * DAY_NS + i * DAVY_NS_PER_S, i, 0, 0};
    assert_ok(davy_store_append(store, samples, PER_DAY));
}

static void make_days(void)
{
    davy_store *store = open_store(false);
    davy_signal_id id;

    assert_ok(davy_store_signal(store, "unit/0", NULL, &id));
    for (int day = 0; day < DAYS; day++)
        append_day(store, day);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

static size_t points_of(davy_store *store, int day)
{
    size_t points = 0;

    assert_ok(davy_store_scan(store, 0, START_NS + day * DAY_NS, START_NS + (day + 1) * DAY_NS,
                              count_run, &points));
    return points;
}

static uint64_t missed(davy_store *store)
{
    davy_store_stats stats;

    davy_store_get_stats(store, &stats);
    return stats.missed_files;
}

static void path_of(const char *name, char path[160])
{
    (void) snprintf(path, 160, "%s/days/%s", temporary, name);
}

static void put(const char *name, const char *bytes, size_t length)
{
    char path[160];

    path_of(name, path);
    assert_ok(davy_file_replace(path, bytes, length, 0640));
}

/* What SQLite keeps beside a database. */
static bool is_beside(const char *name)
{
    const size_t length = strlen(name);

    return length > 4 &&
           (strcmp(name + length - 4, "-wal") == 0 || strcmp(name + length - 4, "-shm") == 0);
}

/* Files that begin so; the last one's name. */
static size_t find(const char *prefix, char *name)
{
    char path[160];
    const struct dirent *entry;
    DIR *directory;
    size_t count = 0;

    path_of("", path);
    directory = opendir(path);
    assert_non_null(directory);
    while ((entry = readdir(directory)))
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 && !is_beside(entry->d_name)) {
            (void) snprintf(name, 128, "%.127s", entry->d_name);
            count++;
        }
    closedir(directory);
    return count;
}

static void remove_file(const char *name)
{
    char path[160];

    path_of(name, path);
    assert_int_equal(unlink(path), 0);
}

struct told {
    size_t count;
    char where[160], what[160];
};

static void note_fault(void *context, const davy_store_fault *fault)
{
    struct told *told = context;

    told->count++;
    (void) snprintf(told->where, sizeof told->where, "%s", fault->where);
    (void) snprintf(told->what, sizeof told->what, "%s", fault->what);
    assert_true(fault->means[0] != '\0');
}

static struct told verify(void)
{
    davy_store *store = open_store(true);
    struct told told = {0};
    uint64_t checked, damaged;

    assert_ok(davy_store_verify_faults(store, &checked, &damaged, note_fault, &told));
    assert_int_equal(told.count > 0, damaged > 0);
    davy_store_close(store);
    return told;
}

/* The first day is lost: a writer says so again and again, and the others answer. */
static void expect_missing_first_day(void)
{
    for (int times = 0; times < 2; times++) {
        davy_store *store = open_store(false);

        assert_int_equal(missed(store), 1);
        assert_int_equal(points_of(store, 0), 0);
        assert_int_equal(points_of(store, 1), PER_DAY);
        assert_int_equal(points_of(store, 2), PER_DAY);
        davy_store_close(store);
    }
    assert_int_equal(verify().count, 1);
}

/* Its place can be taken by new samples, and a person ends the matter. */
static void expect_an_end(void)
{
    davy_store *store = open_store(false);
    char name[128];

    append_day(store, 0);
    assert_ok(davy_store_seal(store));
    assert_int_equal(points_of(store, 0), PER_DAY);
    assert_int_equal(missed(store), 1);
    davy_store_close(store);
    assert_int_equal(find("2026-01-02.db.damaged-", name), 1);
    remove_file(name);
    store = open_store(false);
    assert_int_equal(missed(store), 0);
    assert_int_equal(points_of(store, 0), PER_DAY);
    davy_store_close(store);
    assert_int_equal(verify().count, 0);
}

static void a_file_that_is_gone_whole_is_missed(void **state)
{
    davy_store *reader;
    struct told told;

    (void) state;
    make_days();
    assert_int_equal(verify().count, 0);
    remove_file("2026-01-02.db");
    reader = open_store(true);
    assert_int_equal(missed(reader), 1);
    davy_store_close(reader);
    told = verify();
    assert_int_equal(told.count, 1);
    assert_string_equal(told.where, "days/2026-01-02.db");
    assert_non_null(strstr(told.what, "gone"));
    expect_missing_first_day();
    expect_an_end();
}

static void a_file_of_garbage_is_set_aside(void **state)
{
    (void) state;
    make_days();
    put("2026-01-02.db", "this is no database at all", 26);
    assert_string_equal(verify().where, "days/2026-01-02.db"); /* before a daemon has seen it */
    expect_missing_first_day();
    assert_non_null(strstr(verify().what, "set aside"));
    expect_an_end();
}

/* SQLite would take it for a new database and begin anew. */
static void a_file_without_a_byte_is_missed_and_not_begun_anew(void **state)
{
    (void) state;
    make_days();
    put("2026-01-02.db", "", 0);
    expect_missing_first_day();
    expect_an_end();
}

/* And is not taken for one that is just being made when the list does not say otherwise. */
static void nor_is_it_where_the_list_is_gone(void **state)
{
    (void) state;
    make_days();
    put("2026-01-02.db", "", 0);
    remove_file("list");
    assert_int_equal(verify().count, 2); /* the day and the list, before a daemon has seen it */
    expect_missing_first_day();
    expect_an_end();
}

static void nor_where_the_list_is_damaged(void **state)
{
    davy_store *store;
    char name[128];

    (void) state;
    make_days();
    put("2026-01-02.db", "", 0);
    put("list", "no list", 7);
    store = open_store(false);
    assert_int_equal(missed(store), 2);
    davy_store_close(store);
    assert_int_equal(find("list.damaged-", name), 1);
    remove_file(name);
    expect_missing_first_day();
    expect_an_end();
}

/* What a crash leaves of a file that is being made is not on the list yet. */
static void a_file_that_was_never_whole_is_no_damage(void **state)
{
    davy_store *store;

    (void) state;
    make_days();
    put("2026-02-01.db", "", 0);
    assert_int_equal(verify().count, 0);
    store = open_store(false);
    assert_int_equal(missed(store), 0);
    append_day(store, 30);
    assert_ok(davy_store_seal(store));
    assert_int_equal(points_of(store, 30), PER_DAY);
    davy_store_close(store);
}

/* After a crash between the list and the removal, or when a person has put a file back. */
static void a_file_that_is_there_and_not_listed_answers(void **state)
{
    davy_buffer text = {0};
    davy_store *store;
    char folder[128];

    (void) state;
    make_days();
    (void) snprintf(folder, sizeof folder, "%s/days", temporary);
    davy_days_list_add(&text, "2026-01-03.db");
    assert_ok(davy_days_list_write(folder, &text));
    davy_buffer_clear(&text);
    assert_int_equal(verify().count, 0);
    store = open_store(false);
    assert_int_equal(missed(store), 0);
    for (int day = 0; day < DAYS; day++)
        assert_int_equal(points_of(store, day), PER_DAY);
    davy_store_close(store);
    remove_file("2026-01-02.db"); /* and is missed from then on */
    assert_int_equal(verify().count, 1);
}

static void a_damaged_list_is_told_once_and_a_new_one_begun(void **state)
{
    davy_store *store;
    char name[128];

    (void) state;
    make_days();
    put("list", "davy day files 1\n2026-01-02.db\nchecksum 0000000000000000\n", 56);
    remove_file("2026-01-02.db");                     /* nobody can say so any more */
    assert_string_equal(verify().where, "days/list"); /* before a writer has set it aside, too */
    store = open_store(false);
    assert_int_equal(missed(store), 1);
    assert_int_equal(points_of(store, 1), PER_DAY);
    davy_store_close(store);
    assert_int_equal(find("list.damaged-", name), 1);
    remove_file(name);
    store = open_store(false);
    assert_int_equal(missed(store), 0);
    davy_store_close(store);
    remove_file("2026-01-03.db");
    assert_int_equal(verify().count, 1);
}

/* While a daemon runs: a reader finds it, the thread that seals sets it aside. */
static void a_file_that_becomes_garbage_is_set_aside_by_the_next_who_asks(void **state)
{
    davy_store *store;

    (void) state;
    make_days();
    store = open_store(false);
    put("2026-01-02.db", "this is no database at all", 26);
    assert_int_equal(points_of(store, 0), 0);
    for (int i = 0; i < 1000 && missed(store) == 0; i++)
        usleep(10000);
    assert_int_equal(missed(store), 1);
    assert_int_equal(points_of(store, 1), PER_DAY);
    davy_store_close(store);
    expect_missing_first_day();
}

static void read_whole(const char *name, davy_buffer *bytes)
{
    char path[160];

    path_of(name, path);
    assert_ok(davy_file_read(path, 1 << 20, bytes));
}

/* The store is open all the while: a copy that stops short is left alone, the whole one answers,
 * and what stood in its place is missed no more once it is removed. */
static void what_a_person_puts_back_answers_without_a_restart(void **state)
{
    davy_buffer day = {0};
    davy_store_stats stats;
    davy_store *store;
    char name[128];

    (void) state;
    make_days();
    read_whole("2026-01-02.db", &day);
    put("2026-01-02.db", "this is no database at all", 26);
    store = open_store(false);
    assert_int_equal(missed(store), 1);
    put("2026-01-02.db", day.bytes, day.length / 2);
    assert_int_equal(find("2026-01-02.db.damaged-", name), 1);
    remove_file(name);
    for (int i = 0; i < 2000 && missed(store) > 0; i++)
        usleep(10000);
    assert_int_equal(missed(store), 0);
    usleep(1500000); /* so that the short copy is seen at rest */
    assert_int_equal(points_of(store, 0), 0);
    put("2026-01-02.db", day.bytes, day.length);
    for (int i = 0; i < 2000 && points_of(store, 0) == 0; i++)
        usleep(10000);
    assert_int_equal(points_of(store, 0), PER_DAY);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.missed_files + stats.damaged_chunks, 0);
    assert_int_equal(stats.chunk_samples, DAYS * PER_DAY);
    davy_store_close(store);
    davy_buffer_clear(&day);
    assert_int_equal(verify().count, 0);
}

static void what_is_missed_is_missed_in_the_copy_too(void **state)
{
    davy_backup_report report;
    char copy[96], command[128];

    (void) state;
    make_days();
    (void) snprintf(copy, sizeof copy, "%s.copy", temporary);
    remove_file("2026-01-02.db");
    assert_ok(davy_backup_make(temporary, copy, &report));
    assert_int_equal(report.damaged, 1);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", copy);
    assert_int_equal(system(command), 0);
}

static void a_list_is_refused_when_a_byte_of_it_is_another(void **state)
{
    davy_buffer text = {0};
    davy_days_names names;
    char path[160];

    (void) state;
    make_days();
    path_of("list", path);
    assert_ok(davy_file_read(path, DAVY_DAYS_LIST_MAX, &text));
    assert_ok(davy_days_list_parse(text.bytes, text.length, &names));
    assert_int_equal(names.count, DAYS);
    assert_true(davy_days_list_has(&names, "2026-01-03.db"));
    assert_false(davy_days_list_has(&names, "2026-01-05.db"));
    davy_days_list_clear(&names);
    for (size_t i = 0; i < text.length * 8; i++) {
        text.bytes[i / 8] ^= (char) (1 << i % 8);
        assert_int_equal(davy_days_list_parse(text.bytes, text.length, &names), DAVY_ERR_CORRUPT);
        text.bytes[i / 8] ^= (char) (1 << i % 8);
    }
    for (size_t length = 0; length < text.length; length++)
        assert_int_equal(davy_days_list_parse(text.bytes, length, &names), DAVY_ERR_CORRUPT);
    davy_buffer_clear(&text);
}

/* A program has its last file open: what it cannot look at is not damaged, and counts later. */
static void a_file_that_cannot_be_opened_for_a_moment_is_no_damage(void **state)
{
    struct rlimit limit, none;
    davy_store_stats stats;
    davy_store *store;
    int next;

    (void) state;
    make_days();
    store = open_store(false);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(next > 0);
    assert_int_equal(close(next), 0);
    none = (struct rlimit){(rlim_t) next, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    davy_store_get_stats(store, &stats);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(stats.damaged_chunks, 0);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.damaged_chunks, 0);
    assert_int_equal(stats.chunk_samples, DAYS * PER_DAY);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_that_is_gone_whole_is_missed),
        TEST(a_file_of_garbage_is_set_aside),
        TEST(a_file_without_a_byte_is_missed_and_not_begun_anew),
        TEST(nor_is_it_where_the_list_is_gone),
        TEST(nor_where_the_list_is_damaged),
        TEST(a_file_that_was_never_whole_is_no_damage),
        TEST(a_file_that_is_there_and_not_listed_answers),
        TEST(a_damaged_list_is_told_once_and_a_new_one_begun),
        TEST(a_file_that_becomes_garbage_is_set_aside_by_the_next_who_asks),
        TEST(what_a_person_puts_back_answers_without_a_restart),
        TEST(what_is_missed_is_missed_in_the_copy_too),
        TEST(a_list_is_refused_when_a_byte_of_it_is_another),
        TEST(a_file_that_cannot_be_opened_for_a_moment_is_no_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
