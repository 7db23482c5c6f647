/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A correction that is damaged. Some samples were sent wrong, summed up, and corrected. Whatever
 * bit flips then, and wherever a file is cut: no answer has what was corrected in it. Every wrong
 * value is a million and every other below a thousand, so one is seen in whatever it went into.
 */
#include "store/store.h"

#include "core/file.h"

#include "../testing.h"
#include "temporary.h"

#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define SIGNALS  ((size_t) 3)
#define POINTS   ((size_t) 400)
#define WRONG    1e6
#define RIGHT    1e3 /* all others are below */
#define FLIPS    200 /* of a file */
#define CUTS     10

/* The latest of a signal, some in the middle, and one by itself. */
static bool is_corrected(size_t i)
{
    return i == 20 || (i >= 100 && i < 140 && i % 3 == 0) || i == POINTS - 1;
}

static double value_of(size_t signal, size_t i)
{
    return (double) (100 * signal) + (double) (i * 7919 % 1000) / 10;
}

static void append(davy_store *store, size_t signal, size_t i, double value)
{
    const davy_sample sample = {START_NS + (int64_t) i * DAVY_NS_PER_S, value,
                                (davy_signal_id) signal, DAVY_QUALITY_GOOD};

    assert_ok(davy_store_append(store, &sample, 1));
}

static void append_all(davy_store *store, bool corrections)
{
    for (size_t signal = 0; signal < SIGNALS; signal++)
        for (size_t i = 0; i < POINTS; i++)
            if (is_corrected(i) || !corrections)
                append(store, signal, i,
                       is_corrected(i) && !corrections ? WRONG : value_of(signal, i));
}

/* @param rolled_up  the wrong values went into rollups before they were corrected */
static void make_store(bool rolled_up)
{
    static const char *const names[SIGNALS] = {"a/b", "a/c", "a/d"};
    davy_store *store;

    assert_ok(davy_store_open(temporary, NULL, &store));
    for (size_t signal = 0; signal < SIGNALS; signal++) {
        davy_signal_id id;

        assert_ok(davy_store_signal(store, names[signal], NULL, &id));
    }
    append_all(store, false);
    assert_ok(davy_store_seal(store));
    if (rolled_up)
        assert_ok(davy_store_roll_up(store, START_NS + 86400 * 2 * DAVY_NS_PER_S));
    append_all(store, true);
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
}

/* What a look at the store found. */
struct look {
    size_t points;
    const char *wrong; /* the question whose answer was corrected before; NULL: none */
};

static davy_status look_at_run(void *context, const davy_store_run *run)
{
    struct look *look = context;

    look->points += run->count;
    for (size_t i = 0; i < run->count; i++)
        if (run->values[i] >= RIGHT)
            look->wrong = "samples";
    return DAVY_OK;
}

static bool look_at_stretch(void *context, const davy_store_stretch *stretch)
{
    struct look *look = context;

    if (stretch->max >= RIGHT)
        look->wrong = "a stretch";
    look->points += stretch->count;
    return true;
}

static void look_at_steps(davy_store *store, davy_signal_id signal, int64_t step_ns,
                          struct look *look)
{
    static davy_store_bucket buckets[500];
    const size_t count = (size_t) (((int64_t) POINTS * DAVY_NS_PER_S - 1) / step_ns + 1);

    if (davy_store_summarise(store, signal, START_NS, START_NS + (int64_t) count * step_ns, step_ns,
                             buckets, count) != DAVY_OK)
        return;
    for (size_t k = 0; k < count; k++)
        if (buckets[k].count > 0 && (buckets[k].max >= RIGHT || buckets[k].sum >= WRONG))
            look->wrong = "a summary";
}

