/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random histories with retention running, beside a model: signals of three classes that are
 * changed at random, days that are held, a disk that runs full, and what stays is what the model
 * says. A failure prints its seed.
 */
#include "store/compaction.h"
#include "store/retain.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <stdlib.h>

#define SIGNALS   4
#define DAYS      40
#define PER_DAY   6
#define FIRST     20455 /* 2026-01-02, in days since 1970 */
#define DAY_NS    (86400 * DAVY_NS_PER_S)
#define HISTORIES 4 /* 200 with DAVY_TORTURE set */
#define ACTIONS   100

enum { CLASS_DEFAULT, CLASS_BULK, CLASS_SLOW, CLASSES };

/* Kept so many days; 0: for ever. */
static const int64_t keep_days[CLASSES] = {0, 5, 15};
/* And when the disk is full. */
static const int64_t full_days[CLASSES] = {0, 2, 10};

static const char *const paths[SIGNALS] = {"unit/0", "unit/1", "unit/2", "unit/3"};

/* What a place holds: in the log, in a day file, or both. */
static struct {
    bool hot, sealed;
    double hot_value, sealed_value;
} model[SIGNALS][DAYS * PER_DAY];

static int class_now[SIGNALS];
static int class_of_day[SIGNALS][DAYS]; /* -1: nothing was sealed */

static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

static int64_t time_of(size_t place)
{
    return FIRST * DAY_NS + (int64_t) (place / PER_DAY) * DAY_NS +
           (int64_t) (place % PER_DAY) * 4 * 3600 * DAVY_NS_PER_S;
}

static void set_classes(davy_store *store)
{
    const char *match[CLASSES][SIGNALS];
    davy_site_class classes[CLASSES] = {
        {.name = "bulk", .match = match[CLASS_BULK]},
        {.name = "slow", .match = match[CLASS_SLOW]},
        {.name = "default"},
    };

    for (int i = 0; i < 2; i++) {
        classes[i].keep_ns = keep_days[i + 1] * DAY_NS;
        classes[i].when_full_ns = full_days[i + 1] * DAY_NS;
    }
    for (size_t signal = 0; signal < SIGNALS; signal++)
        if (class_now[signal] != CLASS_DEFAULT) {
            davy_site_class *own = &classes[class_now[signal] - 1];

            match[class_now[signal]][own->match_count++] = paths[signal];
        }
    assert_ok(davy_store_set_retention(store, classes, CLASSES));
}

static void append_some(davy_store *store)
{
    davy_sample samples[30];
    size_t count = 1 + random_below(DAVY_ARRAY_LENGTH(samples));

    for (size_t i = 0; i < count; i++) {
        size_t signal = random_below(SIGNALS), place = random_below(DAYS * PER_DAY);

        samples[i] =
            (davy_sample){time_of(place), (double) random_below(1000), (davy_signal_id) signal, 0};
        model[signal][place].hot = true;
        model[signal][place].hot_value = samples[i].value;
    }
    assert_ok(davy_store_append(store, samples, count));
}

static void seal(davy_store *store)
{
    assert_ok(davy_store_seal(store));
    for (size_t signal = 0; signal < SIGNALS; signal++)
        for (size_t place = 0; place < DAYS * PER_DAY; place++) {
            int *class_of = &class_of_day[signal][place / PER_DAY];

            if (!model[signal][place].hot)
                continue;
            if (*class_of < 0)
                *class_of = class_now[signal];
            model[signal][place].hot = false;
            model[signal][place].sealed = true;
            model[signal][place].sealed_value = model[signal][place].hot_value;
        }
}

static void forget(int day, int class_of)
{
    for (size_t signal = 0; signal < SIGNALS; signal++) {
        if (class_of_day[signal][day] != class_of)
            continue;
        class_of_day[signal][day] = -1;
        for (size_t i = 0; i < PER_DAY; i++)
            model[signal][(size_t) day * PER_DAY + i].sealed = false;
    }
}

static bool has_file(int day, int class_of)
{
    for (size_t signal = 0; signal < SIGNALS; signal++)
        if (class_of_day[signal][day] == class_of)
            return true;
    return false;
}

