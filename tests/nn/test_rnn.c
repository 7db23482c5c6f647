/* SPDX-License-Identifier: Apache-2.0 */
#include "recurrent.h"

/* Answers of PyTorch 1.13.1, torch.nn.RNN; tests/nn/make_sequence_golden.py prints them. */
static const float rnn_y[] = {0.1426581F,  -0.1439064F, -0.2820410F, 0.1853678F,  -0.5235924F,
                              -0.0185402F, 0.3469404F,  -0.6222330F, -0.2783114F, 0.2800095F,
                              -0.4694287F, 0.1334267F,  0.0984940F,  -0.2012386F, -0.1923175F,
                              0.1763938F,  -0.4676296F, -0.0888788F};
static const float rnn_y_both[] = {
    0.1426581F, -0.1439064F, -0.2820410F, 0.0906567F, -0.2588353F, 0.0051821F,
    0.1853678F, -0.5235924F, -0.0185402F, 0.2581885F, -0.4107564F, -0.1109186F,
    0.3469404F, -0.6222330F, -0.2783114F, 0.4169145F, -0.2274251F, 0.1658158F,
    0.2123592F, -0.4402785F, 0.1788468F,  0.2664365F, -0.3175782F, 0.0448111F,
    0.1079090F, -0.1896475F, -0.2218263F, 0.0642166F, -0.1253139F, -0.0655275F,
    0.1746576F, -0.4714541F, -0.0675233F, 0.1940804F, -0.0763875F, -0.0772159F};
static const float rnn_y_relu[] = {0.1436379F, 0.0000000F, 0.0000000F, 0.1118022F, 0.0000000F,
                                   0.0000000F, 0.2574184F, 0.0000000F, 0.0000000F, 0.2876924F,
                                   0.0000000F, 0.1342270F, 0.0000000F, 0.0000000F, 0.0379998F,
                                   0.1300215F, 0.0000000F, 0.0000000F};

static const struct recurrent small = {
    .op = "rnn", .gates = 1, .biases = 1, .n = 2, .t = 3, .c = 2, .h = 3, .start = true};

static struct recurrent large_net(void)
{
    struct recurrent net = small;

    net.t = 29;
    net.c = 5;
    net.h = 21;
    return net;
}

static void agrees_with_pytorch(void **state)
{
    struct recurrent net = small;

    (void) state;
    recurrent_equals(&net, rnn_y, NULL, NULL);
    net.activation = "relu";
    recurrent_equals(&net, rnn_y_relu, NULL, NULL);
    net.activation = "tanh";
    net.direction = "bidirectional";
    recurrent_equals(&net, rnn_y_both, NULL, NULL);
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

/* A bias that keeps every sum away from the kink. */
static void has_gradients_through_relu(void **state)
{
    struct recurrent net = small;

    (void) state;
    net.activation = "relu";
    net.start = false;
    net.no_bias = true;
    net.t = 1;
    recurrent_gradients_agree(&net, 1);
}

static void refuses_an_unknown_activation(void **state)
{
    struct recurrent net = small;
    davy_graph *graph;

    (void) state;
    net.activation = "step";
    assert_ok(davy_graph_create("recurrent", 0, &graph));
    (void) davy_graph_tensor(graph, recurrent_node(&net, graph)->out[0]);
    assert_fails(davy_graph_status(graph), DAVY_ERR_INVALID, "activation 'step'");
    davy_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(has_gradients_that_differences_confirm),
        cmocka_unit_test(gives_the_same_bits_in_any_batch_and_any_threads),
        cmocka_unit_test(gives_the_same_bits_step_by_step),
        cmocka_unit_test(has_gradients_through_relu),
        cmocka_unit_test(refuses_an_unknown_activation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
