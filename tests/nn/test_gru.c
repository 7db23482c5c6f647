/* SPDX-License-Identifier: Apache-2.0 */
#include "recurrent.h"

/* Answers of PyTorch 1.13.1, torch.nn.GRU, and of the paper's formula in double precision;
 * tests/nn/make_sequence_golden.py prints them. */
static const float gru_y[] = {-0.0429511F, -0.0777401F, 0.4082030F,  0.1832961F,  -0.2514434F,
                              0.3539968F,  0.1251812F,  -0.2393189F, 0.3996411F,  -0.1140847F,
                              -0.0243701F, -0.0983007F, -0.0305964F, -0.0618361F, 0.0661750F,
                              0.1684165F,  -0.2145000F, 0.1356165F};
static const float gru_y_both[] = {
    -0.0429511F, -0.0777401F, 0.4082030F,  0.0157485F,  0.2024012F, -0.2700878F,
    0.1832961F,  -0.2514434F, 0.3539968F,  -0.0406080F, 0.2685226F, -0.3978000F,
    0.1251812F,  -0.2393189F, 0.3996411F,  -0.0269504F, 0.1194668F, -0.3985867F,
    -0.0554422F, 0.0145566F,  -0.0564591F, 0.0712427F,  0.1935674F, -0.2422886F,
    0.0018645F,  -0.0471159F, 0.0838050F,  0.0254581F,  0.2904084F, -0.2338957F,
    0.1873210F,  -0.2092989F, 0.1427729F,  -0.0203387F, 0.4120870F, -0.3415600F};
static const float gru_y_paper[] = {-0.0344323F, -0.0960031F, 0.3042288F,  0.1822919F,  -0.2612000F,
                                    0.1830393F,  0.2154135F,  -0.2387200F, 0.2139449F,  -0.0101254F,
                                    -0.0314689F, -0.1353472F, 0.0986191F,  -0.0651848F, -0.0466227F,
                                    0.2629170F,  -0.2052859F, -0.0335746F};

static const struct recurrent small = {
    .op = "gru", .gates = 3, .biases = 1, .n = 2, .t = 3, .c = 2, .h = 3, .start = true};

static struct recurrent large_net(void)
{
    struct recurrent net = small;

    net.t = 29;
    net.c = 5;
    net.h = 21;
    return net;
}

/* Weights of r and z, and of n, are whole strips of columns. */
static struct recurrent net_in_strips(void)
{
    struct recurrent net = large_net();

    net.h = 64;
    return net;
}

/* As PyTorch has it. */
static struct recurrent linear_before_reset(struct recurrent net)
{
    net.linear_before_reset = true;
    net.biases = 2;
    return net;
}

static void agrees_with_pytorch(void **state)
{
    struct recurrent net = linear_before_reset(small);

    (void) state;
    recurrent_equals(&net, gru_y, NULL, NULL);
    net.direction = "bidirectional";
    recurrent_equals(&net, gru_y_both, NULL, NULL);
}

static void agrees_with_the_paper(void **state)
{
    (void) state;
    recurrent_equals(&small, gru_y_paper, NULL, NULL);
}

static void has_gradients_that_differences_confirm(void **state)
{
    (void) state;
    recurrent_gradients_agree_everywhere(small);
    recurrent_gradients_agree_everywhere(linear_before_reset(small));
}

static void gives_the_same_bits_in_any_batch_and_any_threads(void **state)
{
    (void) state;
    recurrent_rows_are_independent(large_net());
    recurrent_rows_are_independent(net_in_strips());
    recurrent_rows_are_independent(linear_before_reset(large_net()));
}

static void gives_the_same_bits_step_by_step(void **state)
{
    (void) state;
    recurrent_streams(large_net());
    recurrent_streams(net_in_strips());
    recurrent_streams(linear_before_reset(large_net()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(agrees_with_the_paper),
        cmocka_unit_test(has_gradients_that_differences_confirm),
        cmocka_unit_test(gives_the_same_bits_in_any_batch_and_any_threads),
        cmocka_unit_test(gives_the_same_bits_step_by_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
