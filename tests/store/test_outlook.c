/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a data folder holds, how it grows and how long the room lasts. All figures are counted by
 * hand from the files that are named in the tests.
 */
#include "store/outlook.h"

#include "core/file.h"
#include "store/day.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <stdlib.h>

#define DAY_NS (86400 * DAVY_NS_PER_S)
#define TODAY  20500 /* 2026-02-16 */
#define NOW_NS (TODAY * DAY_NS + DAY_NS / 2)
#define MB     ((uint64_t) 1000 * 1000)

/* A file of a class and a day with so many megabytes and as many samples. */
static davy_holding_file file_of(const char *class_name, int32_t day, uint64_t megabytes)
{
    davy_holding_file file = {
        .day = day, .bytes = megabytes * MB, .asked = true, .samples = megabytes};

    (void) snprintf(file.class_name, sizeof file.class_name, "%s", class_name);
    return file;
}

static davy_term term_of(const char *class_name, int64_t keep_days, int64_t when_full_days)
{
    davy_term term = {.keep_ns = keep_days * DAY_NS,
                      .next_keep_ns = keep_days * DAY_NS,
                      .when_full_ns = when_full_days * DAY_NS};

    (void) snprintf(term.class_name, sizeof term.class_name, "%s", class_name);
    return term;
}

/* Ten days of bulk, 10 MB each and 20 MB yesterday; the rest began three days ago, 6 MB a day. */
static davy_holding_file plant_files[16];
static const davy_holding plant = {.files = plant_files, .count = 16};

static void make_plant(void)
{
    size_t count = 0;

    for (int32_t day = TODAY - 10; day < TODAY; day++) {
        plant_files[count++] = file_of("bulk", day, day == TODAY - 1 ? 20 : 10);
        if (day >= TODAY - 3)
            plant_files[count++] = file_of("default", day, 6);
    }
    plant_files[count++] = file_of("bulk", TODAY, 1);
    plant_files[count++] = file_of("default", TODAY, 1);
    plant_files[count++] = file_of("rollups", TODAY - 1, 7);
    assert_int_equal(count, plant.count);
}

static davy_outlook *outlook; /* large */

static const davy_outlook_class *look(const davy_terms *terms, davy_room_state room,
                                      const char *class_name)
{
    make_plant();
    davy_outlook_make(&plant, terms, room, NOW_NS, outlook);
    for (size_t i = 0; i < outlook->count; i++)
        if (strcmp(outlook->classes[i].class_name, class_name) == 0)
            return &outlook->classes[i];
    fail_msg("no class '%s'", class_name);
    return NULL;
}

/* Bulk: (6 x 10 + 20) / 7 MB a day. The rest is three days old: 3 x 6 / 3. */
static void growth_is_that_of_the_last_full_days(void **state)
{
    davy_terms terms = {.items = {term_of("bulk", 0, 0), term_of("default", 0, 0)}, .count = 2};
    const davy_room_state room = {.free_bytes = 1000 * MB, .floor_bytes = 100 * MB};
    const davy_outlook_class *bulk = look(&terms, room, "bulk"), *rest, *rollups;

    (void) state;
    assert_int_equal(bulk->files, 11);
    assert_int_equal(bulk->bytes, 111 * MB);
    assert_int_equal(bulk->samples, 111);
    assert_int_equal(bulk->first_day, TODAY - 10);
    assert_int_equal(bulk->last_day, TODAY);
    assert_int_equal(bulk->growth_days, 7);
    assert_int_equal(bulk->day_bytes[0], 10 * MB);
    assert_int_equal(bulk->day_bytes[6], 20 * MB);
    assert_near(bulk->bytes_a_day, 80e6 / 7, 1);
    rest = look(&terms, room, "default");
    assert_int_equal(rest->growth_days, 3);
    assert_int_equal(rest->day_bytes[3], 0);
    assert_int_equal(rest->day_samples[4], 6);
    assert_near(rest->bytes_a_day, 6e6, 1);
    rollups = look(&terms, room, "rollups");
    assert_int_equal(rollups->growth_days, 1);
    assert_near(rollups->bytes_a_day, 7e6, 1);
    assert_string_equal(outlook->classes[outlook->count - 1].class_name, "rollups");
    /* 800 MB beyond two floors, (80/7 + 6 + 7) MB a day: 32.7 days */
    assert_near(outlook->bytes_a_day, 80e6 / 7 + 13e6, 1);
    assert_int_equal(outlook->room_days, 32);
}

