/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "../testing.h"

#include <math.h>

#define NOON 1760000000 /* some moment of 2025 */

static double inventory(const davy_sim_plant *plant)
{
    return plant->t101.mass + plant->r201.mass + plant->t102.mass;
}

/* What went in less what went out in the last second. */
static double net(const davy_sim_plant *plant)
{
    const davy_sim_flows *flows = &plant->flows;

    return flows->supply + flows->water - flows->leak - flows->export;
}

static double balance_error_over_a_day(const davy_sim_upset *upset)
{
    davy_sim_plant plant;
    double start, sum = 0.0;

    davy_sim_plant_init(&plant, 7, NOON);
    start = inventory(&plant);
    for (int i = 0; i < 86400; i++) {
        davy_sim_plant_step(&plant, upset);
        sum += net(&plant);
    }
    assert_true(sum != 0.0);
    return inventory(&plant) - start - sum;
}

/* Some 140 t pass in a day; the error is that of adding 86,400 numbers. */
static void mass_is_conserved_over_a_day(void **state)
{
    const davy_sim_upset healthy = DAVY_SIM_HEALTHY;

    (void) state;
    assert_near(balance_error_over_a_day(&healthy), 0.0, 1e-6);
}

static void mass_is_conserved_with_a_leak(void **state)
{
    davy_sim_upset leaking = DAVY_SIM_HEALTHY;

    (void) state;
    leaking.leak_m2 = 1e-5;
    assert_near(balance_error_over_a_day(&leaking), 0.0, 1e-6);
}

/* No tuning, no campaigns, no disturbances: two hours at 2,000 kg/h and 50 Cel. */
static void settle(davy_sim_plant *plant)
{
    const davy_sim_upset healthy = DAVY_SIM_HEALTHY;
    davy_sim_regime *regime = &plant->regime;

    davy_sim_plant_start(plant, 1, NOON, 1);
    plant->t101.mass = 9000.0;
    plant->t102.mass = 3000.0;
    regime->campaign_s = regime->operator_s = 1e9;
    regime->feed = regime->feed_target = 2000.0 / 3600.0;
    regime->reactor = regime->reactor_target = 50.0;
    regime->supply = regime->export = (davy_sim_transfer){.tune_s = 1e9};
    for (int i = 0; i < 2 * 3600; i++)
        davy_sim_plant_step(plant, &healthy);
}

/* Hand calculation: 2,000 kg/h is 1.8484 m3/h of 1,082 kg/m3; 36 m - 1.6 * 1.8484^2 = 30.533 m;
 * 1082 * 9.80665 * 30.533 * 1.8484 / 3600 = 166.35 W hydraulic; the efficiency is
 * 0.40 (1 - (0.3516 / 2.6)^2) = 0.39269, so 423.6 W on the shaft; the current is
 * sqrt(0.9^2 + (0.00185 * 423.6)^2) = 1.1934 A. */
static void the_feed_pump_works_where_its_curve_says(void **state)
{
    davy_sim_plant plant;

    (void) state;
    settle(&plant);
    assert_near(plant.flows.feed * 3600.0, 2000.0, 1.0);
    assert_near(davy_sim_pump_head(&davy_sim_p301, 2000.0 / 1082.0, 1.0), 30.533, 1e-3);
    assert_near(plant.flows.power[0], 423.6, 0.5);
    assert_near(davy_sim_pump_current(&davy_sim_p301, 423.6), 1.1934, 1e-4);
    assert_near(plant.p301.bearing[0], plant.ambient + 22.0 + 0.030 * 423.6, 0.5);
    assert_near(plant.p301.bearing[1], plant.ambient + 18.0 + 0.020 * 423.6, 0.5);
}

/* Hand calculation: the valve carries 1.8484 m3/h of relative density 1082/998 = 1.0842, so
 * dp = 1.0842 (Q / Kv)^2 bar; what the pump gives less line and reactor must be the same. */
static void the_valve_takes_the_pressure_that_is_left(void **state)
{
    davy_sim_plant plant;
    double flow, kv, drop, left;

    (void) state;
    settle(&plant);
    flow = plant.flows.pump_flow[0];
    kv = 4.0 * pow(50.0, plant.v401.position / 100.0 - 1.0);
    drop = 1.0842 * (flow / kv) * (flow / kv) * 1e5;
    left = plant.flows.discharge[0] - 4.4e3 * flow * flow - 60.0e3;
    assert_near(drop, left, 300.0);
}

/* Hand calculation: k(50) = 2.6e-3 exp(50000 / 8.31446 (1/298.15 - 1/323.15)) = 0.012378 1/s;
 * the feed is 0.55556 / 0.1020886 = 5.4419 mol/s and 6,000 kg/h leave 2,472 kg, so
 * n = 5.4419 / (0.012378 + 1.66667 / 2472) = 416.93 mol, a conversion of 94.8 %. */
