/* SPDX-License-Identifier: Apache-2.0 */
#include "recurrent.h"

/* Answers of the formula in double precision; tests/nn/make_sequence_golden.py prints them. */
static const float linear_y[] = {-0.0702558F, -0.0739346F, 0.2289940F,  0.0727185F,  -0.2978070F,
                                 0.0819962F,  0.2459802F,  -0.4102447F, 0.0831635F,  0.0323899F,
                                 -0.1163285F, -0.1992541F, 0.0811598F,  -0.1335583F, -0.0903683F,
                                 0.1328140F,  -0.2901662F, -0.0706764F};

static const struct recurrent small = {.op = "linear_recurrence",
                                       .gates = 2,
                                       .biases = 1,
                                       .no_product = true,
                                       .n = 2,
                                       .t = 3,
                                       .c = 2,
                                       .h = 3,
                                       .start = true};

static struct recurrent large_net(void)
{
    struct recurrent net = small;

    net.t = 29;
    net.c = 5;
    net.h = 21;
    return net;
}

static void follows_the_formula(void **state)
{
    (void) state;
    recurrent_equals(&small, linear_y, NULL, NULL);
}

static void has_gradients_that_differences_confirm(void **state)
{
    (void) state;
    recurrent_gradients_agree_everywhere(small);
}

static void gives_the_same_bits_in_any_batch_and_any_threads(void **state)
{
    struct recurrent net = large_net();

    (void) state;
    recurrent_rows_are_independent(net);
    net.direction = "bidirectional";
    recurrent_rows_are_independent(net);
}

static void gives_the_same_bits_step_by_step(void **state)
{
    struct recurrent net = large_net();

    (void) state;
    recurrent_streams(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_formula),
        cmocka_unit_test(has_gradients_that_differences_confirm),
        cmocka_unit_test(gives_the_same_bits_in_any_batch_and_any_threads),
        cmocka_unit_test(gives_the_same_bits_step_by_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
