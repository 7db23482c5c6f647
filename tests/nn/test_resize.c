/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

static void probes(void **state)
{
    (void) state;
    gives(&(operator_case){"resize",
                           .in = {F32(DIMS(1, 1, 1, 2), 1, 2), {0}, F32(DIMS(4), 1, 1, 1, 2)}},
          F32(DIMS(1, 1, 1, 4), 1, 1, 2, 2));
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