static uint64_t files_removed, rollups_removed;

static davy_status agree(void *context, const davy_store_removal *removal)
{
    uint64_t *samples = context;

    assert_int_equal(removal->to_ns - removal->from_ns, DAY_NS);
    assert_true(removal->bytes > 0);
    if (strcmp(removal->class_name, "rollups") == 0)
        rollups_removed++;
    else
        assert_true(removal->samples > 0);
    *samples += removal->samples;
    return DAVY_OK;
}

static davy_store_hold random_hold(void)
{
    const int64_t from = FIRST * DAY_NS + (int64_t) random_below(DAYS) * DAY_NS;

    return (davy_store_hold){from, from + (int64_t) random_below(3 * 24) * 3600 * DAVY_NS_PER_S};
}

static bool is_held(const davy_store_hold *hold, int day)
{
    return hold->from_ns < (FIRST + day + 1) * DAY_NS && hold->to_ns > (FIRST + day) * DAY_NS;
}

static bool may_go(const davy_store_retention *retention, int day, int64_t days)
{
    return days > 0 && (FIRST + day + 1) * DAY_NS <= retention->now_ns - days * DAY_NS &&
           !is_held(retention->holds, day);
}

static void remove_expired(davy_store *store, const davy_store_retention *retention)
{
    davy_store_removed removed;
    uint64_t files = 0;

    assert_ok(davy_store_remove_expired(store, retention, &removed));
    for (int day = 0; day < DAYS; day++)
        for (int class_of = 0; class_of < CLASSES; class_of++)
            if (has_file(day, class_of) && may_go(retention, day, keep_days[class_of])) {
                forget(day, class_of);
                files++;
            }
    assert_int_equal(removed.files, files);
    files_removed += files;
}

/* The oldest day of all classes that may go; of one day either file. */
static void remove_oldest(davy_store *store, const davy_store_retention *retention)
{
    davy_store_removed removed;

    for (int day = 0; day < DAYS; day++) {
        const bool bulk =
            has_file(day, CLASS_BULK) && may_go(retention, day, full_days[CLASS_BULK]);
        const bool slow =
            has_file(day, CLASS_SLOW) && may_go(retention, day, full_days[CLASS_SLOW]);

        if (!bulk && !slow)
            continue;
        if (bulk && slow)
            return; /* which one is not promised */
        assert_ok(davy_store_remove_oldest(store, retention, &removed));
        assert_int_equal(removed.files, 1);
        forget(day, bulk ? CLASS_BULK : CLASS_SLOW);
        return;
    }
    if (davy_store_remove_oldest(store, retention, &removed) == DAVY_OK)
        assert_int_equal(removed.files, 1); /* of rollups without samples */
    else
        assert_int_equal(removed.files, 0);
}

static void retain(davy_store *store)
{
    const davy_store_hold hold = random_hold();
    uint64_t samples = 0;
    const davy_store_retention retention = {
        .now_ns = (FIRST + 5) * DAY_NS + (int64_t) random_below(DAYS * 24) * 3600 * DAVY_NS_PER_S,
        .holds = &hold,
        .hold_count = 1,
        .removes = agree,
        .context = &samples,
    };

    if (random_below(2))
        remove_expired(store, &retention);
    else
        remove_oldest(store, &retention);
}

struct walk {
    size_t signal, place;
};

static void skip_empty(struct walk *walk)
{
    while (walk->place < DAYS * PER_DAY && !model[walk->signal][walk->place].hot &&
           !model[walk->signal][walk->place].sealed)
        walk->place++;
}

static davy_status compare_run(void *context, const davy_store_run *run)
{
    struct walk *walk = context;

    for (size_t i = 0; i < run->count; i++, walk->place++) {
        skip_empty(walk);
        assert_true(walk->place < DAYS * PER_DAY);
        assert_true(run->times[i] == time_of(walk->place));
        assert_true(run->values[i] == (model[walk->signal][walk->place].hot
                                           ? model[walk->signal][walk->place].hot_value
                                           : model[walk->signal][walk->place].sealed_value));
    }
    return DAVY_OK;
}

