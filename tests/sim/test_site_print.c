/* SPDX-License-Identifier: Apache-2.0 */
#include "site_print.h"

#include "../testing.h"
#include "core/file.h"

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
        cmocka_unit_test(ports_are_put_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