static void the_reactor_converts_what_its_rate_allows(void **state)
{
    davy_sim_plant plant;

    (void) state;
    settle(&plant);
    assert_near(davy_sim_reactor_rate(50.0), 0.012378, 1e-6);
    assert_near(plant.r201.temperature, 50.0, 0.05);
    assert_near(plant.r201.mass, 2472.0, 5.0);
    assert_near(plant.flows.product * 3600.0, 6000.0, 15.0);
    assert_near(plant.r201.anhydride, 416.93, 1.5);
}

/* Hand calculation: 0.012378 * 416.93 = 5.1608 mol/s release 301.4 kW; the cold feeds take their
 * share and the cooling water the rest. */
static void the_cooling_water_takes_the_heat_that_is_left(void **state)
{
    davy_sim_plant plant;
    double feed, water, jacket;

    (void) state;
    settle(&plant);
    feed = 2000.0 / 3600.0 * 1647.6 * (50.0 - plant.t101.temperature);
    water = 4000.0 / 3600.0 * 4184.0 * (50.0 - plant.water_temperature);
    jacket = plant.flows.coolant * 4184.0 * (plant.r201.jacket - plant.coolant_temperature);
    assert_near(feed + water + jacket, 301.4e3, 1.5e3);
    assert_near(jacket, 9000.0 * (plant.r201.temperature - plant.r201.jacket), 1.0e3);
}

/* Hand calculation for a hole of 4.5 mm (1.5904e-5 m2) under 2 m of 1,082 kg/m3 and 4 kPa:
 * 0.62 * 1.5904e-5 * sqrt(2 * 1082 * (1082 * 9.80665 * 2 + 4000)) = 0.072847 kg/s, 262 kg/h. */
static void a_hole_lets_out_what_torricelli_says(void **state)
{
    davy_sim_tank tank = {.mass = 2.0 * 3.0 * 1082.0, .pressure = 4000.0};

    (void) state;
    assert_near(davy_sim_tank_leak(&tank, &davy_sim_t101, 1.5904e-5), 0.072847, 1e-6);
    assert_near(davy_sim_tank_leak(&tank, &davy_sim_t101, 0.0), 0.0, 0.0);
    tank.mass = 0.0;
    assert_near(davy_sim_tank_leak(&tank, &davy_sim_t101, 1.5904e-5), 0.0, 0.0);
}

/* He et al. 2007: the stem rests within the static band and slips to the kinetic band. */
static void a_sticking_stem_rests_and_slips(void **state)
{
    davy_sim_valve valve = {
        .kvs = 4.0, .rangeability = 50.0, .tau_s = 1.5, .target = 50.0, .position = 50.0};

    (void) state;
    davy_sim_valve_step(&valve, 52.4, 2.5, 1.5, 1.0);
    assert_near(valve.position, 50.0, 0.0);
    davy_sim_valve_step(&valve, 52.6, 2.5, 1.5, 1.0);
    assert_near(valve.target, 51.1, 1e-12);
    davy_sim_valve_step(&valve, 47.0, 2.5, 1.5, 1.0);
    assert_near(valve.target, 48.5, 1e-12);
    davy_sim_valve_step(&valve, 60.0, 0.0, 0.0, 100.0);
    assert_near(valve.position, 60.0, 1e-9);
    assert_near(davy_sim_valve_kv(&valve), 4.0 * pow(50.0, -0.4), 1e-9);
}

static void a_controller_does_not_wind_up(void **state)
{
    davy_sim_pi pi = {.gain = 1.0, .integral_s = 10.0, .high = 100.0};

    (void) state;
    for (int i = 0; i < 1000; i++)
        assert_true(davy_sim_pi_step(&pi, 50.0, 1.0) <= 100.0);
    assert_true(pi.integral <= 100.0);
    for (int i = 0; i < 3; i++)
        (void) davy_sim_pi_step(&pi, -50.0, 1.0);
    assert_true(davy_sim_pi_step(&pi, -50.0, 1.0) < 50.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mass_is_conserved_over_a_day),
        cmocka_unit_test(mass_is_conserved_with_a_leak),
        cmocka_unit_test(the_feed_pump_works_where_its_curve_says),
        cmocka_unit_test(the_valve_takes_the_pressure_that_is_left),
        cmocka_unit_test(the_reactor_converts_what_its_rate_allows),
        cmocka_unit_test(the_cooling_water_takes_the_heat_that_is_left),
        cmocka_unit_test(a_hole_lets_out_what_torricelli_says),
        cmocka_unit_test(a_sticking_stem_rests_and_slips),
        cmocka_unit_test(a_controller_does_not_wind_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
