/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

/*
 * Real failures of a real disk: a small file system that is filled to the last byte, and a limit on
 * the size of files.
 */
static char small_disk[64];

/* A file system of one MiB in a mount namespace of this process alone; false where nobody may. */
static bool mount_small_disk(void)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", small_disk, "tmpfs", 0, "size=1m") == 0;
}

static int make_small_disk(void **state)
{
    (void) state;
    (void) snprintf(small_disk, sizeof small_disk, "/tmp/davy-test-XXXXXX");
    assert_non_null(mkdtemp(small_disk));
    if (!mount_small_disk()) {
        (void) rmdir(small_disk);
        small_disk[0] = '\0';
    }
    return 0;
}

static int remove_small_disk(void **state)
{
    (void) state;
    if (small_disk[0]) {
        (void) umount(small_disk);
        (void) rmdir(small_disk);
    }
    return 0;
}

static void fill_disk(const char *ballast)
{
    static const char block[4096];
    int file = open(ballast, O_CREAT | O_WRONLY, 0600);

    assert_true(file >= 0);
    while (write(file, block, sizeof block) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
    close(file);
}

static struct alarm_bench *bench_on_small_disk(void)
{
    struct alarm_bench *bench = bench_create();
    char command[128];

    bench_close(bench);
    (void) snprintf(command, sizeof command, "rm -f %s/*", small_disk);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a fixed command of a test */
    (void) snprintf(bench->file, sizeof bench->file, "%s/records.db", small_disk);
    bench_open(bench);
    bench_configure(bench);
    return bench;
}

/* Raise and end until the disk takes no more. */
static size_t run_until_full(struct alarm_bench *bench)
{
    size_t kept = 0;

    while (bench_find(bench, LEVEL, kept % 2 == 0) == DAVY_OK)
        assert_true(++kept < 10000);
    return kept;
}

static void an_alarm_is_told_although_the_disk_is_full(void **state)
{
    struct alarm_bench *bench;
    char ballast[96];
    davy_alarms_stats stats;
    struct alarm_seen seen;

    (void) state;
    if (!small_disk[0])
        davy_skip_test("no small file system can be mounted here");
    (void) snprintf(ballast, sizeof ballast, "%s/ballast", small_disk);
    bench = bench_on_small_disk();
    assert_ok(bench_find(bench, HIHI, true));
    fill_disk(ballast);
    (void) run_until_full(bench);

    /* The plant goes on: it is announced, and marked. */
    bench->line_count = 0;
    assert_fails(bench_find(bench, HI, true), DAVY_ERR_FULL, "");
    assert_announced(bench, "raised " HI " unacknowledged (not durable)");
    assert_false(bench_see(bench, HI).alarm.durable);
    davy_alarms_get_stats(bench->alarms, &stats);
    assert_true(stats.unkept >= 2);

    /* A person's wish is refused, and the alarm stays as loud as it was. */
    assert_fails(bench_act(bench, HIHI, DAVY_ALARM_SHELVE, "later", 3600 * S), DAVY_ERR_FULL, "");
    seen = bench_see(bench, HIHI);
    assert_int_equal(seen.alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    assert_string_equal(seen.comment, "");
    assert_true(seen.alarm.shelved_until_ns == 0);
    assert_int_equal(bench->line_count, 0);

    /* There is room again: the next tick keeps what waited, without telling it twice. */
    assert_int_equal(unlink(ballast), 0);
    assert_ok(davy_alarms_tick(bench->alarms));
    assert_int_equal(bench->line_count, 0);
    assert_true(bench_see(bench, HI).alarm.durable);
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_SHELVE, "later", 3600 * S));
    bench_restart(bench);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    assert_int_equal(bench_see(bench, HIHI).alarm.state, DAVY_ALARM_SHELVED);
    bench_destroy(bench);
}

static void what_waits_is_bounded_and_the_last_word_is_kept_all_the_same(void **state)
{
    static davy_finding findings[2000];
    struct alarm_bench *bench;
    char ballast[96];
    davy_alarms_stats stats;

    (void) state;
    if (!small_disk[0])
        davy_skip_test("no small file system can be mounted here");
    (void) snprintf(ballast, sizeof ballast, "%s/ballast", small_disk);
    bench = bench_on_small_disk();
    fill_disk(ballast);
    (void) run_until_full(bench);
    assert_fails(bench_find(bench, HI, true), DAVY_ERR_FULL, ""); /* the oldest, soon given up */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(findings); i++)
        findings[i] = finding_of(bench, HIHI, i % 2 == 0);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(davy_alarms_take(bench->alarms, findings, DAVY_ARRAY_LENGTH(findings)),
                         DAVY_ERR_FULL);
    davy_alarms_get_stats(bench->alarms, &stats);
    assert_true(stats.unkept <= DAVY_ALARMS_UNKEPT_MAX);
    assert_true(stats.given_up > 0);

    assert_int_equal(mount("tmpfs", small_disk, "tmpfs", MS_REMOUNT, "size=256m"), 0);
    assert_ok(davy_alarms_tick(bench->alarms));
    davy_alarms_get_stats(bench->alarms, &stats);
    assert_int_equal(stats.unkept, 0);
    bench_restart(bench);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    assert_int_equal(bench_see(bench, HIHI).alarm.occurrences, 40000);
    bench_destroy(bench);
}

static void records_that_failed_lose_no_announcement_and_take_no_wish(void **state)
{
    struct alarm_bench *bench = bench_create();
    struct rlimit before, small = {0, 0};

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    bench->line_count = 0;
    (void) signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_not_equal(bench_find(bench, HIHI, true), DAVY_OK);
    assert_int_not_equal(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0), DAVY_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_announced(bench, "raised " HIHI " unacknowledged (not durable)");
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    bench_restart(bench);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_told_although_the_disk_is_full),
        cmocka_unit_test(what_waits_is_bounded_and_the_last_word_is_kept_all_the_same),
        cmocka_unit_test(records_that_failed_lose_no_announcement_and_take_no_wish),
    };

    return cmocka_run_group_tests(tests, make_small_disk, remove_small_disk);
}
