/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rollups are noted as outliving a day, and the day stays: its removal failed, or the program died
 * before it. What is corrected in it afterwards is summed up as it was corrected, merged or not,
 * and when the day goes at last. The linker puts the test's davy_days_remove() before the store's.
 */
#include "store/days.h"
#include "store/retain.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <stdlib.h>
#include <sys/wait.h>

#define FIRST     20455 /* 2026-01-02, in days since 1970 */
#define DAY_NS    (86400 * DAVY_NS_PER_S)
#define START_NS  (FIRST * DAY_NS)
#define POINTS    600
#define BEFORE    10.0
#define CORRECTED 35 /* within a step of 10 s and of 60 s, no edge of one */
#define AFTER     500.0

static enum { REMOVE, FAIL, DIE } what_a_removal_does;

davy_status __real_davy_days_remove(davy_days *days, davy_day_file file, uint64_t *bytes);
davy_status __wrap_davy_days_remove(davy_days *days, davy_day_file file, uint64_t *bytes);

davy_status __wrap_davy_days_remove(davy_days *days, davy_day_file file, uint64_t *bytes)
{
    if (what_a_removal_does == DIE)
        _exit(0);
    return what_a_removal_does == FAIL ? davy_fail(DAVY_ERR_IO, "the disk")
                                       : __real_davy_days_remove(days, file, bytes);
}

static void open_store(davy_store **store)
{
    static const char *match = "unit/0";
    const davy_site_class classes[] = {
        {.name = "bulk", .match = &match, .match_count = 1, .keep_ns = 5 * DAY_NS},
        {.name = "default"},
    };
    davy_signal_id id;

    assert_ok(davy_store_open(temporary, NULL, store));
    assert_ok(davy_store_signal(*store, "unit/0", "", &id));
    assert_ok(davy_store_set_retention(*store, classes, DAVY_ARRAY_LENGTH(classes)));
}

static void append(davy_store *store, int i, double value)
{
    const davy_sample sample = {START_NS + i * DAVY_NS_PER_S, value, 0, 0};

    assert_ok(davy_store_append(store, &sample, 1));
}

static davy_status agree(void *context, const davy_store_removal *removal)
{
    (void) context, (void) removal;
    return DAVY_OK;
}

static davy_status remove_day(davy_store *store)
{
    const davy_store_retention retention = {.now_ns = (FIRST + 100) * DAY_NS, .removes = agree};
    davy_store_removed removed;

    return davy_store_remove_expired(store, &retention, &removed);
}

static void begin(void)
{
    davy_store *store;

    open_store(&store);
    for (int i = 0; i < POINTS; i++)
        append(store, i, BEFORE);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
}

/* In steps of 10 s, 1 min and 1 h: each reads another tier. */
static void check_sums(davy_store *store)
{
    static const int64_t steps_s[] = {10, 60, 3600};
    davy_store_bucket buckets[POINTS / 10];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps_s); i++) {
        const size_t count = (size_t) ((POINTS - 1) / steps_s[i] + 1);
        uint64_t points = 0;
        double sum = 0, max = 0;

        assert_ok(davy_store_summarise(store, 0, START_NS,
                                       START_NS + (int64_t) count * steps_s[i] * DAVY_NS_PER_S,
                                       steps_s[i] * DAVY_NS_PER_S, buckets, count));
        for (size_t k = 0; k < count; k++) {
            points += buckets[k].count;
            sum += buckets[k].sum;
            max = buckets[k].max > max ? buckets[k].max : max;
        }
        assert_int_equal(points, POINTS);
        assert_near(max, AFTER, 0);
        assert_near(sum, (POINTS - 1) * BEFORE + AFTER, 1e-9);
    }
}

/* Correct a sample, merge, and let the day go. */
static void go_on(davy_store *store)
{
    append(store, CORRECTED, AFTER);
    check_sums(store);
    assert_ok(davy_store_seal(store));
    check_sums(store);
    assert_ok(davy_store_compact(store));
    check_sums(store);
    assert_ok(davy_store_roll_up(store, (FIRST + 2) * DAY_NS));
    check_sums(store);
    what_a_removal_does = REMOVE;
    assert_ok(remove_day(store));
    check_sums(store);
}

static void a_correction_counts_after_a_removal_that_failed(void **state)
{
    davy_store *store;

    (void) state;
    begin();
    open_store(&store);
    what_a_removal_does = FAIL;
    assert_fails(remove_day(store), DAVY_ERR_IO, "the disk");
    go_on(store);
    davy_store_close(store);
}

static void a_correction_counts_after_a_crash_before_the_removal(void **state)
{
    davy_store *store;
    int how;
    pid_t child;

    (void) state;
    begin();
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        open_store(&store);
        what_a_removal_does = DIE;
        (void) !remove_day(store);
        _exit(1); /* it was not removed at all */
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    open_store(&store);
    go_on(store);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_correction_counts_after_a_removal_that_failed),
        TEST(a_correction_counts_after_a_crash_before_the_removal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
