/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Buildings: held to the closed solution of dCi/dt = n (Co - Ci), worked out by hand.
 */
#include "../testing.h"
#include "hazard/harm/indoor.h"

#include <math.h>

/* One air change an hour. */
static const double hourly = 1 / 3600.0;

/* Half an hour in a cloud of 1, then clear air for an hour: 1 - e^-0.5, times e^-1. */
static void gas_comes_in_and_goes_out(void **state)
{
    const davy_outdoor_step steps[] = {{1800, 1}, {3600, 0}};

    (void) state;
    assert_near(davy_indoor_concentration(steps, 1, hourly).value, 1 - exp(-0.5), 1e-12);
    assert_near(davy_indoor_concentration(steps, 2, hourly).value, (1 - exp(-0.5)) * exp(-1),
                1e-12);
}

/* m = 1: what came in must go out, so the load to the end of time is that outside, 1800. */
static void with_an_exponent_of_1_a_building_only_delays(void **state)
{
    const davy_outdoor_step steps[] = {{1800, 1}, {3600 * 40, 0}};

    (void) state;
    assert_near(davy_indoor_load(steps, 2, hourly, 1, INFINITY).value, 1800, 1e-6);
    assert_near(davy_outdoor_load(steps, 2, 1).value, 1800, 1e-9);
}

/* m = 2, T = n t = 1/2: inside the cloud T - 2 (1 - e^-T) + (1 - e^-2T) / 2, afterwards
 * (1 - e^-T)^2 / 2, both in air changes. */
static void a_load_of_the_square_is_the_closed_one(void **state)
{
    const davy_outdoor_step steps[] = {{1800, 1}, {3600 * 40, 0}};
    const double in = 0.5 - 2 * (1 - exp(-0.5)) + (1 - exp(-1)) / 2;
    const double out = (1 - exp(-0.5)) * (1 - exp(-0.5)) / 2;

    (void) state;
    assert_near(davy_indoor_load(steps, 2, hourly, 2, INFINITY).value, 3600 * (in + out), 1e-6);
}

/* A long step with an exponent that has no closed form: against 100,000 small steps. */
static void a_long_step_is_as_many_short_ones(void **state)
{
    enum { PIECES = 100000 };
    const davy_outdoor_step whole = {36000, 3};
    static davy_outdoor_step pieces[PIECES];
    double load, short_load;

    (void) state;
    for (size_t i = 0; i < PIECES; i++)
        pieces[i] = (davy_outdoor_step){36000.0 / PIECES, 3};
    load = davy_indoor_load(&whole, 1, 8 * hourly, 2.75, INFINITY).value;
    short_load = davy_indoor_load(pieces, PIECES, 8 * hourly, 2.75, INFINITY).value;
    assert_near(load / short_load, 1, 1e-9);
}

/* A sealed room keeps what came in: leave when the cloud has gone, not before and not later. */
static void the_time_to_leave_is_when_the_cloud_has_gone(void **state)
{
    const davy_outdoor_step steps[] = {{600, 1}, {1200, 2}, {7200, 0}};

    (void) state;
    assert_near(davy_indoor_leave(steps, 3, hourly, 2).value, 1800, 0);
}

static void what_is_not_known_is_no_shelter(void **state)
{
    const davy_outdoor_step step = {600, 1};

    (void) state;
    assert_int_equal(davy_indoor_load(&step, 1, NAN, 2, 0).kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_indoor_load(&step, 0, hourly, 2, 0).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_indoor_concentration(&step, 1, 100 * hourly).kind, DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gas_comes_in_and_goes_out),
        cmocka_unit_test(with_an_exponent_of_1_a_building_only_delays),
        cmocka_unit_test(a_load_of_the_square_is_the_closed_one),
        cmocka_unit_test(a_long_step_is_as_many_short_ones),
        cmocka_unit_test(the_time_to_leave_is_when_the_cloud_has_gone),
        cmocka_unit_test(what_is_not_known_is_no_shelter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
