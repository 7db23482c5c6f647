/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include "../testing.h"
#include "commands.h"
#include "simulation.h"

#include <math.h>

#define NOON    1760000000
#define ONSET_S 600
#define AFTER_S 600

static davy_sim clean, faulty;

/* Two runs of the same seed, one with a fault from ONSET_S on. */
static void start_both(void)
{
    davy_sim_init(&clean, 11, NOON, (davy_sim_schedule){0});
    davy_sim_init(&faulty, 11, NOON, (davy_sim_schedule){0});
}

static void step_both(void)
{
    assert_ok(davy_sim_step(&clean));
    assert_ok(davy_sim_step(&faulty));
}

static void clear_both(void)
{
    davy_sim_clear(&clean);
    davy_sim_clear(&faulty);
}

static void nothing_differs_before_the_onset(size_t fault)
{
    start_both();
    for (int i = 0; i < ONSET_S; i++) {
        step_both();
        assert_memory_equal(clean.instruments.readings, faulty.instruments.readings,
                            sizeof clean.instruments.readings);
    }
    assert_ok(davy_sim_set_fault(&faulty, fault, true));
}

/* Largest difference of each signal after the onset, in standard deviations of its noise or, where
 * it has none, in steps of its transmitter. */
static void differences(double largest[DAVY_SIM_SIGNALS])
{
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++)
        largest[i] = 0.0;
    for (int t = 0; t < AFTER_S; t++) {
        step_both();
        for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
            const davy_sim_signal *signal = &davy_sim_signals[i];
            double step = (signal->high - signal->low) / 4095.0;

            largest[i] = fmax(largest[i],
                              fabs(faulty.instruments.readings[i] - clean.instruments.readings[i]) /
                                  fmax(step, signal->noise));
        }
    }
}

static void each_fault_changes_what_its_truth_says_and_nothing_before(void **state)
{
    (void) state;
    for (size_t fault = 0; fault < DAVY_SIM_FAULTS; fault++) {
        double largest[DAVY_SIM_SIGNALS];
        davy_sim_signal_id first = davy_sim_faults[fault].signals[0];

        nothing_differs_before_the_onset(fault);
        differences(largest);
        if (largest[first] < 4.0)
            fail_msg("%s: first signal moved by %g", davy_sim_faults[fault].name, largest[first]);
        assert_near(largest[DAVY_SIM_YARD_AMBIENT], 0.0, 0.0);
        clear_both();
    }
}

/* All but the severe one, which is there to pass them. */
static void a_fault_stays_inside_the_limits_for_five_minutes(void **state)
{
    (void) state;
    for (size_t fault = 0; fault < DAVY_SIM_FAULTS; fault++) {
        if (strcmp(davy_sim_faults[fault].name, "coolant-lost") == 0)
            continue;
        davy_sim_init(&faulty, 11, NOON, (davy_sim_schedule){0});
        assert_ok(davy_sim_set_fault(&faulty, fault, true));
        for (int t = 0; t < 300; t++) {
            assert_ok(davy_sim_step(&faulty));
            for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
                const davy_sim_signal *signal = &davy_sim_signals[i];
                double value = faulty.instruments.readings[i];

                if (value <= signal->lo || value >= signal->hi)
                    fail_msg("%s: %s at %g", davy_sim_faults[fault].name, signal->name, value);
            }
        }
        davy_sim_clear(&faulty);
    }
}

static void lost_coolant_passes_the_limits(void **state)
{
    size_t fault;
    double top = 0.0;

    (void) state;
    assert_ok(davy_sim_fault_find("coolant-lost", &fault));
    davy_sim_init(&faulty, 11, NOON, (davy_sim_schedule){0});
    assert_ok(davy_sim_set_fault(&faulty, fault, true));
    for (int t = 0; t < 1800; t++) {
        assert_ok(davy_sim_step(&faulty));
        top = fmax(top, faulty.instruments.readings[DAVY_SIM_R201_TEMPERATURE]);
    }
    assert_true(top > davy_sim_signals[DAVY_SIM_R201_TEMPERATURE].hi);
    davy_sim_clear(&faulty);
}

static void a_stopped_fault_is_gone_and_kept_in_the_truth(void **state)
{
    (void) state;
    davy_sim_init(&faulty, 11, NOON, (davy_sim_schedule){0});
    assert_ok(davy_sim_command(&faulty, "fault tank-leak start"));
    assert_ok(davy_sim_command(&faulty, "fault tank-leak start"));
    for (int t = 0; t < 60; t++)
        assert_ok(davy_sim_step(&faulty));
    assert_true(faulty.plant.flows.leak > 0.03);
    assert_ok(davy_sim_command(&faulty, "fault tank-leak stop"));
    assert_ok(davy_sim_step(&faulty));
    assert_near(faulty.plant.flows.leak, 0.0, 0.0);
    assert_int_equal(faulty.truth.count, 1);
    assert_int_equal(faulty.truth.lines[0].start_s, NOON);
    assert_int_equal(faulty.truth.lines[0].end_s, NOON + 60);
    davy_sim_clear(&faulty);
}

static void a_command_that_is_none_is_told(void **state)
{
    (void) state;
    davy_sim_init(&faulty, 11, NOON, (davy_sim_schedule){0});
    assert_fails(davy_sim_command(&faulty, "fault tank-leak"), DAVY_ERR_INVALID, "start|stop");
    assert_fails(davy_sim_command(&faulty, "fault tank-leak begin"), DAVY_ERR_INVALID,
                 "start|stop");
    assert_fails(davy_sim_command(&faulty, "fault tank-leak start now"), DAVY_ERR_INVALID, "");
    assert_fails(davy_sim_command(&faulty, "fault nosuch start"), DAVY_ERR_NOT_FOUND, "tank-leak");
    davy_sim_clear(&faulty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_changes_what_its_truth_says_and_nothing_before),
        cmocka_unit_test(a_fault_stays_inside_the_limits_for_five_minutes),
        cmocka_unit_test(lost_coolant_passes_the_limits),
        cmocka_unit_test(a_stopped_fault_is_gone_and_kept_in_the_truth),
        cmocka_unit_test(a_command_that_is_none_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