/* Bulk is full: it holds the ten days that it keeps. The rest, 6 MB a day, has five days to go and
 * then no more, 30 MB in all; the rollups have no end, 7 MB a day. */
static void a_class_with_an_end_stops_growing(void **state)
{
    davy_terms terms = {.items = {term_of("bulk", 9, 0), term_of("default", 7, 0)}, .count = 2};
    davy_room_state room = {.free_bytes = 1000 * MB, .floor_bytes = 450 * MB};

    (void) state;
    (void) look(&terms, room, "bulk");
    assert_near(outlook->bytes_a_day, 13e6, 1);
    assert_int_equal(outlook->room_days, (100 - 30) / 7); /* 10 */
    terms.items[0].next_rollups_ns = terms.items[1].next_rollups_ns = DAY_NS;
    (void) look(&terms, room, "bulk");
    assert_int_equal(outlook->room_days, -1);
    room.free_bytes = 910 * MB; /* and 7 + 6 MB on the first day */
    (void) look(&terms, room, "bulk");
    assert_int_equal(outlook->room_days, 0);
}

/* Bulk may go after 8 days: of the days 10 and 9 ago. The rest may not. */
static void what_goes_first_is_the_oldest_that_may(void **state)
{
    davy_terms terms = {.items = {term_of("bulk", 0, 8), term_of("default", 0, 0)}, .count = 2};
    const davy_room_state room = {.free_bytes = 0, .floor_bytes = 1};
    const davy_holding_file *files[10];
    const davy_outlook_class *bulk = look(&terms, room, "bulk");

    (void) state;
    assert_int_equal(bulk->may_go_files, 2);
    assert_int_equal(bulk->may_go_bytes, 20 * MB);
    assert_int_equal(look(&terms, room, "default")->may_go_files, 0);
    assert_int_equal(davy_outlook_first(&plant, &terms, NOW_NS, files, 10), 2);
    assert_int_equal(files[0]->day, TODAY - 10);
    assert_int_equal(files[1]->day, TODAY - 9);
    assert_int_equal(davy_outlook_first(&plant, &terms, NOW_NS, files, 1), 1);
    assert_int_equal(outlook->room_days, 0);
}

static void put(const char *name, size_t length)
{
    char path[160];
    char *bytes = calloc(1, length + 1);

    (void) snprintf(path, sizeof path, "%s/%s", temporary, name);
    assert_non_null(bytes);
    assert_ok(davy_file_replace(path, bytes, length, 0640));
    free(bytes);
}

/* Two days, of 3 and 2 samples, one of them under a class. */
static void make_store(void)
{
    static const char *const match[] = {"b/*"};
    const davy_site_class bulk = {.name = "bulk", .match = match, .match_count = 1};
    const davy_store_options options = {.classes = &bulk, .class_count = 1};
    davy_store *store;
    davy_signal_id a, b;

    assert_ok(davy_store_open(temporary, &options, &store));
    assert_ok(davy_store_signal(store, "a/x", NULL, &a));
    assert_ok(davy_store_signal(store, "b/x", NULL, &b));
    for (int i = 0; i < 5; i++) {
        const davy_sample sample = {(TODAY + i / 3) * DAY_NS + i, i, i / 3 ? b : a, 0};

        assert_ok(davy_store_append(store, &sample, 1));
    }
    assert_ok(davy_store_seal(store));
    davy_store_close(store);
}

