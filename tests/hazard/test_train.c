/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/puff.h"
#include "hazard/air/train.h"

#include <math.h>

static const double north = 0, south = 3.14159265358979324, west = 1.5 * 3.14159265358979324;

static davy_train_puff puffs[DAVY_TRAIN_PUFFS_MAX];
static size_t count;

static davy_train train_of(const davy_wind_step *winds, size_t wind_count, size_t puff_count)
{
    return (davy_train){.sigma = &davy_sigma_ccps_puff,
                        .stability = DAVY_STABILITY_D,
                        .rate = 2,
                        .duration = 300,
                        .height = 5,
                        .winds = winds,
                        .wind_count = wind_count,
                        .puffs = puff_count};
}

/* By hand: 60 s of 2 m/s from the west, then 100 s of 3 m/s from the south. */
static void a_puff_goes_where_the_winds_take_it(void **state)
{
    const davy_wind_step winds[] = {{-10, 2, west}, {60, 3, south}};
    davy_train train = train_of(winds, 2, 1);

    (void) state;
    train.duration = 2e-9; /* all of it at once */
    assert_near(davy_train_place(&train, 160, puffs, &count).value, 420, 1e-6);
    assert_int_equal(count, 1);
    assert_near(puffs[0].east, 120, 1e-6);
    assert_near(puffs[0].north, 300, 1e-6);
    assert_near(puffs[0].heading_north, 1, 1e-12);
    assert_near(puffs[0].along, davy_sigma_x(train.sigma, train.stability, 420).value, 1e-6);
}

static void a_train_of_one_puff_is_a_puff(void **state)
{
    const davy_wind_step winds[] = {{0, 3, west}};
    davy_train train = train_of(winds, 1, 1);
    davy_puff puff = {&davy_sigma_tno_puff, DAVY_STABILITY_D, 20, 3, 5, 40};

    (void) state;
    train.sigma = puff.sigma;
    train.lid = puff.lid;
    train.rate = 1e10;
    train.duration = 2e-9;
    (void) davy_train_place(&train, 200, puffs, &count);
    assert_near(davy_train_concentration(&train, puffs, count, 590, 20, 2).value /
                    davy_puff_concentration(&puff, (davy_place){590, 20, 2}, 200).value,
                1, 1e-8);
}

/* In a steady wind the sum is the integral that davy_finite_concentration() is, but for the widths
 * across, which the integral takes at the place and the sum from every puff: 1 % here. */
static void in_a_steady_wind_the_sum_is_the_integral(void **state)
{
    const davy_wind_step winds[] = {{0, 3, north}};
    const davy_train train = train_of(winds, 1, 300);
    const davy_finite finite = {&davy_sigma_ccps_puff, DAVY_STABILITY_D, 2, 300, 3, 5, 0};
    davy_answer sum;

    (void) state;
    (void) davy_train_place(&train, 350, puffs, &count);
    sum = davy_train_concentration(&train, puffs, count, 10, -600, 1);
    assert_int_equal(sum.kind, DAVY_ANSWER_VALUE);
    assert_near(sum.value / davy_finite_concentration(&finite, (davy_place){600, 10, 1}, 350).value,
                1, 0.01);
}

static void puffs_that_have_not_left_are_not_there(void **state)
{
    const davy_wind_step winds[] = {{0, 3, north}};
    const davy_train train = train_of(winds, 1, 100);
    double mass = 0;

    (void) state;
    (void) davy_train_place(&train, 30, puffs, &count);
    assert_int_equal(count, 10);
    (void) davy_train_place(&train, 301, puffs, &count);
    assert_int_equal(count, 100);
    for (size_t i = 0; i < count; i++)
        mass += puffs[i].mass;
    assert_near(mass, 600, 1e-9);
    assert_near(davy_train_place(&train, 0, puffs, &count).value, 0, 0);
    assert_int_equal(count, 0);
    assert_near(davy_train_concentration(&train, puffs, count, 1, 1, 0).value, 0, 0);
}

/* kg in the air: the sum over a map, in a wind that turns by a right angle. */
static void a_train_keeps_its_mass_round_a_corner(void **state)
{
    const davy_wind_step winds[] = {{0, 3, west}, {150, 2, south}, {250, 4, west}};
    davy_train train = train_of(winds, 3, 60);
    double sum = 0;

    (void) state;
    train.sigma = &davy_sigma_tno_puff;
    train.lid = 20; /* a low lid: a few layers are enough */
    (void) davy_train_place(&train, 500, puffs, &count);
    for (double east = -400; east < 2400; east += 20)
        for (double up = 1; up < 20; up += 2)
            for (double to_north = -600; to_north < 900; to_north += 20)
                sum += 20 * 20 * 2 *
                       davy_train_concentration(&train, puffs, count, east, to_north, up).value;
    assert_near(sum, 600, 1.5);
}

static void too_few_puffs_are_told(void **state)
{
    const davy_wind_step winds[] = {{0, 3, north}};
    const davy_train train = train_of(winds, 1, 5);
    davy_answer sum;

    (void) state;
    (void) davy_train_place(&train, 300, puffs, &count);
    sum = davy_train_concentration(&train, puffs, count, 0, -450, 0);
    assert_int_equal(sum.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(sum.what, "way between puffs over their length sigma x");
}

static void winds_that_make_no_sense_are_refused(void **state)
{
    const davy_wind_step late[] = {{5, 3, north}}, back[] = {{0, 3, north}, {0, 2, north}};
    const davy_wind_step calm[] = {{0, 3, north}, {60, 0, north}}, nowhere[] = {{0, 3, NAN}};
    const davy_train trains[] = {train_of(late, 1, 9), train_of(back, 2, 9),
                                 train_of(nowhere, 1, 9), train_of(NULL, 0, 9)};
    davy_train train = train_of(calm, 2, 9);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(trains); i++) {
        davy_answer answer = davy_train_place(&trains[i], 100, puffs, &count);

        assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
        assert_string_equal(answer.what, "series of winds in the order of their start");
        assert_int_equal(count, 0);
    }
    assert_string_equal(davy_train_place(&train, 100, puffs, &count).what, "least wind speed");
    train = train_of(calm, 1, DAVY_TRAIN_PUFFS_MAX + 1);
    assert_string_equal(davy_train_place(&train, 100, puffs, &count).what, "number of puffs");
    assert_int_equal(count, 0);
    train = train_of(calm, 1, 9);
    train.sigma = &davy_sigma_turner;
    assert_int_equal(davy_train_place(&train, 100, puffs, &count).kind, DAVY_ANSWER_NO_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_puff_goes_where_the_winds_take_it),
        cmocka_unit_test(a_train_of_one_puff_is_a_puff),
        cmocka_unit_test(in_a_steady_wind_the_sum_is_the_integral),
        cmocka_unit_test(puffs_that_have_not_left_are_not_there),
        cmocka_unit_test(a_train_keeps_its_mass_round_a_corner),
        cmocka_unit_test(too_few_puffs_are_told),
        cmocka_unit_test(winds_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
