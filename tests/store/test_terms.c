/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A shorter time of retention waits a day where it would remove something at once; everything else
 * counts at once. The days that would go are counted by hand.
 */
#include "store/terms.h"

#include "core/file.h"
#include "store/day.h"

#include "../testing.h"
#include "temporary.h"

#include <stdlib.h>

#define DAY_NS (86400 * DAVY_NS_PER_S)
#define TODAY  20500
#define NOW_NS (TODAY * DAY_NS + DAY_NS / 2)

/* Ten days of each class and of rollups: that of yesterday is over since half a day. */
#define DAYS 10

static davy_holding_file files[3 * DAYS];
static davy_holding plant = {.files = files, .count = DAVY_ARRAY_LENGTH(files)};
static const davy_holding empty;
static davy_terms *terms; /* large */

static int make(void **state)
{
    static const char *const names[] = {"bulk", "default", "rollups"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(files); i++) {
        files[i] = (davy_holding_file){
            .day = TODAY - DAYS + (int32_t) (i / 3), .bytes = 100, .samples = 7};
        (void) snprintf(files[i].class_name, sizeof files[i].class_name, "%s", names[i % 3]);
    }
    terms = calloc(1, sizeof *terms);
    return terms ? temporary_make(state) : -1;
}

static int clear(void **state)
{
    free(terms);
    return temporary_remove(state);
}

/* What a site file says, in days. */
struct wish {
    const char *name;
    int keep, rollups;
};

static void follow_at(const struct wish *wishes, size_t count, const davy_holding *holding,
                      int64_t now_ns)
{
    davy_site_class classes[4] = {0};

    for (size_t i = 0; i < count; i++) {
        classes[i].name = wishes[i].name;
        classes[i].keep_ns = wishes[i].keep * DAY_NS;
        classes[i].rollups_ns = wishes[i].rollups * DAY_NS;
    }
    davy_terms_follow(terms, classes, count, holding, now_ns, terms);
}

static void follow(const struct wish *wishes, size_t count)
{
    follow_at(wishes, count, &plant, NOW_NS);
}

static davy_term term(const char *name)
{
    const davy_term *found = davy_terms_find(terms, name);

    assert_non_null(found);
    return *found;
}

static void a_new_folder_takes_what_the_site_says(void **state)
{
    const struct wish wish = {"bulk", 3, 5};

    (void) state;
    follow_at(&wish, 1, &empty, NOW_NS);
    assert_int_equal(terms->count, 2);
    assert_int_equal(term("bulk").keep_ns, 3 * DAY_NS);
    assert_int_equal(term("bulk").rollups_ns, 5 * DAY_NS);
    assert_int_equal(term("bulk").from_ns, 0);
    assert_int_equal(term("default").keep_ns, 0);
}

/* 30 d -> 4 d at noon: the days that ended four days ago and before go, -10 to -6 and -5: the day
 * -5 ended at the begin of -4, four days and a half ago. That is 6 of 10. */
static void a_shorter_time_waits_for_a_day(void **state)
{
    const struct wish month = {"bulk", 30, 0}, four = {"bulk", 4, 0}, forty = {"bulk", 40, 0};
    davy_term bulk;
    davy_terms_loss loss;

    (void) state;
    follow_at(&month, 1, &empty, NOW_NS);
    follow(&four, 1);
    bulk = term("bulk");
    assert_int_equal(bulk.keep_ns, 30 * DAY_NS);
    assert_int_equal(bulk.next_keep_ns, 4 * DAY_NS);
    assert_int_equal(bulk.from_ns, NOW_NS + DAY_NS);
    loss = davy_terms_lose(terms, &bulk, &plant, NOW_NS);
    assert_int_equal(loss.files, 6);
    assert_int_equal(loss.bytes, 600);
    assert_int_equal(loss.samples, 42);
    assert_int_equal(loss.rollups, 0);
    assert_int_equal(davy_terms_lose(terms, &bulk, &plant, bulk.from_ns).files, 7);
    follow_at(&four, 1, &plant, NOW_NS + DAY_NS / 3); /* a start meanwhile changes nothing */
    assert_int_equal(term("bulk").from_ns, NOW_NS + DAY_NS);
    assert_false(davy_terms_ripen(terms, NOW_NS + DAY_NS - 1));
    assert_int_equal(term("bulk").keep_ns, 30 * DAY_NS);
    assert_true(davy_terms_ripen(terms, NOW_NS + DAY_NS));
    assert_int_equal(term("bulk").keep_ns, 4 * DAY_NS);
    assert_int_equal(term("bulk").from_ns, 0);
    assert_false(davy_terms_ripen(terms, NOW_NS + 2 * DAY_NS));
    follow(&forty, 1); /* a longer one counts at once */
    assert_int_equal(term("bulk").keep_ns, 40 * DAY_NS);
    assert_int_equal(term("bulk").from_ns, 0);
}

static void who_puts_the_time_back_loses_nothing(void **state)
{
    const struct wish month = {"bulk", 30, 0}, four = {"bulk", 4, 0};

    (void) state;
    follow_at(&month, 1, &empty, NOW_NS);
    follow(&four, 1);
    follow_at(&month, 1, &plant, NOW_NS + DAY_NS / 2);
    assert_int_equal(term("bulk").from_ns, 0);
    assert_false(davy_terms_ripen(terms, NOW_NS + 2 * DAY_NS));
    assert_int_equal(term("bulk").keep_ns, 30 * DAY_NS);
}

