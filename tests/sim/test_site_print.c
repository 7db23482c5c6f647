/* SPDX-License-Identifier: Apache-2.0 */
#include "site_print.h"

#include "../testing.h"
#include "core/file.h"
#include "signals.h"
#include "site/load.h"

#include <stdio.h>
#include <stdlib.h>

/* The example in the repository is what `davy-sim site` prints. */
static void the_example_is_what_the_tables_say(void **state)
{
    char path[4096];
    davy_buffer printed = {0}, example = {0};

    (void) state;
    (void) snprintf(path, sizeof path, "%s/examples/demo/site.yaml", getenv("DAVY_SOURCE"));
    davy_sim_site_print(&printed, DAVY_SIM_MODBUS_PORT, DAVY_SIM_MQTT_PORT);
    assert_ok(davy_buffer_ok(&printed));
    assert_ok(davy_file_read(path, 1 << 20, &example));
    assert_string_equal(printed.bytes, example.bytes);
    davy_buffer_clear(&printed);
    davy_buffer_clear(&example);
}

/* davy reads it without a fault, and finds every signal where the table says. */
static void davy_takes_the_site_file(void **state)
{
    davy_buffer text = {0};
    davy_site_faults faults = {0};
    davy_site *site;

    (void) state;
    davy_sim_site_print(&text, DAVY_SIM_MODBUS_PORT, DAVY_SIM_MQTT_PORT);
    assert_ok(davy_buffer_ok(&text));
    assert_ok(davy_site_parse("site.yaml", text.bytes, text.length, &faults, &site));
    assert_int_equal(site->signal_count, DAVY_SIM_SIGNALS);
    for (davy_sim_signal_id id = 0; id < DAVY_SIM_SIGNALS; id++) {
        char path[DAVY_SIM_PATH_MAX];
        const davy_site_signal *signal;

        davy_sim_signal_path(id, path);
        signal = davy_site_find_signal(site, path);
        assert_non_null(signal);
        assert_string_equal(signal->unit, davy_sim_signals[id].unit);
        assert_near(signal->range_high, davy_sim_signals[id].high, 0.0);
        if (davy_sim_signals[id].way < DAVY_SIM_MQTT_JSON)
            assert_int_equal(signal->from.address, davy_sim_signals[id].address);
    }
    davy_site_destroy(site);
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

static void ports_are_put_in(void **state)
{
    davy_buffer text = {0};

    (void) state;
    davy_sim_site_print(&text, 41234, 41235);
    assert_ok(davy_buffer_ok(&text));
    assert_non_null(strstr(text.bytes, "tcp://127.0.0.1:41234"));
    assert_non_null(strstr(text.bytes, "mqtt://127.0.0.1:41235"));
    davy_buffer_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_what_the_tables_say),
        cmocka_unit_test(davy_takes_the_site_file),
        cmocka_unit_test(ports_are_put_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