static void look_at_signal(davy_store *store, davy_signal_id signal, struct look *look)
{
    static const int64_t steps_s[] = {7, 10, 60, 3600};
    struct look stretches = {0};
    davy_sample latest;

    if (davy_store_scan(store, signal, INT64_MIN, INT64_MAX, look_at_run, look) != DAVY_OK ||
        davy_store_scan_stretches(store, signal, INT64_MIN, INT64_MAX, look_at_stretch, look_at_run,
                                  &stretches) != DAVY_OK)
        look->points = 0; /* the one who asked is told */
    look->wrong = stretches.wrong ? stretches.wrong : look->wrong;
    if (davy_store_latest(store, signal, &latest) == DAVY_OK && latest.value >= RIGHT)
        look->wrong = "the latest sample";
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps_s); i++)
        look_at_steps(store, signal, steps_s[i] * DAVY_NS_PER_S, look);
}

/* Names are not at stake here: a signal is its id. @param told  the store says that it is damaged
 */
static struct look look_at_store(bool *told)
{
    static const davy_store_options read_only = {.read_only = true};
    uint64_t checked, damaged = 0;
    struct look look = {0};
    davy_store *store;

    *told = true;
    if (davy_store_open(temporary, &read_only, &store) != DAVY_OK)
        return look;
    for (size_t signal = 0; signal < SIGNALS; signal++)
        look_at_signal(store, (davy_signal_id) signal, &look);
    *told = davy_store_verify(store, &checked, &damaged) != DAVY_OK || damaged > 0;
    davy_store_close(store);
    return look;
}

static void judge(const char *path, const char *what, size_t where, size_t *costly)
{
    bool told;
    struct look look = look_at_store(&told);

    if (look.wrong)
        fail_msg("%s, %s %zu: %s that was corrected is served", path, what, where, look.wrong);
    if (look.points < SIGNALS * POINTS && !told)
        fail_msg("%s, %s %zu: samples are missing and nothing is told", path, what, where);
    *costly += look.points < SIGNALS * POINTS;
}

static void put(const char *path, const davy_buffer *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

    assert_true(file >= 0);
    assert_int_equal(write(file, bytes->bytes, length), length);
    close(file);
}

/* Free room in a page is most of a small file, and says nothing. */
static void flip_bits(const char *path, davy_buffer *bytes, size_t *costly)
{
    size_t step = 1, used = 0;

    for (size_t i = 0; i < bytes->length; i++)
        used += bytes->bytes[i] != 0 ? 8 : 0;
    if (!getenv("DAVY_TORTURE"))
        step = used / FLIPS | 1;
    used = 0;
    for (size_t bit = 0; bit < bytes->length * 8; bit++) {
        if (bytes->bytes[bit / 8] == 0 || used++ % step != 0)
            continue;
        bytes->bytes[bit / 8] ^= (char) (1U << bit % 8);
        put(path, bytes, bytes->length);
        bytes->bytes[bit / 8] ^= (char) (1U << bit % 8);
        judge(path, "bit", bit, costly);
    }
}

static void damage_file(const char *path, size_t *costly)
{
    davy_buffer bytes = {0};

    assert_ok(davy_file_read(path, (size_t) 1 << 24, &bytes));
    flip_bits(path, &bytes, costly);
    for (size_t length = 0; length < bytes.length; length += bytes.length / CUTS | 1) {
        put(path, &bytes, length);
        judge(path, "cut at", length, costly);
    }
    put(path, &bytes, bytes.length);
    davy_buffer_clear(&bytes);
}

static void damage_files(bool rolled_up)
{
    size_t costly = 0;
    char pattern[256];
    glob_t found;
    bool told;
    struct look look;

    make_store(rolled_up);
    (void) snprintf(pattern, sizeof pattern, "%s/days/*", temporary);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, rolled_up ? 3 : 2);
    look = look_at_store(&told);
    assert_null(look.wrong);
    assert_false(told);
    assert_int_equal(look.points, SIGNALS * POINTS);
    for (size_t i = 0; i < found.gl_pathc; i++)
        damage_file(found.gl_pathv[i], &costly);
    globfree(&found);
    print_message("# %zu of the damages cost samples\n", costly);
    assert_true(costly > CUTS);
}

static void what_was_corrected_is_not_served_whatever_is_damaged(void **state)
{
    (void) state;
    damage_files(false);
}

static void nor_is_what_was_summed_up_before(void **state)
{
    (void) state;
    damage_files(true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_corrected_is_not_served_whatever_is_damaged),
        TEST(nor_is_what_was_summed_up_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
