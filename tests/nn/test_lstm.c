/* SPDX-License-Identifier: Apache-2.0 */
#include "recurrent.h"

/* Answers of PyTorch 1.13.1, torch.nn.LSTM; tests/nn/make_sequence_golden.py prints them. */
static const float lstm_y[] = {0.1215582F,  -0.1195041F, 0.0912967F,  0.2461691F,  -0.0919653F,
                               0.0411210F,  0.1758412F,  -0.0697334F, 0.0802793F,  0.2565732F,
                               -0.1086152F, 0.0324923F,  0.1727071F,  -0.0664013F, 0.0049231F,
                               0.2876074F,  -0.0708253F, -0.0255186F};
static const float lstm_h[] = {0.1758412F, -0.0697334F, 0.0802793F,
                               0.2876074F, -0.0708253F, -0.0255186F};
static const float lstm_c[] = {0.3049458F, -0.1385312F, 0.1648017F,
                               0.4736221F, -0.1589719F, -0.0433586F};
static const float lstm_y_both[] = {
    0.1215582F, -0.1195041F, 0.0912967F,  -0.0424484F, 0.0041337F,  -0.1631334F,
    0.2461691F, -0.0919653F, 0.0411210F,  -0.0073975F, 0.0490093F,  -0.1135986F,
    0.1758412F, -0.0697334F, 0.0802793F,  0.0149328F,  -0.0904510F, -0.0138379F,
    0.2819093F, -0.0946430F, 0.0559892F,  -0.0852053F, -0.0123082F, -0.1562792F,
    0.1822655F, -0.0577660F, 0.0179223F,  -0.0626481F, -0.0176772F, -0.1145999F,
    0.2926691F, -0.0679568F, -0.0182013F, -0.0603901F, 0.0209993F,  -0.0307674F};
static const float lstm_h_both[] = {0.1758412F,  -0.0697334F, 0.0802793F,  -0.0424484F,
                                    0.0041337F,  -0.1631334F, 0.2926691F,  -0.0679568F,
                                    -0.0182013F, -0.0852053F, -0.0123082F, -0.1562792F};
static const float lstm_c_both[] = {0.3049458F,  -0.1385312F, 0.1648017F,  -0.0955137F,
                                    0.0069938F,  -0.4119693F, 0.4834343F,  -0.1522506F,
                                    -0.0308657F, -0.1944635F, -0.0212751F, -0.3805537F};

static const struct recurrent small = {.op = "lstm",
                                       .gates = 4,
                                       .biases = 1,
                                       .memory = true,
                                       .n = 2,
                                       .t = 3,
                                       .c = 2,
                                       .h = 3,
                                       .start = true};

/* More rows than a block has, more steps than are looked ahead, units with a rest, and weights in
 * several strips, which one row goes over to and fro. */
static struct recurrent large_net(void)
{
    struct recurrent net = small;

    net.t = 29;
    net.c = 5;
    net.h = 37;
    return net;
}

static void agrees_with_pytorch(void **state)
{
    struct recurrent net = small;

    (void) state;
    recurrent_equals(&net, lstm_y, lstm_h, lstm_c);
    net.direction = "bidirectional";
    recurrent_equals(&net, lstm_y_both, lstm_h_both, lstm_c_both);
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

/* A sigmoid and a tanh that share one division must not overflow where both saturate. */
static void saturates_without_a_nan(void **state)
{
    const struct recurrent net = {
        .op = "lstm", .gates = 4, .biases = 1, .memory = true, .n = 1, .t = 4, .c = 1, .h = 17};
    struct recurrent_run run;

    (void) state;
    recurrent_start(&net, 1, &run);
    for (int64_t t = 0; t < net.t; t++)
        davy_f32(&run.in[0])[t] = t % 2 ? 3e38F : -3e38F;
    assert_ok(davy_session_run(run.session, run.in, run.out));
    for (int64_t i = 0; i < davy_tensor_count(&run.out[0]); i++)
        assert_true(fabsf(davy_f32(&run.out[0])[i]) <= 1.0F);
    recurrent_stop(&run);
}

static void passes_a_nan_on(void **state)
{
    struct recurrent_run run;

    (void) state;
    recurrent_start(&small, 1, &run);
    davy_f32(&run.in[0])[0] = NAN;
    assert_ok(davy_session_run(run.session, run.in, run.out));
    assert_true(isnan(davy_f32(&run.out[1])[0]));
    assert_false(isnan(davy_f32(&run.out[1])[3])); /* the other row */
    recurrent_stop(&run);
}

static void refuses_what_does_not_fit(void **state)
{
    struct recurrent net = small;
    struct recurrent_run run;
    davy_graph *graph;

    (void) state;
    recurrent_start(&net, 1, &run);
    run.in[1].dims[0] = 1; /* one state for a batch of two */
    assert_fails(davy_session_run(run.session, run.in, run.out), DAVY_ERR_INVALID,
                 "dimension 0 must be 2");
    recurrent_stop(&run);

    net.direction = "sideways";
    assert_ok(davy_graph_create("recurrent", 0, &graph));
    (void) davy_graph_tensor(graph, recurrent_node(&net, graph)->out[0]);
    assert_fails(davy_graph_status(graph), DAVY_ERR_INVALID, "direction 'sideways'");
    davy_graph_destroy(graph);
}

static void keeps_the_initial_state_when_there_is_no_time(void **state)
{
    struct recurrent net = small;
    struct recurrent_run run;

    (void) state;
    net.t = 0;
    recurrent_start(&net, 1, &run);
    assert_ok(davy_session_run(run.session, run.in, run.out));
    assert_memory_equal(run.out[1].data, run.in[1].data, davy_tensor_bytes(&run.in[1]));
    assert_memory_equal(run.out[2].data, run.in[2].data, davy_tensor_bytes(&run.in[2]));
    recurrent_stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(has_gradients_that_differences_confirm),
        cmocka_unit_test(gives_the_same_bits_in_any_batch_and_any_threads),
        cmocka_unit_test(gives_the_same_bits_step_by_step),
        cmocka_unit_test(saturates_without_a_nan),
        cmocka_unit_test(passes_a_nan_on),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(keeps_the_initial_state_when_there_is_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
