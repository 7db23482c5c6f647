/* SPDX-License-Identifier: Apache-2.0 */
#include "recurrent.h"

/* Answers of PyTorch 1.13.1 with packed sequences, and of ONNX's text in double precision;
 * tests/nn/make_sequence_golden.py prints them. ONNX's own node tests are in
 * test_onnx_conformance.c. */
static const float onnx_lstm_y[] = {
    0.1779997F, -0.0346469F, 0.0090313F,  0.1396398F,  -0.0376501F, -0.0325797F,
    0.0733481F, -0.2188667F, 0.1762574F,  -0.0901077F, -0.0891046F, 0.1511254F,
    0.1509821F, -0.0210623F, -0.1227222F, 0.1224921F,  -0.0325208F, -0.1341205F,
    0.0148219F, -0.1948889F, 0.1811098F,  -0.1358074F, -0.0999708F, 0.1944726F,
    0.1584719F, -0.0389762F, -0.1686595F, 0.0000000F,  0.0000000F,  0.0000000F,
    0.1123185F, -0.0966891F, 0.1658006F,  0.0000000F,  0.0000000F,  0.0000000F};
static const float onnx_lstm_h[] = {0.1584719F,  -0.0389762F, -0.1686595F, 0.1224921F,
                                    -0.0325208F, -0.1341205F, 0.0733481F,  -0.2188667F,
                                    0.1762574F,  -0.0901077F, -0.0891046F, 0.1511254F};
static const float onnx_lstm_c[] = {0.3547716F,  -0.0946557F, -0.2724063F, 0.2734525F,
                                    -0.0742491F, -0.2158473F, 0.1157915F,  -0.3827692F,
                                    0.3248891F,  -0.1487004F, -0.1662103F, 0.3333759F};
static const float onnx_gru_y[] = {
    -0.0997145F, -0.1635129F, 0.3734899F,  -0.1286374F, -0.0195631F, -0.2083227F,
    0.0835066F,  0.1974289F,  -0.1931874F, 0.0045126F,  0.1936306F,  -0.3683451F,
    -0.0014967F, -0.2694310F, 0.4403882F,  0.0281060F,  -0.2379335F, 0.0304816F,
    0.1350961F,  0.2102809F,  -0.3194973F, 0.0606790F,  0.2811415F,  -0.2628589F,
    0.1458881F,  -0.2745877F, 0.4180070F,  0.0000000F,  0.0000000F,  0.0000000F,
    -0.0606929F, 0.2104092F,  -0.2129375F, 0.0000000F,  0.0000000F,  0.0000000F};
static const float onnx_gru_h[] = {0.1458881F,  -0.2745877F, 0.4180070F, 0.0281060F,
                                   -0.2379335F, 0.0304816F,  0.0835066F, 0.1974289F,
                                   -0.1931874F, 0.0045126F,  0.1936306F, -0.3683451F};
static const float onnx_rnn_y[] = {
    0.6039663F, -0.4296679F, -0.0341745F, 0.4984381F, -0.7905732F, 0.0592629F,
    0.4146330F, -0.5859247F, 0.5218758F,  0.7223729F, -0.5197400F, 0.3435887F,
    0.0246641F, -0.7286407F, -0.2754351F, 0.1841321F, -0.7285199F, -0.2635492F,
    0.4917761F, -0.3382301F, 0.5361103F,  0.7380161F, -0.1306334F, 0.2416907F,
    0.3064819F, -0.7588418F, 0.0657837F,  0.0000000F, 0.0000000F,  0.0000000F,
    0.7359560F, -0.2818605F, 0.2920257F,  0.0000000F, 0.0000000F,  0.0000000F};
static const float onnx_rnn_h[] = {0.3064819F,  -0.7588418F, 0.0657837F,  0.1841321F,
                                   -0.7285199F, -0.2635492F, 0.4146330F,  -0.5859247F,
                                   0.5218758F,  0.7223729F,  -0.5197400F, 0.3435887F};
static const float onnx_lstm_settings[] = {
    0.0861751F, -0.0027762F, 0.0284736F,  0.0609633F,  -0.0035454F, 0.0187953F,
    0.0644707F, -0.0026495F, -0.0006417F, 0.0350447F,  -0.0032657F, -0.0004616F,
    0.0524641F, -0.0029897F, -0.0010162F, -0.0001257F, -0.0006823F, 0.0228690F};

enum { N = 2, T = 3, C = 2, H = 3 };

