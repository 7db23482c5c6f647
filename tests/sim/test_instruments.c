/* SPDX-License-Identifier: Apache-2.0 */
#include "instruments.h"

#include "../testing.h"
#include "simulation.h"

#include <math.h>

#define NOON 1760000000

/* Hand calculation: 50.0 % of 4095 steps is 2047.5, rounded to the even 2048: 50.0122 %; 50.03 %
 * is 2048.73 steps, rounded to 2049: 50.0366 %. */
static void a_reading_has_twelve_bits_and_its_decimals(void **state)
{
    const davy_sim_signal *level = &davy_sim_signals[DAVY_SIM_T101_LEVEL];

    (void) state;
    assert_near(davy_sim_digitise(level, 50.0), 50.01, 0.0);
    assert_near(davy_sim_digitise(level, 50.03), 50.04, 0.0);
    assert_near(davy_sim_digitise(level, 0.0), 0.0, 0.0);
}

static void a_transmitter_saturates_at_its_range(void **state)
{
    const davy_sim_signal *air = &davy_sim_signals[DAVY_SIM_YARD_AMBIENT];

    (void) state;
    assert_near(davy_sim_digitise(air, 1000.0), 60.0, 0.0);
    assert_near(davy_sim_digitise(air, -1000.0), -40.0, 0.0);
}

static void the_table_is_whole(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        const davy_sim_signal *signal = &davy_sim_signals[i];
        double ladder[] = {signal->low, signal->lolo, signal->lo,
                           signal->hi,  signal->hihi, signal->high};
        double below = -INFINITY;

        assert_non_null(signal->name);
        assert_true(signal->asset < davy_sim_asset_count);
        assert_in_range(signal->decimals, 0, 3);
        for (size_t l = 0; l < DAVY_ARRAY_LENGTH(ladder); l++) {
            if (isnan(ladder[l]))
                continue;
            assert_true(ladder[l] > below);
            below = ladder[l];
        }
        if (signal->way == DAVY_SIM_INPUT_UINT16)
            assert_true(signal->high * davy_sim_signal_scale(signal) <= 65535.0);
    }
}

static size_t registers_of(davy_sim_way way)
{
    return way == DAVY_SIM_INPUT_UINT16 ? 1 : 2;
}

static void no_two_signals_share_a_register(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++)
        for (size_t j = i + 1; j < DAVY_SIM_SIGNALS; j++) {
            const davy_sim_signal *a = &davy_sim_signals[i], *b = &davy_sim_signals[j];
            int a_input = a->way >= DAVY_SIM_INPUT_ABCD, b_input = b->way >= DAVY_SIM_INPUT_ABCD;

            if (a->way >= DAVY_SIM_MQTT_JSON || b->way >= DAVY_SIM_MQTT_JSON || a_input != b_input)
                continue;
            assert_true(a->address + registers_of(a->way) <= b->address ||
                        b->address + registers_of(b->way) <= a->address);
        }
}

/* Level rate, inflow and outflow are of the same minute: rate = (in - out) / (rho A), also while
 * the pipeline is turned up and down. 1,082 kg/m3 and 3 m2 give 1 mm/min for 194.8 kg/h. The noise
 * is below 0.1 mm/min; a transmitter step is 0.03. */
static void a_tank_balances_minute_by_minute(void **state)
{
    davy_sim sim;
    const double *r = sim.instruments.readings;
    double worst = 0.0, inflow = 0.0;

    (void) state;
    davy_sim_init(&sim, 3, NOON, (davy_sim_schedule){0});
    for (int i = 0; i < 6 * 3600; i++) {
        double rate;

        assert_ok(davy_sim_step(&sim));
        rate = (r[DAVY_SIM_T101_INFLOW] - r[DAVY_SIM_T101_OUTFLOW]) / (1.082 * 3.0 * 60.0);
        worst = fmax(worst, fabs(rate - r[DAVY_SIM_T101_LEVEL_RATE]));
        inflow = fmax(inflow, r[DAVY_SIM_T101_INFLOW]);
    }
    assert_true(inflow > 2000.0);
    assert_true(worst < 0.6);
    davy_sim_clear(&sim);
}

/* A day of ordinary operation touches no limit. */
static void ordinary_operation_keeps_inside_the_limits(void **state)
{
    davy_sim sim;

    (void) state;
    davy_sim_init(&sim, 5, NOON, (davy_sim_schedule){0});
    for (int i = 0; i < 86400; i++) {
        assert_ok(davy_sim_step(&sim));
        for (size_t s = 0; s < DAVY_SIM_SIGNALS; s++) {
            const davy_sim_signal *signal = &davy_sim_signals[s];
            double value = sim.instruments.readings[s];

            assert_false(value <= signal->lo || value >= signal->hi);
            assert_false(value <= signal->lolo || value >= signal->hihi);
        }
    }
    davy_sim_clear(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_has_twelve_bits_and_its_decimals),
        cmocka_unit_test(a_transmitter_saturates_at_its_range),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(no_two_signals_share_a_register),
        cmocka_unit_test(a_tank_balances_minute_by_minute),
        cmocka_unit_test(ordinary_operation_keeps_inside_the_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
