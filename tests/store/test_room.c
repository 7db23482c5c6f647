/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A disk that is really full, as far as mounting one is allowed: samples are refused, records go
 * on, and both do when there is room again.
 */
#include "store/records.h"
#include "store/reserve.h"
#include "store/store.h"

#include "../testing.h"
#include "small_disk.h"

#define FLOOR ((uint64_t) 1024 * 1024)

static davy_store *store;
static davy_records *records;
static davy_reserve *reserve;

static void open_all(void)
{
    const davy_store_options options = {.floor_bytes = FLOOR};
    char path[96];
    davy_signal_id id;

    (void) snprintf(path, sizeof path, "%s/reserve", temporary);
    assert_ok(davy_reserve_open(path, FLOOR / 2, &reserve));
    assert_ok(davy_store_open(temporary, &options, &store));
    assert_ok(davy_store_signal(store, "unit/0", NULL, &id));
    (void) snprintf(path, sizeof path, "%s/records.db", temporary);
    assert_ok(davy_records_open(path, &records));
    davy_records_use_reserve(records, reserve);
}

static void close_all(void)
{
    davy_records_close(records);
    davy_store_close(store);
    davy_reserve_close(reserve);
}

static davy_status append_sample(int i)
{
    davy_sample sample = {1767312000LL * DAVY_NS_PER_S + i * DAVY_NS_PER_S, i, 0, 0};

    return davy_store_append(store, &sample, 1);
}

static davy_status append_record(void)
{
    davy_record record = {.time_ns = 1,
                          .kind = DAVY_RECORD_ALARM,
                          .subject = "T-1/level:hi",
                          .body = "{\"state\":\"unacknowledged\"}"};

    return davy_records_append(records, &record, 1);
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

static size_t samples(void)
{
    size_t points = 0;

    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, count_run, &points));
    return points;
}

static void a_full_disk_refuses_samples_and_takes_records(void **state)
{
    uint64_t checked;

    (void) state;
    if (!small_disk_mount())
        davy_skip_test("mounting a tmpfs is not allowed here");
    open_all();
    assert_ok(davy_reserve_fill(reserve, FLOOR));
    assert_int_equal(davy_reserve_bytes(reserve), FLOOR / 2);
    assert_ok(append_sample(0));
    small_disk_fill();
    assert_fails(append_sample(1), DAVY_ERR_FULL, "for alarms");
    for (int i = 0; i < 500; i++)
        assert_ok(append_record());
    assert_true(davy_reserve_bytes(reserve) < FLOOR / 2); /* or the disk was not full */
    assert_int_equal(samples(), 1);
    assert_ok(davy_records_verify(records, &checked));
    assert_int_equal(checked, 500);

    small_disk_make_room();
    assert_ok(append_sample(1));
    assert_ok(davy_reserve_fill(reserve, FLOOR));
    assert_int_equal(davy_reserve_bytes(reserve), FLOOR / 2);
    close_all();
    open_all();
    assert_int_equal(davy_reserve_bytes(reserve), FLOOR / 2); /* what is held stays held */
    assert_int_equal(samples(), 2);
    close_all();
}

static void when_the_reserve_is_used_up_records_are_refused_and_go_on_later(void **state)
{
    davy_status status = DAVY_OK;
    uint64_t kept = 0, checked;

    (void) state;
    if (!small_disk_mount())
        davy_skip_test("mounting a tmpfs is not allowed here");
    open_all();
    assert_ok(davy_reserve_fill(reserve, FLOOR));
    small_disk_fill();
    while ((status = append_record()) == DAVY_OK && kept < 100000)
        kept++;
    assert_int_equal(status, DAVY_ERR_FULL);
    assert_int_equal(davy_reserve_bytes(reserve), 0);
    assert_true(kept > 500);
    small_disk_make_room();
    assert_ok(append_record());
    assert_ok(davy_records_verify(records, &checked));
    assert_int_equal(checked, kept + 1);
    close_all();
}

static void the_floor_is_a_share_of_the_disk_unless_it_is_said(void **state)
{
    davy_room room;

    (void) state;
    if (!small_disk_mount())
        davy_skip_test("mounting a tmpfs is not allowed here");
    davy_room_init(&room, temporary, 0);
    assert_int_equal(davy_room_look(&room).floor_bytes, DAVY_ROOM_FLOOR_LEAST); /* of 4 MiB */
    davy_room_init(&room, temporary, 12345);
    assert_int_equal(davy_room_look(&room).floor_bytes, 12345);
    assert_ok(davy_room_check(&room));
    davy_room_init(&room, "/nowhere", 12345);
    assert_ok(davy_room_check(&room)); /* a disk that says nothing: a write will tell */
}

/* Without room for all of it a fill takes nothing. */
static void a_reserve_that_does_not_fit_is_not_taken(void **state)
{
    char path[96];

    (void) state;
    if (!small_disk_mount())
        davy_skip_test("mounting a tmpfs is not allowed here");
    (void) snprintf(path, sizeof path, "%s/reserve", temporary);
    assert_ok(davy_reserve_open(path, 8 * FLOOR, &reserve));
    assert_ok(davy_reserve_fill(reserve, FLOOR)); /* others have no more to spare: not tried */
    assert_fails(davy_reserve_fill(reserve, 8 * FLOOR), DAVY_ERR_FULL, "for alarms");
    assert_int_equal(davy_reserve_bytes(reserve), 0);
    assert_false(davy_reserve_give(reserve));
    assert_false(davy_reserve_give(NULL));
    davy_reserve_close(reserve);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, small_disk_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_refuses_samples_and_takes_records),
        TEST(when_the_reserve_is_used_up_records_are_refused_and_go_on_later),
        TEST(the_floor_is_a_share_of_the_disk_unless_it_is_said),
        TEST(a_reserve_that_does_not_fit_is_not_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