static void a_still_shorter_time_waits_anew(void **state)
{
    const struct wish month = {"bulk", 30, 0}, six = {"bulk", 6, 0}, four = {"bulk", 4, 0};

    (void) state;
    follow_at(&month, 1, &empty, NOW_NS);
    follow(&four, 1);
    follow_at(&six, 1, &plant, NOW_NS + DAY_NS / 4); /* less of it: the same moment */
    assert_int_equal(term("bulk").from_ns, NOW_NS + DAY_NS);
    assert_int_equal(term("bulk").next_keep_ns, 6 * DAY_NS);
    follow_at(&four, 1, &plant, NOW_NS + DAY_NS / 2);
    assert_int_equal(term("bulk").from_ns, NOW_NS + DAY_NS / 2 + DAY_NS);
    assert_int_equal(term("bulk").keep_ns, 30 * DAY_NS);
}

/* 30 d -> 20 d, and ten days are there. */
static void what_removes_nothing_need_not_wait(void **state)
{
    const struct wish month = {"bulk", 30, 0}, twenty = {"bulk", 20, 0};

    (void) state;
    follow_at(&month, 1, &empty, NOW_NS);
    follow(&twenty, 1);
    assert_int_equal(term("bulk").keep_ns, 20 * DAY_NS);
    assert_int_equal(term("bulk").from_ns, 0);
}

/* Days of a class that is gone from the file are kept as the rest: 30 d -> 4 d. */
static void a_class_that_goes_from_the_file_waits_too(void **state)
{
    const struct wish two[] = {{"bulk", 30, 0}, {"default", 4, 0}}, one = {"default", 4, 0};

    (void) state;
    follow_at(two, 2, &empty, NOW_NS);
    follow(&one, 1);
    assert_int_equal(term("bulk").keep_ns, 30 * DAY_NS);
    assert_int_equal(term("bulk").next_keep_ns, 4 * DAY_NS);
    assert_int_equal(term("bulk").from_ns, NOW_NS + DAY_NS);
    assert_int_equal(term("default").from_ns, 0);
}

/* Rollups stay as long as any class wants them: the shorter time of one class removes none. */
static void rollups_wait_when_no_class_wants_them(void **state)
{
    const struct wish both[] = {{"bulk", 0, 30}, {"default", 0, 30}},
                      one[] = {{"bulk", 0, 4}, {"default", 0, 30}},
                      none[] = {{"bulk", 0, 4}, {"default", 0, 4}};
    davy_term rest;

    (void) state;
    follow_at(both, 2, &empty, NOW_NS);
    follow(one, 2);
    assert_int_equal(term("bulk").rollups_ns, 4 * DAY_NS);
    assert_int_equal(term("bulk").from_ns, 0);
    follow(none, 2);
    rest = term("default");
    assert_int_equal(rest.rollups_ns, 30 * DAY_NS);
    assert_int_equal(rest.next_rollups_ns, 4 * DAY_NS);
    assert_int_equal(rest.from_ns, NOW_NS + DAY_NS);
    assert_int_equal(davy_terms_lose(terms, &rest, &plant, NOW_NS).rollups, 6);
    assert_int_equal(davy_terms_lose(terms, &rest, &plant, NOW_NS).files, 0);
}

/* A folder of an earlier davy, or a damaged file: nobody knows what was promised. */
static void what_nobody_noted_was_to_be_kept_for_ever(void **state)
{
    const struct wish four = {"bulk", 4, 0};

    (void) state;
    follow(&four, 1);
    assert_int_equal(term("bulk").keep_ns, 0);
    assert_int_equal(term("bulk").from_ns, NOW_NS + DAY_NS);
    assert_int_equal(term("default").from_ns, 0);
}

static void terms_are_read_as_they_were_written(void **state)
{
    const struct wish wishes[] = {{"bulk", 30, 0}, {"a-2", 0, 9}}, four = {"bulk", 4, 0};
    davy_terms *read = calloc(1, sizeof *read);
    davy_buffer bytes = {0};
    char path[160];

    (void) state;
    assert_non_null(read);
    assert_ok(davy_terms_read(temporary, read));
    assert_false(read->known);
    follow_at(wishes, 2, &empty, NOW_NS);
    follow(&four, 1);
    assert_ok(davy_terms_write(temporary, terms));
    assert_ok(davy_terms_read(temporary, read));
    assert_memory_equal(read, terms, sizeof *read);
    (void) snprintf(path, sizeof path, "%s/retention", temporary);
    assert_ok(davy_file_read(path, DAVY_TERMS_BYTES_MAX, &bytes));
    for (size_t i = 0; i < bytes.length * 8; i++) {
        bytes.bytes[i / 8] ^= (char) (1 << i % 8);
        assert_int_equal(davy_terms_parse(bytes.bytes, bytes.length, read), DAVY_ERR_CORRUPT);
        bytes.bytes[i / 8] ^= (char) (1 << i % 8);
    }
    for (size_t length = 0; length < bytes.length; length++)
        assert_int_equal(davy_terms_parse(bytes.bytes, length, read), DAVY_ERR_CORRUPT);
    assert_false(read->known);
    davy_buffer_clear(&bytes);
    free(read);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_folder_takes_what_the_site_says),
        TEST(a_shorter_time_waits_for_a_day),
        TEST(who_puts_the_time_back_loses_nothing),
        TEST(a_still_shorter_time_waits_anew),
        TEST(what_removes_nothing_need_not_wait),
        TEST(a_class_that_goes_from_the_file_waits_too),
        TEST(rollups_wait_when_no_class_wants_them),
        TEST(what_nobody_noted_was_to_be_kept_for_ever),
        TEST(terms_are_read_as_they_were_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