static void a_look_counts_what_is_there(void **state)
{
    davy_holding holding, again;

    (void) state;
    assert_int_equal(davy_holding_read("/nowhere", NULL, 0, &holding), DAVY_ERR_NOT_FOUND);
    make_store();
    put("days/2026-02-10.bulk.db.damaged-1771300000", 5000);
    put("days/2026-02-11.db.damaged-1771300001", 0);
    put("days/2026-02-11.db.damaged-1771300001-wal", 5000); /* beside it */
    put("reserve", 20000);
    assert_ok(davy_holding_read(temporary, NULL, DAVY_HOLDING_ASK_ALL, &holding));
    assert_int_equal(holding.count, 2);
    assert_int_equal(holding.files[0].day, TODAY);
    assert_string_equal(holding.files[0].class_name, "default");
    assert_int_equal(holding.files[0].samples, 3);
    assert_string_equal(holding.files[1].class_name, "bulk");
    assert_int_equal(holding.files[1].samples, 2);
    assert_int_equal(holding.missed_count, 2);
    assert_string_equal(holding.missed[0].day_file, "days/2026-02-10.bulk.db");
    assert_int_equal(holding.missed[0].since_ns, 1771300000 * DAVY_NS_PER_S);
    assert_int_equal(holding.missed[0].bytes, 5000);
    assert_int_equal(holding.missed[1].bytes, 0);
    assert_true(holding.bytes[DAVY_HOLDING_RESERVE] >= 20000);
    assert_true(holding.bytes[DAVY_HOLDING_ASIDE] >= 5000);
    assert_true(holding.bytes[DAVY_HOLDING_LOG] > 0 && holding.bytes[DAVY_HOLDING_NAMES] > 0);
    assert_int_equal(holding.bytes[DAVY_HOLDING_SAMPLES],
                     holding.files[0].bytes + holding.files[1].bytes);
    holding.files[0].samples = 1000; /* what has not changed is not asked again */
    assert_ok(davy_holding_read(temporary, &holding, DAVY_HOLDING_ASK_ALL, &again));
    assert_int_equal(again.files[0].samples, 1000);
    assert_int_equal(again.files[1].samples, 2);
    again.files[0].stamp++;
    davy_holding_clear(&holding);
    assert_ok(davy_holding_read(temporary, &again, DAVY_HOLDING_ASK_ALL, &holding));
    assert_int_equal(holding.files[0].samples, 3);
    davy_holding_clear(&holding);
    davy_holding_clear(&again);
}

/* A folder of thousands of files is asked bit by bit, the newest first. */
static void a_look_asks_some_files_and_the_next_one_the_others(void **state)
{
    davy_holding first, second;

    (void) state;
    make_store();
    assert_ok(davy_holding_read(temporary, NULL, 1, &first));
    assert_false(first.files[0].asked);
    assert_true(first.files[1].asked);
    assert_int_equal(first.files[1].samples, 2);
    assert_true(first.files[0].bytes > 0);
    davy_outlook_make(&first, &(davy_terms){0}, (davy_room_state){0}, NOW_NS, outlook);
    assert_false(outlook->classes[0].asked); /* the default */
    assert_true(outlook->classes[1].asked);
    assert_ok(davy_holding_read(temporary, &first, 1, &second));
    assert_true(second.files[0].asked && second.files[1].asked);
    assert_int_equal(second.files[0].samples, 3);
    davy_holding_clear(&first);
    davy_holding_clear(&second);
}

static int make(void **state)
{
    outlook = calloc(1, sizeof *outlook);
    return outlook ? temporary_make(state) : -1;
}

static int clear(void **state)
{
    free(outlook);
    return temporary_remove(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(growth_is_that_of_the_last_full_days),
        TEST(a_class_with_an_end_stops_growing),
        TEST(what_goes_first_is_the_oldest_that_may),
        TEST(a_look_counts_what_is_there),
        TEST(a_look_asks_some_files_and_the_next_one_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
