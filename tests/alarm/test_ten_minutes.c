/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/ten_minutes.h"

#include "../testing.h"

#include "core/random.h"

/* One alarm in each of these seconds. @return how many began a flood */
static unsigned add_each(davy_ten_minutes *window, int64_t first_s, unsigned count)
{
    unsigned begun = 0;

    for (unsigned i = 0; i < count; i++) {
        (void) davy_ten_minutes_pass(window, first_s + i);
        begun += davy_ten_minutes_add(window);
    }
    return begun;
}

/* ISA-18.2: a flood begins when a count of ten minutes exceeds 10. */
static void ten_alarms_are_no_flood_and_eleven_are(void **state)
{
    davy_ten_minutes window = {0};

    (void) state;
    assert_int_equal(add_each(&window, 1000, 10), 0);
    assert_false(window.flood);
    assert_int_equal(add_each(&window, 1010, 1), 1);
    assert_true(window.flood);
    assert_int_equal(window.began_s, 1010);
    assert_int_equal(window.alarms, 11);
    assert_int_equal(add_each(&window, 1011, 3), 0);
    assert_int_equal(window.alarms, 14);
    assert_int_equal(window.peak, 14);
}

/* Eleven alarms at 1000 to 1010: the seventh leaves at 1606, and 4 are left. */
static void it_ends_when_fewer_than_five_are_left(void **state)
{
    davy_ten_minutes window = {0};

    (void) state;
    (void) add_each(&window, 1000, 11);
    assert_false(davy_ten_minutes_pass(&window, 1605));
    assert_int_equal(window.count, 5);
    assert_true(window.flood);
    assert_true(davy_ten_minutes_pass(&window, 1700));
    assert_int_equal(window.ended_s, 1606);
    assert_false(window.flood);
    assert_int_equal(window.count, 0);
    assert_int_equal(window.began_s, 1010);
}

static void an_alarm_counts_for_six_hundred_seconds(void **state)
{
    davy_ten_minutes window = {0};

    (void) state;
    (void) add_each(&window, 0, 1);
    (void) davy_ten_minutes_pass(&window, 599);
    assert_int_equal(window.count, 1);
    (void) davy_ten_minutes_pass(&window, 600);
    assert_int_equal(window.count, 0);
}

static void a_year_without_alarms_passes_at_once(void **state)
{
    davy_ten_minutes window = {0};

    (void) state;
    (void) add_each(&window, 1, 20);
    assert_true(davy_ten_minutes_pass(&window, 4000000000));
    assert_int_equal(window.now_s, 4000000000);
    assert_int_equal(add_each(&window, 4000000000, 1), 0);
    assert_int_equal(window.count, 1);
}

static void a_clock_set_back_a_little_stands_still_and_far_begins_anew(void **state)
{
    davy_ten_minutes window = {0};

    (void) state;
    (void) add_each(&window, 10000, 12);
    assert_false(davy_ten_minutes_pass(&window, 9900));
    assert_int_equal(window.now_s, 10011);
    assert_int_equal(window.count, 12);
    assert_true(davy_ten_minutes_pass(&window, 5000));
    assert_int_equal(window.now_s, 5000);
    assert_int_equal(window.count, 0);
    (void) add_each(&window, -700, 12); /* before 1970 */
    assert_int_equal(window.count, 12);
}

/* The same by looking at every alarm again in every second. */
static void random_alarms_are_counted_as_by_looking_at_all(void **state)
{
    enum { SECONDS = 20000 };
    static uint32_t alarms[SECONDS];
    davy_ten_minutes window = {0};
    bool flood = false;

    (void) state;
    for (int64_t s = 0; s < SECONDS; s++) {
        uint32_t count = 0, burst = s % 3000 < 900 ? 60 : 400;

        (void) davy_ten_minutes_pass(&window, s);
        for (int64_t i = s < 599 ? 0 : s - 599; i < s; i++)
            count += alarms[i];
        flood = flood && count >= 5;
        for (alarms[s] = davy_random_below(1, 0, (uint64_t) s, burst) == 0
                             ? davy_random_below(1, 1, (uint64_t) s, 3)
                             : 0;
             window.count < count + alarms[s];)
            (void) davy_ten_minutes_add(&window);
        count += alarms[s];
        flood = flood || count > 10;
        assert_int_equal(window.count, count);
        assert_int_equal(window.flood, flood);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_alarms_are_no_flood_and_eleven_are),
        cmocka_unit_test(it_ends_when_fewer_than_five_are_left),
        cmocka_unit_test(an_alarm_counts_for_six_hundred_seconds),
        cmocka_unit_test(a_year_without_alarms_passes_at_once),
        cmocka_unit_test(a_clock_set_back_a_little_stands_still_and_far_begins_anew),
        cmocka_unit_test(random_alarms_are_counted_as_by_looking_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