static void compare(davy_store *store)
{
    davy_store_stats stats;
    uint64_t checked, damaged;

    for (size_t signal = 0; signal < SIGNALS; signal++) {
        struct walk walk = {signal, 0};

        assert_ok(davy_store_scan(store, (davy_signal_id) signal, INT64_MIN, INT64_MAX, compare_run,
                                  &walk));
        skip_empty(&walk);
        assert_int_equal(walk.place, DAYS * PER_DAY);
    }
    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(damaged, 0);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.missed_files, 0);
    assert_int_equal(stats.chunks, checked); /* the figures know of what went */
}

static void act(davy_store **store)
{
    switch (random_below(10)) {
    case 0:
        class_now[random_below(SIGNALS)] = (int) random_below(CLASSES);
        set_classes(*store);
        break;
    case 1:
        davy_store_close(*store);
        assert_ok(davy_store_open(temporary, NULL, store));
        set_classes(*store);
        break;
    case 2:
    case 3:
        seal(*store);
        break;
    case 4:
    case 5:
        retain(*store);
        break;
    case 6:
        compare(*store);
        break;
    default:
        append_some(*store);
    }
}

static void live_through(uint64_t seed)
{
    davy_store *store;

    random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
    memset(model, 0, sizeof model);
    memset(class_now, 0, sizeof class_now);
    memset(class_of_day, -1, sizeof class_of_day);
    assert_ok(davy_store_open(temporary, NULL, &store));
    for (size_t i = 0; i < SIGNALS; i++) {
        davy_signal_id id;

        assert_ok(davy_store_signal(store, paths[i], "", &id));
        assert_int_equal(id, i);
    }
    set_classes(store);
    for (int i = 0; i < ACTIONS; i++)
        act(&store);
    compare(store);
    davy_store_close(store);
}

static void what_stays_is_what_the_model_says(void **state)
{
    const uint64_t histories = getenv("DAVY_TORTURE") ? 200 : HISTORIES;

    for (uint64_t seed = 1; seed <= histories; seed++) {
        print_message("# seed %llu\n", (unsigned long long) seed);
        live_through(seed);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
    print_message("# %llu files of samples and %llu of rollups removed\n",
                  (unsigned long long) files_removed, (unsigned long long) rollups_removed);
    assert_true(files_removed > 20); /* or it was no test of them */
}

static davy_status refuse(void *context, const davy_store_removal *removal)
{
    (void) context, (void) removal;
    return davy_fail(DAVY_ERR_IO, "no record");
}

static void nothing_goes_that_is_not_recorded_or_that_a_backup_reads(void **state)
{
    const davy_sample sample = {FIRST * DAY_NS, 1, 0, 0};
    uint64_t samples = 0;
    davy_store_retention retention = {.now_ns = (FIRST + 100) * DAY_NS, .removes = refuse};
    davy_store_removed removed;
    davy_signal_id id;
    davy_store *store;
    char folder[96];
    int held;

    (void) state;
    memset(class_now, 0, sizeof class_now);
    class_now[0] = CLASS_BULK;
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_signal(store, paths[0], "", &id));
    set_classes(store);
    assert_ok(davy_store_append(store, &sample, 1));
    assert_ok(davy_store_seal(store));
    assert_fails(davy_store_remove_expired(store, &retention, &removed), DAVY_ERR_IO, "no record");
    assert_int_equal(removed.files, 0);
    retention.removes = agree;
    retention.context = &samples;
    (void) snprintf(folder, sizeof folder, "%s/days", temporary);
    assert_ok(davy_compaction_hold(folder, false, &held)); /* as a backup does */
    assert_fails(davy_store_remove_expired(store, &retention, &removed), DAVY_ERR_UNAVAILABLE, "");
    close(held);
    assert_ok(davy_store_remove_expired(store, &retention, &removed));
    assert_int_equal(removed.files, 1);
    assert_int_equal(samples, 1);
    davy_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_stays_is_what_the_model_says),
        TEST(nothing_goes_that_is_not_recorded_or_that_a_backup_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
