/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Releases beyond consequence-cases.csv: borders between regimes, and worked by hand.
 */
#include "../testing.h"
#include "hazard/release/hole.h"
#include "hazard/release/pool.h"

static const davy_hole hole = {0.62, 0.05};

static davy_gas_in air_at(double pressure)
{
    return (davy_gas_in){pressure, pressure * 0.028964 / (8.314462618 * 288.15), 1.4, 101325};
}

/* At the border of choking both formulas give the same: no jump, and the border itself is choked.
 */
static void choking_begins_without_a_jump(void **state)
{
    const double border = 101325 * davy_gas_choked_ratio(1.4).value;
    const davy_gas_in below = air_at(border * (1 - 1e-9)), at = air_at(border);

    (void) state;
    assert_near(border / 101325, 1.892929, 1e-6); /* (1.2)^3.5 */
    assert_near(davy_gas_outflow(&hole, &below).value / davy_gas_outflow(&hole, &at).value, 1,
                1e-8);
}

/* Once it is choked the pressure outside does not count. */
static void a_choked_gas_does_not_feel_the_pressure_outside(void **state)
{
    davy_gas_in gas = air_at(5e5);
    const double flow = davy_gas_outflow(&hole, &gas).value;

    (void) state;
    gas.outside = 6e4;
    assert_near(davy_gas_outflow(&hole, &gas).value, flow, 0);
}

/* Choked from (1.2)^3.5 = 1.893 times the pressure outside on: there the flow is in proportion to
 * the pressure, as the density is, and 1.25 times from 2.0 to 2.5 bar. */
static void a_choked_gas_flows_in_proportion_to_its_pressure(void **state)
{
    const davy_gas_in low = {2.0e5, 2.32, 1.4, 101325}, high = {2.5e5, 2.90, 1.4, 101325};

    (void) state;
    assert_near(davy_gas_outflow(&hole, &high).value / davy_gas_outflow(&hole, &low).value, 1.25,
                1e-12);
}

static void without_a_difference_nothing_comes(void **state)
{
    const davy_gas_in gas = air_at(101325);
    const davy_liquid_in held = {1000, -101325, 5};

    (void) state;
    assert_near(davy_gas_outflow(&hole, &gas).value, 0, 1e-12);
    assert_near(davy_liquid_outflow(&hole, &held).value, 0, 0);
}

/* Water from 1 m: 0.62 pi/4 0.05^2 sqrt(2 g) 1000 = 5.391 kg/s; the outflow along the fall of the
 * level, summed in small steps, empties the tank in the time that the formula gives. */
static void a_tank_drains_as_its_outflow_says(void **state)
{
    const double area = 2, step = 1e-5;
    double time = 0;

    (void) state;
    for (size_t i = 0; i < 75000; i++) {
        const davy_liquid_in water = {1000, 0, 1 - ((double) i + 0.5) * step};

        time += step * area * 1000 / davy_liquid_outflow(&hole, &water).value;
    }
    assert_near(davy_liquid_outflow(&hole, &(davy_liquid_in){1000, 0, 1}).value, 5.3913, 1e-4);
    assert_near(davy_tank_drain(&hole, area, 1, 0.25).value, time, 1e-3);
    assert_int_equal(davy_tank_drain(&hole, area, 1, 2).kind, DAVY_ANSWER_NOT_REACHED);
}

/* Propane at 20 degC: 2,500 (293.15 - 231.1) / 425,000 = 0.365. Below its boiling point a liquid
 * does not flash, and more than all of it cannot. */
static void a_superheated_liquid_flashes_in_part(void **state)
{
    (void) state;
    assert_near(davy_flash_share(2500, 293.15, 231.1, 425000).value, 0.365, 1e-12);
    assert_near(davy_flash_share(2500, 200, 231.1, 425000).value, 0, 0);
    assert_near(davy_flash_share(5000, 400, 231.1, 425000).value, 1, 0);
}

static void what_boils_on_its_way_is_between_vapour_and_liquid(void **state)
{
    const davy_gas_in gas = air_at(8e5);
    const davy_answer answer = davy_two_phase_outflow(&hole, &(davy_liquid_in){500, 7e5, 1}, &gas);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_TWO);
    assert_near(answer.value, davy_gas_outflow(&hole, &gas).value, 1e-12);
    assert_true(answer.far > 5 * answer.value);
}

/* A dike of 100 m2 and 0.5 m takes 50 m3; 28.3 m3 at 2 cm are 42.445 m across (Yellow Book 6.6.3).
 */
static void a_dike_that_overflows_is_told(void **state)
{
    const davy_answer over = davy_pool_diameter_in_dike(51, 100, 0.5);

    (void) state;
    assert_near(davy_pool_diameter(28.3, 0.02).value, 42.445, 1e-3);
    assert_near(davy_pool_diameter_in_dike(49, 100, 0.5).value, 11.283792, 1e-6);
    assert_int_equal(over.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(over.what, "share of the dike that is filled");
}

/* Concrete (1.1 W/(m K), 5.7e-7 m2/s), 100 m2, 130 K warmer, hv 510 kJ/kg, a minute:
 * 100 * 1.1 * 130 / (510000 * sqrt(pi 5.7e-7 60)) = 2.705 kg/s; after four times as long half. */
static void boiling_fades_with_the_root_of_time(void **state)
{
    const double first = davy_pool_boiling(100, 1.1, 5.7e-7, 130, 510000, 60).value;

    (void) state;
    assert_near(first, 2.705, 1e-3);
    assert_near(davy_pool_boiling(100, 1.1, 5.7e-7, 130, 510000, 240).value, first / 2, 1e-12);
}

static void what_is_not_known_is_named(void **state)
{
    const davy_answer answer = davy_liquid_outflow(&hole, &(davy_liquid_in){1000, 0, NAN});

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "head of liquid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choking_begins_without_a_jump),
        cmocka_unit_test(a_choked_gas_does_not_feel_the_pressure_outside),
        cmocka_unit_test(a_choked_gas_flows_in_proportion_to_its_pressure),
        cmocka_unit_test(without_a_difference_nothing_comes),
        cmocka_unit_test(a_tank_drains_as_its_outflow_says),
        cmocka_unit_test(a_superheated_liquid_flashes_in_part),
        cmocka_unit_test(what_boils_on_its_way_is_between_vapour_and_liquid),
        cmocka_unit_test(a_dike_that_overflows_is_told),
        cmocka_unit_test(boiling_fades_with_the_root_of_time),
        cmocka_unit_test(what_is_not_known_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
