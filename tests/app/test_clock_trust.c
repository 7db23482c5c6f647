/* SPDX-License-Identifier: Apache-2.0 */
#include "app/clock_trust.h"

#include "../testing.h"

#define DAY  (86400 * DAVY_NS_PER_S)
#define HOUR (3600 * DAVY_NS_PER_S)
#define WALL (20455 * DAY) /* 2026-01-02 */
#define MONO (7 * HOUR)

static davy_clock_trust start(int64_t newest_ns)
{
    davy_clock_trust trust;

    davy_clock_trust_start(&trust, WALL, MONO, newest_ns);
    return trust;
}

static void a_clock_that_goes_on_is_believed(void **state)
{
    davy_clock_trust trust = start(WALL);

    (void) state;
    assert_null(davy_clock_trust_doubt(&trust, WALL, MONO));
    assert_null(davy_clock_trust_doubt(&trust, WALL + 400 * DAY, MONO + 400 * DAY));
    assert_null(davy_clock_trust_doubt(&trust, WALL + HOUR, MONO)); /* summer time done wrong */
}

static void a_leap_is_not_believed_until_the_clock_is_back(void **state)
{
    davy_clock_trust trust = start(WALL);

    (void) state;
    assert_non_null(davy_clock_trust_doubt(&trust, WALL + HOUR + 1, MONO));
    assert_non_null(davy_clock_trust_doubt(&trust, WALL - HOUR - 1, MONO));
    assert_non_null(davy_clock_trust_doubt(&trust, 0, MONO + DAY));
    assert_non_null(davy_clock_trust_doubt(&trust, WALL + 27000 * DAY, MONO + 30 * DAY));
    assert_null(davy_clock_trust_doubt(&trust, WALL + 30 * DAY, MONO + 30 * DAY));
}

static void a_start_days_after_the_last_sample_waits_for_a_day(void **state)
{
    davy_clock_trust trust = start(WALL - 2 * DAY - 1);

    (void) state;
    assert_non_null(davy_clock_trust_doubt(&trust, WALL, MONO));
    assert_non_null(davy_clock_trust_doubt(&trust, WALL + DAY - 1, MONO + DAY - 1));
    assert_null(davy_clock_trust_doubt(&trust, WALL + DAY, MONO + DAY));
    trust = start(WALL - 2 * DAY);
    assert_null(davy_clock_trust_doubt(&trust, WALL, MONO));
    trust = start(INT64_MAX); /* nothing is stored */
    assert_null(davy_clock_trust_doubt(&trust, WALL, MONO));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_goes_on_is_believed),
        cmocka_unit_test(a_leap_is_not_believed_until_the_clock_is_back),
        cmocka_unit_test(a_start_days_after_the_last_sample_waits_for_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