struct net {
    const char *op;
    int64_t gates, directions;
    bool memory, bias, lengths, batchwise;
};

/* Constants of make_sequence_golden.py. */
static davy_value constant(davy_graph *graph, int64_t stream, int rank, const int64_t *dims)
{
    davy_tensor tensor = recurrent_tensor(rank, dims, stream);
    davy_value value = davy_graph_constant(graph, "", &tensor);

    free(tensor.data);
    return value;
}

static davy_value lengths(davy_graph *graph, int32_t second)
{
    int32_t numbers[] = {3, second};
    davy_tensor tensor = {.type = DAVY_TYPE_I32, .rank = 1, .dims = {2}};

    tensor.data = numbers;
    return davy_graph_constant(graph, "", &tensor);
}

/* The node; X is the graph's input. With layout 1 dimensions are swapped, not numbers. */
static davy_node *add_node(const struct net *net, davy_graph *graph)
{
    const int64_t d = net->directions, wide = net->gates * H;
    const int64_t state[] = {net->batchwise ? N : d, net->batchwise ? d : N, H};
    davy_value in[] = {DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE,
                       DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    davy_node *node;

    in[0] = davy_graph_input(graph, "X", DAVY_TYPE_F32, 3,
                             (int64_t[]){net->batchwise ? N : T, net->batchwise ? T : N, C});
    in[1] = constant(graph, 1, 3, (int64_t[]){d, wide, C});
    in[2] = constant(graph, 2, 3, (int64_t[]){d, wide, H});
    if (net->bias)
        in[3] = constant(graph, 3, 2, (int64_t[]){d, 2 * wide});
    if (net->lengths)
        in[4] = lengths(graph, 2);
    in[5] = constant(graph, 4, 3, state);
    if (net->memory)
        in[6] = constant(graph, 5, 3, state);
    if (net->memory && !net->bias)
        in[7] = constant(graph, 6, 2, (int64_t[]){d, 3 * H});
    node = davy_graph_node(graph, net->op, in, net->memory ? 8 : 6, net->memory ? 3 : 2);
    assert_ok(davy_graph_status(graph));
    davy_node_set_int(graph, node, "layout", net->batchwise);
    davy_node_set_int(graph, node, "hidden_size", H);
    davy_node_set_text(graph, node, "direction", d == 2 ? "bidirectional" : "forward");
    return node;
}

static void run(davy_graph *graph, const int64_t *dims, struct recurrent_run *run)
{
    davy_node *node = &graph->nodes[0];

    *run = (struct recurrent_run){0};
    for (uint32_t i = 0; i < node->out_count; i++)
        davy_graph_output(graph, graph->nodes[0].out[i]);
    run->in[0] = recurrent_tensor(3, dims, 0);
    assert_ok(davy_network_create(graph, NULL, &run->network));
    assert_ok(davy_session_create(run->network, NULL, &run->session));
    assert_ok(davy_session_run(run->session, run->in, run->out));
}

static void equals(const struct net *net, const float *y, const float *h, const float *c)
{
    struct recurrent_run done;
    davy_graph *graph;

    assert_ok(davy_graph_create("onnx", 0, &graph));
    (void) add_node(net, graph);
    run(graph, (int64_t[]){T, N, C}, &done);
    assert_floats(&done.out[0], y, (size_t) (T * N * net->directions * H), 2e-6);
    assert_floats(&done.out[1], h, (size_t) (N * net->directions * H), 2e-6);
    if (c)
        assert_floats(&done.out[2], c, (size_t) (N * net->directions * H), 2e-6);
    recurrent_stop(&done);
}

static const struct net lstm = {"onnx_lstm", 4, 2, true, true, true, false};
static const struct net gru = {"onnx_gru", 3, 2, false, true, true, false};
static const struct net rnn = {"onnx_rnn", 1, 2, false, true, true, false};

static void agrees_with_pytorch_on_sequences_of_different_lengths(void **state)
{
    davy_graph *graph;
    davy_node *node;
    struct recurrent_run done;

    (void) state;
    equals(&lstm, onnx_lstm_y, onnx_lstm_h, onnx_lstm_c);
    equals(&rnn, onnx_rnn_y, onnx_rnn_h, NULL);

    assert_ok(davy_graph_create("onnx", 0, &graph));
    node = add_node(&gru, graph);
    davy_node_set_int(graph, node, "linear_before_reset", 1);
    run(graph, (int64_t[]){T, N, C}, &done);
    assert_floats(&done.out[0], onnx_gru_y, DAVY_ARRAY_LENGTH(onnx_gru_y), 2e-6);
    assert_floats(&done.out[1], onnx_gru_h, DAVY_ARRAY_LENGTH(onnx_gru_h), 2e-6);
    recurrent_stop(&done);
}

static void obeys_every_setting_of_the_standard(void **state)
{
    const char *const activations[] = {"HardSigmoid", "ScaledTanh", "LeakyRelu"};
    const float alphas[] = {0.3F, 1.5F, 0.05F}, betas[] = {0.4F, 0.7F};
    const struct net net = {"onnx_lstm", 4, 1, true, false, false, false};
    struct recurrent_run done;
    davy_graph *graph;
    davy_node *node;

    (void) state;
    assert_ok(davy_graph_create("onnx", 0, &graph));
    node = add_node(&net, graph);
    davy_node_set_float(graph, node, "clip", 0.3F);
    davy_node_set_int(graph, node, "input_forget", 1);
    davy_node_set_texts(graph, node, "activations", activations, 3);
    davy_node_set_floats(graph, node, "activation_alpha", alphas, 3);
    davy_node_set_floats(graph, node, "activation_beta", betas, 2);
    run(graph, (int64_t[]){T, N, C}, &done);
    assert_floats(&done.out[0], onnx_lstm_settings, DAVY_ARRAY_LENGTH(onnx_lstm_settings), 2e-6);
    recurrent_stop(&done);
}

/* The same numbers with the batch first: [T, N, ..] becomes [N, T, ..]. */
static void puts_the_batch_first_on_request(void **state)
{
    struct net net = rnn;
    struct recurrent_run first, second;
    davy_graph *graph;

    (void) state;
    net.lengths = false;
    net.directions = 1;
    assert_ok(davy_graph_create("onnx", 0, &graph));
    (void) add_node(&net, graph);
    run(graph, (int64_t[]){T, N, C}, &first);
    net.batchwise = true;
    assert_ok(davy_graph_create("onnx", 0, &graph));
    (void) add_node(&net, graph);
    run(graph, (int64_t[]){N, T, C}, &second);
    for (size_t n = 0; n < N; n++)
        for (size_t t = 0; t < T; t++)
            memcpy(davy_f32(&second.in[0]) + (n * T + t) * C,
                   davy_f32(&first.in[0]) + (t * N + n) * C, C * sizeof(float));
    assert_ok(davy_session_run(second.session, second.in, second.out));
    for (size_t n = 0; n < N; n++)
        for (size_t t = 0; t < T; t++)
            assert_memory_equal(davy_f32(&second.out[0]) + (n * T + t) * H,
                                davy_f32(&first.out[0]) + (t * N + n) * H, H * sizeof(float));
    assert_memory_equal(second.out[1].data, first.out[1].data, N * H * sizeof(float));
    recurrent_stop(&first);
    recurrent_stop(&second);
}

static void refuses_an_unknown_activation_and_a_wrong_length(void **state)
{
    const char *const unknown[] = {"Step"};
    struct net net = rnn;
    struct recurrent_run done;
    davy_graph *graph;
    davy_node *node;

    (void) state;
    net.directions = 1;
    assert_ok(davy_graph_create("onnx", 0, &graph));
    node = add_node(&net, graph);
    davy_node_set_texts(graph, node, "activations", unknown, 1);
    (void) davy_graph_tensor(graph, graph->nodes[0].out[0]);
    assert_fails(davy_graph_status(graph), DAVY_ERR_UNSUPPORTED, "activation 'Step'");
    davy_graph_destroy(graph);

    assert_ok(davy_graph_create("onnx", 0, &graph));
    node = add_node(&net, graph);
    node->in[4] = lengths(graph, 4);
    davy_graph_output(graph, graph->nodes[0].out[0]);
    done = (struct recurrent_run){.in = {recurrent_tensor(3, (int64_t[]){T, N, C}, 0)}};
    assert_ok(davy_network_create(graph, NULL, &done.network));
    assert_ok(davy_session_create(done.network, NULL, &done.session));
    assert_fails(davy_session_run(done.session, done.in, done.out), DAVY_ERR_INVALID,
                 "a sequence of 4 steps among 3");
    recurrent_stop(&done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch_on_sequences_of_different_lengths),
        cmocka_unit_test(obeys_every_setting_of_the_standard),
        cmocka_unit_test(puts_the_batch_first_on_request),
        cmocka_unit_test(refuses_an_unknown_activation_and_a_wrong_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
