/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/flood.h"

#include "../testing.h"

#define S DAVY_NS_PER_S

static davy_alarm_move raise_of(size_t alarm, int64_t time_ns)
{
    return (davy_alarm_move){
        .time_ns = time_ns,
        .alarm = alarm,
        .after = {DAVY_ALARM_UNACKNOWLEDGED, DAVY_ALARM_UNACKNOWLEDGED},
        .annunciated = true,
    };
}

static davy_flood_event take(davy_floods *floods, const davy_alarm_move *move)
{
    davy_flood_event event;

    assert_ok(davy_floods_take(floods, move, &event));
    return event;
}

static davy_flood_event take_raise(davy_floods *floods, size_t alarm, int64_t second)
{
    davy_alarm_move move = raise_of(alarm, second * S);

    return take(floods, &move);
}

/* Alarm 7 at 100 s is outside the ten minutes of the flood; 1 to 11 at 1001 to 1011 make it. */
static void the_first_out_is_the_first_of_the_ten_minutes(void **state)
{
    davy_floods *floods;
    const davy_flood *flood;

    (void) state;
    assert_ok(davy_floods_create(1, &floods));
    flood = davy_floods_at(floods, 0);
    (void) take_raise(floods, 7, 100);
    for (size_t i = 1; i <= 10; i++)
        assert_int_equal(take_raise(floods, i, 1000 + (int64_t) i), DAVY_FLOOD_NOTHING);
    assert_int_equal(take_raise(floods, 11, 1011), DAVY_FLOOD_BEGAN);
    assert_int_equal(flood->member_count, 11);
    assert_int_equal(flood->members[0].alarm, 1);
    assert_int_equal(flood->members[0].first_ns, 1001 * S);
    (void) take_raise(floods, 1, 1020);
    (void) take_raise(floods, 900, 1021);
    assert_int_equal(flood->member_count, 12);
    assert_int_equal(flood->members[0].count, 2);
    assert_int_equal(flood->members[11].alarm, 900);
    davy_floods_destroy(floods);
}

static void what_is_shelved_is_counted_and_not_listed(void **state)
{
    davy_alarm_move silent = {.time_ns = 20 * S,
                              .alarm = 50,
                              .before = {DAVY_ALARM_SHELVED, DAVY_ALARM_NORMAL},
                              .after = {DAVY_ALARM_SHELVED, DAVY_ALARM_UNACKNOWLEDGED}};
    davy_floods *floods;

    (void) state;
    assert_ok(davy_floods_create(1, &floods));
    (void) take(floods, &silent); /* before the flood */
    for (size_t i = 0; i < 11; i++)
        (void) take_raise(floods, i, 21);
    (void) take(floods, &silent);
    silent.before = silent.after; /* a comment on it is not another one */
    (void) take(floods, &silent);
    assert_int_equal(davy_floods_at(floods, 0)->silenced, 1);
    assert_int_equal(davy_floods_at(floods, 0)->member_count, 11);
    davy_floods_destroy(floods);
}

static void positions_have_floods_of_their_own(void **state)
{
    davy_floods *floods;

    (void) state;
    assert_ok(davy_floods_create(2, &floods));
    for (size_t i = 0; i < 11; i++) {
        davy_alarm_move other = raise_of(100 + i, 30 * S);

        other.position = 1;
        (void) take_raise(floods, i, 30 + (int64_t) i);
        if (i < 10)
            (void) take(floods, &other);
    }
    assert_true(davy_floods_at(floods, 0)->window.flood);
    assert_false(davy_floods_at(floods, 1)->window.flood);
    assert_int_equal(davy_floods_pass(floods, 1, 10000 * S), DAVY_FLOOD_NOTHING);
    assert_int_equal(davy_floods_pass(floods, 0, 10000 * S), DAVY_FLOOD_ENDED);
    davy_floods_destroy(floods);
}

/* The flood before is forgotten, all of it: alarm 3 is in both. */
static void a_second_flood_has_its_own_alarms(void **state)
{
    davy_floods *floods;
    const davy_flood *flood;

    (void) state;
    assert_ok(davy_floods_create(1, &floods));
    flood = davy_floods_at(floods, 0);
    for (size_t i = 0; i < 15; i++)
        (void) take_raise(floods, i, 50);
    assert_int_equal(flood->member_count, 15);
    for (size_t i = 0; i < 11; i++)
        (void) take_raise(floods, i == 0 ? 3 : 100 + i, 5000 + (int64_t) i);
    assert_int_equal(flood->member_count, 11);
    assert_int_equal(flood->members[0].alarm, 3);
    assert_int_equal(flood->members[0].count, 1);
    davy_floods_destroy(floods);
}

static void more_alarms_than_a_card_lists_are_counted(void **state)
{
    davy_floods *floods;
    const davy_flood *flood;

    (void) state;
    assert_ok(davy_floods_create(1, &floods));
    flood = davy_floods_at(floods, 0);
    for (size_t i = 0; i < DAVY_FLOOD_MEMBERS_MAX + 9; i++)
        (void) take_raise(floods, i, 70);
    (void) take_raise(floods, 5, 71);
    assert_int_equal(flood->member_count, DAVY_FLOOD_MEMBERS_MAX);
    assert_int_equal(flood->left_out, 9);
    assert_int_equal(flood->members[5].count, 2);
    assert_int_equal(flood->window.alarms, DAVY_FLOOD_MEMBERS_MAX + 10);
    davy_floods_destroy(floods);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_out_is_the_first_of_the_ten_minutes),
        cmocka_unit_test(what_is_shelved_is_counted_and_not_listed),
        cmocka_unit_test(positions_have_floods_of_their_own),
        cmocka_unit_test(a_second_flood_has_its_own_alarms),
        cmocka_unit_test(more_alarms_than_a_card_lists_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
