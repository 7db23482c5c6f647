/* SPDX-License-Identifier: Apache-2.0 */
#include "decimal.h"

#include "../testing.h"
#include "random.h"

#include <math.h>
#include <stdio.h>

static void check(double value, int decimals, const char *expected)
{
    char text[DAVY_SIM_DECIMAL_MAX + 1];

    *davy_sim_decimal_write(text, value, decimals) = '\0';
    assert_string_equal(text, expected);
}

static void numbers_have_their_decimals(void **state)
{
    (void) state;
    check(0.0, 0, "0");
    check(0.0, 2, "0.00");
    check(0.05, 2, "0.05");
    check(-0.001, 2, "0.00");
    check(-3.5, 1, "-3.5");
    check(18045.4, 1, "18045.4");
    check(999999999999.0, 3, "999999999999.000");
}

static void every_reading_is_written_as_printf_writes_it(void **state)
{
    davy_sim_random random;

    (void) state;
    davy_sim_random_init(&random, 1, 99);
    for (int i = 0; i < 20000; i++) {
        int decimals = i % 4;
        double scale = pow(10.0, decimals);
        double value =
            nearbyint(davy_sim_random_uniform(&random, -20000.0, 20000.0) * scale) / scale;
        char expected[64];

        (void) snprintf(expected, sizeof expected, "%.*f", decimals, value);
        check(value, decimals, expected[0] == '-' && value == 0.0 ? expected + 1 : expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_their_decimals),
        cmocka_unit_test(every_reading_is_written_as_printf_writes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
